"""Bodies of estimate-covariance. No source shows one; the emulator assumes the tagged `orbit` of other services."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Fields, InputProblemError
from .inputs import read_tle_text
from .omm import read_omm
from .tle import Tle

_MOST_SETS = 2000


@dataclass(frozen=True)
class CovarianceRequest:
    """Sets of mean elements of one object, in order of their epochs."""

    tles: tuple[Tle, ...]


def read_estimate_covariance(body: object) -> CovarianceRequest:
    """Read a body: `tle.txt` with one set or many, or `omm.json`. Raises an InputProblemError that names the field."""
    fields = Fields(body)
    tag, content = fields.tagged_one_of("orbit", ("tle.txt", "omm.json"))
    fields.finish()
    tles = [read_omm(content, "orbit.content")] if tag == "omm.json" else _read_sets(content)
    if len({tle.catalogue_number for tle in tles}) > 1:
        raise InputProblemError("orbit.content has TLEs of several objects; send those of one")
    return CovarianceRequest(tuple(sorted(tles, key=lambda tle: tle.epoch)))


def _read_sets(content: object) -> list[Tle]:
    if not isinstance(content, str):
        raise InputProblemError("orbit.content must be the text of one or more TLEs")
    lines = [line for line in content.splitlines() if line.strip()]
    seconds = [index for index, line in enumerate(lines) if line.startswith("2 ")]
    if len(seconds) > _MOST_SETS:
        raise InputProblemError(f"orbit.content has more than {_MOST_SETS:,} TLEs")
    starts = [0, *(index + 1 for index in seconds[:-1])]
    ends = [*(index + 1 for index in seconds[:-1]), len(lines)]
    return [
        read_tle_text("\n".join(lines[start:end]), f"orbit.content, TLE {number},")
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ] if seconds else [read_tle_text(content, "orbit.content")]  # fmt: skip
