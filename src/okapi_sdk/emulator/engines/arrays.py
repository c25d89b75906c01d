"""Array types of the engines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Floats: a vector, a matrix, or one column per instant."""
Mask = NDArray[np.bool_]
"""One bool per element of an `Array`."""
Indices = NDArray[np.intp]
"""Places in an `Array`."""
