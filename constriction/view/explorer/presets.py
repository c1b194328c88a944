"""Case files as states of the explorer, and why some of them are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from constriction.base.errors import InputError
from constriction.case.interface import Interface
from constriction.case.patterns.scattered import Clustered, Random
from constriction.case.regions import CounterElectrode
from constriction.case.schema import Case, load, parse_case
from constriction.geometry.cell import lay_out
from constriction.interpret.atlas.atlas import Atlas
from constriction.interpret.atlas.axes import TableKind
from constriction.interpret.atlas.zones import ZONE_LIMITS, half_gap
from constriction.interpret.model.models import FINE_PATTERN
from constriction.simulation.weights import gap_model, thin_gap_error

FILM = re.compile(r"p\(R1,[CQ]1\)")
ROUNDING = 1e-9
LATTICES = ("hexagonal", "square", "stripes")

FLAT_ISLANDS = {"pattern": "square", "contact_fraction": 0.4, "pitch": "5 mm"}
SITUATIONS: Sequence[tuple[str, str, dict[str, Any]]] = (
    (
        "Islands on 40 %, 5 mm apart, flat copper",
        "Ortmann et al. 2023, Fig. 6 C3 and C4 without what the copper does beside the islands: R_cstr = 14.2 Ω·cm².",
        {"interface": FLAT_ISLANDS, "gap": {"height": "100 nm"}},
    ),
    (
        "A thin layer round them: 55 %, flat copper",
        "Ortmann et al. 2023, Fig. 7c: the contact counts, not how much sodium there is: R_cstr = 6.9 Ω·cm².",
        {"interface": {**FLAT_ISLANDS, "contact_fraction": 0.55}, "gap": {"height": "100 nm"}},
    ),
    (
        "Copper lifted 9 µm beside islands, down after 0.3 mm",
        "The lift leaves R_cstr = 12.95 Ω·cm² as it is, and shows in the apparent R_SE and at high frequencies.",
        {
            "interface": {"pattern": "hexagonal", "contact_fraction": 0.4, "pitch": "5 mm"},
            "gap": {"height": "100 nm", "profile": "linear", "rise": "9 um", "length": "0.3 mm"},
        },
    ),
    (
        "Pores in a layer: contact on 80 %",
        "What stripping leaves: most of the metal touches still, and next to nothing constricts.",
        {
            "interface": {"pattern": "hexagonal", "inverted": True, "contact_fraction": 0.8, "pitch": "50 um"},
            "gap": {"height": "1 um"},
        },
    ),
)
"""Situations of the paper that no shipped case has: title, a line about it, and the case."""


def presets(atlas: Atlas, paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The paper's situations and the cases of some files, those that the atlas covers first in each group; JSON."""
    situations = [preset_of(parse_case({"title": title, **case}), atlas, note) for title, note, case in SITUATIONS]
    shipped = [{**preset_of(load(path), atlas, header_of(path)), "file": path.name} for path in sorted(paths)]
    for group, found in (("Situations", situations), ("Shipped cases", shipped)):
        for preset in found:
            preset["group"] = group
    return [*situations, *sorted(shipped, key=lambda preset: preset["state"] is None)]


def header_of(path: Path) -> str:
    """The comment that a case file begins with, in one line."""
    lines: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines)


def preset_of(case: Case, atlas: Atlas, note: str = "") -> dict[str, Any]:
    """A case as the page's list has it: its state, or None and the reason."""
    reason = why_not(case, atlas)
    return {
        "title": case.title or "untitled",
        "note": note,
        "reason": reason,
        "remark": "" if reason else remark_of(case, atlas),
        "state": None if reason else state_of(case),
        "material": case.electrolyte.material.name,
        "temperature": case.electrolyte.temperature,
    }


def why_not(case: Case, atlas: Atlas) -> str:
    """Why the page cannot show a case; "" where it can."""
    checks: tuple[Callable[[Case, Atlas], str], ...] = (_of_pattern, _of_cell, _of_gap, _of_contact, _of_limits)
    return next(filter(None, (check(case, atlas) for check in checks)), "")


