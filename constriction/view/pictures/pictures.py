"""Pictures of a case in three dimensions: its mesh, the potential, the current, and the interface from above."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvista as pv

from constriction.simulation.scene import Scene
from constriction.simulation.solids.shares import Shares, shares
from constriction.view.pictures.captions import equipotential_step, potential_scale, told
from constriction.view.pictures.cutaway import Cutaway
from constriction.view.pictures.flat import LOGARITHMIC
from constriction.view.pictures.lines import current_lines
from constriction.view.pictures.pieces import polylines
from constriction.view.pictures.stage import (
    CONTACT,
    COPPER,
    ELECTROLYTE,
    FROM_ABOVE,
    FROM_ABOVE_TURNED,
    GAP,
    INK,
    OBLIQUE,
    Camera,
    Ruler,
    Scale,
    StagePanel,
    StagePiece,
    aligned,
)
from constriction.view.terminal.numbers import decimal_prefix, metres, round_down

KINDS = ("mesh", "potential", "current", "interface", "contacts")
DENSITIES = 0.03, 10.0  # of current over its mean, from darkest to lightest
ON_CONTACTS = 0.5, 10.0  # the same over the contacts
SEEN_THROUGH = 0.4  # opacity of contacts in the missing corner
BOUNDARY = "#555555"  # of grains, on dark and on light
ON_CONTACT, THROUGH_GAP = "#111111", "#4DB8F0"


# --- the four kinds ------------------------------------------------------------------------------------------------


def panels(scene: Scene, what: str) -> list[StagePanel]:
    """The panels of one kind of picture.

    Args:
        scene: solved at the frequencies that are drawn, each a panel; at none for the mesh.
        what: one of KINDS.
    """
    if what == "mesh":
        return [mesh_panel(scene)]
    numbers = range(len(scene.frequencies))
    if what == "contacts":
        return aligned([contacts_panel(scene, number) for number in numbers])
    if what == "interface":
        return aligned([height_panel(scene), *(interface_panel(scene, number) for number in numbers)])
    kind = potential_panel if what == "potential" else current_panel
    return aligned([kind(scene, number) for number in numbers])


def mesh_panel(scene: Scene) -> StagePanel:
    """The mesh with contacts, gap, electrolyte and copper coloured, a corner cut away."""
    view = Cutaway(scene)
    faces = [
        StagePiece(view.cut_faces(), _matt(ELECTROLYTE)),
        StagePiece(view.kept(view.surface("gap")), _matt(GAP)),
        StagePiece(view.kept(view.surface("contact", "solid")), _matt(CONTACT)),
        StagePiece(view.kept(view.surface("void")), _matt(GAP)),
    ]
    skin = view.edges("contact", "gap", "solid", "void")
    lines = [_wires(view.cut_edges(), "#555555"), _wires(view.kept(skin), "#333333"), _grains(view, 3.0)]
    if scene.gap_model == "volume":
        faces.append(StagePiece(view.kept(view.surface("side", "island_wall", above=True), ("covered",)), _matt(GAP)))
        lines.append(_wires(view.kept(view.edges("side", "island_wall", above=True), ("covered",)), "#333333"))
    names = [("contact", CONTACT), ("gap", GAP), ("copper", COPPER), ("electrolyte", ELECTROLYTE)]
    if not np.any(scene.triangles_of("gap")):
        del names[1]
    return StagePanel("Mesh", [*faces, *lines, *_metal(view)], OBLIQUE, _ruler(view), legend=names)


def potential_panel(scene: Scene, number: int) -> StagePanel:
    """The real part of the potential on the planes of the cut, with equipotential surfaces in the missing corner."""
    view = Cutaway(scene, number)
    scale = potential_scale(scene)
    step = equipotential_step(scale)
    levels = np.arange(step, scale.high, step)
    shells = view.shells(levels)
    skin = [view.cut_faces(), view.kept(view.surface("contact", "gap", "solid", "void"))]
    lines = pv.merge([piece.contour(levels, scalars="potential") for piece in skin])
    lit = {**scale.style, "lighting": True, "ambient": 0.62, "diffuse": 0.45, "smooth_shading": True}
    layers = [
        *(StagePiece(piece, scale.style) for piece in skin),
        StagePiece(view.kept(shells, ("gone",)), lit),
        _wires(lines, "#FFFFFF", 1.6),
        _grains(view),
        _wires(_rims(view), INK, 2.2),
        *_metal(view),
    ]
    return StagePanel(f"Potential at {told(scene.frequencies[number])}", layers, OBLIQUE, _ruler(view), scale)


def current_panel(scene: Scene, number: int) -> StagePanel:
    """Current lines in the missing corner, each carrying the same current, and its density on the planes of the cut."""
    view = Cutaway(scene, number)
    lines = current_lines(view)
    layers = [
        StagePiece(view.cut_faces(), _density().style),
        StagePiece(view.kept(view.surface("gap", "void")), _matt(GAP)),
        StagePiece(view.kept(view.surface("contact", "solid")), _matt(CONTACT)),
        _grains(view),
        _wires(_rims(view), INK, 1.5),
        *_metal(view),
    ]
    ends = view.kept(view.surface("contact", "solid"), ("gone",))  # what lines end on, where the corner is missing
    radius = 0.0022 * max(view.size)
    for through_gap, colour in ((False, ON_CONTACT), (True, THROUGH_GAP)):
        mine = [line for line in lines if line.through_gap == through_gap]
        if mine:
            tubes = polylines([line.points for line in mine]).tube(radius=radius, n_sides=8)
            layers.append(
                StagePiece(
                    view.kept(tubes, ("gone",)),
                    {**_matt(colour), "ambient": 0.8, "diffuse": 0.3, "smooth_shading": True},
                )
            )
    layers.append(StagePiece(ends, {**_matt(CONTACT), "opacity": SEEN_THROUGH}))
    return StagePanel(_current_title(scene, number), layers, OBLIQUE, _ruler(view), _density())


def height_panel(scene: Scene) -> StagePanel:
    """The height of the gap from above; 0 on contacts."""
    view = Cutaway(scene)
    gap, scale = _flat(view, "gap"), None
    if gap.n_points and "height" in gap.point_data:
        gap, scale = _measured(gap)
    layers = [
        StagePiece(gap, _plain(GAP) if scale is None else scale.style),
        StagePiece(_flat(view, "contact"), _plain(CONTACT)),
        _wires(_outlines(view), INK, 1.5, FROM_ABOVE),
    ]
    return StagePanel("Gap height h(x, y)", layers, _above(view), _ruler_above(view), scale, _height_names(scene))


def _measured(gap: Any) -> tuple[Any, Scale]:
    """A gap with its `height` in a unit to read, and colours for it."""
    size, prefix = decimal_prefix(float(gap.point_data["height"].max()))
    gap.point_data["height"] = gap.point_data["height"] / size
    low, high = float(gap.point_data["height"].min()), float(gap.point_data["height"].max())
    label = f"height of the gap, h ({prefix}m); contacts are orange"
    return gap, Scale("height", label, low, max(high, 1.001 * low), "Blues", logarithmic=high > LOGARITHMIC * low)


def _height_names(scene: Scene) -> list[tuple[str, str]]:
    """Colours of contacts and of an even gap, and what they mean."""
    height, law = scene.gap_height, scene.case.gap.law
    gap = ("gap, no capacitance" if law is None else "gap") if height is None else f"gap, h = {metres(height)}"
    names = [("contact, h = 0", CONTACT), (gap if law is None else f"{gap}, law {law}", GAP)]
    return names if np.any(scene.triangles_of("gap")) else names[:1]


def interface_panel(scene: Scene, number: int) -> StagePanel:
    """The normal current density on the interface from above."""
    view = Cutaway(scene, number)
    layers = [StagePiece(_flat(view, name), _density().style) for name in ("gap", "contact")]
    layers += [_grains_above(view), _wires(_outlines(view), "#FFFFFF", 1.5, FROM_ABOVE)]
    return StagePanel(_current_title(scene, number), layers, _above(view), _ruler_above(view), _density())


def contacts_panel(scene: Scene, number: int) -> StagePanel:
    """The normal current density on the contacts from above, over its mean there."""
    view = Cutaway(scene, number)
    contacts = _flat(view, "contact")
    mean = shares(scene, number).contact.real / scene.layout.contact_fraction
    contacts.point_data["relative"] = contacts.point_data["current"] / abs(mean)
    label = "current density / its mean over the contacts"
    scale = Scale("relative", label, *ON_CONTACTS, "inferno", logarithmic=True)
    layers = [
        StagePiece(_flat(view, "gap"), _plain(ELECTROLYTE)),
        StagePiece(contacts, scale.style),
        _grains_above(view),
        _wires(_outlines(view), INK, 1.0, FROM_ABOVE),
    ]
    return StagePanel(f"Contacts, {told(scene.frequencies[number])}", layers, _above(view), _ruler_above(view), scale)


# --- layers --------------------------------------------------------------------------------------------------------


def _density() -> Scale:
    label = "|Re j| (mA/cm²) at 1 mA/cm² on average"
    return Scale("current", label, *DENSITIES, "inferno", logarithmic=True)


def _current_title(scene: Scene, number: int) -> str:
    frequency = told(scene.frequencies[number])
    frequency = frequency[0].upper() + frequency[1:]
    if scene.layout.contact_fraction == 1:
        return frequency
    part: Shares = shares(scene, number)
    percent = 100 * part.gap.real
    share = "less than 0.1" if abs(percent) < 0.1 else f"{percent:.2g}"
    return f"{frequency}: {share} % of the current passes the gap"


def _matt(colour: str) -> dict[str, Any]:
    return {"color": colour, "ambient": 0.5, "diffuse": 0.62, "specular": 0.0}


def _plain(colour: str) -> dict[str, Any]:
    return {"color": colour, "lighting": False}


def _wires(mesh: Any, colour: str, width: float = 1.0, camera: Camera = OBLIQUE) -> StagePiece:
    """Lines, moved a little towards the eye so that the face that they lie on does not hide them."""
    lifted = mesh.copy()
    if lifted.n_points:
        size = np.ptp(lifted.points, axis=0).max()
        lifted.points = lifted.points + 2e-3 * size * camera.eye
    return StagePiece(lifted, {"color": colour, "line_width": width, "lighting": False})


def _metal(view: Cutaway) -> list[StagePiece]:
    """Islands and, above them, the copper."""
    plate = view.copper(0.035 * max(view.size))
    layers = [StagePiece(plate, _matt(COPPER)), _wires(plate.extract_feature_edges(40), INK, 1.2)]
    islands = view.islands()
    if islands is not None:
        layers.append(StagePiece(islands, _matt(CONTACT)))
    return layers


def _rims(view: Cutaway) -> Any:
    """The contacts' outlines where they are seen, and in the missing corner."""
    return view.kept(view.rims(), ("open", "covered", "gone"))


