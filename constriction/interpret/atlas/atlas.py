"""The atlas itself: tables of patterns, and F interpolated from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.interpret.atlas.axes import TableAxis, TableKind
from constriction.interpret.atlas.gaps import FUNCTIONS
from constriction.interpret.atlas.poles import FILM_POLES, GAP_POLES, film_basis, gap_sum, of_transform
from constriction.interpret.atlas.zones import ZONED, LiftedZone, lifted

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

VERSION = 2
"""Of the tables' meaning: of a table of another version nothing is read."""
FILES = {"ideal": "", "films": "_film"}
"""Kinds of tables, and how their files' names end."""
AT_ONCE = 100_000  # numbers of a basis: of more what is made of them does not fit into a processor's cache


@dataclass(frozen=True, eq=False)
class PatternTable:
    """What is tabulated of one pattern.

    Attributes:
        pattern: its name in a case file, or "pores": a hexagonal lattice, inverted.
        shares: contact fractions, from the least to the limit of the pattern.
        depths: thickness of the slab over the pitch; deeper ones are as the deepest.
        rest: ln(F − d) at rest of ideal contacts, F − d in pitches; (shares, depths).
        residues: weights of the poles. Ideal contacts: of F − d over that at rest, (shares, depths, poles); behind a
            film of Y over Y at rest of ideal contacts, (shares, depths, contact poles + 1, gap poles + 1).
        times: ln τ of the gap, by which θ is multiplied, (shares, depths); none behind a film.
        spread: standard deviation of F − d at rest between seeds, relative; (shares, depths), none for a lattice.
    """

    pattern: str
    shares: TableAxis
    depths: TableAxis
    rest: Floats
    residues: Floats
    times: Floats | None = None
    spread: Floats | None = None

    def mixed(self, share: Floats, depth: Floats) -> Floats:
        """What each point counts at contact fractions and depths (m,); (m, shares · depths)."""
        weights = self.shares.weights(share)[:, :, None] * self.depths.weights(depth)[:, None, :]
        return weights.reshape(len(share), -1)

    @cached_property
    def _flat(self) -> Floats:
        return self.residues.reshape(self.rest.size, -1)

    def constriction(self, weights: Floats) -> Floats:
        """F − d at rest of ideal contacts, in pitches, where points count as they do; (m,)."""
        return np.asarray(np.exp(weights @ self.rest.ravel()))

    def of_ideal(self, weights: Floats, gap: Complexes) -> Complexes:
        """F − d in pitches of ideal contacts, at θ_g (m, n); (m, n)."""
        assert self.times is not None  # a table of ideal contacts
        residues = (weights @ self._flat) * self.constriction(weights)[:, None]
        return gap_sum(gap * np.exp(weights @ self.times.ravel())[:, None], residues)

    def of_film(self, weights: Floats, share: Floats, gap: Complexes, contact: Complexes) -> Complexes:
        """F − d in pitches behind a film, at θ_g and θ_c (m, n); (m, n)."""
        residues = (weights @ self._flat).reshape(len(share), *self.residues.shape[2:])
        share, rest = share[:, None], self.constriction(weights)[:, None]
        of_contact, of_gap = film_basis(share, rest, contact, gap)
        y = np.einsum("mnj,mnj->mn", of_contact @ residues.astype(np.complex128), of_gap)
        return of_transform(share, contact, gap, y * rest * share / (1 - share))


