"""Orbit mean elements messages: the mean elements of SGP4 under the keywords of the CCSDS standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, model_validator

from .base import Epoch, Number, OpenName
from .ccsds import CcsdsMessage, Comments, keyword, last
from .envelope import payload

_BLOCKS = {"OMM_HEADER", "OMM_META_DATA", "OMM_DATA", "header", "metadata", "data"}


class OmmHeader(CcsdsMessage):
    """Header of an OMM."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    ccsds_omm_vers: Number = 2.0
    """Version of the standard."""
    creation_date: Epoch | None = None
    """When the message was made, UTC."""
    originator: str | None = None
    """Who made it."""
    comments: Comments = ()
    """Remarks, one a line."""


class OmmMetadata(CcsdsMessage):
    """Metadata of an OMM: object, frame and theory."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    object_name: str | None = None
    """Name of the object."""
    object_id: str | None = None
    """International designator."""
    center_name: Annotated[Literal["EARTH"] | str, OpenName] | None = None
    """Central body."""
    ref_frame: Annotated[Literal["TEME"] | str, OpenName] | None = None
    """Frame of the elements."""
    time_system: Annotated[Literal["UTC"] | str, OpenName] | None = None
    """Time system of the epoch."""
    mean_element_theory: Annotated[Literal["SGP4"] | str, OpenName] | None = None
    """Theory of the elements."""
    comments: Comments = ()
    """Remarks, one a line."""


class OmmData(CcsdsMessage):
    """Mean elements: degrees, and revolutions per day."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    epoch: Epoch | None = None
    """Epoch of the elements, UTC."""
    mean_motion: Number | None = None
    """Mean motion in revolutions per day."""
    eccentricity: Number | None = None
    """Eccentricity."""
    inclination: Number | None = None
    """Inclination in degrees."""
    ra_of_asc_node: Number | None = None
    """Right ascension of the ascending node in degrees."""
    arg_of_pericenter: Number | None = None
    """Argument of pericentre in degrees."""
    mean_anomaly: Number | None = None
    """Mean anomaly in degrees."""
    ephemeris_type: int | None = None
    """Ephemeris type."""
    classification_type: str | None = None
    """Classification: U unclassified."""
    norad_cat_id: int | None = None
    """NORAD catalogue number."""
    element_set_no: int | None = None
    """Number of the element set."""
    rev_at_epoch: int | None = None
    """Revolution number at the epoch."""
    bstar: Number | None = None
    """BSTAR drag term in inverse Earth radii."""
    mean_motion_dot: Number | None = None
    """Half the first derivative of the mean motion in revolutions per day²."""
    mean_motion_ddot: Number | None = None
    """A sixth of the second derivative of the mean motion in revolutions per day³."""


class Omm(CcsdsMessage):
    """An orbit mean elements message.

    The platform's form of it is not documented. This class reads blocks like those of its OPM, and the flat form in
    which catalogues publish OMMs as JSON; keywords that it does not know are kept, and no keyword is required.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    header: Annotated[OmmHeader, keyword("OMM_HEADER", "header")] = OmmHeader()
    """Version, date and originator."""
    metadata: Annotated[OmmMetadata, keyword("OMM_META_DATA", "metadata")] = OmmMetadata()
    """Object, frame and theory."""
    data: Annotated[OmmData, keyword("OMM_DATA", "data")] = OmmData()
    """The mean elements."""

    @model_validator(mode="before")
    @classmethod
    def _from_flat(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and value and not value.keys() & _BLOCKS:
            metadata = {key: item for key, item in value.items() if str(key).lower() in OmmMetadata.model_fields}
            return {"metadata": metadata, "data": {key: item for key, item in value.items() if key not in metadata}}
        return value

    @classmethod
    def from_answer(cls, data: Any) -> Self:
        """Read the parsed JSON of a finished answer. Of several messages this is the last, the end of the propagation.

        Raises:
            ResponseFormatError: the answer has another shape.
        """
        return cls.read(last(payload(data, "orbit")))
