"""Blocks of an orbit mean-elements message: header, metadata and mean elements."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict

from ..models.ccsds import (
    CcsdsMessage,
    Comments,
    TimeSystem,
)
from ..models.types import OpenName
from .kvn import TextCount, TextNumber, UtcEpoch


class OmmHeader(CcsdsMessage):
    """Header of an OMM."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    ccsds_omm_vers: TextNumber = 2.0
    """Version of the standard."""
    creation_date: UtcEpoch | None = None
    """Creation time of the message, UTC."""
    classification: str | None = None
    """Classification of the message. This field and `message_id` are new in version 3.0 of the standard."""
    originator: str | None = None
    """Originator of the message."""
    message_id: str | None = None
    """ID assigned to the message by its originator."""
    comments: Comments = ()
    """Comments, one per line."""


class OmmMetadata(CcsdsMessage):
    """Metadata of an OMM: object, frame and mean-element theory."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    object_name: str | None = None
    """Name of the object."""
    object_id: str | None = None
    """International designator of the object."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] | None = None
    """Central body."""
    ref_frame: Annotated[Literal["TEME"] | str, OpenName] | None = None
    """Frame of the elements."""
    ref_frame_epoch: str | None = None
    """Epoch of the frame, if it has one."""
    time_system: TimeSystem | None = None
    """Time system of the epoch."""
    mean_element_theory: Annotated[Literal["SGP4"] | str, OpenName] | None = None
    """Theory to which the mean elements belong."""
    comments: Comments = ()
    """Comments, one per line."""


class OmmData(CcsdsMessage):
    """Mean elements, with angles in degrees and the mean motion in revolutions per day."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    comments: Comments = ()
    """Comments, one per line."""
    epoch: UtcEpoch | None = None
    """Epoch of the elements, UTC."""
    mean_motion: TextNumber | None = None
    """Mean motion in revolutions per day. KVN needs either it or `semi_major_axis`."""
    semi_major_axis: TextNumber | None = None
    """Semi-major axis in km, for theories other than SGP4."""
    eccentricity: TextNumber | None = None
    """Eccentricity, dimensionless."""
    inclination: TextNumber | None = None
    """Inclination in degrees."""
    ra_of_asc_node: TextNumber | None = None
    """Right ascension of the ascending node in degrees."""
    arg_of_pericenter: TextNumber | None = None
    """Argument of pericentre in degrees."""
    mean_anomaly: TextNumber | None = None
    """Mean anomaly in degrees."""
    gm: TextNumber | None = None
    """Gravitational parameter of the central body in km³/s²."""
    ephemeris_type: TextCount | None = None
    """Ephemeris type of the TLE."""
    classification_type: str | None = None
    """Classification of the TLE; ``U`` means unclassified."""
    norad_cat_id: TextCount | None = None
    """NORAD catalogue number."""
    element_set_no: TextCount | None = None
    """Element set number."""
    rev_at_epoch: TextCount | None = None
    """Revolution number at the epoch."""
    bstar: TextNumber | None = None
    """BSTAR drag term in inverse Earth radii."""
    mean_motion_dot: TextNumber | None = None
    """Half the first derivative of the mean motion in revolutions per day²."""
    mean_motion_ddot: TextNumber | None = None
    """A sixth of the second derivative of the mean motion in revolutions per day³."""
