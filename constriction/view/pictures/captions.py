"""Words of pictures: what they show, which part of the case, at which instant; and why there is nothing to show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from constriction.base.errors import InputError, counted
from constriction.simulation.scene import Scene
from constriction.simulation.solids.shares import shares
from constriction.view.pictures.cutaway import Cutaway
from constriction.view.pictures.stage import Scale
from constriction.view.terminal.numbers import hertz, metres, round_down

FEWEST_EQUIPOTENTIALS = 8
LEAST_DEFECT = 0.01  # per cent, that is told
LEAST_SHARE = 1e-6  # of the current, that is drawn


def caption(scene: Scene, what: str) -> str:
    """What a picture shows, in words: which part of the case, what is not to scale, at which instant."""
    view, layout = Cutaway(scene), scene.layout
    cell = " × ".join(metres(length) for length in view.size)
    parts = list(filter(None, [scene.case.title]))
    if layout.lattice_images > 1:
        parts.append(f"{cell}, {len(view.tiles)} mirror images of the meshed cell")
    else:
        parts.append(f"{cell}, the meshed cell with {len(layout.spots)} spots")
    if what not in ("interface", "contacts"):
        parts.append(f"{_depth_in_words(view)}, front corner cut away")
        if scene.gap_model == "thin" and scene.gap_height is not None and scene.layout.contact_fraction < 1:
            parts.append(f"gap of {metres(scene.gap_height)} drawn higher than it is")
    if scene.mesh.grains is not None:
        count = counted(int(scene.mesh.grains.max()), "grain")
        parts.append(f"{count} in the meshed cell, thin lines are their boundaries")
    return "; ".join([*parts, *_field_in_words(scene, what)]) + "."


def _field_in_words(scene: Scene, what: str) -> Iterator[str]:
    """At which instant a field is shown, and what its lines and colours mean."""
    if what == "potential":
        step = equipotential_step(potential_scale(scene))
        yield f"real part when the applied voltage is largest, surfaces every {step:g} V"
    if what in ("current", "interface", "contacts") and any(scene.frequencies):
        yield "when the current is largest"
    if what == "current":
        ends = "" if scene.layout.contact_fraction == 1 else ": black ends on a contact, blue passes the gap"
        yield f"each line carries the same current{ends}"
    if what == "interface" and scene.frequencies:
        defect = max(shares(scene, number).defect for number in range(len(scene.frequencies)))
        yield f"the densities add up to the current within {max(100 * defect, LEAST_DEFECT):.1g} %"


def _depth_in_words(view: Cutaway) -> str:
    thickness, meshed, shown = view.scene.case.electrolyte.thickness, view.scene.depth, view.shown_depth
    if shown > 0.999 * thickness:
        return f"electrolyte of {metres(thickness)}"
    beyond = f" (meshed down to {metres(meshed)}, where the field is even)" if meshed < 0.999 * thickness else ""
    return f"upper {metres(shown)} of {metres(thickness)} of electrolyte{beyond}"


def check_drawn(scene: Scene, what: str) -> None:
    """Refuse to draw a current that does not pass.

    Raises:
        InputError: none passes the contacts, or the interface, at a frequency (Hz) of the scene.
    """
    if what not in ("current", "interface", "contacts"):
        return
    if what == "contacts" and scene.layout.contact_fraction == 0:
        raise InputError(
            f"--what contacts: contact fraction {scene.layout.contact_fraction:g}, so there is none; "
            "expected --what interface"
        )
    for number, frequency in enumerate(scene.frequencies):
        blocked = not np.isfinite(scene.totals[number])
        if blocked or (what == "contacts" and abs(shares(scene, number).contact) < LEAST_SHARE):
            raise InputError(
                f"--what {what}: no current passes the {'interface' if blocked else 'contacts'} "
                f"at {told(frequency)}; expected another --frequency"
            )


def told(frequency: float) -> str:
    """A frequency (Hz) in words."""
    return hertz(frequency) if frequency > 0 else "direct current"


def equipotential_step(scale: Scale) -> float:
    """A round difference of potential (V) from one drawn surface to the next."""
    return round_down(scale.high / FEWEST_EQUIPOTENTIALS)


def potential_scale(scene: Scene) -> Scale:
    """One scale for all frequencies: from the metal's 0 V to the largest potential that is shown."""
    view = Cutaway(scene, 0)
    shown = scene.mesh.points[:, 2] > -view.shown_depth
    highest = float(scene.potentials.real[:, shown].max())
    return Scale("potential", "Re φ (V), 1 V across the electrolyte and its interface", 0.0, highest, "viridis")
