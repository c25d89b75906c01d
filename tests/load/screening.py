"""Screen satellites against a catalogue: ``python -m tests.load.screening [satellites] [objects]``, 200 and 20,000 if
none are given.

The catalogue is invented: 80 % of its objects are in crowded shells of low orbit, 10 % are geostationary and 10 % are
in transfer orbits. Each satellite is one of them, as an OEM with a state every minute over three days. The requests go
to an emulator over HTTP. Prints the real time, and the processor time of the emulator's processes.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np

from okapi_sdk.emulator import Emulator
from tests.emulator import samples
from tests.emulator.conftest import Platform
from tests.emulator.oems import oem

START = datetime(2018, 8, 6, tzinfo=UTC)
IN_FLIGHT = 4
_SHELLS = ((550.0, 53.0), (780.0, 86.4), (850.0, 98.8), (1000.0, 82.9), (1400.0, 74.0))


def catalogue(count: int) -> Iterator[samples.Tle]:
    """Yield element sets from day 217 of 2018 on."""
    random = np.random.default_rng(1)
    for number in range(10_000, 10_000 + count):
        share = random.uniform()
        if share < 0.8:
            height, inclination = _SHELLS[random.integers(len(_SHELLS))]
            axis = 6378.0 + max(430.0, height + random.normal(0, 80))
            motion = 86_400 / (2 * math.pi * math.sqrt(axis**3 / 398_600.8))
            eccentricity, inclination = min(0.008, abs(random.normal(0, 0.004))), inclination + random.normal(0, 1)
        elif share < 0.9:
            motion, eccentricity, inclination = 1.0027 + random.normal(0, 0.01), 0.0005, abs(random.normal(0, 3))
        else:
            motion, eccentricity = random.uniform(2.1, 2.4), random.uniform(0.55, 0.65)
            inclination = random.uniform(5, 65)
        node, argument, anomaly = random.uniform(0, 360, 3)
        day = 218.0 + random.uniform(-1, 0.5)
        yield samples.with_checksums(
            (
                f"1 {number:05d}U 98067A   18{day:012.8f}  .00000200  00000-0  20000-4 0  9990",
                f"2 {number:05d} {inclination:8.4f} {node:8.4f} {int(eccentricity * 1e7):07d} {argument:8.4f} "
                f"{anomaly:8.4f} {motion:11.8f}    10",
            )
        )


def body(tle: samples.Tle) -> dict[str, Any]:
    """The request to screen a satellite, in the catalogue under the same number."""
    message = oem(tle, START, 72.0)
    message["OEM_META_DATA_DATA"][0]["OBJECT_ID"] = tle[0][2:7]
    return {"orbit": {"type": "oem.json", "content": message}}


def main(satellites: int = 200, objects: int = 20_000) -> None:
    tles = list(catalogue(objects))
    bodies = (body(tle) for tle in tles[:: max(1, objects // satellites)][:satellites])
    with Emulator() as emulator, Platform(emulator) as platform:
        emulator.put("tles", ({"TLE_LINE1": line1, "TLE_LINE2": line2} for line1, line2 in tles))
        began, waiting, found, done = time.perf_counter(), [], 0, 0
        while done < satellites:
            while len(waiting) < IN_FLIGHT and (one := next(bodies, None)) is not None:
                waiting.append(platform.submit("check-orbit", one))
            answer = platform.http.get(f"/check-orbit/results/{waiting[0]}/simple")
            if answer.status_code == 202:
                time.sleep(0.05)
                continue
            assert answer.json()["status"]["type"] == "NONE", answer.json()["status"]
            found, done = found + len(answer.json()["violations"]), done + 1
            del waiting[0]
        seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{satellites} satellites, {objects:,} objects, 3 days: {found} approaches within 1 km")
    print(f"{seconds:.0f} s; the emulator's processes used {used.ru_utime + used.ru_stime:.0f} s of processor time")
    print(f"and up to {used.ru_maxrss / 1024:.0f} MiB each")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
