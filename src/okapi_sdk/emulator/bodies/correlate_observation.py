"""Bodies of correlate-observation. No source shows one; the emulator assumes a TDM, as for stored TDMs."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Fields
from .tdm import TdmSegment, read_tdm


@dataclass(frozen=True)
class CorrelationRequest:
    """The observations to correlate: one tracklet in each segment."""

    tdm: tuple[TdmSegment, ...]


def read_correlate_observation(body: object) -> CorrelationRequest:
    """Read a body. Raises an InputProblemError that names the invalid field."""
    fields = Fields(body)
    tdm = read_tdm(fields.tagged("tdm", "tdm.txt"), "tdm.content")
    fields.finish()
    return CorrelationRequest(tdm)
