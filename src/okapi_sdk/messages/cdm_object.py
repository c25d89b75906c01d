"""Object data of a conjunction data message, and the base class of its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from ..errors import InputError
from ..models.ccsds import CcsdsMessage, Comments
from ..models.problems import refusal
from ..models.types import ANSWER, OpenName
from ..values.state_vector import Vector, check_vector
from .kvn import TextCount, TextNumber, UtcEpoch


@dataclass(frozen=True)
class Unit:
    """Annotation with the unit of a field."""

    name: str


@dataclass(frozen=True)
class SpaceTrack:
    """Annotation of fields that exist only in Space-Track's format, not in the standard."""


SpaceTrackText = Annotated[str, SpaceTrack()]
Metres = Annotated[TextNumber, Unit("m")]
MetresPerSecond = Annotated[TextNumber, Unit("m/s")]
_Kilometres = Annotated[TextNumber, Unit("km")]
_KilometresPerSecond = Annotated[TextNumber, Unit("km/s")]
_Days = Annotated[TextNumber, Unit("d")]
_Area = Annotated[TextNumber, Unit("m**2")]
_AreaToMass = Annotated[TextNumber, Unit("m**2/kg")]
_M2 = Annotated[TextNumber, Unit("m**2")]
_M2S = Annotated[TextNumber, Unit("m**2/s")]
_M2S2 = Annotated[TextNumber, Unit("m**2/s**2")]
_M3Kg = Annotated[TextNumber, Unit("m**3/kg")]
_M3KgS = Annotated[TextNumber, Unit("m**3/(kg*s)")]
_M4Kg2 = Annotated[TextNumber, Unit("m**4/kg**2")]
_M2S3 = Annotated[TextNumber, Unit("m**2/s**3")]
_M3KgS2 = Annotated[TextNumber, Unit("m**3/(kg*s**2)")]
_M2S4 = Annotated[TextNumber, Unit("m**2/s**4")]

_VARIANCES = ("cr_r", "ct_t", "cn_n", "crdot_rdot", "ctdot_tdot", "cndot_ndot", "cdrg_drg", "csrp_srp", "cthr_thr")


@cache
def field_mark(model: type[BaseModel], name: str, kind: type[Any]) -> Any:
    """Return the annotation of type ``kind`` on a field, or None."""
    return next(_marks_in(model.model_fields[name].annotation, kind), None)


def _marks_in(annotation: Any, kind: type[Any]) -> Iterator[Any]:
    for part in get_args(annotation):
        if isinstance(part, kind):
            yield part
        else:
            yield from _marks_in(part, kind)


