"""What a CDM says of each of the two objects, and what all its parts share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from ..models.ccsds import CcsdsMessage, Comments
from ..models.problems import refusal
from ..models.types import ANSWER, OpenName
from ..values.state_vector import check_vector
from .kvn import TextCount, TextNumber, UtcEpoch


@dataclass(frozen=True)
class Unit:
    """Unit of a field."""

    name: str


@dataclass(frozen=True)
class SpaceTrack:
    """Marks a field of Space-Track's form that the standard does not have."""


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
    """The mark of a field that is of that kind, else None."""
    return next(_marks(model.model_fields[name].annotation, kind), None)


def _marks(annotation: Any, kind: type[Any]) -> Iterator[Any]:
    for part in get_args(annotation):
        if isinstance(part, kind):
            yield part
        else:
            yield from _marks(part, kind)


class CdmBlock(CcsdsMessage):
    """A part of a CDM. Keywords that it does not know are kept, if they are in upper case as keywords are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _check_keywords(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Mapping) and info.context is not ANSWER:
            for key in value:
                if not isinstance(key, str) or (key not in cls.model_fields and key != key.upper()):
                    raise refusal(
                        cls, str(key), value[key], "unknown field: keywords are in upper case, fields are those here",
                        "correct it, or remove it",
                    )  # fmt: skip
        return value

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        # Of more than a hundred fields a message sets some.
        return ((name, value) for name, value in super().__repr_args__() if value is not None and value != ())


class CdmObject(CdmBlock):
    """One of the two objects of a CDM: who it is, how its orbit was determined, state and covariance at the TCA.

    The names are those of the CCSDS standard in lower case. Units: **km and km/s** for the state, **m and s** for the
    covariance, which is in the RTN frame and holds the lower triangle; areas in m², masses in kg. Nothing is required
    here; `Cdm.to_kvn` names what the standard requires and is missing.
    """

    comments: Comments = ()
    """Comments on the object, one a line; in KVN only."""
    object: Annotated[Literal["OBJECT1", "OBJECT2"] | str, OpenName] | None = None
    """``OBJECT1`` or ``OBJECT2``; KVN names it by its place."""
    object_designator: str | None = None
    """Number of the object in the catalogue, such as its NORAD number."""
    catalog_name: str | None = None
    """Catalogue that the designator is of, such as ``SATCAT``."""
    object_name: str | None = None
    """Name of the object."""
    international_designator: str | None = None
    """International designator such as ``1998-067A``."""
    object_type: (
        Annotated[Literal["PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN", "OTHER", "TBA"] | str, OpenName] | None
    ) = None
    """Type of the object; Space-Track also writes ``TBA``."""
    operator_contact_position: str | None = None
    """Contact at the operator."""
    operator_organization: str | None = None
    """Operator."""
    operator_phone: str | None = None
    """Telephone of the operator."""
    operator_email: str | None = None
    """E-mail address of the operator."""
    ephemeris_name: str | None = None
    """Name of the ephemeris that the state was taken from, or ``NONE``."""
    covariance_method: Annotated[Literal["CALCULATED", "DEFAULT"] | str, OpenName] | None = None
    """How the covariance was made."""
    maneuverable: Annotated[Literal["YES", "NO", "N/A"] | str, OpenName] | None = None
    """Whether the object can maneuver."""
    orbit_center: str | None = None
    """Central body; the standard's default is the Earth."""
    ref_frame: Annotated[Literal["GCRF", "EME2000", "ITRF"] | str, OpenName] | None = None
    """Frame of the state."""
    gravity_model: str | None = None
    """Gravity model, such as ``EGM-96: 36D 36O``."""
    atmospheric_model: str | None = None
    """Atmosphere model."""
    n_body_perturbations: str | None = None
    """Bodies whose gravity was taken into account."""
    solar_rad_pressure: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """Whether solar radiation pressure was."""
    earth_tides: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """Whether Earth and ocean tides were."""
    intrack_thrust: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """Whether in-track thrust was."""
    od_comments: Comments = ()
    """Comments on the orbit determination, one a line; in KVN only."""
    time_lastob_start: UtcEpoch | None = None
    """Begin of the interval that holds the last accepted observation, UTC."""
    time_lastob_end: UtcEpoch | None = None
    """End of the interval that holds the last accepted observation, UTC."""
    recommended_od_span: _Days | None = None
    """Recommended span of observations in days."""
    actual_od_span: _Days | None = None
    """Span of observations that was used, in days."""
    obs_available: TextCount | None = None
    """Observations within the recommended span."""
    obs_used: TextCount | None = None
    """Observations that were accepted."""
    tracks_available: TextCount | None = None
    """Sensor tracks within the recommended span."""
    tracks_used: TextCount | None = None
    """Sensor tracks that were accepted."""
    residuals_accepted: Annotated[TextNumber, Unit("%")] | None = None
    """Residuals that were accepted, in percent."""
    weighted_rms: TextNumber | None = None
    """Weighted root mean square of the residuals, without unit."""
    parameter_comments: Comments = ()
    """Comments on the additional parameters, one a line; in KVN only."""
    area_pc: _Area | None = None
    """Area of the object in m²."""
    area_drg: _Area | None = None
    """Effective area for drag in m²."""
    area_srp: _Area | None = None
    """Effective area for radiation pressure in m²."""
    mass: Annotated[TextNumber, Unit("kg")] | None = None
    """Mass in kg."""
    cd_area_over_mass: _AreaToMass | None = None
    """Drag coefficient times area over mass, in m²/kg."""
    cr_area_over_mass: _AreaToMass | None = None
    """Radiation pressure coefficient times area over mass, in m²/kg."""
    thrust_acceleration: Annotated[TextNumber, Unit("m/s**2")] | None = None
    """Acceleration by in-track thrust in m/s²."""
    sedr: Annotated[TextNumber, Unit("W/kg")] | None = None
    """Specific energy dissipation rate in W/kg."""
    state_comments: Comments = ()
    """Comments on the state, one a line; in KVN only."""
    x: _Kilometres | None = None
    """Position in km at the TCA."""
    y: _Kilometres | None = None
    """Position in km at the TCA."""
    z: _Kilometres | None = None
    """Position in km at the TCA."""
    x_dot: _KilometresPerSecond | None = None
    """Velocity in km/s at the TCA."""
    y_dot: _KilometresPerSecond | None = None
    """Velocity in km/s at the TCA."""
    z_dot: _KilometresPerSecond | None = None
    """Velocity in km/s at the TCA."""
    covariance_comments: Comments = ()
    """Comments on the covariance, one a line; in KVN only."""
    cr_r: _M2 | None = None
    """Variance of the radial position in m²."""
    ct_r: _M2 | None = None
    """Covariance of transverse position and radial position in m²."""
    ct_t: _M2 | None = None
    """Variance of the transverse position in m²."""
    cn_r: _M2 | None = None
    """Covariance of normal position and radial position in m²."""
    cn_t: _M2 | None = None
    """Covariance of normal position and transverse position in m²."""
    cn_n: _M2 | None = None
    """Variance of the normal position in m²."""
    crdot_r: _M2S | None = None
    """Covariance of radial velocity and radial position in m²/s."""
    crdot_t: _M2S | None = None
    """Covariance of radial velocity and transverse position in m²/s."""
    crdot_n: _M2S | None = None
    """Covariance of radial velocity and normal position in m²/s."""
    crdot_rdot: _M2S2 | None = None
    """Variance of the radial velocity in m²/s²."""
    ctdot_r: _M2S | None = None
    """Covariance of transverse velocity and radial position in m²/s."""
    ctdot_t: _M2S | None = None
    """Covariance of transverse velocity and transverse position in m²/s."""
    ctdot_n: _M2S | None = None
    """Covariance of transverse velocity and normal position in m²/s."""
    ctdot_rdot: _M2S2 | None = None
    """Covariance of transverse velocity and radial velocity in m²/s²."""
    ctdot_tdot: _M2S2 | None = None
    """Variance of the transverse velocity in m²/s²."""
    cndot_r: _M2S | None = None
    """Covariance of normal velocity and radial position in m²/s."""
    cndot_t: _M2S | None = None
    """Covariance of normal velocity and transverse position in m²/s."""
    cndot_n: _M2S | None = None
    """Covariance of normal velocity and normal position in m²/s."""
    cndot_rdot: _M2S2 | None = None
    """Covariance of normal velocity and radial velocity in m²/s²."""
    cndot_tdot: _M2S2 | None = None
    """Covariance of normal velocity and transverse velocity in m²/s²."""
    cndot_ndot: _M2S2 | None = None
    """Variance of the normal velocity in m²/s²."""
    cdrg_r: _M3Kg | None = None
    """Covariance of drag parameter and radial position in m³/kg."""
    cdrg_t: _M3Kg | None = None
    """Covariance of drag parameter and transverse position in m³/kg."""
    cdrg_n: _M3Kg | None = None
    """Covariance of drag parameter and normal position in m³/kg."""
    cdrg_rdot: _M3KgS | None = None
    """Covariance of drag parameter and radial velocity in m³/(kg s)."""
    cdrg_tdot: _M3KgS | None = None
    """Covariance of drag parameter and transverse velocity in m³/(kg s)."""
    cdrg_ndot: _M3KgS | None = None
    """Covariance of drag parameter and normal velocity in m³/(kg s)."""
    cdrg_drg: _M4Kg2 | None = None
    """Variance of the drag parameter in m⁴/kg²."""
    csrp_r: _M3Kg | None = None
    """Covariance of radiation pressure parameter and radial position in m³/kg."""
    csrp_t: _M3Kg | None = None
    """Covariance of radiation pressure parameter and transverse position in m³/kg."""
    csrp_n: _M3Kg | None = None
    """Covariance of radiation pressure parameter and normal position in m³/kg."""
    csrp_rdot: _M3KgS | None = None
    """Covariance of radiation pressure parameter and radial velocity in m³/(kg s)."""
    csrp_tdot: _M3KgS | None = None
    """Covariance of radiation pressure parameter and transverse velocity in m³/(kg s)."""
    csrp_ndot: _M3KgS | None = None
    """Covariance of radiation pressure parameter and normal velocity in m³/(kg s)."""
    csrp_drg: _M4Kg2 | None = None
    """Covariance of radiation pressure parameter and drag parameter in m⁴/kg²."""
    csrp_srp: _M4Kg2 | None = None
    """Variance of the radiation pressure parameter in m⁴/kg²."""
    cthr_r: _M2S2 | None = None
    """Covariance of thrust acceleration and radial position in m²/s²."""
    cthr_t: _M2S2 | None = None
    """Covariance of thrust acceleration and transverse position in m²/s²."""
    cthr_n: _M2S2 | None = None
    """Covariance of thrust acceleration and normal position in m²/s²."""
    cthr_rdot: _M2S3 | None = None
    """Covariance of thrust acceleration and radial velocity in m²/s³."""
    cthr_tdot: _M2S3 | None = None
    """Covariance of thrust acceleration and transverse velocity in m²/s³."""
    cthr_ndot: _M2S3 | None = None
    """Covariance of thrust acceleration and normal velocity in m²/s³."""
    cthr_drg: _M3KgS2 | None = None
    """Covariance of thrust acceleration and drag parameter in m³/(kg s²)."""
    cthr_srp: _M3KgS2 | None = None
    """Covariance of thrust acceleration and radiation pressure parameter in m³/(kg s²)."""
    cthr_thr: _M2S4 | None = None
    """Variance of the thrust acceleration in m²/s⁴."""
    comment_apogee: SpaceTrackText | None = None
    """Apogee, in Space-Track's words; in its form only."""
    comment_perigee: SpaceTrackText | None = None
    """Perigee, in Space-Track's words; in its form only."""
    comment_inclination: SpaceTrackText | None = None
    """Inclination, in Space-Track's words; in its form only."""
    comment_operator_hard_body_radius: SpaceTrackText | None = None
    """Hard body radius that the operator gave, in Space-Track's words; in its form only."""
    comment_covariance_scale_factor: SpaceTrackText | None = None
    """Scale factor of the covariance, in Space-Track's words; in its form only."""
    comment_exclusion_volume_radius: SpaceTrackText | None = None
    """Radius of the exclusion volume, in Space-Track's words; in its form only."""
    comment_screening_data_source: SpaceTrackText | None = None
    """Source of the screened data, in Space-Track's words; in its form only."""
    comment_dcp_density_forecast_uncertainty: SpaceTrackText | None = None
    """Uncertainty of the density forecast, in Space-Track's words; in its form only."""
    comment_dcp_sensitivity_vector_position: SpaceTrackText | None = None
    """Sensitivity of the position to the density, in Space-Track's words; in its form only."""
    comment_dcp_sensitivity_vector_velocity: SpaceTrackText | None = None
    """Sensitivity of the velocity to the density, in Space-Track's words; in its form only."""

    @model_validator(mode="after")
    def _plausible(self, info: ValidationInfo) -> CdmObject:
        if info.context is not ANSWER:
            state = (self.x, self.y, self.z, self.x_dot, self.y_dot, self.z_dot)
            if None not in state:
                x, y, z, x_dot, y_dot, z_dot = (value or 0.0 for value in state)
                check_vector(type(self), (x, y, z), (x_dot, y_dot, z_dot))
            for name in _VARIANCES:
                found = getattr(self, name)
                if found is not None and found < 0:
                    raise refusal(type(self), name, found, "a variance, not negative", "give the lower triangle")
        return self
