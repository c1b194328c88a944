"""The interface of a case as a 3D scene: islands on a piece of the slab, under the copper; and from above."""

from __future__ import annotations

import base64
import io
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import RenderingError
from constriction.geometry.cell import Layout
from constriction.geometry.grains.drawn import skins
from constriction.geometry.grains.polycrystal import Polycrystal
from constriction.geometry.profiles import Profile
from constriction.geometry.relief import STRIPES, Relief, Solid, prisms, relief
from constriction.geometry.solids.bodies import FLOATING, LAW, METAL, VOID, Solids
from constriction.geometry.solids.drawn import slices, surface
from constriction.simulation.maps.densities import Density
from constriction.simulation.result import Result
from constriction.simulation.simulate import quiet
from constriction.view.pages.sections import ImageSection, Paragraph, SceneSection, Section
from constriction.view.pictures.flat import flat_png
from constriction.view.pictures.solids import solids_png
from constriction.view.terminal.numbers import decimal_prefix, engineering, significant
from constriction.view.writers.plotly import COMMON_LAYOUT

# Drawn heights over the cell's longer side.
ISLAND, SLAB = 0.06, 0.16
SLENDER = 0.45  # islands are drawn at most so high over the side of a square as large as they are
ZOOM = 1.75  # fills the scene's height, and the width of a phone
ZOOMED_OUT = 0.9  # so that a deep piece of the slab does so, too
ELECTROLYTE, GRAINS, CONTACT, COPPER = "electrolyte", "grains", "contact", "copper"
_SHADES = ("#d8d2c2", "#a9a28d", "#c6bfab", "#8f8873", "#b8ae95")  # of grains
_STILL = {ELECTROLYTE: "#b9b4a7", CONTACT: "#e6a117", "void": "#6f9fbe", "layer": "#a58bc4"}
# What each kind of solid is called in the legend, and the name of its colour.
_SOLIDS = {
    METAL: ("metal", CONTACT),
    FLOATING: ("floating metal", CONTACT),
    VOID: ("void", "void"),
    LAW: ("dielectric", "void"),
}
NOTHING = Solids()
SEEN_THROUGH = 0.3  # opacity of electrolyte with solids in it
# Of the slab with solids: over their lowest point, and at the most over the longer side.
BELOW_SOLIDS, DEEPEST = 1.15, 1.5
FINENESS_OF_SOLIDS = 0.5  # of the mesh that solids are drawn from, and a few grains
_LIGHT = {"ambient": 0.55, "diffuse": 0.7, "specular": 0.08, "roughness": 0.9}


def contact_scene(
    layout: Layout, gap_height: float | None, thickness: float, inside: Solids | Polycrystal = NOTHING
) -> SceneSection:
    """The contacts of a case to look at from all sides.

    Args:
        layout: the mirror cell, of which a whole lattice cell is drawn.
        gap_height: in m, None without a gap.
        thickness: of the slab, in m.
        inside: solids in it, or the grains that it consists of, in pitches.
    """
    found = relief(layout)
    longest = max(found.width, found.depth)
    side = math.sqrt(statistics.fmean(contact.area for contact in found.contacts))
    high = min(ISLAND * longest, SLENDER * side)
    below = _Slab.of(inside, layout, longest, thickness)
    islands = prisms(found.contacts, 0.0, high)
    size, prefix = decimal_prefix(longest)
    parts = [
        *below.parts(found, layout),
        _Part(islands, CONTACT, CONTACT, SEEN_THROUGH if below.solids.bodies else 1.0),
        _Part(prisms([found.cell], high, 1.1 * high), COPPER, COPPER, 0.2),
    ]
    data = [_mesh(part, size) for part in parts]
    data.append(_rims([part.solid for part in parts if part.name in (CONTACT, GRAINS)], size))
    still = solids_png([(part.solid, _STILL.get(part.colour, part.colour)) for part in _from_below(parts)])
    caption = (
        f"{_caption(found, layout, gap_height, high)} {below.in_words(thickness)} In the scene to turn, copper lies on "
    )
    caption += "top; a click in the legend hides or shows a part."
    lengths = found.width, found.depth, 1.1 * high + below.deep
    zoom = ZOOM * min(1.0, ZOOMED_OUT / (0.45 + 0.85 * lengths[2] / longest))
    shape = {axis: zoom * length / longest for axis, length in zip("xyz", lengths, strict=True)}
    return SceneSection("The interface", caption, {"data": data, "layout": _layout(f"{prefix}m", shape)}, still)


