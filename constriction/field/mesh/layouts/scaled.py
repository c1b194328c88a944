"""A layout in pitches, as meshes have it."""

from __future__ import annotations

from collections.abc import Sequence

from constriction.geometry.cell import Layout
from constriction.geometry.outlines import Edge, Outline, Point


def rounded(length: float) -> float:
    """A length in pitches without its last digits, so that one geometry in other units gets the same mesh."""
    return float(f"{length:.12g}")


def in_pitches(layout: Layout) -> tuple[Outline, list[Outline]]:
    """The cell and the spots of a layout, lengths in pitches."""

    def scaled(point: Point) -> Point:
        return rounded(point[0] / layout.pitch), rounded(point[1] / layout.pitch)

    def scale_chain(edges: Sequence[Edge]) -> tuple[Edge, ...]:
        ends = ((scaled(edge.start), scaled(edge.end), edge.centre) for edge in edges)
        return tuple(Edge(start, end, None if centre is None else scaled(centre)) for start, end, centre in ends)

    def scale(outline: Outline) -> Outline:
        edges, *holes = map(scale_chain, outline.chains)
        return Outline(edges, rounded(outline.size / layout.pitch), tuple(holes))

    return scale(layout.cell), [scale(spot) for spot in layout.spots]
