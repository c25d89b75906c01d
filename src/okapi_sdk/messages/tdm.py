"""Tracking data messages: what stations measured of an object."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator

from ..models.problems import rule
from .tdm_blocks import TdmHeader, TdmObservation, TdmSegment
from .tdm_kvn import read, write
from .text_message import Reader, TextMessage


def _not_empty(segments: tuple[TdmSegment, ...]) -> tuple[TdmSegment, ...]:
    if not segments:
        raise rule("at least 1 segment", "give the observations as a segment")
    return segments


class Tdm(TextMessage):
    """A tracking data message: segments of observations. The platform takes it as KVN text, which `wire` gives.

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
    _reader: ClassVar[Reader] = read

    header: TdmHeader = TdmHeader()
    """Version, date and originator."""
    segments: Annotated[tuple[TdmSegment, ...], AfterValidator(_not_empty)]
    """Observations, each segment with its participants."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message from KVN text, version 1.0 or 2.0 of the standard, with times in UTC.

        Raises:
            InputError: naming the line, and what is due there.
        """
        return cls._parsed(text)

    @property
    def observations(self) -> tuple[TdmObservation, ...]:
        """The observations of all segments, one after the other."""
        return tuple(item for segment in self.segments for item in segment.observations)

    def to_kvn(self) -> str:
        """The message as KVN text, in the version of its header.

        Raises:
            InputError: naming what the standard requires and is missing, or what does not fit into a line.
        """
        return write(type(self), self.header, self.segments)

    def _wire(self) -> str:
        """The content as the platform takes it: KVN text."""
        return self.to_kvn()
