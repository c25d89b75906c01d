"""Blocks of a tracking data message: header, segments and observations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from ..models.ccsds import CcsdsMessage, Comments, NotNegative, TimeSystem
from ..models.types import (
    Count,
    Epoch,
    Number,
    OpenName,
)

UNITS: Mapping[str, str] = {
    "ANGLE": "deg", "CARRIER_POWER": "dBW", "CLOCK_BIAS": "s", "CLOCK_DRIFT": "s/s", "DOPPLER_INSTANTANEOUS": "km/s",
    "DOPPLER_INTEGRATED": "km/s", "DOR": "s", "PC_N0": "dBHz", "PR_N0": "dBHz", "PRESSURE": "hPa", "RCS": "m**2",
    "RECEIVE_FREQ": "Hz", "RHUMIDITY": "%", "STEC": "TECU", "TEMPERATURE": "K", "TRANSMIT_FREQ": "Hz",
    "TRANSMIT_FREQ_RATE": "Hz/s", "TROPO_DRY": "m", "TROPO_WET": "m", "VLBI_DELAY": "s",
}  # fmt: skip
"""Units of the observations, by keyword without its trailing number."""

Measured = (
    Literal[
        "ANGLE_1", "ANGLE_2", "CARRIER_POWER", "DOPPLER_INSTANTANEOUS", "DOPPLER_INTEGRATED", "MAG", "RANGE", "RCS",
        "RECEIVE_FREQ", "RECEIVE_FREQ_1", "TRANSMIT_FREQ_1",
    ]
    | str
)  # fmt: skip


class TdmHeader(CcsdsMessage):
    """Header of a TDM."""

    ccsds_tdm_vers: Number = 2.0
    """Version of the standard."""
    creation_date: Epoch | None = None
    """Creation time of the message, UTC."""
    originator: str | None = None
    """Originator of the message."""
    message_id: str | None = None
    """ID assigned to the message by its originator; new in version 2.0 of the standard."""
    comments: Comments = ()
    """Comments, one per line."""


class TdmObservation(CcsdsMessage):
    """One measured value; `TdmSegment.unit` returns its unit."""

    keyword: Annotated[Measured, OpenName]
    """Measured quantity, as a keyword of the standard."""
    epoch: Epoch
    """Time of the observation, UTC. `timetag_ref` of the segment defines whether it is that of transmission or
    reception."""
    value: Number
    """Measured value: angles in degrees, ranges in km unless `range_units` says otherwise, Doppler values in km/s,
    frequencies in Hz."""


class TdmSegment(CcsdsMessage):
    """Observations with the same participants, and their metadata.

    Delays are in s, corrections in the unit of the corrected quantity.
    """

    comments: Comments = ()
    """Comments on the metadata, one per line."""
    track_id: str | None = None
    """ID of the track. This field and `data_types` are new in version 2.0 of the standard."""
    data_types: str | None = None
    """Keywords of the observations, separated by commas."""
    time_system: TimeSystem = "UTC"
    """Time system of all epochs."""
    start_time: Epoch | None = None
    """Start of the observations, UTC."""
    stop_time: Epoch | None = None
    """End of the observations, UTC."""
    participant_1: str
    """First participant: a station, or the ID of an object."""
    participant_2: str | None = None
    """Second participant."""
    participant_3: str | None = None
    """Third participant."""
    participant_4: str | None = None
    """Fourth participant."""
    participant_5: str | None = None
    """Fifth participant."""
    mode: Annotated[Literal["SEQUENTIAL", "SINGLE_DIFF"] | str, OpenName] | None = None
    """Tracking mode: one signal path (``SEQUENTIAL``) or the difference of two (``SINGLE_DIFF``)."""
    path: str | None = None
    """Signal path as participant numbers; ``2,1`` means from the second participant to the first."""
    path_1: str | None = None
    """First signal path of a ``SINGLE_DIFF`` measurement."""
    path_2: str | None = None
    """Second signal path of a ``SINGLE_DIFF`` measurement."""
    ephemeris_name_1: str | None = None
    """Name of the ephemeris used for the first participant."""
    ephemeris_name_2: str | None = None
    """Name of the ephemeris used for the second participant."""
    ephemeris_name_3: str | None = None
    """Name of the ephemeris used for the third participant."""
    ephemeris_name_4: str | None = None
    """Name of the ephemeris used for the fourth participant."""
    ephemeris_name_5: str | None = None
    """Name of the ephemeris used for the fifth participant."""
    transmit_band: Annotated[Literal["S", "X", "Ka", "L", "UHF"] | str, OpenName] | None = None
    """Frequency band of the transmitted signal."""
    receive_band: Annotated[Literal["S", "X", "Ka", "L", "UHF"] | str, OpenName] | None = None
    """Frequency band of the received signal."""
    turnaround_numerator: Count | None = None
    """Numerator of the transponder's turnaround ratio."""
    turnaround_denominator: Count | None = None
    """Denominator of the transponder's turnaround ratio."""
    timetag_ref: Annotated[Literal["TRANSMIT", "RECEIVE"] | str, OpenName] | None = None
    """Event to which the epochs refer: transmission or reception."""
    integration_interval: NotNegative | None = None
    """Integration time in s."""
    integration_ref: Annotated[Literal["START", "MIDDLE", "END"] | str, OpenName] | None = None
    """Point of the integration interval to which the epochs refer."""
    freq_offset: Number | None = None
    """Offset in Hz to add to received frequencies."""
    range_mode: Annotated[Literal["COHERENT", "CONSTANT", "ONE_WAY"] | str, OpenName] | None = None
    """Ranging mode."""
    range_modulus: NotNegative | None = None
    """Modulus of the range in `range_units`; 0 if the range is unambiguous."""
    range_units: Annotated[Literal["km", "s", "RU"] | str, OpenName] | None = None
    """Unit of ranges; the standard's default is km. The size of a range unit, ``RU``, depends on the transponder."""
    angle_type: Annotated[Literal["AZEL", "RADEC", "XEYN", "XSYE"] | str, OpenName] | None = None
    """Type of the two angles: azimuth and elevation (``AZEL``), right ascension and declination (``RADEC``), or antenna
    axes (``XEYN``, ``XSYE``)."""
    reference_frame: Annotated[Literal["EME2000", "ICRF", "ITRF2000"] | str, OpenName] | None = None
    """Frame of the angles if they are right ascension and declination."""
    interpolation: Annotated[Literal["HERMITE", "LAGRANGE", "LINEAR"] | str, OpenName] | None = None
    """Recommended interpolation method for transmitted phase counts."""
    interpolation_degree: Count | None = None
    """Degree of the interpolation."""
    doppler_count_bias: Number | None = None
    """Bias of the Doppler count in Hz."""
    doppler_count_scale: Count | None = None
    """Scale factor of the Doppler count, dimensionless."""
    doppler_count_rollover: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """``YES`` if the Doppler count rolled over."""
    transmit_delay_1: NotNegative | None = None
    """Transmission delay at the first participant in s."""
    transmit_delay_2: NotNegative | None = None
    """Transmission delay at the second participant in s."""
    transmit_delay_3: NotNegative | None = None
    """Transmission delay at the third participant in s."""
    transmit_delay_4: NotNegative | None = None
    """Transmission delay at the fourth participant in s."""
    transmit_delay_5: NotNegative | None = None
    """Transmission delay at the fifth participant in s."""
    receive_delay_1: NotNegative | None = None
    """Reception delay at the first participant in s."""
    receive_delay_2: NotNegative | None = None
    """Reception delay at the second participant in s."""
    receive_delay_3: NotNegative | None = None
    """Reception delay at the third participant in s."""
    receive_delay_4: NotNegative | None = None
    """Reception delay at the fourth participant in s."""
    receive_delay_5: NotNegative | None = None
    """Reception delay at the fifth participant in s."""
    data_quality: Annotated[Literal["RAW", "VALIDATED", "DEGRADED"] | str, OpenName] | None = None
    """Quality of the observations."""
    correction_angle_1: Number | None = None
    """Correction to the first angle in degrees."""
    correction_angle_2: Number | None = None
    """Correction to the second angle in degrees."""
    correction_doppler: Number | None = None
    """Correction to the Doppler value in km/s."""
    correction_mag: Number | None = None
    """Correction to the magnitude, in magnitudes."""
    correction_range: Number | None = None
    """Correction to the range in `range_units`."""
    correction_rcs: Number | None = None
    """Correction to the radar cross section in m²."""
    correction_receive: Number | None = None
    """Correction to the received frequency in Hz."""
    correction_transmit: Number | None = None
    """Correction to the transmitted frequency in Hz."""
    correction_aberration_yearly: Number | None = None
    """Correction for annual aberration in degrees."""
    correction_aberration_diurnal: Number | None = None
    """Correction for diurnal aberration in degrees."""
    corrections_applied: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """``YES`` if the observations already include the corrections."""
    data_comments: Comments = ()
    """Comments on the observations, one per line."""
    observations: tuple[TdmObservation, ...]
    """The observations."""

    def unit(self, keyword: str) -> str | None:
        """Return the unit of observations with this keyword; None for dimensionless or unknown ones."""
        if keyword == "RANGE":
            return self.range_units or "km"
        return UNITS.get(re.sub(r"_[1-5]$", "", keyword))
