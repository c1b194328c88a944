"""What is solved: the only room that imports gmsh, DOLFINx and PETSc."""

import mpi4py.MPI  # noqa: F401 - DOLFINx's wheel finds libmpi through it