def _grains(view: Cutaway, width: float = 1.5) -> StagePiece:
    """The boundaries of grains where they are seen."""
    return _wires(view.boundaries(), BOUNDARY, width)


def _grains_above(view: Cutaway) -> StagePiece:
    """The boundaries of grains at the interface, from above."""
    lines = view.boundary_lines((2,))
    return _wires(_everywhere(view, lines) if lines.n_points else lines, BOUNDARY, 1.0, FROM_ABOVE)


def _everywhere(view: Cutaway, piece: Any) -> Any:
    return pv.merge([tile.place(piece) for tile in view.tiles])


def _outlines(view: Cutaway) -> Any:
    return _everywhere(view, view.rims())


def _above(view: Cutaway) -> Camera:
    """From above, the longer side across the paper."""
    return FROM_ABOVE if view.size[0] >= view.size[1] else FROM_ABOVE_TURNED


def _flat(view: Cutaway, surface: str) -> Any:
    """A part of the interface in all tiles, with the normal current density if there is a frequency."""
    piece = view.interface(surface)
    return _everywhere(view, piece) if piece.n_points else piece


def _ruler(view: Cutaway) -> Ruler:
    """A bar of a round length along the lower edge in front on the left; beside a tube, which has no edge."""
    x0, y0 = view.least
    if view.scene.layout.circular:
        return Ruler(round_down(0.2 * view.size[0]))
    length = round_down(-0.6 * x0)
    middle = np.array([x0 / 2, y0, -view.shown_depth])
    half = np.array([length / 2, 0, 0])
    return Ruler(length, (middle - half, middle + half))


def _ruler_above(view: Cutaway) -> Ruler:
    """A bar of a round length below the interface seen from above."""
    return Ruler(round_down(0.3 * max(view.size)))