@dataclass(frozen=True, eq=False)
class _Part:
    """What is drawn of one kind: its surface, its name in the legend, the name of its colour, and its opacity."""

    solid: Solid
    name: str
    colour: str
    opacity: float


@dataclass(frozen=True, eq=False)
class _Slab:
    """What is drawn of the electrolyte: `deep` of it, m, its `solids`, and its `grains`, which end `grained` deep."""

    deep: float
    solids: Solids
    grains: tuple[Solid, ...]
    grained: float

    @classmethod
    def of(cls, inside: Solids | Polycrystal, layout: Layout, longest: float, thickness: float) -> _Slab:
        """Of a drawn cell whose longer side is `longest`, m."""
        deep = SLAB * longest
        if isinstance(inside, Polycrystal):
            grained = float(inside.box[2]) * layout.pitch
            return cls(min(deep + grained, thickness), NOTHING, tuple(skins(inside, layout, len(_SHADES))), grained)
        wanted = min(BELOW_SOLIDS * inside.lowest, DEEPEST * longest)
        return cls(min(max(deep, wanted), thickness) if inside.any else deep, inside, (), 0.0)

    def parts(self, found: Relief, layout: Layout) -> Iterator[_Part]:
        """Layers, bodies, the electrolyte and grains."""
        if self.solids.layers:
            yield _Part(slices(self.solids.layers, found, -self.deep), "layer", "layer", SEEN_THROUGH)
        for role, (name, colour) in _SOLIDS.items():
            bodies = tuple(body for body in self.solids.bodies if body.role == role)
            if bodies:
                yield _Part(surface(bodies, layout, found), name, colour, 1.0)
        slab = prisms([found.cell] if self.deep > self.grained else [], -self.deep, -self.grained)
        yield _Part(slab, ELECTROLYTE, ELECTROLYTE, SEEN_THROUGH if self.solids.any else 1.0)
        for skin, shade in zip(self.grains, _SHADES, strict=False):
            yield _Part(skin, GRAINS, shade, 1.0)

    def in_words(self, thickness: float) -> str:
        """How much of it is seen, of a slab of so many m."""
        cut = "is cut off below" if self.deep < thickness else "is drawn whole"
        scale = "; what lies in it is to scale" if self.solids.any or self.grains else ""
        return f"The slab, {engineering(thickness, 'm')} thick, {cut}{scale}."


def _from_below(parts: Sequence[_Part]) -> list[_Part]:
    """In the order in which a still picture has them: solids show through the electrolyte, copper is left out."""
    after = {ELECTROLYTE: 0, GRAINS: 1, CONTACT: 2}
    return sorted((part for part in parts if part.name != COPPER), key=lambda part: after.get(part.name, 3))


def from_above(
    layout: Layout, gap_height: float | None, profile: Profile | None, densities: Sequence[Density] = ()
) -> ImageSection:
    """The contacts of a case from above, the height of an uneven gap, and the current density beside it.

    Args:
        layout: the mirror cell, of which a whole lattice cell is drawn.
        gap_height: far from contacts, m; None without a gap.
        profile: of an uneven gap.
        densities: of current.
    """
    png = flat_png(layout, gap_height, profile, densities)
    beside = " Beside it: the current density over its mean." if densities else ""
    if profile is None:
        return ImageSection("The interface from above", f"The contacts as they were traced on the map.{beside}", png)
    lifted = f" It is lifted on {100 * profile.lifted_share:.2g} % of the interface." if profile.changes is None else ""
    words = f"From above: the darker, the higher is the gap.{lifted}{beside}"
    return ImageSection("Height of the gap", words, png)


def _caption(found: Relief, layout: Layout, gap_height: float | None, high: float) -> str:
    width, depth = engineering(found.width, "m"), engineering(found.depth, "m")
    what = "One lattice cell" if layout.lattice_images > 1 else "The cell" if found.whole else "A corner of the cell"
    size = f"{width} × {depth}"
    if layout.lattice_images == STRIPES:
        what, size = "One period", f"{width} wide and drawn as long, for along it nothing varies"
    words = f"{what}, {size}: contacts (yellow) on the electrolyte (grey)."
    if layout.contact_fraction == 1:
        return f"{words} The height of the contact means nothing here: there is nothing beside it."
    if gap_height is None:
        return f"{words} The height of the contacts means nothing here: beside them the interface insulates."
    drawn = _times(high / gap_height)
    return f"{words} Heights are not to scale: the gap of {engineering(gap_height, 'm')} is drawn {drawn}."