class CdmBlock(CcsdsMessage):
    """Base class for the blocks of a CDM. Unknown keywords are kept if they are in upper case."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _check_keywords(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Mapping) and info.context is not ANSWER:
            for key in value:
                if not isinstance(key, str) or (key not in cls.model_fields and key != key.upper()):
                    raise refusal(
                        cls, str(key), value[key], "a field of this model, or a keyword in upper case",
                        "correct or remove it",
                    )  # fmt: skip
        return value

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # A message sets only some of more than a hundred fields.
        return ((name, value) for name, value in super().__repr_args__() if value is not None and value != ())


class CdmObject(CdmBlock):
    """One of the two objects of a CDM: its identity, orbit determination, and state and covariance at the TCA.

    Fields are the CCSDS standard's keywords in lower case. Units: **km and km/s** for the state; **m and s** for the
    covariance, given as the lower triangle in the RTN frame; m² for areas, kg for masses. All fields are optional;
    `Cdm.to_kvn` reports those that the standard requires.
    """

    _first_shown: ClassVar[tuple[str, ...]] = ("object_designator", "object_name")

    comments: Comments = ()
    """Comments on the object, one per line; KVN only."""
    object: Annotated[Literal["OBJECT1", "OBJECT2"] | str, OpenName] | None = None
    """``OBJECT1`` or ``OBJECT2``; set automatically in KVN."""
    object_designator: str | None = None
    """Number of the object in the catalogue, such as its NORAD number."""
    catalog_name: str | None = None
    """Catalogue of the designator, such as ``SATCAT``."""
    object_name: str | None = None
    """Name of the object."""
    international_designator: str | None = None
    """International designator such as ``1998-067A``."""
    object_type: (
        Annotated[Literal["PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN", "OTHER", "TBA"] | str, OpenName] | None
    ) = None
    """Type of the object; Space-Track also writes ``TBA``."""
    operator_contact_position: str | None = None
    """Position of the contact person at the operator."""
    operator_organization: str | None = None
    """Organization that operates the object."""
    operator_phone: str | None = None
    """Telephone number of the operator."""
    operator_email: str | None = None
    """Email address of the operator."""
    ephemeris_name: str | None = None
    """Name of the ephemeris from which the state was taken, or ``NONE``."""
    covariance_method: Annotated[Literal["CALCULATED", "DEFAULT"] | str, OpenName] | None = None
    """Origin of the covariance: calculated or a default."""
    maneuverable: Annotated[Literal["YES", "NO", "N/A"] | str, OpenName] | None = None
    """``YES`` if the object can manoeuvre."""
    orbit_center: str | None = None
    """Central body; the standard's default is the Earth."""
    ref_frame: Annotated[Literal["GCRF", "EME2000", "ITRF"] | str, OpenName] | None = None
    """Frame of the state."""
    gravity_model: str | None = None
    """Gravity model, such as ``EGM-96: 36D 36O``."""
    atmospheric_model: str | None = None
    """Atmospheric model."""
    n_body_perturbations: str | None = None
    """Bodies whose gravity was modelled."""
    solar_rad_pressure: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """``YES`` if solar radiation pressure was modelled."""
    earth_tides: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """``YES`` if solid Earth and ocean tides were modelled."""
    intrack_thrust: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """``YES`` if in-track thrust was modelled."""
    od_comments: Comments = ()
    """Comments on the orbit determination, one per line; KVN only."""
    time_lastob_start: UtcEpoch | None = None
    """Start of the interval that contains the last accepted observation, UTC."""
    time_lastob_end: UtcEpoch | None = None
    """End of the interval that contains the last accepted observation, UTC."""
    recommended_od_span: _Days | None = None
    """Recommended observation span in days."""
    actual_od_span: _Days | None = None
    """Observation span that was used, in days."""
    obs_available: TextCount | None = None
    """Number of observations within the recommended span."""
    obs_used: TextCount | None = None
    """Number of accepted observations."""
    tracks_available: TextCount | None = None
    """Number of sensor tracks within the recommended span."""
    tracks_used: TextCount | None = None
    """Number of accepted sensor tracks."""
    residuals_accepted: Annotated[TextNumber, Unit("%")] | None = None
    """Share of accepted residuals in percent."""
    weighted_rms: TextNumber | None = None
    """Weighted root mean square of the residuals, dimensionless."""
    parameter_comments: Comments = ()
    """Comments on the additional parameters, one per line; KVN only."""
    area_pc: _Area | None = None
    """Actual area of the object in m²."""
    area_drg: _Area | None = None
    """Effective drag area in m²."""
    area_srp: _Area | None = None
    """Effective solar radiation pressure area in m²."""
    mass: Annotated[TextNumber, Unit("kg")] | None = None
    """Mass in kg."""
    cd_area_over_mass: _AreaToMass | None = None
    """Drag coefficient times area over mass, in m²/kg."""
    cr_area_over_mass: _AreaToMass | None = None
    """Radiation pressure coefficient times area over mass, in m²/kg."""
    thrust_acceleration: Annotated[TextNumber, Unit("m/s**2")] | None = None
    """In-track thrust acceleration in m/s²."""
    sedr: Annotated[TextNumber, Unit("W/kg")] | None = None
    """Specific energy dissipation rate in W/kg."""
    state_comments: Comments = ()
    """Comments on the state, one per line; KVN only."""
    x: _Kilometres | None = None
    """X component of the position at the TCA in km."""
    y: _Kilometres | None = None
    """Y component of the position at the TCA in km."""
    z: _Kilometres | None = None
    """Z component of the position at the TCA in km."""
    x_dot: _KilometresPerSecond | None = None
    """X component of the velocity at the TCA in km/s."""
    y_dot: _KilometresPerSecond | None = None
    """Y component of the velocity at the TCA in km/s."""
    z_dot: _KilometresPerSecond | None = None
    """Z component of the velocity at the TCA in km/s."""
    covariance_comments: Comments = ()
    """Comments on the covariance, one per line; KVN only."""
    cr_r: _M2 | None = None
    """Variance of the radial position in m²."""
    ct_r: _M2 | None = None
    """Covariance between transverse position and radial position in m²."""
    ct_t: _M2 | None = None
    """Variance of the transverse position in m²."""
    cn_r: _M2 | None = None
    """Covariance between normal position and radial position in m²."""
    cn_t: _M2 | None = None
    """Covariance between normal position and transverse position in m²."""
    cn_n: _M2 | None = None
    """Variance of the normal position in m²."""
    crdot_r: _M2S | None = None
    """Covariance between radial velocity and radial position in m²/s."""
    crdot_t: _M2S | None = None
    """Covariance between radial velocity and transverse position in m²/s."""
    crdot_n: _M2S | None = None
    """Covariance between radial velocity and normal position in m²/s."""
    crdot_rdot: _M2S2 | None = None
    """Variance of the radial velocity in m²/s²."""
    ctdot_r: _M2S | None = None
    """Covariance between transverse velocity and radial position in m²/s."""
    ctdot_t: _M2S | None = None
    """Covariance between transverse velocity and transverse position in m²/s."""
    ctdot_n: _M2S | None = None
    """Covariance between transverse velocity and normal position in m²/s."""
    ctdot_rdot: _M2S2 | None = None
    """Covariance between transverse velocity and radial velocity in m²/s²."""
    ctdot_tdot: _M2S2 | None = None
    """Variance of the transverse velocity in m²/s²."""
    cndot_r: _M2S | None = None
    """Covariance between normal velocity and radial position in m²/s."""
    cndot_t: _M2S | None = None
    """Covariance between normal velocity and transverse position in m²/s."""
    cndot_n: _M2S | None = None
    """Covariance between normal velocity and normal position in m²/s."""
    cndot_rdot: _M2S2 | None = None
    """Covariance between normal velocity and radial velocity in m²/s²."""
    cndot_tdot: _M2S2 | None = None
    """Covariance between normal velocity and transverse velocity in m²/s²."""
    cndot_ndot: _M2S2 | None = None
    """Variance of the normal velocity in m²/s²."""
    cdrg_r: _M3Kg | None = None
    """Covariance between drag parameter and radial position in m³/kg."""
    cdrg_t: _M3Kg | None = None
    """Covariance between drag parameter and transverse position in m³/kg."""
    cdrg_n: _M3Kg | None = None
    """Covariance between drag parameter and normal position in m³/kg."""
    cdrg_rdot: _M3KgS | None = None
    """Covariance between drag parameter and radial velocity in m³/(kg s)."""
    cdrg_tdot: _M3KgS | None = None
    """Covariance between drag parameter and transverse velocity in m³/(kg s)."""
    cdrg_ndot: _M3KgS | None = None
    """Covariance between drag parameter and normal velocity in m³/(kg s)."""
    cdrg_drg: _M4Kg2 | None = None
    """Variance of the drag parameter in m⁴/kg²."""
    csrp_r: _M3Kg | None = None
    """Covariance between radiation pressure parameter and radial position in m³/kg."""
    csrp_t: _M3Kg | None = None
    """Covariance between radiation pressure parameter and transverse position in m³/kg."""
    csrp_n: _M3Kg | None = None
    """Covariance between radiation pressure parameter and normal position in m³/kg."""
    csrp_rdot: _M3KgS | None = None
    """Covariance between radiation pressure parameter and radial velocity in m³/(kg s)."""
    csrp_tdot: _M3KgS | None = None
    """Covariance between radiation pressure parameter and transverse velocity in m³/(kg s)."""
    csrp_ndot: _M3KgS | None = None
    """Covariance between radiation pressure parameter and normal velocity in m³/(kg s)."""
    csrp_drg: _M4Kg2 | None = None
    """Covariance between radiation pressure parameter and drag parameter in m⁴/kg²."""
    csrp_srp: _M4Kg2 | None = None
    """Variance of the radiation pressure parameter in m⁴/kg²."""
    cthr_r: _M2S2 | None = None
    """Covariance between thrust acceleration and radial position in m²/s²."""
    cthr_t: _M2S2 | None = None
    """Covariance between thrust acceleration and transverse position in m²/s²."""
    cthr_n: _M2S2 | None = None
    """Covariance between thrust acceleration and normal position in m²/s²."""
    cthr_rdot: _M2S3 | None = None
    """Covariance between thrust acceleration and radial velocity in m²/s³."""
    cthr_tdot: _M2S3 | None = None
    """Covariance between thrust acceleration and transverse velocity in m²/s³."""
    cthr_ndot: _M2S3 | None = None
    """Covariance between thrust acceleration and normal velocity in m²/s³."""
    cthr_drg: _M3KgS2 | None = None
    """Covariance between thrust acceleration and drag parameter in m³/(kg s²)."""
    cthr_srp: _M3KgS2 | None = None
    """Covariance between thrust acceleration and radiation pressure parameter in m³/(kg s²)."""
    cthr_thr: _M2S4 | None = None
    """Variance of the thrust acceleration in m²/s⁴."""
    comment_apogee: SpaceTrackText | None = None
    """Space-Track's comment on the apogee; Space-Track format only."""
    comment_perigee: SpaceTrackText | None = None
    """Space-Track's comment on the perigee; Space-Track format only."""
    comment_inclination: SpaceTrackText | None = None
    """Space-Track's comment on the inclination; Space-Track format only."""
    comment_operator_hard_body_radius: SpaceTrackText | None = None
    """Space-Track's comment on the operator's hard-body radius; Space-Track format only."""
    comment_covariance_scale_factor: SpaceTrackText | None = None
    """Space-Track's comment on the covariance scale factor; Space-Track format only."""
    comment_exclusion_volume_radius: SpaceTrackText | None = None
    """Space-Track's comment on the radius of the exclusion volume; Space-Track format only."""
    comment_screening_data_source: SpaceTrackText | None = None
    """Space-Track's comment on the screening data source; Space-Track format only."""
    comment_dcp_density_forecast_uncertainty: SpaceTrackText | None = None
    """Space-Track's comment on the uncertainty of the density forecast; Space-Track format only."""
    comment_dcp_sensitivity_vector_position: SpaceTrackText | None = None
    """Space-Track's comment on the sensitivity of the position to atmospheric density; Space-Track format only."""
    comment_dcp_sensitivity_vector_velocity: SpaceTrackText | None = None
    """Space-Track's comment on the sensitivity of the velocity to atmospheric density; Space-Track format only."""

    @model_validator(mode="after")
    def _plausible(self, info: ValidationInfo) -> CdmObject:
        if info.context is not ANSWER:
            state = (self.x, self.y, self.z, self.x_dot, self.y_dot, self.z_dot)
            if None not in state:
                x, y, z, x_dot, y_dot, z_dot = (value or 0.0 for value in state)
                if self.orbit_center is not None and self.orbit_center.strip().upper() != "EARTH":
                    _check_earth_orbit(self.orbit_center, (x, y, z), (x_dot, y_dot, z_dot))
                check_vector(type(self), (x, y, z), (x_dot, y_dot, z_dot))
            for name in _VARIANCES:
                variance = getattr(self, name)
                if variance is not None and variance < 0:
                    allowed, remedy = "a variance, which is not negative", "pass the lower triangle of the covariance"
                    raise refusal(type(self), name, variance, allowed, remedy)
        return self


def _check_earth_orbit(center: str, position: Vector, velocity: Vector) -> None:
    """Blame the central body, not the coordinates, for a state that is not in an Earth orbit."""
    try:
        check_vector(CdmObject, position, velocity)
    except InputError:
        allowed = "EARTH for a state with coordinates from the Earth's centre"
    else:
        return
    raise refusal(CdmObject, "orbit_center", center, allowed, "convert the state, or omit it")