def pattern_of(interface: Interface) -> str:
    """The atlas's name of a case's pattern; "" where there is none."""
    pattern, shape = interface.pattern, getattr(interface, "shape", "disc")
    if shape != "disc":
        return ""
    if pattern == "hexagonal" and interface.inverted:
        return "pores"
    if pattern == "stripes" or (pattern in LATTICES and not interface.inverted):
        return pattern
    return pattern if isinstance(interface, Random | Clustered) and _is_plain(interface) else ""


def _is_plain(interface: Random | Clustered) -> bool:
    """Whether spots at random are of the kind that the atlas has."""
    if interface.inverted or interface.merges or interface.size_spread or interface.pellet or interface.periodic:
        return False
    if isinstance(interface, Clustered):
        return interface.spots_per_cluster == 4 and interface.cluster_radius == interface.pitch
    return True


def _of_pattern(case: Case, atlas: Atlas) -> str:
    found = pattern_of(case.interface)
    if found in atlas.patterns:
        return ""
    shape = getattr(case.interface, "shape", "disc")
    said = f"'{case.interface.pattern}'{f' of {shape}s' if shape != 'disc' else ''}"
    return f"its pattern {said} is not in the atlas"


def _of_cell(case: Case, atlas: Atlas) -> str:
    del atlas
    if case.holds_bodies:
        return "its electrolyte holds solids or grains, and the page's is the same everywhere"
    return "" if case.counter == CounterElectrode() else "it has two interfaces, and the page has one"


def _of_gap(case: Case, atlas: Atlas) -> str:
    if case.gap.uneven and case.gap.profile != "linear":
        kind = "a foil" if case.gap.profile == "plate" else "measured"
        return f"the metal beside the contacts is lifted as {kind}, and the page has straight zones"
    if case.gap.uneven and (pattern_of(case.interface) not in atlas.lifted or case.contact.has_law):
        return f"a lifted zone is known beside ideal contacts of {' and '.join(atlas.lifted)} only"
    if case.gap.law is not None:
        return f"its gap has a law of its own, {case.gap.law}"
    return "its gap insulates" if case.gap.height is None else ""


def _of_contact(case: Case, atlas: Atlas) -> str:
    if not case.contact.has_law:
        return ""
    pattern = pattern_of(case.interface)
    if pattern not in atlas.filmed:
        return f"the atlas has films and finer spots on contacts of {', '.join(atlas.filmed)} only"
    if case.contact.law is not None:
        known = FILM.fullmatch(case.contact.law)
        return "" if known else f"its film is {case.contact.law}, and the page has R beside C"
    finer = case.contact.fine_case
    if finer is None or pattern_of(finer.interface) != FINE_PATTERN or why_not(finer, atlas):
        return f"its finer spots are no {FINE_PATTERN} lattice of discs"
    return ""


def _of_limits(case: Case, atlas: Atlas) -> str:
    pattern, fraction = pattern_of(case.interface), fraction_of(case.interface)
    if fraction in (0.0, 1.0):
        return "nothing constricts: " + ("contact is full" if fraction else "there is no contact")
    kind: TableKind = "film" if case.contact.has_law else "zone" if case.gap.uneven else "ideal"
    low, high = atlas.limits(pattern, kind)
    if not low <= fraction <= high:
        return f"its contact fraction {fraction:.3g} is outside the atlas's {low:g} to {high:g}"
    depths = (atlas.films if case.contact.has_law else atlas.tables)[pattern].depths
    depth = case.electrolyte.thickness / _length(case.interface)
    if depth < depths.low:
        return f"its slab is {depth:.2g} pitches deep, the atlas's at least {depths.low:g}"
    return _of_zone(_zone(case)) if case.gap.uneven else ""


def _of_zone(zone: Mapping[str, float]) -> str:
    (_, longest), (_, highest) = ZONE_LIMITS["zone_share"], ZONE_LIMITS["rise_ratio"]
    if zone["share"] > longest * (1 + ROUNDING):
        return f"its lifted zone is {zone['share']:.3g} of half the gap's width, the atlas's at most {longest:g}"
    high = zone["ratio"] > highest * (1 + ROUNDING)
    return f"its gap is {zone['ratio']:.3g} times as high at the rims, the atlas's at most {highest:g}" if high else ""


