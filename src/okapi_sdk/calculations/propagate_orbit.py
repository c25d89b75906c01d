"""Orbit propagation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, cast

from pydantic import Field, model_validator

from ..errors import ResponseFormatError
from ..messages.oem import Oem
from ..messages.omm import Omm
from ..messages.opm import Opm
from ..models.base import Record
from ..models.envelope import unwrap
from ..models.json_form import merged, wire_time
from ..models.problems import refusal
from ..models.types import Epoch
from ..results.arrays import astropy_states, first_gap, skyfield_states, state_arrays
from ..results.columns import Columns
from ..results.files import File, write
from ..results.ground_track import GroundTrack, track_of
from ..results.maps import czml_text
from ..results.optional import Unloaded
from ..results.orbit_message import oem_of
from ..results.rows import Rows
from ..results.subject import number_of
from ..values.propagation_settings import PropagationSettings
from .base import Calculation
from .orbits import (
    Orbit,
    check_points,
    method_for,
    orbit_epoch,
    stale_tle_warnings,
    tagged_orbit,
)

if TYPE_CHECKING:
    import astropy.coordinates
    import numpy
    import skyfield.positionlib
else:
    astropy, numpy, skyfield = Unloaded("coordinates"), Unloaded(), Unloaded("positionlib")

TAG = "prop_settings.json"


class State(Record):
    """A state of an ephemeris: km and km/s in the GCRF, epoch in UTC.

    The field names of the response are undocumented; those below are the names of the input state. Missing fields are
    None, and unknown fields are available as attributes under their own names.
    """

    _units: ClassVar[Mapping[str, str]] = dict.fromkeys(("x", "y", "z"), "km")

    epoch: Epoch | None = None
    """Time of the state, UTC."""
    x: float | None = None
    """Position in km."""
    y: float | None = None
    """Position in km."""
    z: float | None = None
    """Position in km."""
    x_dot: float | None = None
    """Velocity in km/s."""
    y_dot: float | None = None
    """Velocity in km/s."""
    z_dot: float | None = None
    """Velocity in km/s."""


class Ephemeris(Rows[State]):
    """States at each output step, in the order of the response, from the platform's ``simple`` format."""

    __slots__ = ()

    _element: ClassVar[type[Record]] = State

    def to_numpy(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Return the epochs and the states as arrays.

        The epochs are UTC, of type ``datetime64[us]`` and shape (n,). The states have shape (n, 6): x, y and z in km,
        x_dot, y_dot and z_dot in km/s, in the GCRF. Missing values are NaT and NaN.

        Raises:
            ConfigurationError: if numpy is not installed.
            ResponseFormatError: if a state cannot be parsed, or if none has the expected fields.
        """
        return state_arrays(self._states(complete=False))

    def ground_track(self) -> GroundTrack:
        """Return the points on the ground below the states, computed on this machine.

        The states are taken as GCRF and turned into the Earth-fixed frame with skyfield's precession, nutation and UT1
        tables, which are extrapolated past their end: an error of 1 s in UT1 moves a point by up to 465 m. Polar motion
        is left out, up to 15 m. Latitudes and heights refer to the WGS 84 ellipsoid.

        Raises:
            ConfigurationError: if skyfield is not installed.
            ResponseFormatError: if a state is incomplete.
        """
        return track_of(self, self._states())

    def to_astropy(self) -> astropy.coordinates.GCRS:
        """Return the states as ``astropy.coordinates.GCRS`` with velocities; ``obstime`` has the epochs.

        Raises:
            ConfigurationError: if astropy is not installed.
            ResponseFormatError: if a state is incomplete.
        """
        return cast("astropy.coordinates.GCRS", astropy_states(self._states()))

    def to_skyfield(self) -> skyfield.positionlib.Geocentric:
        """Return the states as a ``skyfield.positionlib.Geocentric`` whose ``t`` has the epochs.

        Raises:
            ConfigurationError: if skyfield is not installed.
            ResponseFormatError: if a state is incomplete.
        """
        return cast("skyfield.positionlib.Geocentric", skyfield_states(self._states()))

    def to_czml(self, file: File) -> None:
        """Write the states as CZML, which Cesium shows as a moving satellite with its path.

        Args:
            file: a path, or a file open for writing; an existing file is replaced.

        Raises:
            InputError: if ``file`` is neither.
            ResponseFormatError: if a state is incomplete.
        """
        write(file, czml_text(self._states()), "to_czml")

    def to_oem(
        self,
        *,
        object_name: str | None = None,
        object_id: str | None = None,
        originator: str = "OKAPI-SDK",
        creation_date: datetime | None = None,
    ) -> Oem:
        """Return the states as an orbit ephemeris message (CCSDS 502.0-B-3) in the GCRF with times in UTC.

        ``ephemeris.to_oem().to_kvn()`` is its text. No interpolation is named, because the platform names none.

        Args:
            object_name: name of the object, by default that of the calculation's orbit or, if that is not printable
                ASCII, its number.
            object_id: ID of the object, by default the catalogue number of the calculation's orbit.
            originator: creator of the message.
            creation_date: time of creation, by default now.

        Raises:
            InputError: if the states belong to several satellites; a message is about one.
            ResponseFormatError: if a state is incomplete, or if there are none.
        """
        number = object_id or number_of(self.calculation)
        return oem_of(self._states(), object_name, number, originator, creation_date or datetime.now(UTC))

    def _states(self, *, complete: bool = True) -> Columns:
        columns = self._columns()
        index = first_gap(columns, anywhere=complete)
        if index is not None:
            row = self.to_dicts()[index]
            raise ResponseFormatError(
                f"Ephemeris[{index}] lacks an epoch or a component. Its fields: {', '.join(row)}",
                reason="schema", body=row,
            )  # fmt: skip
        return columns


_METHODS: Mapping[str, str] = {"Tle": "sgp4", "Omm": "sgp4", "StateVector": "neptune", "Opm": "neptune"}


class PropagateOrbit(Calculation[Ephemeris]):
    """Propagation of an orbit from its epoch to `end`.

    Result: an `Ephemeris`; ``request.result(...)`` can also return an `Omm` for ``sgp4``, or an `Oem` or `Opm` for
    ``neptune``.

    >>> from datetime import UTC, datetime
    >>> from okapi_sdk import StateVector
    >>> calculation = PropagateOrbit(
    ...     orbit=StateVector(
    ...         epoch=datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC),
    ...         area=0.04, mass=4.0,
    ...         x=615.119526, y=-7095.644839, z=-678.668352, x_dot=0.390367, y_dot=0.741902, z_dot=-7.39698,
    ...     ),
    ...     end=datetime(2016, 7, 23, 0, 31, 50, tzinfo=UTC),
    ...     settings=PropagationSettings(output_step_size=30),
    ... )
    >>> calculation.endpoint()
    'propagate-orbit/neptune'
    """

    service: ClassVar[str] = "propagate-orbit"

    orbit: Orbit
    """Initial orbit: a `Tle`, `Omm`, `StateVector` or `Opm`; a `Tagged` value for other types. An `Omm` is sent as
    a TLE if two lines can hold it exactly, otherwise under the inferred type ``omm.json``."""
    end: Epoch
    """End of the propagation, UTC; later than the epoch of the orbit."""
    settings: PropagationSettings | None = None
    """Output step and, for numerical methods, the force model; None for the platform's defaults."""
    method: Annotated[Literal["sgp4", "neptune"] | str, method_for(_METHODS)] = Field(default="", validate_default=True)
    """Propagation method. By default it follows from the type of the orbit: ``sgp4`` for a `Tle` or `Omm`, ``neptune``
    for a `StateVector` or `Opm`. It is required for an `Oem` or a `Tagged` orbit."""

    @classmethod
    def _fields_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        # In JSON the end is part of the settings, and the propagator settings are nested below it as `more`.
        fields = dict(body)
        settings = fields.get("settings")
        if isinstance(settings, Mapping) and settings.get("type") == TAG:
            settings = unwrap(settings)
        if isinstance(settings, Mapping) and settings.keys() & {"propagation_end_epoch", "more"}:
            rest = dict(settings)
            more = [rest.pop("more")] if "more" in rest else []
            if "propagation_end_epoch" in rest:
                end = rest.pop("propagation_end_epoch")
                if "end" in fields:
                    raise refusal(cls, "propagation_end_epoch", end, "a single end", "remove propagation_end_epoch")
                fields["end"] = end
            fields["settings"] = merged(rest, *more) if rest or more else None
        return fields

    @model_validator(mode="after")
    def _check_end(self) -> Self:
        epoch = orbit_epoch(self.orbit)
        if epoch is not None:
            if self.end <= epoch:
                raise refusal(
                    type(self), "end", wire_time(self.end), f"a time after the epoch of the orbit, {wire_time(epoch)}",
                    "set a later end, or use an orbit with an earlier epoch",
                )  # fmt: skip
            step = None if self.settings is None else self.settings.output_step_size
            check_points(type(self), "end", self.end - epoch, step)
        return self

    def _doubts(self) -> list[str]:
        """Return a warning if a TLE is propagated far from its epoch."""
        return stale_tle_warnings(self.orbit, self.end, self.end)

    def _generic_body(self) -> dict[str, Any]:
        settings: dict[str, Any] = {"propagation_end_epoch": wire_time(self.end)}
        if self.settings is not None:
            settings["more"] = self.settings.wire()
        return {"orbit": tagged_orbit(self.orbit), "settings": {"type": TAG, "content": settings}}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `Ephemeris` for the ``simple`` format, and `Oem`, `Opm` and `Omm` if the method supports them."""
        by_method: Mapping[str, Mapping[type[Any], str]] = {
            "sgp4": {Ephemeris: "simple", Omm: "omm"},
            "neptune": {Ephemeris: "simple", Oem: "oem", Opm: "opm"},
            "orekit-numerical": {Ephemeris: "simple", Opm: "opm"},
        }
        return by_method.get(endpoint.rpartition("/")[2], {Ephemeris: "simple", Oem: "oem", Opm: "opm", Omm: "omm"})
