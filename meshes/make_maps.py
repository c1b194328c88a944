"""Makes the maps of measured_map.toml and height_map.toml, as instruments might show them.

Islands of sodium that have grown together, in grey with noise and specks; and the height of copper over such islands
as a confocal microscope has it: tilted, with noise, a few points without a value and a few that are wrong.

Usage: make_maps.py [FOLDER]
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt, gaussian_filter

PIXELS = 120, 160  # down, across
PIXEL = 2.5  # µm, as in measured_map.toml
SIZE = 14.0  # µm, of islands, about
CONTACT = 0.3  # share of the area
GREY, CONTRAST, NOISE = 110, 90, 6  # of 255
SEED = 7

# Of the metal's height, in µm, as in height_map.toml: it rests on islands, beside which it is lifted.
WIDE = 25.0  # a pixel
ISLAND = 800.0  # size, about
TOUCHES = 0.12  # share of the area
RISE, FALL = 5.0, 200.0  # the lift at the rims of islands, and how far from them the metal lies again
LYING = 0.3  # the gap under it there
ROUGH = 0.02  # noise
TILT = 1.2e-3, -0.7e-3  # along x and down
MIDDLE, COUNT = 40.0, 0.01  # of the instrument's range; a count
HEIGHT_SEED, LOST, WRONG = 3, 60, 12  # points without a value, and with a wrong one


def islands(seed: int, size: float, share: float) -> NDArray[np.float64]:
    """Heights of islands that have grown together, on no scale; (down, across).

    Args:
        seed: of the random places.
        size: of islands, about, in pixels.
        share: of the area, where the height is above zero.
    """
    rough = np.random.default_rng(seed).normal(size=PIXELS)
    smooth = gaussian_filter(rough, size / 2, mode="reflect")
    return np.asarray((smooth - np.quantile(smooth, 1 - share)) / smooth.std())


def picture(heights: NDArray[np.float64], seed: int) -> NDArray[np.uint8]:
    """Grey values from 0 to 255 with steep rims, noise and specks."""
    draw = np.random.default_rng(seed)
    grey = GREY + CONTRAST * np.tanh(4 * heights) + draw.normal(scale=NOISE, size=heights.shape)
    grey[draw.random(heights.shape) < 5e-4] = 255
    return np.clip(grey.round(), 0, 255).astype(np.uint8)


def relief(seed: int) -> NDArray[np.uint16]:
    """Heights of the metal in counts, 0 where there is no value; (down, across)."""
    draw = np.random.default_rng(seed)
    touches = islands(seed, ISLAND / WIDE, TOUCHES) > 0
    away = WIDE * distance_transform_edt(~touches)
    lifted = LYING + (RISE - LYING) * np.clip(1 - away / FALL, 0.0, 1.0) ** 2
    heights = np.where(touches, 0.0, lifted) + draw.normal(scale=ROUGH, size=PIXELS)
    y, x = (WIDE * np.arange(count) for count in PIXELS)
    counts = (MIDDLE + heights + TILT[0] * x[None, :] + TILT[1] * y[:, None]) / COUNT
    places = draw.choice(counts.size, LOST + WRONG, replace=False)
    counts.flat[places[LOST:]] += draw.choice([-1, 1], WRONG) * draw.uniform(2000, 3000, WRONG)
    counts.flat[places[:LOST]] = 0
    return np.asarray(counts.round(), dtype=np.uint16)


def main() -> None:
    """Write the maps into a folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    Image.fromarray(picture(islands(SEED, SIZE / PIXEL, CONTACT), SEED)).save(
        folder / "measured_map.png", optimize=True
    )
    Image.fromarray(relief(HEIGHT_SEED)).save(folder / "height_map.png", optimize=True)


if __name__ == "__main__":
    main()
