"""States as arrays and as objects of astronomy libraries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .columns import Columns
from .frames import numpy_times
from .optional import optional

POSITION = ("x_km", "y_km", "z_km")
VELOCITY = ("x_dot", "y_dot", "z_dot")


def state_arrays(columns: Columns, method: str = "to_numpy()") -> tuple[Any, Any]:
    """Return the epochs as ``datetime64[us]`` of shape (n,), and positions in km and velocities in km/s as (n, 6)."""
    numpy = optional("numpy", "numpy", method)
    columns_of_states = [numpy.array(columns[name].values, dtype="float64") for name in (*POSITION, *VELOCITY)]
    return numpy_times(columns["epoch"].values, method), numpy.stack(columns_of_states, axis=1)


def first_gap(columns: Columns, *, anywhere: bool = True) -> int | None:
    """Return the index of the first state without an epoch or a component, or None if all are complete.

    ``anywhere``: if False, report only a component that no state has.
    """
    needed = [columns[name].values for name in ("epoch", *POSITION, *VELOCITY)]
    if not needed[0]:
        return None
    if not anywhere:
        return 0 if any(all(value is None for value in values) for values in needed) else None
    return next((index for index, state in enumerate(zip(*needed, strict=True)) if None in state), None)


def astropy_states(columns: Columns) -> Any:
    """Return the states as ``astropy.coordinates.GCRS`` with velocities, at their epochs in UTC."""
    method = "to_astropy()"
    coordinates, units = (optional(f"astropy.{name}", "astropy", method) for name in ("coordinates", "units"))
    time = optional("astropy.time", "astropy", method)
    epochs, states = state_arrays(columns, method)
    position, velocity = states[:, :3].T * units.km, states[:, 3:].T * units.km / units.s
    cartesian = coordinates.CartesianRepresentation(position, differentials=coordinates.CartesianDifferential(velocity))
    return coordinates.GCRS(cartesian, obstime=time.Time(epochs, format="datetime64", scale="utc"))


def skyfield_states(columns: Columns) -> Any:
    """Return the states as a ``skyfield.positionlib.Geocentric`` in the axes of the ICRF, at their epochs in UTC."""
    method = "to_skyfield()"
    positionlib = optional("skyfield.positionlib", "skyfield", method)
    constants: Mapping[str, float] = vars(optional("skyfield.constants", "skyfield", method))
    _, states = state_arrays(columns, method)
    per_au, per_au_day = 1 / constants["AU_KM"], 86400 / constants["AU_KM"]
    return positionlib.Geocentric(
        states[:, :3].T * per_au, states[:, 3:].T * per_au_day, t=skyfield_times(columns, method), center=399
    )


def skyfield_times(columns: Columns, method: str) -> Any:
    """Return the epochs as a skyfield time, from tables inside skyfield: nothing is downloaded."""
    api = optional("skyfield.api", "skyfield", method)
    timescale, epochs = api.load.timescale(builtin=True), list(columns["epoch"].values)
    return timescale.from_datetimes(epochs) if epochs else timescale.tt_jd(numpy_times([], method).astype("float64"))
