"""Whether all of VTK loads and OpenGL draws without a display: renders a field, and looks at this and other pictures.

Usage, inside the image: rendered_picture.py FIELD.vtu OUT.png [OTHER.png...]
"""

import sys

import numpy as np
import pyvista as pv
import vtk  # noqa: F401 - every module of it: what was taken out of the image, nothing else links
from PIL import Image

LEAST_SPREAD = 10  # of 255, standard deviation over the pixels; an empty picture has 0


def render(field: str, path: str) -> None:
    """The mesh, coloured by its first point data, into a PNG."""
    mesh = pv.read(field)
    plotter = pv.Plotter(off_screen=True, window_size=(800, 600))
    plotter.add_mesh(mesh, scalars=mesh.point_data.keys()[0], show_edges=True)
    plotter.screenshot(path)
    plotter.close()


def main(field: str, path: str, *others: str) -> None:
    """Render and look; ends with 1 if a picture is empty."""
    render(field, path)
    for name in (path, *others):
        pixels = np.asarray(Image.open(name).convert("RGB"), dtype=float)
        print(f"{name}: {pixels.shape[1]} x {pixels.shape[0]} pixels, spread {pixels.std():.1f}")
        if pixels.std() < LEAST_SPREAD:
            sys.exit(f"{name} is empty")


if __name__ == "__main__":
    main(*sys.argv[1:])
