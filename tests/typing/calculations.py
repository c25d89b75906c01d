"""What an editor infers for each calculation. Type-checked by mypy and pyright, never run."""

from __future__ import annotations

from typing import Any, assert_type

from okapi_sdk import (
    AddEphemerides,
    AnalyzeGeoSlot,
    AnalyzeManeuverExecution,
    AsyncOkapiClient,
    Cdm,
    CheckOrbit,
    CorrelateObservation,
    DetermineOrbit,
    EstimateCovariance,
    EstimateRisk,
    GeneratedManeuvers,
    GenerateManeuver,
    GeoSlotAnalysis,
    ManeuverConstraints,
    Oem,
    OkapiClient,
    Omm,
    OrbitCheck,
    OrbitDetermination,
    OrbitViolation,
    PredictRisk,
    RiskAtTca,
    RiskEstimation,
    RiskEstimations,
    RiskOverrides,
    RiskPredictions,
    ScalingRange,
    Tagged,
    Tle,
    UploadCdm,
)

orbit = Tle.parse("…")
cdm = Cdm.parse("…")
radii = RiskOverrides(sat1_hard_body_radius=2, sat2_hard_body_radius=0.5)
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
    assert_type(client.run(EstimateRisk(conjunction=cdm, overrides=radii, method="chan-1997")), RiskEstimations)
    assert_type(client.run(EstimateRisk(conjunction=cdm, method="of tomorrow"))[0], RiskEstimation)
    assert_type(client.run(EstimateRisk(conjunction=tdm)).highest, RiskEstimation | None)
    assert_type(client.run(PredictRisk(conjunction=cdm)), RiskPredictions)
    assert_type(client.run(PredictRisk(conjunction=cdm))[0].risk_trend, tuple[RiskAtTca, ...])
    assert_type(client.run(UploadCdm(cdm=cdm)), dict[str, Any])
    assert_type(client.run(AddEphemerides.navsol("…")), dict[str, Any])
    assert_type(client.submit(AddEphemerides(ephemerides=tdm)).result(Oem), Oem)
    assert_type(client.run(AnalyzeGeoSlot(body={"a": 1})).html_report, str | None)


async def asynchronous(client: AsyncOkapiClient) -> None:
    assert_type(await client.run(CheckOrbit(orbit=orbit)), OrbitCheck)
    assert_type(await client.run(EstimateRisk(conjunction=cdm)), RiskEstimations)
    assert_type(await client.run(PredictRisk(conjunction=cdm)), RiskPredictions)
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
    EstimateRisk()  # type: ignore[call-arg]  # pyright: ignore
    EstimateRisk(conjunction=orbit)  # type: ignore[arg-type]  # pyright: ignore
    EstimateRisk(conjunction=cdm, overrides={"SAT1_HARD_BODY_RADIUS": 2})  # type: ignore[arg-type]  # pyright: ignore
    PredictRisk(conjunction=cdm, method=1992)  # type: ignore[arg-type]  # pyright: ignore
    RiskOverrides(sat1_hard_body_radius="2 m")  # type: ignore[arg-type]  # pyright: ignore
    RiskOverrides(hard_body_radius=2)  # type: ignore[call-arg]  # pyright: ignore
    ScalingRange(lower_bound=1)  # type: ignore[call-arg]  # pyright: ignore
    UploadCdm(cdm="CCSDS_CDM_VERS = 1.0")  # type: ignore[arg-type]  # pyright: ignore
    AddEphemerides(ephemerides=cdm)  # type: ignore[arg-type]  # pyright: ignore
