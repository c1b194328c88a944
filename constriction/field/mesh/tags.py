"""Names of a mesh's volumes and surfaces, and the numbers that stand for them in meshes and files."""

VOLUMES = {"electrolyte": 1, "gap_volume": 2}
SURFACES = {"contact": 3, "gap": 4, "copper": 5, "island_wall": 6, "counter_electrode": 7, "side": 8}
METALS = ("contact", "copper", "island_wall")  # surfaces at the potential of the electrode
METALS_BESIDE_FILMS = METALS[1:]  # the contact is behind its film
