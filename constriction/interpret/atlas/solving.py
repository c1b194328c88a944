"""One point of a table: the interface solved, and its F written as weights of the atlas's poles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.case.schema import Case, parse_case
from constriction.field.reduction.curves import Curve
from constriction.field.response import Response
from constriction.geometry.cell import lay_out
from constriction.interpret.atlas.poles import (
    FILM_RIDGE,
    film_basis,
    fitted,
    gap_basis,
    mean_and_contrast,
    transform,
)
from constriction.simulation.simulate import Options, solve_geometry

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

# θ of the gap has a phase between 0 and 90°, that of a film between −45° (a resistor on an electrolyte that is a
# capacitor as well) and 90°: F is analytic between.
GAP_PHASES = np.exp(1j * np.pi / 4 * np.arange(3))
CONTACT_PHASES = np.exp(1j * np.pi / 4 * np.arange(-1, 3))
GAP = np.concatenate([np.logspace(-2, 4.5, 40) * phase for phase in GAP_PHASES])  # times τ
FILM_CONTACT = np.concatenate([np.logspace(-3, 4.5, 16) * phase for phase in CONTACT_PHASES])
FILM_GAP = np.concatenate([np.logspace(-3, 5, 17) * phase for phase in GAP_PHASES])
HIDDEN = 300.0  # where Y is so many times what it is beside, F − d does not tell it
LEAST = 0.03  # what an error of Y counts at least, where Y is all there is, relative to what it may do to F
# What the solver's accuracy is asked for.
ASKED_GAP = GAP[::5]
ASKED_CONTACT = np.array([0.03, 1, 1j, 10, 10j, 100, 1e3, 1e4, 10 * (1 - 1j) / np.sqrt(2)])


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
        residues: weights of the poles: of F − d over that at rest, (poles,), or with a film of Y over its value at rest
            of ideal contacts, (contact poles + 1, gap poles + 1).
        times: ln τ of the gap, dimensionless; none with a film.
    """

    rest: float
    residues: Floats
    times: float | None = None


def solve_point(recipe: Recipe, share: float, depth: float, seed: int | None = None) -> SolvedPoint:
    """Solve a pattern at a contact fraction and a depth (thickness over pitch), with a seed if it is one at random.

    Raises:
        InputError, SolverError: as `solve_geometry`.
    """
    case = recipe.case(share, depth, seed)
    if recipe.film:
        return _behind_film(case)
    ideal = response_of(case, (Curve(ASKED_GAP[:, None], np.zeros(1)),))
    rest = ideal.constriction
    time = ideal.stored / rest
    values = ideal(GAP[:, None] / time)
    return SolvedPoint(math.log(rest), fitted(gap_basis(GAP), values / rest, np.ones(len(GAP))), math.log(time))


def _behind_film(case: Case) -> SolvedPoint:
    """The same with a film on the contacts."""
    share = np.array(lay_out(case.interface).contact_fraction)
    asked = [Curve(pairs(np.array([one]), FILM_GAP[::3]), np.array([abs(one), 0.0]), True) for one in ASKED_CONTACT]
    response = response_of(case, tuple(asked))
    contact, gap = pairs(FILM_CONTACT, FILM_GAP).T
    values = response(np.stack([contact, gap], axis=1))
    return film_point(share, response.constriction, (contact, gap), values)


def film_point(share: Floats, rest: float, at: tuple[Complexes, Complexes], values: Complexes) -> SolvedPoint:
    """The weights of Y that F − d behind a film has.

    Args:
        share: contact fraction, ().
        rest: F − d at rest of ideal contacts, in pitches.
        at: θ_c and θ_g, (n,) each.
        values: F − d there, in pitches, (n,).
    """
    contact, gap = at
    y, ideal = transform(share, contact, gap, values), rest * share / (1 - share)
    mean, contrast = mean_and_contrast(share, contact, gap)
    hidden = np.abs(1 + y * contact * gap / mean)
    tells = np.isfinite(y) & (np.abs(contact / gap - 1) > 0.3) & (hidden < HIDDEN)
    contact, gap, y, values, hidden, contrast = (one[tells] for one in (contact, gap, y, values, hidden, contrast))
    # What a relative error of Y does to F, over what F's errors are held against.
    does = ideal * np.abs(contrast) / hidden**2 / film_scale(share, contact, rest, values)
    counts = np.maximum(does, LEAST / hidden)
    of_contact, of_gap = film_basis(share, np.array(rest), contact, gap)
    basis = np.einsum("nj,nk->njk", of_contact, of_gap).reshape(len(y), -1)
    found = fitted(basis, y / ideal, 1 / counts, FILM_RIDGE)
    return SolvedPoint(math.log(rest), found.reshape(of_contact.shape[1], of_gap.shape[1]))


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
    return solve_geometry(case, lay_out(case.interface), curves, Options())
