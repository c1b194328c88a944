"""A picture becomes a file: an image, an animation, or a scene to turn in the browser."""

from __future__ import annotations

import html
import importlib.util
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from constriction.base.errors import InputError
from constriction.base.files import whole_file
from constriction.simulation.scene import Scene
from constriction.view.pictures.captions import caption
from constriction.view.pictures.pictures import panels
from constriction.view.pictures.stage import Scale, StagePanel, StagePiece, page, plotter_of, window_of
from constriction.view.writers.plots import DPI

ANIMATION_DPI = 150
FEWER = 256  # colours of a small picture
SECONDS_PER_FRAME = 0.2
OFFLINE = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob:\">"
    '<link rel="icon" href="data:,">'
)
ROOM = 1.4  # around a scene to turn
STILL, MOVING, TURNING = (".png",), (".gif", ".mp4"), (".html",)


def check_output(path: Path, what: str) -> None:
    """See, before anything is computed, that a picture of a kind can become a file of this name.

    Raises:
        InputError: another suffix; an animation of what does not change; a package that is missing.
    """
    suffix = path.suffix.lower()
    known = STILL + MOVING + TURNING
    if suffix not in known:
        raise InputError(f"{path}: suffix {path.suffix!r}; expected one of {', '.join(known)}")
    if suffix in MOVING and what == "mesh":
        raise InputError(f"{path}: a mesh does not change with frequency; expected .png, or another --what")
    if suffix == ".mp4" and not any(map(importlib.util.find_spec, ("imageio_ffmpeg", "av"))):
        raise InputError(f"{path}: nothing here writes .mp4; expected .gif, or pip install imageio-ffmpeg")
    if suffix in TURNING:
        if what in ("interface", "contacts"):
            raise InputError(f"{path}: the interface is flat; expected .png, or another --what for a scene to turn")
        if importlib.util.find_spec("trame_vtk") is None:
            raise InputError(f"{path}: needs trame-vtk; expected .png, or pip install trame-vtk")


def write_picture(scene: Scene, what: str, path: Path, columns: int, small: bool, words: str | None = None) -> None:
    """Draw a scene and write it; the file is there as a whole or not at all.

    Args:
        scene: as in `pictures.panels`; of an animation, one frequency for each image.
        what: one of `pictures.KINDS`.
        path: .png (300 dpi), .gif or .mp4, or .html.
        columns: of a journal: 1 or 2.
        small: of a .png: fewer colours, about a third of the bytes.
        words: below the picture, "" for none; None: `pictures.caption`.
    """
    words = caption(scene, what) if words is None else words
    suffix = path.suffix.lower()
    with whole_file(path) as beside:
        if suffix in STILL:
            _save(page(panels(scene, what), words, columns, DPI), beside, small)
        elif suffix in MOVING:
            _save_frames(list(frames(scene, what, columns, words)), beside)
        else:
            beside.write_text(turning(panels(scene, what)[0], words), encoding="utf-8")


def write_still(figure: Figure, path: Path, small: bool) -> None:
    """Write a figure as a .png, as a whole or not at all; `small`: as in `write_picture`."""
    with whole_file(path) as beside:
        _save(figure, beside, small)


def pixels(figure: Figure) -> NDArray[np.uint8]:
    """A figure as an image (height, width, 3)."""
    figure.canvas.draw()
    drawn: Any = figure.canvas
    return np.array(drawn.buffer_rgba())[..., :3]


def _save(figure: Figure, path: Path, small: bool) -> None:
    from PIL import Image

    image = Image.fromarray(pixels(figure))
    if small:
        image = _fewer_colours(np.asarray(image))
    image.save(path, dpi=(DPI, DPI), optimize=True)


def _fewer_colours(image: NDArray[np.uint8]) -> Any:
    """An image (height, width, 3) in 256 colours, white among them, each pixel in the nearest one.

    A colour counts as the root of its pixels: else one large face would leave no shades for a bar of colours.
    """
    from PIL import Image

    numbers, places, counts = np.unique(
        image.reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1]), return_inverse=True, return_counts=True
    )
    colours = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=-1).astype(np.uint8)
    weighted = Image.fromarray(np.repeat(colours, np.ceil(counts**0.5).astype(int), axis=0)[None])
    chosen = weighted.quantize(FEWER - 1, method=Image.Quantize.MEDIANCUT, kmeans=2).getpalette() or []
    palette = np.array([*chosen[: 3 * (FEWER - 1)], 255, 255, 255], dtype=np.uint8).reshape(-1, 3)
    nearest = cKDTree(palette.astype(float)).query(colours.astype(float))[1]
    made = Image.fromarray(nearest[places].reshape(image.shape[:2]).astype(np.uint8), mode="P")
    made.putpalette(palette.ravel().tolist())
    return made


# --- animations ----------------------------------------------------------------------------------------------------


def frames(scene: Scene, what: str, columns: int, words: str) -> Iterator[NDArray[np.uint8]]:
    """One image (height, width, 3) for each frequency of a scene, all of one size and scale."""
    every = panels(scene, what)
    still = every[: -len(scene.frequencies)]  # the height map stands beside each
    for panel in every[len(still) :]:
        yield pixels(page([*still, panel], words, columns, ANIMATION_DPI))