def _times(factor: float) -> str:
    if 0.5 < factor < 2:
        return "about as it is"
    way, ratio = ("high", factor) if factor > 1 else ("low", 1 / factor)
    return f"{float(significant(ratio, 2)):,.0f} times too {way}".replace(",", "\u202f")


def _mesh(part: _Part, size: float) -> dict[str, Any]:
    points, inverse = np.unique(part.solid.points / size, axis=0, return_inverse=True)
    triangles = inverse.reshape(-1)[part.solid.triangles]
    x, y, z = (_packed(points[:, k], "f4") for k in range(3))
    i, j, k = (_packed(triangles[:, k], "i4") for k in range(3))
    return {
        "type": "mesh3d",
        "name": part.name,
        **{"x": x, "y": y, "z": z, "i": i, "j": j, "k": k},
        "color": part.colour if part.colour in _SHADES else f"--{part.colour}",
        "opacity": part.opacity,
        "flatshading": True,
        "lighting": _LIGHT,
        "hoverinfo": "skip",
        "showlegend": part.colour not in _SHADES[1:],
        "legendgroup": part.name,
    }


def _rims(solids: Sequence[Solid], size: float) -> dict[str, Any]:
    """The upper outlines of islands, and those of grains, as one line with breaks."""
    gap = np.full((1, 3), np.nan)
    line = np.concatenate([part for solid in solids for rim in solid.rims for part in (rim / size, gap)] or [gap])
    x, y, z = (_packed(line[:, k], "f4") for k in range(3))
    style = {"color": "--ink", "width": 1.5}
    return {
        "type": "scatter3d",
        "mode": "lines",
        **{"x": x, "y": y, "z": z},
        "line": style,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _packed(values: NDArray[Any], kind: str) -> dict[str, str]:
    """Numbers as plotly reads them fastest: little-endian, base64."""
    raw = np.ascontiguousarray(values, dtype=f"<{kind}").tobytes()
    return {"dtype": kind, "bdata": base64.b64encode(raw).decode("ascii")}


def _layout(unit: str, shape: dict[str, float]) -> dict[str, Any]:
    bare = {"showgrid": False, "zeroline": False, "showbackground": False, "color": "--muted", "showspikes": False}
    axis = bare | {"nticks": 5}
    return COMMON_LAYOUT | {
        "height": 420,
        "margin": {"l": 0, "r": 0, "t": 30, "b": 0},
        "scene": {
            "aspectmode": "manual",
            "aspectratio": shape,
            "xaxis": axis | {"title": {"text": f"x ({unit})"}},
            "yaxis": axis | {"title": {"text": f"y ({unit})"}},
            "zaxis": bare | {"visible": False},
            "camera": {"eye": {"x": 0.9, "y": -1.45, "z": 1.15}, "projection": {"type": "orthographic"}},
        },
    }


def cut_open(result: Result) -> Iterator[Section]:
    """A picture of the solids or grains of a case at rest, or at the lowest frequency; nothing without either."""
    if not result.case.holds_bodies:
        return
    what = "Solids" if result.case.solid else "Grains"
    from constriction.simulation.scene import picture_fineness, solve_scene
    from constriction.view.pictures.captions import caption
    from constriction.view.pictures.output import pixels
    from constriction.view.pictures.pictures import panels
    from constriction.view.pictures.rendering import prepare_rendering
    from constriction.view.pictures.stage import page
    from constriction.view.writers.plots import DPI

    try:
        prepare_rendering()
    except RenderingError as error:
        yield Paragraph(f"{what} in the electrolyte are not drawn: {error}.")
        return
    from PIL import Image

    frequency = result.spectrum.window[0] if result.R_dc is None else 0.0
    fineness = FINENESS_OF_SOLIDS if result.case.solid else picture_fineness(result.case, FINENESS_OF_SOLIDS)
    scene = solve_scene(result.case, (frequency,), fineness, quiet, result.laws)
    drawn = io.BytesIO()
    Image.fromarray(pixels(page(panels(scene, "current"), "", 1, DPI))).save(drawn, format="PNG", optimize=True)
    yield ImageSection(f"{what}, cut open", caption(scene, "current"), drawn.getvalue())
