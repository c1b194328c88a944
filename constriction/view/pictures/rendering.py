"""Whether this machine can render without a display: asked in a child process, for VTK crashes where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

from constriction.base.errors import RenderingError

WINDOW = "VTK_DEFAULT_OPENGL_WINDOW"
OFF_SCREEN = "vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow"
PATIENCE = 120  # s that a first import of VTK may take
TRIAL = """
import pyvista
plotter = pyvista.Plotter(off_screen=True, window_size=(64, 64))
plotter.add_mesh(pyvista.Sphere(), color="red")
raise SystemExit(0 if plotter.screenshot(return_img=True).std() > 1 else 3)
"""
ADVICE = (
    "nothing can be rendered here: VTK finds no working OpenGL; install it (apt-get install libegl1 libgl1, or dnf "
    f"install mesa-libEGL mesa-libGL), and without a display set {WINDOW}={OFF_SCREEN[0]} or {OFF_SCREEN[1]}"
)


def prepare_rendering() -> str:
    """Choose a way to render, before the first picture.

    Returns:
        VTK's class of window.

    Raises:
        RenderingError: none works; with the packages to install.
    """
    window = _working_window(os.environ.get(WINDOW), bool(os.environ.get("DISPLAY")))
    if window is None:
        raise RenderingError(ADVICE)
    if window:
        os.environ[WINDOW] = window
    return window or "VTK's own choice"


@cache
def _working_window(chosen: str | None, display: bool) -> str | None:
    """The first class of window that renders, "" for VTK's own choice, None if there is none."""
    candidates = (chosen,) if chosen else (*(("",) if display else ()), *OFF_SCREEN)
    return next((window for window in candidates if _renders(window)), None)


def _renders(window: str) -> bool:
    environment = {**os.environ, WINDOW: window} if window else dict(os.environ)
    command = [sys.executable, "-c", TRIAL]
    try:
        return (
            subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=False).returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False
