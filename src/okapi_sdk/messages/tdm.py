"""Tracking data messages (TDM): observations of an object by stations."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator

from ..models.problems import rule
from .tdm_blocks import TdmHeader, TdmObservation, TdmSegment
from .tdm_kvn import read_tdm_kvn, write_tdm_kvn
from .text_message import ListedMessage, Reader


def _not_empty(segments: tuple[TdmSegment, ...]) -> tuple[TdmSegment, ...]:
    if not segments:
        raise rule("at least 1 segment", "pass the observations as a segment")
    return segments


class Tdm(ListedMessage):
    """A tracking data message (TDM): segments of observations. It is sent to the platform as KVN text.

    >>> tdm = Tdm.parse('''
    ... CCSDS_TDM_VERS = 2.0
    ... CREATION_DATE = 2020-09-18T10:00:00
    ... ORIGINATOR = OPERATOR
    ... META_START
    ... TIME_SYSTEM = UTC
    ... PARTICIPANT_1 = STATION
    ... PARTICIPANT_2 = 25544
    ... MODE = SEQUENTIAL
    ... PATH = 2,1
    ... ANGLE_TYPE = AZEL
    ... META_STOP
    ... DATA_START
    ... ANGLE_1 = 2020-09-18T09:00:00.000 256.64
    ... ANGLE_2 = 2020-09-18T09:00:00.000 11.5
    ... DATA_STOP
    ... ''')
    >>> tdm.observations[1].value, tdm.segments[0].unit("ANGLE_2")
    (11.5, 'deg')
    """

    _tag: ClassVar[str] = "tdm.txt"
    _keyword: ClassVar[str] = "CCSDS_TDM_VERS"
    _reader: ClassVar[Reader] = read_tdm_kvn

    header: TdmHeader = TdmHeader()
    """Version, creation date and originator."""
    segments: Annotated[tuple[TdmSegment, ...], AfterValidator(_not_empty)]
    """Groups of observations, each with its participants."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a TDM as KVN or XML, in version 1.0 or 2.0 of the standard, with times in UTC. See also `parse_many`.

        Raises:
            InputError: if the text is invalid; the message gives the line and what is expected there.
        """
        return cls._parse_text(text)

    @property
    def observations(self) -> tuple[TdmObservation, ...]:
        """The observations of all segments, in order."""
        return tuple(item for segment in self.segments for item in segment.observations)

    def to_kvn(self) -> str:
        """Return the message as KVN text in the version given by its header.

        Raises:
            InputError: if a field that the standard requires is missing, or if a value does not fit on one line.
        """
        return write_tdm_kvn(type(self), self.header, self.segments)

    def wire(self) -> str:
        """Return the content in the format that the platform accepts, KVN text."""
        return self.to_kvn()
