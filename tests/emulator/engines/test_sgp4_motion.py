"""SGP4 against Vallado's published vectors."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files

import numpy as np
import pytest

from okapi_sdk.emulator.bodies.tle import checksum, read_tle
from okapi_sdk.emulator.engines.errors import PropagationError
from okapi_sdk.emulator.engines.instants import Instants
from okapi_sdk.emulator.engines.sgp4_motion import Sgp4Motion

from .. import samples

TLES = samples.verification_tles()


def published() -> dict[str, list[list[float]]]:
    """Vallado's output, tcppver.out: for each satellite rows of minutes, position (km) and velocity (km/s) in TEME."""
    found: dict[str, list[list[float]]] = {}
    rows: list[list[float]] = []
    for line in (files("sgp4") / "tcppver.out").read_text(encoding="ascii").splitlines():
        if line.rstrip().endswith("xx"):
            # A number that occurs a second time is a second test of the same satellite.
            rows = found.setdefault(line.split()[0].zfill(5), [])
        elif line.strip():
            rows.append([float(column) for column in line.split()[:7]])
    return found


# The first has its perigee below the ground on the way to its vectors, the others have none.
WITHOUT_VECTORS = ("20413", "33333", "33334", "33335")
VECTORS = {number: rows for number, rows in published().items() if number not in WITHOUT_VECTORS}


@pytest.mark.parametrize("number", VECTORS)
def test_sgp4_gives_vallados_vectors(number: str) -> None:
    tle = TLES[number]
    rows = np.array(VECTORS[number])
    positions, velocities = Sgp4Motion(*tle).teme(Instants(read_tle("\n".join(tle)).epoch, rows[:, 0] * 60))
    # Printed to 1e-8 km and 1e-9 km/s; the sgp4 package holds itself to 2e-7 km.
    assert np.abs(positions.T - rows[:, 1:4]).max() < 2e-7
    assert np.abs(velocities.T - rows[:, 4:7]).max() < 1e-9


@pytest.mark.parametrize(
    ("number", "meaning"), [("28872", r"decayed \(SGP4 error 6\)"), ("33334", r"\(SGP4 error 3\)")]
)
def test_a_motion_that_ends_says_when_and_why(number: str, meaning: str) -> None:
    motion, start = Sgp4Motion(*TLES[number]), samples.epoch(TLES[number])
    with pytest.raises(PropagationError, match=rf"SGP4 stops at {start.year}-.*Z: .*{meaning}"):
        motion.gcrf(Instants(start, np.arange(0.0, 86_400.0, 60.0)))


DECAYING = (
    "1 90401U 24902A   24061.25000000  .01500000  00000-0  22000-1 0  9992",
    "2 90401  51.6000  30.0000 0008000  10.0000 350.0000 15.82000000    15",
)


@pytest.mark.parametrize("days", [-100, -40, -25, 9, 14, 30, 300])
def test_no_state_beyond_the_end_of_an_orbit_is_used(days: int) -> None:
    motion, epoch = Sgp4Motion(*DECAYING), samples.epoch(DECAYING)
    cause = "has decayed by then" if days > 0 else "was not in this orbit then"
    with pytest.raises(PropagationError, match=rf"SGP4 stops at 2024-0[23]-.*The object {cause}"):
        motion.earth_fixed(Instants(epoch, np.array([days * 86_400.0])))
    # Nothing is remembered of the failure: near its epoch it is in orbit.
    assert np.linalg.norm(motion.teme(Instants(epoch, np.array([-3600.0, 3600.0])))[0], axis=0).max() < 6800


def test_an_object_that_decays_on_the_way_has_no_later_state() -> None:
    # It has Vallado's vectors after 3.5 years, but its perigee is below the ground before.
    motion, start = Sgp4Motion(*TLES["20413"]), samples.epoch(TLES["20413"])
    with pytest.raises(PropagationError, match=r"SGP4 stops at 2008-.*decayed"):
        motion.teme(Instants(start, np.array([1_844_345.0 * 60])))


def test_a_state_farther_out_than_the_orbit_is_refused() -> None:
    motion = Sgp4Motion(*samples.ISS)
    motion._farthest = 6780.0
    with pytest.raises(
        PropagationError, match=r"puts the object 6,7\d\d km from the centre of the Earth, but its orbit"
    ):
        motion.teme(Instants(samples.epoch(samples.ISS), np.arange(0.0, 6000.0, 60.0)))


def with_type(lines: tuple[str, str], ephemeris_type: str) -> tuple[str, str]:
    line = lines[0][:62] + ephemeris_type + lines[0][63:68]
    return f"{line}{checksum(line)}", lines[1]


@pytest.mark.parametrize("ephemeris_type", " 023")
def test_elements_of_sgp4_are_computed(ephemeris_type: str) -> None:
    instants = Instants(samples.epoch(samples.ISS), np.array([600.0]))
    expected = Sgp4Motion(*samples.ISS).teme(instants)[0]
    assert Sgp4Motion(*with_type(samples.ISS, ephemeris_type)).teme(instants)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("ephemeris_type", "theory"), [("4", "SGP4-XP"), ("6", "another theory")])
def test_elements_of_another_theory_are_refused(ephemeris_type: str, theory: str) -> None:
    with pytest.raises(PropagationError, match=f"The ephemeris type is {ephemeris_type}, .* elements of {theory}"):
        Sgp4Motion(*with_type(samples.ISS, ephemeris_type))


def test_the_period_is_that_of_the_mean_motion() -> None:
    assert timedelta(seconds=Sgp4Motion(*samples.ISS).period) == timedelta(days=1) / 15.53806849