def fraction_of(interface: Interface) -> float:
    """The contact fraction of a pattern that is filled to one."""
    given = getattr(interface, "contact_fraction", None)
    return lay_out(interface).contact_fraction if given is None else float(given)


def _length(interface: Interface) -> float:
    """The pitch in m."""
    pitch = getattr(interface, "pitch", None)
    if pitch is None:
        raise InputError(f"interface.pattern = '{interface.pattern}': has no pitch; expected a pattern of the atlas")
    return float(pitch)


def remark_of(case: Case, atlas: Atlas) -> str:
    """What is different in the page of a case that it covers; "" where nothing is."""
    said = []
    depth = np.array([case.electrolyte.thickness / _length(case.interface)])
    spread = float(atlas.spread(pattern_of(case.interface), np.array([fraction_of(case.interface)]), depth)[0])
    if spread > 0:
        said.append(
            f"The case is one cell of one seed; the page shows the mean of many. Their R_cstr has a standard deviation "
            f"of {100 * spread:.0f} %."
        )
    layout = lay_out(case.interface)
    if gap_model(case, layout) == "volume" and case.gap.height is not None:
        error = 100 * thin_gap_error(layout, case.gap.height)
        said.append(
            f"The case meshes its gap; the page takes it for thin, which is off by about {error:.1g} % of R_cstr."
        )
    return " ".join(said)


def state_of(case: Case) -> dict[str, Any]:
    """The state of the page that shows a case which `why_not` has nothing against, SI units."""
    own, interface, contact = case.electrolyte, case.interface, case.contact
    return {
        "pattern": pattern_of(interface),
        "contactFraction": fraction_of(interface),
        "pitch": _length(interface),
        "gapHeight": case.gap.height,
        "gapPermittivity": case.gap.relative_permittivity,
        "thickness": own.thickness,
        "area": 1e-4,
        "film": _film(case) if contact.law is not None else None,
        "fine": _fine(case) if contact.fine is not None else None,
        "zone": _zone(case) if case.gap.uneven else None,
        "electrolyte": {
            "bulkConductivity": own.bulk_conductivity,
            "relativePermittivity": own.relative_permittivity,
            "grainBoundaryConductivity": own.grain_boundary_conductivity,
            "grainBoundaryFrequency": own.grain_boundary_frequency,
            "grainBoundaryExponent": own.grain_boundary_exponent,
        },
        "sweep": {"from": case.sweep.start, "to": case.sweep.stop, "pointsPerDecade": case.sweep.points_per_decade},
    }


def _film(case: Case) -> dict[str, float]:
    """R in Ω·m², C in F/m² and exponent of a film R beside C, or beside Q = C^a·R^(a−1)."""
    law = case.contact.law_of()
    values = dict(zip(law.circuit.names, law.values, strict=True)) if law is not None else {}  # type: ignore[attr-defined]
    resistance, exponent = values["R1"], values.get("a1", 1.0)
    charge = values.get("Q1", values.get("C1", 0.0))
    capacitance = (charge * resistance ** (1 - exponent)) ** (1 / exponent)
    return {"resistance": resistance, "capacitance": capacitance, "exponent": exponent}


def _fine(case: Case) -> dict[str, float]:
    """The finer spots: their pitch over the size of a contact, contact fraction, and gap height in m."""
    finer = case.contact.fine_case
    if finer is None or finer.gap.height is None:
        raise InputError(f"contact.fine = '{case.contact.fine}': expected a case with a gap")
    fraction = fraction_of(case.interface)
    across = _length(case.interface) * fraction ** (1.0 if case.interface.pattern == "stripes" else 0.5)
    return {
        "ratio": _length(finer.interface) / across,
        "contactFraction": fraction_of(finer.interface),
        "gapHeight": finer.gap.height,
    }


def _zone(case: Case) -> dict[str, float]:
    """The lifted zone: its length over half the gap's width, and how many times as high the gap is at the rims."""
    pattern, fraction, gap = pattern_of(case.interface), fraction_of(case.interface), case.gap
    if gap.rise is None or gap.length is None or gap.height is None:
        raise InputError(f"gap.profile = '{gap.profile}': expected 'linear' with a height")
    half = _length(case.interface) * float(half_gap(pattern, np.array(fraction)))
    return {"share": gap.length / half, "ratio": gap.rise / gap.height}
