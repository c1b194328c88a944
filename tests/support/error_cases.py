"""Cases for the library of error bars: every family drawn at random, with exact answers where there are any."""

import math

from alternatives import lattice_constriction
from support.film_references import film_disc_in_tube, film_stripes
from support.maps import blobs, map_file, rectangles

SWEEP = {"from": "1 GHz", "to": "1 kHz", "points_per_decade": 1}
SPOTS = (9, 9, 16, 36, 9, 16, 64, 100, 225, 400)  # of random patterns
PIXELS = (40, 50, 70, 100)  # across a map
ANGLES = {"square": 90, "hexagonal": 60}
DEEP = 2.5  # depth in pitches from which a lattice's constriction is that of a deep slab
SHAPES = (
    {"pattern": "square", "shape": "square", "most": 0.85},
    {"pattern": "hexagonal", "inverted": True, "most": 0.95},
    {"pattern": "square", "inverted": True, "most": 0.95},
    {"pattern": "single", "cell_shape": "square", "most": 0.7},
)


def draw(family, number, random, method):
    """The words of a case of a family; `random`: a numpy generator of its own for each number."""
    pitch = 10 ** random.uniform(1.3, 3.3)
    case = {
        "electrolyte": {"thickness": f"{pitch * 10 ** random.uniform(-0.7, 0.6):.6g} um"},
        "gap": {"height": f"{10 ** random.uniform(0, 2.3):.4g} nm", "model": "thin"},
        "accuracy": {"method": method},
        "sweep": SWEEP,
    }
    if family == "gaps":
        case["gap"] = {"height": f"{pitch * 10 ** random.uniform(-1.7, -0.3):.5g} um", "model": "volume"}
    if family == "films":
        resistance = f"{10 ** random.uniform(-4, 2):.4g} ohm cm2"
        case["contact"] = {"law": "p(R1,C1)", "R1": resistance, "C1": "20 uF/cm2"}
    if family == "maps":
        return {**case, "interface": _map(number, random, pitch, method)}
    return {**case, "interface": {"pitch": f"{pitch:.6g} um", **_contacts(family, number, random, method)}}


def with_map(words):
    """Words of a case with the map that they describe."""
    interface = words["interface"]
    if interface.get("pattern") != "image":
        return words
    seed, share, pixels, smooth = interface["file"]
    shape = pixels, pixels
    values = blobs(seed, share, shape, smooth) if smooth else rectangles(seed, share, shape)
    return {**words, "interface": {**interface, "file": map_file(values)}}


def _map(number, random, pitch, method):
    """Where a smoothed noise is high, every fourth time rectangles. Meshes get few of them."""
    pixels = 30 if method == "finite_elements" else PIXELS[number % len(PIXELS)]
    smooth = float(random.uniform(2.5, 5) if method == "finite_elements" else random.uniform(1.5, 6))
    smooth *= number % 4 != 3
    file = [int(random.integers(10**6)), float(random.uniform(0.1, 0.7)), pixels, smooth]
    return {"pattern": "image", "file": file, "pixel": f"{4 * pitch / pixels:.6g} um"}


def _contacts(family, number, random, method):
    share = float(random.uniform(0.03, 0.9))
    stripes = {"pattern": "stripes", "contact_fraction": share}
    tube = {"pattern": "single", "cell_shape": "circular", "contact_fraction": share}
    if family in ("stripes", "tubes"):
        return stripes if family == "stripes" else tube
    if family == "films":
        return stripes if number % 2 or method == "spectral" else tube
    if family == "shapes":
        shape = dict(SHAPES[number % len(SHAPES)])
        most = shape.pop("most")
        return {**shape, "contact_fraction": float(random.uniform(0.3 if "inverted" in shape else 0.03, most))}
    if family in ("random", "merged"):
        spots, share = SPOTS[number % len(SPOTS)], float(random.uniform(0.05, 0.4))
        more = {"overlap": "merge"} if family == "merged" else {"size_spread": 0.3 * (number % 3 == 2)}
        seed = int(random.integers(10**6))
        return {"pattern": "random", "spots": spots, "contact_fraction": share, "seed": seed, **more}
    pattern = str(random.choice(["square", "hexagonal", *(["stripes"] if family == "gaps" else [])]))
    return {"pattern": pattern, "contact_fraction": float(random.uniform(0.03, 0.7))}


def exact(case, layout, curve):
    """F − depth in pitches on `every` θ of a curve, at rest alone, or None where nothing is known."""
    share, depth = layout.contact_fraction, case.electrolyte.thickness / layout.pitch
    contact = curve.every[:, 0] if curve.film else [math.inf] * len(curve.every)
    pairs = list(zip(contact, curve.every[:, -1], strict=True))
    interface = case.interface
    if case.gap.model == "volume":  # at rest it takes no current
        pairs = pairs[:1]
    if interface.pattern == "stripes":
        return [film_stripes(share, *pair, depth) for pair in pairs]
    if layout.circular:
        return [film_disc_in_tube(math.sqrt(share), *pair, depth) for pair in pairs]
    discs = interface.pattern in ANGLES and not interface.inverted and getattr(interface, "shape", "disc") == "disc"
    if discs and depth > DEEP:
        angle = ANGLES[interface.pattern]
        return [lattice_constriction(math.sqrt(share * math.sin(math.radians(angle)) / math.pi), angle)]
    return None
