"""Makes the map of measured_map.toml: islands of sodium as a microscope might show them, in grey with noise.

Usage: make_maps.py [FOLDER]
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

PIXELS = 120, 160  # down, across
PIXEL = 2.5  # µm, as in measured_map.toml
SIZE = 14.0  # µm, of islands, about
CONTACT = 0.3  # share of the area
GREY, CONTRAST, NOISE = 110, 90, 6  # of 255
SEED = 7


def islands(seed: int) -> NDArray[np.float64]:
    """Heights of islands that have grown together, on no scale; (down, across)."""
    rough = np.random.default_rng(seed).normal(size=PIXELS)
    smooth = gaussian_filter(rough, SIZE / PIXEL / 2, mode="reflect")
    return np.asarray((smooth - np.quantile(smooth, 1 - CONTACT)) / smooth.std())


def picture(heights: NDArray[np.float64], seed: int) -> NDArray[np.uint8]:
    """Grey values from 0 to 255 with steep rims, noise and specks."""
    draw = np.random.default_rng(seed)
    grey = GREY + CONTRAST * np.tanh(4 * heights) + draw.normal(scale=NOISE, size=heights.shape)
    grey[draw.random(heights.shape) < 5e-4] = 255
    return np.clip(grey.round(), 0, 255).astype(np.uint8)


def main() -> None:
    """Write the map into a folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    Image.fromarray(picture(islands(SEED), SEED)).save(folder / "measured_map.png", optimize=True)


if __name__ == "__main__":
    main()
