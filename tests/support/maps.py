"""Maps for the tests: their cases, and random ones."""

import io

import numpy as np
from scipy.ndimage import gaussian_filter

from constriction import parse_case
from constriction.case.maps.files import MapFile

GRID = {"height": "none"}
SWEEP = {"from": "1 MHz", "to": "1 Hz", "points_per_decade": 1}


def map_file(values, name="map.npy"):
    """A map of values (rows, columns) as the file of a case."""
    file = io.BytesIO()
    np.save(file, values)
    return MapFile(name, file.getvalue())


def map_case(values, width, relative_error=1e-2, gap=None, **keys):
    """The case of a map (rows, columns) as wide as so many mm, on 6 mm of electrolyte."""
    interface = {"pattern": "image", "file": map_file(values), "pixel": f"{width / values.shape[1]!r} mm", **keys}
    return solved_case(interface, relative_error, gap)


def solved_case(interface, relative_error=1e-2, gap=None):
    """A case that is solved by transforms, on 6 mm of electrolyte."""
    return parse_case(
        {
            "electrolyte": {"thickness": "6 mm"},
            "interface": interface,
            "gap": gap or GRID,
            "sweep": SWEEP,
            "accuracy": {"relative_error": relative_error, "method": "spectral"},
        }
    )


def blobs(seed, share, shape=(40, 50), smooth=2.0):
    """Random black and white shapes, 0 and 255."""
    rough = gaussian_filter(np.random.default_rng(seed).normal(size=shape), smooth)
    return np.where(rough > np.quantile(rough, 1 - share), 255, 0).astype(np.uint8)


def rectangles(seed, share, shape=(40, 50)):
    """Random rectangles that overlap, 255, until so much is covered."""
    rng, found = np.random.default_rng(seed), np.zeros(shape, dtype=np.uint8)
    while found.mean() < 255 * share:
        rows, columns = (int(rng.integers(4, max(5, side // 3))) for side in shape)
        top, left = (int(rng.integers(0, side - size + 1)) for side, size in zip(shape, (rows, columns), strict=True))
        found[top : top + rows, left : left + columns] = 255
    return found
