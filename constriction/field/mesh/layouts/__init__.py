"""A layout on its way to gmsh: in pitches, checked, and cut into what the collars leave to be filled."""
