"""Every endpoint of the platform has a row on the coverage page, and a model that reaches it in both clients."""

from __future__ import annotations

import contextlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import okapi_sdk as o
from okapi_sdk import (
    AsyncOkapiClient,
    CalculationError,
    Cdm,
    NotFoundError,
    Oem,
    OkapiClient,
    Tagged,
    TimeWindow,
)
from okapi_sdk.emulator import Emulator
from tests.emulator import opms
from tests.models.messages import CDM, TDM
from tests.models.samples import evening, oem, passes, propagation, state, tle

SOURCE = Path(__file__).parents[2] / "docs" / "coverage_page.py"
VERBS = {"submit", "run", "list", "get", "add", "update", "delete"}


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_page", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


coverage = _load()


@pytest.mark.parametrize("path", coverage.SERVICES)
def test_each_service_has_one_calculation(path: str) -> None:
    assert len(coverage.calculations_for(path)) == 1, "a service is one class in one file"


@pytest.mark.parametrize("endpoint", coverage.STORED, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_each_stored_endpoint_has_a_call(endpoint: Any) -> None:
    calls = coverage.calls_for(endpoint.method, endpoint.path)
    assert calls
    for client in (OkapiClient, AsyncOkapiClient):
        assert {call.partition("(")[0] for call in calls} <= set(dir(client)) & VERBS


def test_the_emulator_has_exactly_these_endpoints() -> None:
    services = {
        (method, f"{path}/{rest}")
        for path in coverage.SERVICES
        for method, rest in (("POST", "requests"), ("GET", "results/{request_id}/{format}"))
    }
    stored = {(endpoint.method, endpoint.path) for endpoint in coverage.STORED}
    assert coverage.emulated().keys() == services | stored | coverage.WITHOUT_MODEL.keys()


def test_the_page_is_up_to_date() -> None:
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page(), "run nox -s catalogue"


RISK_METHODS = [path.partition("/")[2] for path in coverage.SERVICES if path.startswith("estimate-risk/")]
ID = "550e8400-e29b-11d4-a716-446655440000"


def _calculations(ephemeris: Oem) -> list[o.Calculation[Any]]:
    cdm, segment = Cdm.parse(CDM), ephemeris.segments[0]
    covered = TimeWindow(start=segment.data[0].epoch, end=segment.data[-1].epoch)
    return [
        passes(),
        passes(orbit=state()),
        passes(orbit=ephemeris, time_window=covered),
        passes(orbit=state(), method="orekit-numerical"),
        propagation(orbit=tle(), end="2018-08-07T18:00Z"),
        propagation(orbit=state()),
        propagation(orbit=state(), method="orekit-numerical"),
        *(o.EstimateRisk(conjunction=cdm, method=method) for method in RISK_METHODS),
        *(o.PredictRisk(conjunction=cdm, method=method) for method in RISK_METHODS),
        o.CheckOrbit(orbit=tle()),
        o.GenerateManeuver(body={"conjunction_id": ID}),
        o.DetermineOrbit(tdm=Tagged(type="tdm.txt", content=TDM)),
        o.AddEphemerides(ephemerides=oem()),
        o.CorrelateObservation(body={"observation": 1}),
        o.EstimateCovariance(body={"target": 1}),
        o.AnalyzeManeuverExecution(
            body={
                "maneuver": {"type": "opm.json", "content": opms.opm(opms.EPOCH, opms.START, thrust=opms.THRUST)},
                "orbit": {"type": "opm.json", "content": opms.opm(opms.OBSERVED, opms.START)},
            }
        ),
        o.AnalyzeGeoSlot(body={"longitude": 19.2}),
        o.UploadCdm(cdm=cdm),
    ]


def _objects(client: OkapiClient) -> None:
    for query in (
        o.Satellites(), o.SatelliteOems(satellite_id=ID), o.SatelliteNeighborhoods(satellite_id=ID), o.Conjunctions(),
        o.ConjunctionCdms(conjunction_id=ID), o.ConjunctionRiskEstimations(conjunction_id=ID),
        o.ConjunctionRiskPredictions(conjunction_id=ID), o.ConjunctionManeuverEvaluations(conjunction_id=ID), o.Cdms(),
        o.ManeuverPlans(), o.Oems(), o.Omms(), o.Tles(), o.Uncertainties(), o.Tdms(), o.SensorSystems(),
        o.GroundStationPasses(),
    ):  # fmt: skip
        with contextlib.suppress(NotFoundError):
            list(client.list(query))
    for record in (o.Satellite, o.Conjunction, o.OemRecord, o.ResidualPlot, o.TdmRecord, o.SensorSystem):
        with contextlib.suppress(NotFoundError):
            client.get(record, ID)
    client.add(o.NewManeuverPlan(plan=oem()))
    client.add(o.NewTdm(tdm=TDM))
    client.add(o.NewSensorSystem(fields={"name": "Telescope"}))
    client.add(o.NewGroundStationPasses(passes={"SALSAT": [evening()]}))
    satellite = client.add(
        o.NewSatellite(name="Coverage", norad_ids=[25544], space_track_status="satellite_registered")
    )
    assert client.update(satellite.id, o.SatelliteChanges(area=2.5)).area == 2.5
    assert client.delete(o.Satellite, satellite.id).id == satellite.id


@pytest.mark.filterwarnings("ignore::okapi_sdk.OkapiWarning")
def test_every_endpoint_is_reached_through_models(emulator: Emulator) -> None:
    emulator.seed_fleet()
    with OkapiClient.emulated(emulator) as client:
        ephemeris = next(iter(client.list(o.Oems()))).oem()
        for calculation in _calculations(ephemeris):
            emulator.next_calculation(status="FATAL")  # what they compute is tested elsewhere
            with contextlib.suppress(CalculationError):
                client.submit(calculation).result()
        _objects(client)

    reached = {(call.method, call.path.strip("/")) for call in emulator.calls}
    for method, path in coverage.emulated().keys() - coverage.WITHOUT_MODEL.keys():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
        assert any(method == called and re.fullmatch(pattern, where) for called, where in reached), f"{method} {path}"
