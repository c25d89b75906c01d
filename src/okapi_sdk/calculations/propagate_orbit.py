"""Propagation of an orbit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ..models.base import Epoch, Record, refusal, wire_time
from ..models.envelope import unwrap
from ..models.oem import Oem
from ..models.omm import Omm
from ..models.opm import Opm
from ..models.rows import Rows
from ..models.settings import PropagationSettings
from ..models.tle import Tle
from ..models.values import StateVector
from .base import Calculation, Dialect
from .orbits import FittingMethod, Orbit, check_points, epoch_of, merge, method_of, orbit_body, rename, stale

TAG = "prop_settings.json"


class State(Record):
    """One state of an ephemeris: km and km/s in the GCRF, epoch in UTC.

    The names are those of the state that the platform takes; no source shows the ones that it answers. What is
    missing is None, and what comes under another name is kept and can be read by that name.
    """

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
    """States at the output step, in the order of the answer. The platform's format ``simple``."""

    __slots__ = ()

    element: ClassVar[type[Record]] = State
    first_of: ClassVar[str] = "epoch"


class PropagateOrbit(Calculation[Ephemeris]):
    """Where an object is from its epoch on until `end`.

    Results: an `Ephemeris`; with ``request.result(...)`` also an `Omm` for ``sgp4``, an `Oem` or `Opm` for
    ``neptune``.

    >>> from datetime import UTC, datetime
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
    """Orbit to start from: a `Tle`, `StateVector` or `Opm`, or a `Tagged` value for any other type."""
    end: Epoch
    """End of the propagation, UTC, after the orbit's epoch."""
    settings: PropagationSettings | None = None
    """Output step and, for numerical methods, force model; None for the platform's defaults."""
    method: Annotated[Literal["sgp4", "neptune"] | str, FittingMethod] = Field(
        default_factory=method_of({Tle: "sgp4", StateVector: "neptune", Opm: "neptune"}), validate_default=True
    )
    """How the orbit is propagated. Where it is not given, it follows from the orbit's type: ``sgp4`` for a `Tle`,
    ``neptune`` for a `StateVector` or an `Opm`; for an `Oem` or a `Tagged` orbit it must be given."""

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        found = rename(cls, data, {})
        settings = found.get("settings")
        if isinstance(settings, Mapping) and settings.get("type") == TAG:
            settings = unwrap(settings)
        if isinstance(settings, Mapping) and settings.keys() & {"propagation_end_epoch", "more", "neptune_config"}:
            rest = dict(settings)
            parts = [rest.pop(key) for key in ("more", "neptune_config") if key in rest]
            if "propagation_end_epoch" in rest:
                found["propagation_end_epoch"] = rest.pop("propagation_end_epoch")
                found = rename(cls, found, {"propagation_end_epoch": "end"})
            found["settings"] = merge(rest, *parts) if rest or parts else None
        return found

    @model_validator(mode="after")
    def _forward(self) -> Self:
        epoch = epoch_of(self.orbit)
        if epoch is not None:
            if self.end <= epoch:
                raise refusal(
                    type(self), "end", wire_time(self.end), f"after the orbit's epoch, {wire_time(epoch)}",
                    "give a later end, or an earlier orbit",
                )  # fmt: skip
            step = None if self.settings is None else self.settings.output_step_size
            check_points(type(self), "end", self.end - epoch, step)
        return self

    def doubts(self) -> list[str]:
        """A TLE that is propagated far from its epoch."""
        return stale(self.orbit, self.end, self.end)

    def body(self, dialect: Dialect = "generic") -> dict[str, Any]:
        """The JSON body of the POST.

        Raises:
            InputError: the orbit has no form in the typed dialect.
        """
        body = orbit_body(self, self.orbit, dialect)
        settings: dict[str, Any] = {"propagation_end_epoch": wire_time(self.end)}
        model = None if self.settings is None else self.settings.wire()
        if dialect == "generic":
            if model is not None:
                settings["more"] = model
            return body | {"settings": {"type": TAG, "content": settings}}
        if model is not None:
            step = model.pop("output_step_size", None)
            if step is not None:
                settings["output_step_size"] = step
            if model or step is None:
                settings["neptune_config"] = model
        return body | {"settings": settings}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """`Ephemeris` is the platform's ``simple``; `Oem`, `Opm` and `Omm` are there as the method has them."""
        known: Mapping[str, Mapping[type[Any], str]] = {
            "sgp4": {Ephemeris: "simple", Omm: "omm"},
            "neptune": {Ephemeris: "simple", Oem: "oem", Opm: "opm"},
            "orekit-numerical": {Ephemeris: "simple", Opm: "opm"},
        }
        return known.get(endpoint.rpartition("/")[2], {Ephemeris: "simple", Oem: "oem", Opm: "opm", Omm: "omm"})
