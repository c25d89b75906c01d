"""Every collection of the platform, over HTTP: what is asked for, and what its answer is read as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from okapi_sdk import (
    Cdm,
    Cdms,
    Conjunction,
    ConjunctionCdms,
    ConjunctionManeuverEvaluations,
    ConjunctionRiskEstimations,
    ConjunctionRiskPredictions,
    Conjunctions,
    GroundStationPasses,
    ManeuverEvaluation,
    ManeuverPlans,
    NewGroundStationPasses,
    NewManeuverPlan,
    NewSatellite,
    NewSensorSystem,
    NewTdm,
    NotFoundError,
    Oem,
    OemKvn,
    OemRecord,
    Oems,
    OemXml,
    Omms,
    Range,
    ResidualPlot,
    ResponseFormatError,
    RiskEstimation,
    RiskPrediction,
    Satellite,
    SatelliteChanges,
    SatelliteNeighborhoods,
    SatelliteOems,
    Satellites,
    SensorSystem,
    SensorSystems,
    TdmRecord,
    Tdms,
    TimeWindow,
    Tle,
    Tles,
    Uncertainties,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from okapi_sdk.values.tagged import Tagged
from tests.support.both import Both, Client
from tests.support.faults import FaultServer, reply

from .conftest import Wire

WEBHOOK = "https://hooks.example/services/T0/B0/k3y"
TDM = (
    "CCSDS_TDM_VERS = 1.0\nCREATION_DATE = 2020-10-13T12:00:00\nORIGINATOR = TEST\nMETA_START\nTIME_SYSTEM = UTC\n"
    "START_TIME = 2020-10-13T10:00:00\nPARTICIPANT_1 = STATION\nPARTICIPANT_2 = 25544\nMODE = SEQUENTIAL\n"
    "PATH = 2,1\nANGLE_TYPE = AZEL\nMETA_STOP\nDATA_START\nANGLE_1 = 2020-10-13T10:00:00 10.0\nDATA_STOP\n"
)


@pytest.fixture
def fleet(emulator: Emulator) -> Emulator:
    emulator.seed_fleet()
    return emulator


def test_a_satellite_is_added_changed_read_and_deleted(client: Client, emulator: Emulator, wire: Wire) -> None:
    added = client.add(
        NewSatellite(name="My satellite", norad_ids=[25544], space_track_status="dont_know", slack_webhook=WEBHOOK)
    )
    body = wire.body
    given = body.pop("satellite_id")
    assert body == {
        "name": "My satellite",
        "norad_ids": [25544],
        "space_track_status": "dont_know",
        "slack_webhook": WEBHOOK,
    }
    assert wire.last == ("POST", "/satellites")
    assert isinstance(added, Satellite)
    assert added.id != given
    assert (added.area, added.mass, added.active) == (0.01, 1.3, False)
    assert added.maneuver_strategy == ("short_term", "long_term")
    assert added.slack_webhook is not None
    assert added.slack_webhook.get_secret_value() == WEBHOOK

    changed = client.update(added.id, SatelliteChanges(area=0.02, info=None))
    assert wire.last == ("PATCH", f"/satellites/{added.id}")
    assert wire.body == {"satellite_id": added.id, "area": 0.02, "info": None}
    assert (changed.area, changed.mass, changed.name) == (0.02, 1.3, "My satellite")
    assert changed.slack_webhook == added.slack_webhook

    assert client.get(Satellite, added.id) == changed
    assert [one.id for one in client.list(Satellites())] == [added.id]
    assert wire.last == ("GET", "/satellites?page=1&limit=20")

    assert client.delete(Satellite, added.id) == changed
    assert wire.last == ("DELETE", f"/satellites/{added.id}")
    for gone in (lambda: client.get(Satellite, added.id), lambda: client.delete(Satellite, added.id)):
        with pytest.raises(NotFoundError):
            gone()
    assert list(client.list(Satellites())) == []


def test_what_belongs_to_a_satellite(client: Client, fleet: Emulator, wire: Wire) -> None:
    first = next(client.list(Satellites()))
    (record,) = client.list(SatelliteOems(satellite_id=first.id))
    assert wire.last == ("GET", f"/satellites/{first.id}/oems")
    assert isinstance(record.oem(), Oem)
    assert isinstance(client.get(OemRecord, record.id).oem(), Oem)
    fleet.put(
        f"satellites/{first.id}/neighborhoods", [{"tca": "2018-08-07T00:00:00Z", "miss_distance": 2.5, "name": "X"}]
    )
    near = list(client.list(SatelliteNeighborhoods(satellite_id=first.id, miss_distance=Range(lt=3.0))))
    assert wire.last[1] == f"/satellites/{first.id}/neighborhoods?miss_distance[$lt]=3.0"
    assert [(one.miss_distance, one.model_extra) for one in near] == [(2.5, {"name": "X"})]
    assert list(client.list(SatelliteNeighborhoods(satellite_id=first.id, miss_distance=1.0))) == []


def test_what_belongs_to_a_conjunction(client: Client, fleet: Emulator, wire: Wire) -> None:
    conjunction = next(client.list(Conjunctions(sort="-collision_probability")))
    id = conjunction.id
    assert client.get(Conjunction, id) == conjunction
    cdms = list(client.list(ConjunctionCdms(conjunction_id=id)))
    assert wire.last == ("GET", f"/conjunctions/{id}/cdms")
    assert all(isinstance(cdm, Cdm) for cdm in cdms)
    risks = list(client.list(ConjunctionRiskEstimations(conjunction_id=id)))
    assert wire.last == ("GET", f"/conjunctions/{id}/risk-estimations")
    assert len(risks) == len(cdms) > 2
    assert isinstance(risks[0], RiskEstimation)
    assert risks[-1] == conjunction.newest_risk_estimation
    # The same distance, here in km, there in metres.
    assert risks[-1].miss_distance is not None
    assert cdms[-1].miss_distance == pytest.approx(risks[-1].miss_distance * 1000, abs=1e-3)

    assert list(client.list(ConjunctionRiskPredictions(conjunction_id=id))) == []
    fleet.put(f"conjunctions/{id}/risk-predictions", [{"risk_prediction_id": "p", "miss_distance": 0.3}])
    (prediction,) = client.list(ConjunctionRiskPredictions(conjunction_id=id))
    assert wire.last == ("GET", f"/conjunctions/{id}/risk-predictions")
    assert isinstance(prediction, RiskPrediction)
    fleet.put(f"conjunctions/{id}/maneuver-evals", [{"id": "m", "strategy_number": 1, "thrust_total": 0.02}])
    (evaluation,) = client.list(ConjunctionManeuverEvaluations(conjunction_id=id))
    assert wire.last == ("GET", f"/conjunctions/{id}/maneuver-evals")
    assert isinstance(evaluation, ManeuverEvaluation)
    with pytest.raises(NotFoundError):
        list(client.list(ConjunctionCdms(conjunction_id="no-such-one")))


def test_the_forms_of_an_ephemeris(client: Client, fleet: Emulator, wire: Wire) -> None:
    id = next(client.list(Oems())).id
    kvn = client.get(OemKvn, id)
    assert wire.last == ("GET", f"/oems/{id}?format=kvn")
    assert (kvn.id, kvn.text.splitlines()[0]) == (id, "CCSDS_OEM_VERS = 2.0")
    assert len(Oem.parse(kvn.text).segments) == 1
    assert client.get(OemXml, id).text.startswith("<?xml")
    assert wire.last == ("GET", f"/oems/{id}?format=xml")
    plot = client.get(ResidualPlot, id)
    assert wire.last == ("GET", f"/oems/{id}/plot-od-residuals")
    assert wire.calls[-1].headers["accept"] == "text/html"
    assert plot.html.startswith("<!DOCTYPE html>")
    assert plot.id == id
    for kind in (OemKvn, ResidualPlot):
        with pytest.raises(NotFoundError):
            client.get(kind, "none")


@pytest.mark.parametrize(
    ("query", "path", "begin"),
    [
        (Oems().texts(), "/oems?page=1&limit=20&format=kvn", "CCSDS_OEM_VERS"),
        (Oems().texts("xml"), "/oems?page=1&limit=20&format=xml", "<?xml"),
        (Omms().texts("kvn"), "/omms?page=1&limit=100&format=kvn", "CCSDS_OMM_VERS"),
        (Cdms(limit=500).texts("xml"), "/cdms?page=1&limit=500&format=xml", "<?xml"),
        (Tles().texts(), "/tles?page=1&limit=1000&format=BATCH", "1 99001U"),
    ],
)
def test_lists_of_texts(client: Client, fleet: Emulator, wire: Wire, query: Any, path: str, begin: str) -> None:
    texts = list(client.list(query))
    assert wire.last == ("GET", path)
    assert len(texts) >= 3
    assert texts[0].startswith(begin)


def test_messages_of_the_catalogues(client: Client, fleet: Emulator) -> None:
    tles = [record.tle() for record in client.list(Tles(latest=True))]
    assert [tle.norad_id for tle in tles] == list(range(99001, 99021))
    assert all(isinstance(tle, Tle) for tle in tles)
    omms = [record.omm() for record in client.list(Omms())]
    assert [omm.data.mean_motion for omm in omms] == pytest.approx([tle.mean_motion for tle in tles])
    number = next(client.list(Conjunctions())).sat1_norad_id
    assert number is not None
    assert all(cdm.object1.object_designator == str(number) for cdm in client.list(Cdms(sat1_object_designator=number)))


def test_tdms(client: Client, emulator: Emulator, wire: Wire) -> None:
    added = client.add(NewTdm(tdm=TDM))
    assert wire.last == ("POST", "/tdms")
    assert wire.body == {"tdm": {"type": "tdm.txt", "content": TDM}}
    assert client.get(TdmRecord, added.id) == added
    client.add(NewTdm(tdm=Tagged(type="tdm.xml", content=f"<!-- {TDM} -->")))
    assert wire.body["tdm"]["type"] == "tdm.xml"
    epochs = Range(gte="2020-10-13T00:00Z", lt="2020-10-14T00:00Z")
    assert next(client.list(Tdms(norad_id=25544, epoch=epochs))) == added
    assert wire.last[1] == (
        "/tdms?page=1&limit=20&epoch[$gte]=2020-10-13T00:00:00.000Z&epoch[$lt]=2020-10-14T00:00:00.000Z&norad_id=25544"
    )
    assert list(client.list(Tdms(cospar_id="1998-067A"))) == []


def test_sensor_systems(client: Client, emulator: Emulator, wire: Wire) -> None:
    added = client.add(NewSensorSystem(fields={"name": "Telescope", "latitude": 52.3}))
    assert wire.last == ("POST", "/sensor-systems")
    assert wire.body == {"name": "Telescope", "latitude": 52.3}
    assert client.get(SensorSystem, added.id) == added
    assert added.model_extra == {"name": "Telescope", "latitude": 52.3}
    assert list(client.list(SensorSystems())) == [added]


@pytest.mark.parametrize("force", [True, False])
def test_maneuver_plans(client: Client, emulator: Emulator, wire: Wire, force: bool) -> None:
    client.add(NewManeuverPlan(plan=Tagged(type="opm.json", content={"OPM_DATA": {}}), force=force))
    assert wire.last == ("POST", f"/maneuver-plans?force={'true' if force else 'false'}")
    assert wire.body == {"type": "opm.json", "content": {"OPM_DATA": {}}}
    client.add(NewManeuverPlan(plan={"of": "mine"}, force=force))
    assert wire.body == {"of": "mine"}
    assert [len(plan.model_extra or {}) for plan in client.list(ManeuverPlans())] == [3, 2]


def test_ground_station_passes(client: Client, emulator: Emulator, wire: Wire) -> None:
    emulator.put("satellites", [{"name": "SALSAT", "norad_ids": [46495]}])
    later = TimeWindow.parse("2020-10-13T11:36:00.2Z", "2020-10-13T11:45:59.1Z")
    first = TimeWindow.parse("2020-10-13T10:00:23Z", "2020-10-13T10:09:54Z")
    added = client.add(NewGroundStationPasses(passes={"SALSAT": [later, first]}))
    assert wire.last == ("POST", "/multi-ground-station-passes")
    assert wire.body == {
        "elements": [
            {
                "spacecraft": "SALSAT",
                "passes": [
                    {"start": "2020-10-13T10:00:23Z", "end": "2020-10-13T10:09:54Z"},
                    {"start": "2020-10-13T11:36:00Z", "end": "2020-10-13T11:46:00Z"},
                ],
            }
        ]
    }
    assert [window.start for window in added.elements[0].passes] == [first.start, later.start.replace(microsecond=0)]
    found = list(client.list(GroundStationPasses(object_id="46495", start="2020-10-13T00:00Z", name="SALSAT")))
    assert wire.last[1] == (
        "/multi-ground-station-passes-info?page=1&limit=20&start=2020-10-13T00:00:00.000Z&objectId=46495&name=SALSAT"
    )
    assert [one.object_id for one in found] == [46495]
    assert found[0].passes == added.elements[0].passes


def test_uncertainties(client: Client, emulator: Emulator, wire: Wire) -> None:
    emulator.put("uncertainties", [{"sum": 2.0, "rtn": {"r": 1.0}, "norad_id": 1}, {"sum": 1.0, "norad_id": 2}])
    found = list(client.list(Uncertainties(norad_id=[1, 2], sort=["sum"])))
    assert wire.last[1] == "/uncertainties?page=1&limit=1000&norad_id=1,2&sort=sum"
    assert [(one.sum, one.rtn and one.rtn.r) for one in found] == [(1.0, None), (2.0, 1.0)]


def test_an_empty_response_gives_an_object_with_the_known_fields(both: Both, clock: InstantClock) -> None:
    new = NewSatellite(name="A", norad_ids=[1], space_track_status="other")
    with FaultServer([reply(204, b"")]) as server, both.client(**server.client, clock=clock) as client:
        assert client.delete(Satellite, "s1").id == "s1"
        assert client.update("s1", SatelliteChanges(area=1)).id == "s1"
        with pytest.raises(ResponseFormatError, match="has no satellite_id"):
            _ = client.add(new).id


PLAIN = "CCSDS_OEM_VERS = 2.0\n"


@pytest.mark.parametrize("content", [PLAIN.encode(), json.dumps(PLAIN).encode(), json.dumps([PLAIN]).encode()])
def test_texts_as_they_may_come(both: Both, clock: InstantClock, content: bytes) -> None:
    # No source shows which of these the platform sends.
    with FaultServer([reply(200, content, {"content-type": "text/plain"})]) as server:
        with both.client(**server.client, clock=clock) as client:
            assert list(client.list(SatelliteOems(satellite_id="s").texts("kvn"))) == [PLAIN]
            assert list(client.list(Oems().texts("kvn"))) == [PLAIN]
            if not content.startswith(b"["):
                assert client.get(OemKvn, "o").text == PLAIN


def test_a_web_page_is_no_text_of_an_ephemeris(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(200, b"<html>Sign in</html>", {"content-type": "text/html"})]) as server:
        with both.client(**server.client, clock=clock) as client:
            for ask in (lambda: client.get(OemKvn, "o"), lambda: list(client.list(Oems().texts("kvn")))):
                with pytest.raises(ResponseFormatError, match="web page"):
                    ask()
