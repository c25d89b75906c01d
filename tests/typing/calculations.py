"""What an editor infers for each calculation. Type-checked by mypy and pyright, never run."""

from __future__ import annotations

from typing import Any, assert_type

from okapi_sdk import (
    AnalyzeGeoSlot,
    AnalyzeManeuverExecution,
    AsyncOkapiClient,
    CheckOrbit,
    CorrelateObservation,
    DetermineOrbit,
    EstimateCovariance,
    GeneratedManeuvers,
    GenerateManeuver,
    GeoSlotAnalysis,
    ManeuverConstraints,
    OkapiClient,
    Omm,
    OrbitCheck,
    OrbitDetermination,
    OrbitViolation,
    Tagged,
    Tle,
)

orbit = Tle.parse("…")
tdm = Tagged(type="tdm.txt", content="…")
constraints = ManeuverConstraints(max_thrust_duration=600, thrust_output=0.02)


def sync(client: OkapiClient) -> None:
    assert_type(client.run(CheckOrbit(orbit=orbit)), OrbitCheck)
    assert_type(client.run(CheckOrbit(orbit=orbit)).violations, tuple[OrbitViolation, ...])
    assert_type(client.run(DetermineOrbit(tdm=tdm)), OrbitDetermination)
    assert_type(client.submit(DetermineOrbit(tdm=tdm)).result(Omm), Omm)
    assert_type(client.run(GenerateManeuver(body={"a": 1}, constraints=constraints)), GeneratedManeuvers)
    assert_type(client.run(EstimateCovariance(body={"a": 1})), dict[str, Any])
    assert_type(client.run(CorrelateObservation(body={"a": 1})), dict[str, Any])
    assert_type(client.run(AnalyzeManeuverExecution(body={"a": 1})), dict[str, Any])

    assert_type(client.run(AnalyzeGeoSlot(body={"a": 1})), GeoSlotAnalysis)
    assert_type(client.run(AnalyzeGeoSlot(body={"a": 1})).html_report, str | None)


async def asynchronous(client: AsyncOkapiClient) -> None:
    assert_type(await client.run(CheckOrbit(orbit=orbit)), OrbitCheck)
    assert_type(await client.run(GenerateManeuver(body={"a": 1})), GeneratedManeuvers)


def refused() -> None:
    CheckOrbit()  # type: ignore[call-arg]  # pyright: ignore
    CheckOrbit(orbit=constraints)  # type: ignore[arg-type]  # pyright: ignore
    DetermineOrbit(tdm="CCSDS_TDM_VERS = 2.0")  # type: ignore[arg-type]  # pyright: ignore
    GenerateManeuver(constraints={"thrust_output": 1})  # type: ignore[arg-type]  # pyright: ignore
    ManeuverConstraints(thrust="1")  # type: ignore[call-arg]  # pyright: ignore
    EstimateCovariance(orbit=orbit)  # type: ignore[call-arg]  # pyright: ignore
    CorrelateObservation()  # type: ignore[call-arg]  # pyright: ignore
    AnalyzeGeoSlot(slot=19.2)  # type: ignore[call-arg]  # pyright: ignore
    AnalyzeManeuverExecution(body=1)  # type: ignore[arg-type]  # pyright: ignore
