"""Names of a mesh's volumes and surfaces, and the numbers that stand for them in meshes and files."""

VOLUMES = {"electrolyte": 1, "gap_volume": 2}
SURFACES = {
    "contact": 3,
    "gap": 4,
    "copper": 5,
    "island_wall": 6,
    "counter_electrode": 7,
    "side": 8,
    "solid": 9,  # of a metal body that is part of the electrode
    "void": 10,  # of a body that insulates
    "grain_boundary": 13,  # between two grains, once with the nodes of each
}
METAL_VOLUMES = {"island": 11, "foil": 12}
"""Of metals that are meshed as conductors."""
METALS = ("contact", "copper", "island_wall", "solid")  # surfaces at the potential of the electrode
METALS_BESIDE_FILMS = ("copper", "island_wall")  # the contact is behind its film, and so are solids of its metal
_FIRST_BODY = 100


def body_tag(law: int) -> int:
    """The number of the volumes with a law of their own, from the law's."""
    return _FIRST_BODY + law