def _save_frames(images: Sequence[NDArray[np.uint8]], path: Path) -> None:
    import imageio.v3 as imageio

    even = [image[: len(image) // 2 * 2, : image.shape[1] // 2 * 2] for image in images]  # films want even sizes
    if path.suffix.lower() == ".gif":
        imageio.imwrite(path, even, duration=round(1000 * SECONDS_PER_FRAME), loop=0)
    else:
        imageio.imwrite(path, even, fps=1 / SECONDS_PER_FRAME)


# --- scenes to turn ------------------------------------------------------------------------------------------------


def turning(panel: StagePanel, words: str) -> str:
    """A panel as a page with a scene to turn, which opens from disk without network or server.

    pyvista 0.49 leaves this to a package of its own, which starts a server to ask it for the scene; the scene's
    description is what trame-vtk serialises, and its viewer is one file.

    Args:
        panel: what is shown.
        words: below the scene.
    """
    from trame_vtk.tools.vtksz2html import write_html  # type: ignore[import-untyped]

    packed, viewer = io.BytesIO(), io.StringIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.json", json.dumps(_described(panel)))
    write_html(packed.getvalue(), viewer)
    # The viewer would fetch its icon from the web, and whatever else it might fetch the browser keeps it from.
    text = re.sub(r"https://[^`\"'\s]*/favicon[^`\"'\s]*\.png", "data:,", viewer.getvalue())
    text = text.replace("<head>", f"<head>{OFFLINE}", 1)
    before, end, after = text.rpartition("</body>")
    return f"{before}{_overlay(panel, words)}{end}{after}"


def _described(panel: StagePanel) -> dict[str, Any]:
    """The scene as vtk.js reads it: its objects, and their arrays by hash."""
    import trame_vtk.modules.vtk  # type: ignore[import-untyped]  # noqa: F401 - chooses the serialisers' VTK
    from trame_vtk.modules.vtk import serializers

    plotter = plotter_of(replace(panel, layers=[_linear(layer) for layer in panel.layers]))
    try:
        _step_back(plotter, panel)
        plotter.render()
        window, eye = plotter.render_window, plotter.renderer.GetActiveCamera()
        serializers.initialize_serializers()
        context = serializers.SynchronizationContext()
        context.set_ignore_last_dependencies(True)
        scene = serializers.serialize(None, window, serializers.reference_id(window), context, 1)
        scene["extra"] = {
            "vtkRefId": serializers.reference_id(window),
            "centerOfRotation": eye.GetFocalPoint(),
            "camera": serializers.reference_id(eye),
        }
        arrays = {
            entry["hash"]: {**entry, "content": context.get_cached_data_array(entry["hash"], False)}
            for entry in serializers.extract_array_hash(scene)
        }
    finally:
        plotter.close()
    return {"hashes": arrays, "scene": scene}


def _linear(layer: StagePiece) -> StagePiece:
    """A layer with equal steps of colour: the viewer knows no logarithmic ones."""
    if not layer.style.get("log_scale"):
        return layer
    mesh, name = layer.mesh.copy(), layer.style["scalars"]
    low, high = layer.style["clim"]
    mesh.point_data[name] = np.log10(np.clip(mesh.point_data[name], low, high))
    return StagePiece(mesh, {**layer.style, "log_scale": False, "clim": (np.log10(low), np.log10(high))})


def _step_back(plotter: Any, panel: StagePanel) -> None:
    """Let the camera see the whole panel in perspective: the viewer knows no parallel one."""
    left, right, bottom, top = window_of(panel)
    eye = plotter.camera
    distance = ROOM * max(right - left, top - bottom) / 2 / np.tan(np.radians(eye.view_angle / 2))
    eye.parallel_projection = False
    eye.position = tuple(np.array(eye.focal_point) + distance * panel.camera.eye)
    plotter.reset_camera_clipping_range()


def _overlay(panel: StagePanel, words: str) -> str:
    """Title, colours and caption over the scene."""
    keys = "".join(
        f'<span style="margin-right:1em"><b style="color:{colour}">■</b> {html.escape(name)}</span>'
        for name, colour in panel.legend
    )
    bar = "" if panel.scale is None else _bar(panel.scale)
    return (
        '<div id="words" style="position:fixed;left:0;right:0;bottom:0;padding:.6em 1em;'
        'background:#ffffffd9;color:#222;font:14px/1.4 sans-serif;pointer-events:none;z-index:10">'
        f"<strong>{html.escape(panel.title)}</strong> {keys}{bar}{'<br>' if words else ''}{html.escape(words)}</div>\n"
        # out of the body, which the viewer empties
        "<script>document.documentElement.append(document.getElementById('words'))</script>\n"
    )


def _bar(scale: Scale) -> str:
    colours = matplotlib.colormaps[scale.colours](np.linspace(0, 1, 12))
    gradient = ",".join(to_hex(colour) for colour in colours)
    return (
        f'{scale.low:.3g} <span style="display:inline-block;width:12em;height:.8em;'
        f'background:linear-gradient(to right,{gradient})"></span> {scale.high:.3g} {html.escape(scale.label)}'
        + (" (logarithmic)" if scale.logarithmic else "")
    )