@dataclass(frozen=True, eq=False)
class Atlas:
    """Tables by pattern, and what made them.

    Attributes:
        tables: of ideal contacts, by the pattern's name.
        films: of contacts behind a film.
        made_by: versions and errors, relative to R_cstr.
    """

    tables: Mapping[str, PatternTable]
    films: Mapping[str, PatternTable] = field(default_factory=dict)
    made_by: Mapping[str, Any] = field(default_factory=dict)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns that there are tables of, with ideal contacts."""
        return tuple(self.tables)

    @property
    def filmed(self) -> tuple[str, ...]:
        """The patterns that there are tables of with films on the contacts."""
        return tuple(self.films)

    @property
    def lifted(self) -> tuple[str, ...]:
        """The patterns beside whose contacts the metal may be lifted."""
        return tuple(ZONED)

    def limits(self, pattern: str, kind: TableKind = "ideal") -> tuple[float, float]:
        """The contact fractions, from and to, that a pattern is known for, with what the kind of table adds.

        Raises:
            InputError: there is no such table.
        """
        shares = ZONED[pattern].shares if kind == "zone" else self._table(pattern, kind == "film").shares
        return shares.low, shares.high

    def interface(
        self, pattern: str, contact_fraction: Floats, depth: Floats, gap: Complexes, contact: Complexes | None = None
    ) -> Complexes:
        """F − d of m interfaces of a pattern at n frequencies each, in pitches; (m, n).

        Args:
            pattern: its name.
            contact_fraction: contact fractions, (m,); outside the limits they are as there.
            depth: thickness of the slab over the pitch, (m,).
            gap: θ_g = pitch · resistivity · admittance of the gap per area, dimensionless, (m, n).
            contact: the same of the contact's film; None: ideal contacts.

        Raises:
            InputError: there is no such table.
        """
        table = self._table(pattern, film=contact is not None)
        found = np.empty(gap.shape, dtype=np.complex128)
        numbers = len(GAP_POLES) if contact is None else 4 * len(FILM_POLES)
        step = max(1, AT_ONCE // max(1, gap.shape[-1] * numbers))
        for start in range(0, len(contact_fraction), step):
            some = slice(start, start + step)
            inside = np.clip(contact_fraction[some], table.shares.low, table.shares.high)
            weights = table.mixed(inside, depth[some])
            if contact is None:
                found[some] = table.of_ideal(weights, gap[some])
            else:
                found[some] = table.of_film(weights, inside, gap[some], contact[some])
        return found

    def lifted_interface(
        self, pattern: str, contact_fraction: Floats, depth: Floats, zone: LiftedZone, gap: Complexes
    ) -> Complexes:
        """F − d of m interfaces beside whose contacts the metal is lifted, in pitches; (m, n).

        Args:
            pattern: one of `lifted`.
            contact_fraction: contact fractions, (m,); outside the limits they, and the zones, are as there.
            depth: thickness of the slab over the pitch, (m,).
            zone: of each.
            gap: θ_g as for `interface`, of the gap far from contacts, (m, n).

        Raises:
            InputError: zones of the pattern are not known.
        """
        if pattern not in ZONED:
            raise InputError(f"pattern = '{pattern}': zones beside it are not known; expected {', '.join(ZONED)}")
        found = np.empty(gap.shape, dtype=np.complex128)
        step = max(1, AT_ONCE // (FUNCTIONS * max(FUNCTIONS, gap.shape[-1])))
        for start in range(0, len(contact_fraction), step):
            some = slice(start, start + step)
            found[some] = self._lifted(pattern, (contact_fraction[some], depth[some]), zone.part(some), gap[some])
        return found

    def _lifted(self, pattern: str, at: tuple[Floats, Floats], zone: LiftedZone, gap: Complexes) -> Complexes:
        """The same of few interfaces, at contact fractions and depths (m,) each."""
        found = lifted(pattern, *at, zone, gap)
        if pattern == "stripes":
            return found
        even = LiftedZone(np.zeros_like(zone.share), zone.ratio)
        inside = np.clip(at[0], ZONED[pattern].shares.low, ZONED[pattern].shares.high)
        return found + self.interface(pattern, inside, at[1], gap) - lifted(pattern, *at, even, gap)

    def spread(self, pattern: str, contact_fraction: Floats, depth: Floats) -> Floats:
        """Standard deviation of F − d at rest between the seeds of a pattern, relative, 0 of a lattice; (m,).

        Raises:
            InputError: there is no such table.
        """
        table = self._table(pattern)
        if table.spread is None:
            return np.zeros(len(contact_fraction))
        return np.maximum(table.mixed(contact_fraction, depth) @ table.spread.ravel(), 0.0)

    def _table(self, pattern: str, film: bool = False) -> PatternTable:
        tables, what = (self.films, " with films") if film else (self.tables, "")
        if pattern not in tables:
            known = f"one of {', '.join(tables)}" if tables else "ideal contacts"
            raise InputError(f"pattern = '{pattern}': not in the atlas{what}; expected {known}")
        return tables[pattern]


@cache
def load_atlas() -> Atlas:
    """The atlas that the program comes with, read once.

    Raises:
        InputError: it is of another version of the program.
    """
    folder = files("constriction.interpret.atlas") / "tables"
    return read_atlas(Path(str(folder)))


def read_atlas(folder: Path) -> Atlas:
    """An atlas from the folder that `write_atlas` wrote.

    Raises:
        InputError: it is of another version of the program.
    """
    said = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
    if said["version"] != VERSION:
        raise InputError(f"{folder}: tables of version {said['version']}; expected {VERSION}: make them anew")
    tables, films = (
        {name: _read(folder / f"{name}{end}.npz", name, axes) for name, axes in said[kind].items()}
        for kind, end in FILES.items()
    )
    return Atlas(tables, films, said["made_by"])


def _read(path: Path, pattern: str, axes: Mapping[str, Any]) -> PatternTable:
    with np.load(path, allow_pickle=False) as arrays:
        values = {name: arrays[name].astype(np.float64) for name in arrays.files}
    return PatternTable(pattern, TableAxis(**axes["shares"]), TableAxis(**axes["depths"]), **values)


def write_atlas(folder: Path, atlas: Atlas) -> None:
    """Write tables: `atlas.json` with axes and what made them, and a .npz each, as float32."""
    folder.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {"version": VERSION, "made_by": dict(atlas.made_by)}
    for (kind, end), tables in zip(FILES.items(), (atlas.tables, atlas.films), strict=True):
        said[kind] = {
            name: {"shares": asdict(one.shares), "depths": asdict(one.depths)} for name, one in tables.items()
        }
        for name, table in tables.items():
            given = {"rest": table.rest, "times": table.times, "residues": table.residues, "spread": table.spread}
            arrays: dict[str, Any] = {
                key: array.astype(np.float32) for key, array in given.items() if array is not None
            }
            np.savez_compressed(folder / f"{name}{end}.npz", **arrays)
    (folder / "atlas.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
