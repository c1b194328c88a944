"""One point of a table: the interface solved, and its F written as weights of the atlas's poles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.case.schema import Case, parse_case
from constriction.field.reduction.curves import Curve
from constriction.field.response import Response
from constriction.geometry.cell import layout
from constriction.interpret.atlas.poles import (
    CONTACT_POLES,
    GAP_POLES,
    film_parts,
    fitted,
    gap_basis,
    with_constant,
)
from constriction.simulation.simulate import Options, solve_geometry

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

# θ of the gap has a phase between 0 and 90°, that of a film between −45° (a resistor on an electrolyte that is a
# capacitor as well) and 90°: F is analytic between.
GAP_PHASES = np.exp(1j * np.pi / 4 * np.arange(3))
CONTACT_PHASES = np.exp(1j * np.pi / 4 * np.arange(-1, 3))
GAP = np.concatenate([np.logspace(-2, 4.5, 40) * phase for phase in GAP_PHASES])  # times τ
CONTACT = np.concatenate([np.logspace(-2, 2.5, 19) * phase for phase in CONTACT_PHASES])
IDEAL = 1e9  # θ_c of what is an ideal contact to K
FILMS = np.logspace(-2, 3, 60) + 0j
# What the solver's accuracy is asked for.
ASKED_GAP = GAP[::5]
ASKED_CONTACT = np.array([0.03, 1, 1j, 10, 10j, 100, (1 - 1j) / np.sqrt(2)])


@dataclass(frozen=True)
class Recipe:
    """What is tabulated of a pattern, and how its cases are written.

    Attributes:
        pattern: its name in the atlas.
        interface: keys of the case beside contact fraction and pitch.
        shares: contact fractions from and to.
        depths: thickness of the slab over the pitch, from and to.
        film: whether contacts have a law.
        accuracy: keys of the case's accuracy.
    """

    pattern: str
    interface: Mapping[str, Any]
    shares: tuple[float, float]
    depths: tuple[float, float] = (0.02, 1.0)
    film: bool = False
    accuracy: Mapping[str, Any] = field(default_factory=lambda: {"relative_error": 3e-3})

    def case(self, share: float, depth: float, seed: int | None = None) -> Case:
        """A case of the pattern, of pitch 1 mm, `depth` pitches thick, with a thin gap."""
        interface = {**self.interface, "contact_fraction": share, "pitch": "1 mm"}
        if seed is not None:
            interface["seed"] = seed
        return parse_case(
            {
                "interface": interface,
                "electrolyte": {"thickness": f"{depth} mm"},
                "gap": {"height": "1 nm", "model": "thin"},
                "accuracy": dict(self.accuracy),
            }
        )


@dataclass(frozen=True, eq=False)
class SolvedPoint:
    """One solved interface.

    Attributes:
        rest: ln(F − d) at rest of ideal contacts, F − d in pitches.
        times: ln τ of the gap, and with a film of the contact, (1 or 2,), dimensionless.
        residues: weights of the poles over F − d at rest: of F − d, (poles,), or with a film of K, (contact poles + 1,
            gap poles + 1).
    """

    rest: float
    times: Floats
    residues: Floats


def solve_point(recipe: Recipe, share: float, depth: float, seed: int | None = None) -> SolvedPoint:
    """Solve a pattern at a contact fraction and a depth (thickness over pitch), with a seed if it is one at random.

    Raises:
        InputError, SolverError: as `solve_geometry`.
    """
    case = recipe.case(share, depth, seed)
    ideal = response_of(case, (Curve(ASKED_GAP[:, None], np.zeros(1)),))
    rest = ideal.constriction
    time = ideal.stored / rest
    values = ideal(GAP[:, None] / time)
    if recipe.film:
        return _behind_film(case, values, rest, time)
    return SolvedPoint(math.log(rest), np.log([time]), fitted(gap_basis(GAP), values / rest, np.ones(len(GAP))))


def _behind_film(case: Case, ideal: Complexes, rest: float, time: float) -> SolvedPoint:
    """The same with a film, from F − d of ideal contacts at `GAP` over their τ."""
    share = np.array(layout(case.interface).contact_fraction)
    asked = [Curve(pairs(np.array([one]), ASKED_GAP), np.array([abs(one), 0.0]), True) for one in ASKED_CONTACT]
    response = response_of(case, tuple(asked))
    times = np.array([_contact_time(response, share, rest), time])
    solved = pairs(CONTACT, GAP) / times
    theta = np.concatenate([solved, pairs(np.array([IDEAL + 0j]), GAP) / times])
    even, factor = film_parts(share, theta[:, 0], theta[:, 1])
    values = np.concatenate([response(solved), ideal])
    basis = _film_basis() * (factor * rest)[:, None]
    found = fitted(basis, values - even, film_scale(share, theta[:, 0], rest, values))
    return SolvedPoint(math.log(rest), np.log(times), found.reshape(len(CONTACT_POLES) + 1, len(GAP_POLES) + 1))


def _contact_time(response: Response[Any], share: Floats, rest: float) -> float:
    """1/θ_c where K of a gap that takes no current is midway from that of a thick film to that of an ideal contact.

    It falls: a film spreads the current evenly, and the constriction of an even current is the larger one.
    """
    theta = np.stack([FILMS, np.zeros_like(FILMS)], axis=-1)
    even, factor = film_parts(share, theta[:, 0], theta[:, 1])
    kernel = ((response(theta) - even) / factor).real
    midway = (kernel[0] + rest) / 2
    return float(np.exp(-np.interp(midway, kernel[::-1], np.log(FILMS.real)[::-1])))


@cache
def _film_basis() -> Complexes:
    contact = with_constant(CONTACT_POLES, np.concatenate([CONTACT, [IDEAL]]))
    gap = with_constant(GAP_POLES, GAP)
    return np.asarray(np.einsum("ij,kl->ikjl", contact, gap).reshape(len(contact) * len(gap), -1))


def film_scale(share: Floats, contact: Complexes, rest: float, values: Complexes) -> Floats:
    """What errors behind a film of θ_c (n,) are held against, in pitches; (n,).

    R_cstr, about, or what is added to full contact at these θ, if that is more: where the gap leads far better than the
    film, current is constricted into the gap.
    """
    return np.asarray(np.maximum((1 / share - 1) / np.abs(contact) + rest, np.abs(values - 1 / contact)))


def pairs(contact: Complexes, gap: Complexes) -> Complexes:
    """All pairs of θ_c (j,) and θ_g (k,), (j·k, 2)."""
    return np.asarray(np.stack(np.meshgrid(contact, gap, indexing="ij"), axis=-1).reshape(-1, 2))


def response_of(case: Case, curves: tuple[Curve, ...]) -> Response[Any]:
    """The solved geometry of a case, good on these curves.

    Raises:
        InputError, SolverError: as `solve_geometry`.
    """
    return solve_geometry(case, layout(case.interface), curves, Options())
