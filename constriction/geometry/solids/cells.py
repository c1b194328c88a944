"""The mirror cell that bodies and layers lie in, and what they may not do there."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.geometry.outlines import SNAP
from constriction.geometry.patches import CONTACT, GAP, Layout
from constriction.geometry.solids.apart import are_apart
from constriction.geometry.solids.bodies import CAP, FLOATING, LAW, METAL, VOID, WHISKER, Body, Layer
from constriction.geometry.solids.rims import ALIKE, COVERS, Rims

TOUCHING = 1e-3  # of its depth: a body that ends so near to a side of a layer touches it, and leaves no room for a mesh
# Of the pitch: the radius of a body in the interface, and of one under it the radius or the depth. Bars of smaller ones
# are what they change, and OpenCASCADE takes minutes to cut them out.
SMALLEST, SMALLEST_BELOW = 1e-4, 2.5e-4
THINNEST = 1e-2  # of the room at rims: how deep the first side of a layer lies; 6e-3 takes 20 s
_NOUNS = {CAP: "pit", WHISKER: "whisker"}


@dataclass(frozen=True)
class SlabCell:
    """The mirror cell: layout and rims of the interface, and the thickness of the electrolyte in m."""

    layout: Layout
    rims: Rims
    thickness: float

    def on_mirrors(self, body: Body) -> Body:
        """A body with its axis exactly on the sides of the cell that it is nearly on, and as wide as its contact.

        A circle that is a contact's but for rounding is that contact.
        """
        x, y = self._on_side(body.x, self.layout.width), self._on_side(body.y, self.layout.depth)
        body = replace(body, x=x, y=y)
        disc = self.rims.disc_about(x, y) if body.below == 0 else None
        if disc is None or not math.isclose(disc[1], body.radius, rel_tol=ALIKE):
            return body
        return replace(body, radius=disc[1], depth=body.depth * disc[1] / body.radius)

    def _on_side(self, place: float, side: float) -> float:
        """A coordinate, exactly on the side of the cell that it is nearly on."""
        return next((edge for edge in (0.0, side) if abs(place - edge) <= SNAP * self.layout.pitch), place)

    def leaves(self, body: Body, margin: float) -> bool:
        """Whether a body leaves the cell, or touches its mirror image; `margin` in m is kept from the sides."""
        layout, wide = self.layout, body.radius + margin
        sides = [(body.x, 0.0), (body.y, 0.0)]
        if layout.circular:
            beyond = math.hypot(body.x, body.y) + wide >= layout.width
        else:
            beyond = body.x > layout.width or body.y > layout.depth
            sides += [(body.x, layout.width), (body.y, layout.depth)]
        beyond = beyond or min(body.x, body.y) < 0
        return beyond or any(place != edge and abs(place - edge) <= wide for place, edge in sides)

    def check(self, body: Body) -> None:
        """Refuse a body that does not lie in the cell and in the slab, or not as it should to the contacts.

        Raises:
            InputError: with the body and what is expected.
        """
        if self.leaves(body, SNAP * self.layout.pitch):
            across = f"the tube of radius {length(self.layout.width)}" if self.layout.circular else self.sides
            raise InputError(
                f"{named(body)} of radius {length(body.radius)} leaves the mirror cell, {across}, or touches a side; "
                "expected it inside, or its axis on a side and no other one within its radius"
            )
        self.check_depth(body)
        if body.below == 0 and (problem := self._at_rims(body)):
            raise InputError(f"{named(body)} of radius {length(body.radius)} {problem}")

    @property
    def sides(self) -> str:
        """The sides of a rectangular cell in words."""
        return f"{length(self.layout.width)} × {length(self.layout.depth)}"

    def check_depth(self, body: Body) -> None:
        """Refuse a body that reaches the counter electrode.

        Raises:
            InputError: with the body and its lowest point.
        """
        if body.lowest < self.thickness * (1 - SNAP):
            return
        short = ", a short" if body.role in (METAL, FLOATING) else ""
        raise InputError(
            f"{named(body)} reaches {length(body.lowest)} deep, to the counter electrode{short}; expected less than "
            f"electrolyte.thickness = '{length(self.thickness)}'"
        )

    def check_size(self, body: Body) -> None:
        """Refuse a body that drowns in the rounding of the mesh.

        Raises:
            InputError: with the body and the least size.
        """
        beneath = body.below > 0
        size, share = (min(body.radius, body.depth), SMALLEST_BELOW) if beneath else (body.radius, SMALLEST)
        least = share * self.layout.pitch
        if size < least * (1 - SNAP):
            raise InputError(
                f"{named(body)} is {length(size)} {'deep' if size < body.radius else 'in radius'}, too small to be "
                f"meshed; expected at least {share:g} of the pitch, {length(least)}, or none, as it changes little"
            )

    def check_first_side(self, layers: Sequence[Layer]) -> None:
        """Refuse layers from the top down of which the first side is so near to rims that its mesh takes minutes.

        Deeper down, and where nothing or everything is in contact, layers may be of any thickness.

        Raises:
            InputError: with the layer, and what such a one is instead.
        """
        least = self._nearest_side
        if not layers or _first_side(layers[0]) >= least * (1 - SNAP):
            return
        what, expected = ("starts", "below = '0 m'") if layers[0].below else ("ends", "a law of [contact] or [gap]")
        raise InputError(
            f"solid[{layers[0].table}]: layer {what} {length(_first_side(layers[0]))} under the interface, far nearer "
            f"than the field at rims is wide ({length(least / THINNEST)}); expected at least {length(least)}, or "
            f"{expected}"
        )

    @property
    def _nearest_side(self) -> float:
        """How near to the interface a side of a layer may be, m."""
        rims = self.layout.rooms if 0 < self.layout.contact_fraction < 1 else ()
        return THINNEST * statistics.fmean(rims) if rims else 0.0

    def _at_rims(self, body: Body) -> str:
        """What is wrong with how a body that stands in the interface lies to the contacts; nothing if all is well."""
        found = self.rims.region_of(body.x, body.y, body.radius)
        if body.role == METAL:
            return self._of_metal(body, found)
        if body.role == FLOATING:
            return "" if found == GAP else "floats, but touches a contact; expected it off the contacts, or below > 0"
        if found == COVERS:
            return "covers a whole contact; expected it beside the contact, smaller, or below > 0"
        return "" if found in (CONTACT, GAP) else "crosses the rim of a contact; expected it on one side of all rims"

    def _of_metal(self, body: Body, found: str) -> str:
        disc = self.rims.disc_about(body.x, body.y)
        alone = disc is not None and self.rims.touched(body.x, body.y, body.radius) == {disc[0]}
        if found == CONTACT or (found == COVERS and alone):
            return ""
        if found == GAP:
            return "is metal beside the contacts; expected it on a contact, or floating = true"
        return (
            "crosses the rim of a contact; expected it wholly on a contact, or about the middle of a round one and no "
            "narrower"
        )


def named(body: Body) -> str:
    """A body as an error tells it."""
    noun = "void" if body.role in (VOID, LAW) else _NOUNS.get(body.shape, "spheroid")
    where = "random" if math.isnan(body.x) else f"x {length(body.x)}, y {length(body.y)}"
    return f"solid[{body.table}]: {noun} at {where}"


def length(value: float) -> str:
    """A length as an error tells it, such as 5 um."""
    return format_quantity(float(f"{value:.6g}"), "length")


def check_apart(bodies: Sequence[Body]) -> None:
    """Refuse bodies that touch; mirror images are never nearer, as a body keeps from sides that it is not on.

    Raises:
        InputError: with the first two.
    """
    for number, first in enumerate(bodies):
        for second in bodies[number + 1 :]:
            if not are_apart(first, second):
                raise InputError(f"{named(first)} overlaps or touches {named(second)}; expected them apart")


def check_layers(bodies: Sequence[Body], layers: Sequence[Layer]) -> None:
    """Refuse bodies with a law of their own that reach into a layer, and bodies that end at a side of one.

    Metal of the electrode and voids that insulate are cut out of the layers.

    Raises:
        InputError: with the body and the layer.
    """
    for body in bodies:
        for layer in layers:
            if problem := _at_layer(body, layer):
                what, expected = problem
                raise InputError(
                    f"{named(body)} reaches from {length(body.below)} to {length(body.lowest)} under the interface: "
                    f"{what} solid[{layer.table}], a layer from {length(layer.below)} to {length(_end(layer))}; "
                    f"expected {expected}"
                )


def _first_side(layer: Layer) -> float:
    """How deep the first side of the first layer lies that is not the interface, m."""
    return layer.below or layer.thickness


def _end(layer: Layer) -> float:
    return layer.below + layer.thickness


def _at_layer(body: Body, layer: Layer) -> tuple[str, str] | None:
    """What a body with the layer does that it may not, and what is expected; None if all is well."""
    near = SNAP * _end(layer)
    if body.region is not None:
        if body.lowest < layer.below - near or body.below > _end(layer) + near:
            return None
        return "with a law of its own it reaches", "it above or below the layer, not touching it"
    ends = [body.lowest] if body.below == 0 else [body.below, body.lowest]
    touches = any(abs(end - side) <= TOUCHING * body.depth for end in ends for side in (layer.below, _end(layer)))
    return ("it ends at a side of", "it farther from that side") if touches else None
