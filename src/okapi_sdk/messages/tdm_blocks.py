"""The blocks of a tracking data message: header, segments and observations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from ..models.ccsds import CcsdsMessage, Comments, NotNegative
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
"""Units of the observations, by keyword without the number at its end."""

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
    """When the message was made, UTC."""
    originator: str | None = None
    """Who made it."""
    message_id: str | None = None
    """Id that the originator gave the message; version 2.0 of the standard has it."""
    comments: Comments = ()
    """Remarks, one a line."""


class TdmObservation(CcsdsMessage):
    """One measured value, in the unit that `TdmSegment.unit` names for its keyword."""

    keyword: Annotated[Measured, OpenName]
    """What was measured, as the standard's keyword."""
    epoch: Epoch
    """When, UTC: at the place and event that the segment's `timetag_ref` names."""
    value: Number
    """The value: degrees for angles, km for a range unless `range_units` says otherwise, km/s for a Doppler value, Hz
    for frequencies."""


class TdmSegment(CcsdsMessage):
    """Observations with the same participants, and what holds for all of them.

    Delays are in s, corrections in the unit of what they correct.
    """

    comments: Comments = ()
    """Remarks on the metadata, one a line."""
    track_id: str | None = None
    """Id of the track; version 2.0 of the standard has it, and the data types."""
    data_types: str | None = None
    """Keywords of the observations, with commas between them."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] = "UTC"
    """Time system of all epochs."""
    start_time: Epoch | None = None
    """Begin of the observations, UTC."""
    stop_time: Epoch | None = None
    """End of the observations, UTC."""
    participant_1: str
    """First participant: a station, or an object by its id."""
    participant_2: str | None = None
    """Second participant."""
    participant_3: str | None = None
    """Third participant."""
    participant_4: str | None = None
    """Fourth participant."""
    participant_5: str | None = None
    """Fifth participant."""
    mode: Annotated[Literal["SEQUENTIAL", "SINGLE_DIFF"] | str, OpenName] | None = None
    """How the participants take part."""
    path: str | None = None
    """Way of the signal by numbers of participants: ``2,1`` is from the second to the first."""
    path_1: str | None = None
    """First way of a difference."""
    path_2: str | None = None
    """Second way of a difference."""
    ephemeris_name_1: str | None = None
    """Ephemeris of the first participant."""
    ephemeris_name_2: str | None = None
    """Ephemeris of the second participant."""
    ephemeris_name_3: str | None = None
    """Ephemeris of the third participant."""
    ephemeris_name_4: str | None = None
    """Ephemeris of the fourth participant."""
    ephemeris_name_5: str | None = None
    """Ephemeris of the fifth participant."""
    transmit_band: Annotated[Literal["S", "X", "Ka", "L", "UHF"] | str, OpenName] | None = None
    """Frequency band up."""
    receive_band: Annotated[Literal["S", "X", "Ka", "L", "UHF"] | str, OpenName] | None = None
    """Frequency band down."""
    turnaround_numerator: Count | None = None
    """Numerator of the transponder's ratio."""
    turnaround_denominator: Count | None = None
    """Denominator of the transponder's ratio."""
    timetag_ref: Annotated[Literal["TRANSMIT", "RECEIVE"] | str, OpenName] | None = None
    """What the epochs are of."""
    integration_interval: NotNegative | None = None
    """Time of integration in s."""
    integration_ref: Annotated[Literal["START", "MIDDLE", "END"] | str, OpenName] | None = None
    """Part of the integration that the epochs are of."""
    freq_offset: Number | None = None
    """Frequency to add to received ones, in Hz."""
    range_mode: Annotated[Literal["COHERENT", "CONSTANT", "ONE_WAY"] | str, OpenName] | None = None
    """Kind of ranging."""
    range_modulus: NotNegative | None = None
    """Modulus of the range in `range_units`; 0 for none."""
    range_units: Annotated[Literal["km", "s", "RU"] | str, OpenName] | None = None
    """Unit of ranges; the standard's default is km. A range unit RU is the transponder's own."""
    angle_type: Annotated[Literal["AZEL", "RADEC", "XEYN", "XSYE"] | str, OpenName] | None = None
    """What the two angles are: azimuth and elevation, right ascension and declination, or two axes."""
    reference_frame: Annotated[Literal["EME2000", "ICRF", "ITRF2000"] | str, OpenName] | None = None
    """Frame of the angles, where they are right ascension and declination."""
    interpolation: Annotated[Literal["HERMITE", "LAGRANGE", "LINEAR"] | str, OpenName] | None = None
    """Recommended interpolation of transmitted phases."""
    interpolation_degree: Count | None = None
    """Degree of the interpolation."""
    doppler_count_bias: Number | None = None
    """Bias of the Doppler count in Hz."""
    doppler_count_scale: Count | None = None
    """Scale of the Doppler count, a factor."""
    doppler_count_rollover: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """Whether the Doppler count rolled over."""
    transmit_delay_1: NotNegative | None = None
    """Delay of transmission at the first participant in s."""
    transmit_delay_2: NotNegative | None = None
    """Delay of transmission at the second participant in s."""
    transmit_delay_3: NotNegative | None = None
    """Delay of transmission at the third participant in s."""
    transmit_delay_4: NotNegative | None = None
    """Delay of transmission at the fourth participant in s."""
    transmit_delay_5: NotNegative | None = None
    """Delay of transmission at the fifth participant in s."""
    receive_delay_1: NotNegative | None = None
    """Delay of reception at the first participant in s."""
    receive_delay_2: NotNegative | None = None
    """Delay of reception at the second participant in s."""
    receive_delay_3: NotNegative | None = None
    """Delay of reception at the third participant in s."""
    receive_delay_4: NotNegative | None = None
    """Delay of reception at the fourth participant in s."""
    receive_delay_5: NotNegative | None = None
    """Delay of reception at the fifth participant in s."""
    data_quality: Annotated[Literal["RAW", "VALIDATED", "DEGRADED"] | str, OpenName] | None = None
    """Quality of the observations."""
    correction_angle_1: Number | None = None
    """Correction of the first angle in degrees."""
    correction_angle_2: Number | None = None
    """Correction of the second angle in degrees."""
    correction_doppler: Number | None = None
    """Correction of the Doppler value in km/s."""
    correction_mag: Number | None = None
    """Correction of the magnitude, in magnitudes."""
    correction_range: Number | None = None
    """Correction of the range in `range_units`."""
    correction_rcs: Number | None = None
    """Correction of the radar cross section in m²."""
    correction_receive: Number | None = None
    """Correction of the received frequency in Hz."""
    correction_transmit: Number | None = None
    """Correction of the transmitted frequency in Hz."""
    correction_aberration_yearly: Number | None = None
    """Correction of the yearly aberration in degrees."""
    correction_aberration_diurnal: Number | None = None
    """Correction of the diurnal aberration in degrees."""
    corrections_applied: Annotated[Literal["YES", "NO"] | str, OpenName] | None = None
    """Whether the observations contain the corrections."""
    data_comments: Comments = ()
    """Remarks on the observations, one a line."""
    observations: tuple[TdmObservation, ...]
    """What was measured."""

    def unit(self, keyword: str) -> str | None:
        """Unit of the observations with a keyword; None for what has none, and for unknown keywords."""
        if keyword == "RANGE":
            return self.range_units or "km"
        return UNITS.get(re.sub(r"_[1-5]$", "", keyword))
