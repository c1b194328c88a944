"""What is solved: the only room that imports gmsh, DOLFINx and PETSc."""
