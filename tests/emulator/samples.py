"""Element sets and request bodies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from sgp4.io import compute_checksum

# The International Space Station in August 2018, from the platform's own examples.
ISS = (
    "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993",
    "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382",
)

Tle = tuple[str, str]


def verification_tles() -> dict[str, Tle]:
    """The element sets of Vallado et al., AIAA 2006-6753, which the sgp4 package carries, by catalogue number."""
    text = (files("sgp4") / "SGP4-VER.TLE").read_text(encoding="ascii")
    lines = [line[:69] for line in text.splitlines() if not line.startswith("#")]
    found: dict[str, Tle] = {}
    for line1, line2 in zip(lines[::2], lines[1::2], strict=True):
        found.setdefault(line1[2:7], (line1, line2))
    return found


def with_checksums(tle: Tle) -> Tle:
    line1, line2 = (line[:68] + str(compute_checksum(line)) for line in tle)
    return line1, line2


def renumbered(tle: Tle, number: str) -> Tle:
    line1, line2 = (line[:2] + number + line[7:] for line in tle)
    return with_checksums((line1, line2))


def epoch(tle: Tle) -> datetime:
    year, day = int(tle[0][18:20]), float(tle[0][20:32])
    return datetime(year + (2000 if year < 57 else 1900), 1, 1, tzinfo=UTC) + timedelta(days=day - 1)


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def passes(
    tle: Tle = ISS,
    *,
    latitude: float = 52.3283,
    longitude: float = 10.645,
    altitude: float = 0.048,
    start: str = "2018-08-07T18:00:00.000Z",
    end: str = "2018-08-08T00:00:00.000Z",
    step: float | None = None,
) -> dict[str, Any]:
    """predict-passes in the generic dialect."""
    body: dict[str, Any] = {
        "orbit": {"type": "tle.txt", "content": "\n".join(tle)},
        "ground_location": {
            "type": "ground_loc.json",
            "content": {"latitude": latitude, "longitude": longitude, "altitude": altitude},
        },
        "time_window": {"type": "tw.json", "content": {"start": start, "end": end}},
    }
    if step is not None:
        body["settings"] = {"type": "shared_prop_settings.json", "content": {"output_step_size": step}}
    return body


def typed_passes() -> dict[str, Any]:
    """The same request in the typed dialect."""
    return {
        "tle": "\n".join(ISS),
        "simple_ground_location": {"longitude": 10.645, "latitude": 52.3283, "altitude": 0.048},
        "time_window": {"start": "2018-08-07T18:00:00.000Z", "end": "2018-08-08T00:00:00.000Z"},
    }


def propagation(tle: Tle, end: datetime, step: float | None = None) -> dict[str, Any]:
    """propagate-orbit in the generic dialect."""
    content: dict[str, Any] = {"propagation_end_epoch": iso(end)}
    if step is not None:
        content["more"] = {"output_step_size": step}
    return {
        "orbit": {"type": "tle.txt", "content": "\n".join(tle)},
        "settings": {"type": "prop_settings.json", "content": content},
    }
