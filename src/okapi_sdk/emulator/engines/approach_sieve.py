"""A sieve between the estimate of `catalogue_screening` and the search of `screening`, with SGP4's own states.

Each period is cut into pieces of a minute. In the middle of each, both states are known. From there, the relative
motion is taken as straight, and what it may miss is bounded: two objects that are close feel nearly the same gravity,
so their relative acceleration is at most `_GRADIENT` times the distance. A piece in which they stay apart is left out.
"""

from __future__ import annotations

import numpy as np

from .arrays import Array, Indices, Mask

_PIECE = 60.0
_GRADIENT = 4e-6
"""Per s²: twice the gradient of gravity at the surface of the Earth (3.1e-6), and more for objects far apart."""
_ROOM = 2.0
"""Kilometres for an orientation of TEME that is fixed over the span, for the oblateness of the Earth and for drag."""
_OVERLAP = 10.0
"""Seconds by which a piece is widened, so that the nearest point is not at its end."""


def pieces_of(periods: Array) -> tuple[Array, Indices]:
    """Return pieces (rows of first and last second) of some periods, and the index of the period of each."""
    lengths = periods[:, 1] - periods[:, 0]
    counts = np.maximum(np.ceil(lengths / _PIECE), 1).astype(int)
    owners = np.repeat(np.arange(counts.size), counts)
    number = np.arange(owners.size) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (lengths / counts)[owners]
    first = periods[owners, 0] + number * step
    return np.stack((first, first + step), axis=-1), owners


def may_be_near(pieces: Array, apart: Array, speed: Array, limit: float) -> Mask:
    """Return whether two objects may be within `limit` km in each piece.

    `apart` and `speed`: relative position (km) and velocity (km/s) in the middle of each piece, one row each.
    """
    half = (pieces[:, 1] - pieces[:, 0]) / 2
    squared = np.maximum(np.einsum("ni,ni->n", speed, speed), 1e-12)
    until = np.clip(-np.einsum("ni,ni->n", apart, speed) / squared, -half, half)
    least = np.linalg.norm(apart + until[:, None] * speed, axis=1)
    farthest = np.linalg.norm(apart, axis=1) + np.sqrt(squared) * half
    near: Mask = least < limit + _ROOM + _GRADIENT * farthest * half**2 / 2
    return near


def joined(pieces: Array, last: float) -> Array:
    """Return the periods, within 0 to `last`, that pieces in order make up."""
    merged: list[list[float]] = []
    for first, end in np.clip(pieces + np.array((-_OVERLAP, _OVERLAP)), 0.0, last).tolist():
        if merged and first <= merged[-1][1]:
            merged[-1][1] = end
        else:
            merged.append([first, end])
    return np.array(merged).reshape(-1, 2)
