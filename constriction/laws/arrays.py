"""Kinds of arrays."""

import numpy as np
from numpy.typing import NDArray

type Reals = NDArray[np.float64]
type Complexes = NDArray[np.complex128]
type Flags = NDArray[np.bool_]
