"""Two objects at their closest approach: relative motion and the encounter plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Array


@dataclass(frozen=True)
class Encounter:
    """The motion of a second object relative to the first, from positions and velocities in one inertial frame.

    Lengths have the same unit as the positions, speeds the same unit as the velocities. `relative_position` and
    `relative_velocity` are components along the radial, transverse and normal (R, T, N) directions of the first object.
    """

    position1: Array
    velocity1: Array
    position2: Array
    velocity2: Array

    @property
    def miss_distance(self) -> float:
        """The distance between the objects."""
        return float(np.linalg.norm(self.position2 - self.position1))

    @property
    def relative_speed(self) -> float:
        """The speed of one object as seen from the other."""
        return float(np.linalg.norm(self.velocity2 - self.velocity1))

    @property
    def seconds_to_closest(self) -> float:
        """The time from these states to the closest approach, for straight motion. Zero if they are at it."""
        relative_velocity = self.velocity2 - self.velocity1
        return -float((self.position2 - self.position1) @ relative_velocity) / self.relative_speed**2

    @property
    def relative_position(self) -> Array:
        """Second minus first, along R, T, N of the first."""
        return rtn(self.position1, self.velocity1) @ (self.position2 - self.position1)

    @property
    def relative_velocity(self) -> Array:
        """Second minus first, along R, T, N of the first."""
        return rtn(self.position1, self.velocity1) @ (self.velocity2 - self.velocity1)

    def plane(self) -> Array:
        """Return two unit vectors that span the encounter plane, as rows.

        The first is the radial direction of the first object, projected into the plane. The second completes a
        right-handed frame with the relative velocity and the first.
        """
        along = _unit(self.velocity2 - self.velocity1)
        radial, _, normal = rtn(self.position1, self.velocity1)
        across = radial - (radial @ along) * along
        # If the relative velocity itself is radial, use the direction normal to the orbit instead.
        first = _unit(across if np.linalg.norm(across) > 1e-9 else normal - (normal @ along) * along)
        return np.array((first, np.cross(along, first)))

    def projected(self, covariance1: Array, covariance2: Array) -> tuple[Array, Array]:
        """Return the relative position and combined covariance in the encounter plane.

        The position covariances are in the frame of the positions.
        """
        plane = self.plane()
        return plane @ (self.position2 - self.position1), plane @ (covariance1 + covariance2) @ plane.T


def rtn(position: Array, velocity: Array) -> Array:
    """Return the radial, transverse and normal directions of an object, as rows."""
    radial = _unit(position)
    normal = _unit(np.cross(position, velocity))
    return np.array((radial, np.cross(normal, radial), normal))


def both_axes(position: Array, velocity: Array) -> Array:
    """Return the rotation of position and velocity to R, T, N (6 by 6)."""
    axes = np.zeros((6, 6))
    axes[:3, :3] = axes[3:, 3:] = rtn(position, velocity)
    return axes


def _unit(vector: Array) -> Array:
    unit: Array = vector / np.linalg.norm(vector)
    return unit
