"""Risk of conjunctions, and the uploads: what is written, and what comes back over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import (
    AddEphemerides,
    Calculation,
    CalculationFailedError,
    Cdm,
    Dialect,
    EstimateRisk,
    InputError,
    Oem,
    OkapiWarning,
    PredictRisk,
    RiskEstimations,
    RiskMethod,
    RiskOverrides,
    RiskPredictions,
    ScalingRange,
    Tagged,
    UploadCdm,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.services.catalogue import SERVICES
from okapi_sdk.models.json_form import wire_time
from tests.models.messages import CDM as KVN
from tests.models.samples import OEM, oem
from tests.models.strategies import cdms, oems, overrides
from tests.support.both import Both, Client

SPACE_TRACK = {
    "CONSTELLATION": "OKAPI", "CDM_ID": "1234", "INSERT_EPOCH": "2020-01-09 12:00:00", "CCSDS_CDM_VERS": "1.0",
    "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "00", "MISS_DISTANCE": "800", "MISS_DISTANCE_UNIT": "m", "GID": "79",
}  # fmt: skip
CCSDS = {
    "CCSDS_CDM_VERS": 1.0, "TCA": "2020-01-10T09:00:00.000Z", "MISS_DISTANCE": 800, "SAT1_OBJECT": "OBJECT1",
    "SAT1_MANEUVERABLE": "N/A", "SAT1_X": 7000.5,
}  # fmt: skip
NAVSOL = "SpacecraftTime,GNSS_S_ITOW,GNSS_S_FTOW\n1586908800,345618000,0\n"
GENERIC = {"conjunction": {"type": "cdm.json", "content": SPACE_TRACK}}
RADIUS = {"overrides": {"type": "cdm_overrides.json", "content": {"SAT1_HARD_BODY_RADIUS": 2.0}}}
RANGES = {
    "SAT1_COVARIANCE_T_SCALING_RANGE": {"lower_bound": 0.1, "upper_bound": 1.0, "step_size": 0.1},
    "SAT2_COVARIANCE_T_SCALING_RANGE": {"lower_bound": 0.1, "upper_bound": 1.0, "step_size": 0.1},
}
TENTHS = ScalingRange(lower_bound=0.1, upper_bound=1.0, step_size=0.1)


def space_track() -> Cdm:
    return Cdm.model_validate(SPACE_TRACK)


# Calculation, endpoint, body of the generic dialect, body of the typed one where there is one.
ROWS: dict[str, tuple[Calculation[Any], str, dict[str, Any], dict[str, Any] | None]] = {
    "risk, as in the platform's example": (
        EstimateRisk(conjunction=space_track(), overrides=RiskOverrides(sat1_hard_body_radius=2.0)),
        "estimate-risk/foster-1992",
        GENERIC | RADIUS,
        {"CCSDS_CDM": SPACE_TRACK, "overrides": {"SAT1_HARD_BODY_RADIUS": 2.0}},
    ),
    "risk without overrides": (
        EstimateRisk(conjunction=space_track(), method="all-methods"), "estimate-risk/all-methods", GENERIC,
        {"CCSDS_CDM": SPACE_TRACK},
    ),
    "risk with scaling ranges": (
        EstimateRisk(
            conjunction=space_track(),
            overrides=RiskOverrides(
                sat1_covariance_t_scaling_range=TENTHS, sat2_covariance_t_scaling_range=TENTHS
            ),
            method="alfano-2005",
        ),
        "estimate-risk/alfano-2005",
        GENERIC | {"overrides": {"type": "cdm_overrides.json", "content": RANGES}},
        {"CCSDS_CDM": SPACE_TRACK, "overrides": RANGES},
    ),
    "risk with another relative position": (
        EstimateRisk(conjunction=space_track(), overrides=RiskOverrides(relative_position_r=0.1)),
        "estimate-risk/foster-1992",
        GENERIC | {"overrides": {"type": "cdm_overrides.json", "content": {"RELATIVE_POSITION_R": 0.1}}},
        {"CCSDS_CDM": SPACE_TRACK, "overrides": {"RELATIVE_POSITION_R": 0.1}},
    ),
    "risk of CCSDS numbers": (
        EstimateRisk(conjunction=Cdm.model_validate(CCSDS)), "estimate-risk/foster-1992",
        {"conjunction": {"type": "cdm.json", "content": CCSDS}}, {"CCSDS_CDM": CCSDS},
    ),
    "risk by a method of tomorrow": (
        EstimateRisk(conjunction=space_track(), method="tomorrow-2030"), "estimate-risk/tomorrow-2030", GENERIC,
        {"CCSDS_CDM": SPACE_TRACK},
    ),
    "prediction": (
        PredictRisk(conjunction=space_track(), overrides=RiskOverrides(sat1_hard_body_radius=2.0), method="chan-1997"),
        "predict-risk/chan-1997",
        GENERIC | RADIUS,
        {"CCSDS_CDM": SPACE_TRACK, "overrides": {"SAT1_HARD_BODY_RADIUS": 2.0}},
    ),
    "risk of a tagged CDM": (
        EstimateRisk(conjunction=Tagged(type="cdm.kvn", content=KVN)), "estimate-risk/foster-1992",
        {"conjunction": {"type": "cdm.kvn", "content": KVN}}, None,
    ),
    "upload of a CDM": (
        UploadCdm(cdm=space_track()), "cdms", {"cdm": {"type": "cdm.json", "content": SPACE_TRACK}}, None,
    ),
    "upload of KVN": (
        UploadCdm(cdm=Tagged(type="cdm.kvn", content=KVN)), "cdms", {"cdm": {"type": "cdm.kvn", "content": KVN}}, None,
    ),
    "upload of an OEM": (
        AddEphemerides(ephemerides=oem()), "add-ephemerides",
        {"orbit": {"type": "oem.json", "content": {**OEM, "OEM_HEADER": {
            "CCSDS_OEM_VERS": 2.0, "CREATION_DATE": "2020-09-18T10:00:00.000Z", "ORIGINATOR": "OKAPI:Orbits GmbH",
        }}}},
        None,
    ),
    "upload of GNSS data": (
        AddEphemerides.navsol(NAVSOL), "add-ephemerides", {"orbit": {"type": "navsol.txt", "content": NAVSOL}}, None,
    ),
    "upload of a tagged OEM": (
        AddEphemerides(ephemerides=Tagged(type="oem.xml", content="<oem/>")), "add-ephemerides",
        {"orbit": {"type": "oem.xml", "content": "<oem/>"}}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("calculation", "endpoint", "generic", "typed"), ROWS.values(), ids=ROWS)
def test_bodies(
    calculation: Calculation[Any], endpoint: str, generic: dict[str, Any], typed: dict[str, Any] | None
) -> None:
    kind = type(calculation)
    assert calculation.endpoint() == endpoint
    assert kind._serves(endpoint)
    assert calculation.body() == generic
    method = {"method": endpoint.split("/")[1]} if "/" in endpoint else {}
    assert kind.model_validate(generic | method) == calculation
    assert kind.model_validate(calculation.model_dump()) == calculation
    if typed is None:
        with pytest.raises(InputError, match="generic"):
            calculation.body("typed")
        return
    assert calculation.body("typed") == typed
    assert kind.model_validate(typed | method) == calculation


@pytest.mark.parametrize("content", [SPACE_TRACK, CCSDS], ids=["space-track", "ccsds"])
def test_a_download_is_a_list_of_one(content: dict[str, Any]) -> None:
    assert EstimateRisk.model_validate({"conjunction": [content]}).body()["conjunction"]["content"] == content
    with pytest.raises(InputError, match="a list of 2") as caught:
        EstimateRisk.model_validate({"conjunction": [content, content]})
    assert caught.value.field == "conjunction"


def test_kvn_is_read_and_sent_as_json() -> None:
    calculation = EstimateRisk.model_validate({"conjunction": KVN})
    assert calculation == EstimateRisk(conjunction=Cdm.parse(KVN))
    sent = calculation.body()["conjunction"]
    assert sent["type"] == "cdm.json"
    assert (sent["content"]["TCA"], sent["content"]["MISS_DISTANCE"]) == ("2010-03-13T22:37:52.618Z", 715)
    assert isinstance(AddEphemerides.model_validate({"ephemerides": oem().to_kvn()}).ephemerides, Oem)


def test_the_methods_are_those_that_the_emulator_knows() -> None:
    for service in (EstimateRisk, PredictRisk):
        paths = {service(conjunction=space_track(), method=method).endpoint() for method in get_args(RiskMethod)}
        assert paths == {path for path in SERVICES if path.startswith(service.service)}
        assert len(paths) == 9


RANGE = {"lower_bound": 1.0, "upper_bound": 2.0, "step_size": 1e-6}


@pytest.mark.parametrize(
    ("make", "field", "rule"),
    [
        (lambda: EstimateRisk.model_validate({}), "conjunction", "required"),
        (lambda: EstimateRisk.model_validate({"conjunction": 7}), "conjunction", "a Cdm or Tagged"),
        (lambda: EstimateRisk.model_validate({"conjunction": "no CDM"}), "conjunction", "CCSDS_CDM_VERS"),
        (lambda: EstimateRisk.model_validate({"conjunction": {}}), "conjunction.tca", "required"),
        (lambda: EstimateRisk.model_validate({"conjunction": {"type": 1, "content": 2}}), "conjunction.type", "digits"),
        (lambda: EstimateRisk.model_validate(GENERIC | {"CCSDS_CDM": CCSDS}), "CCSDS_CDM", "a single conjunction"),
        (lambda: PredictRisk(conjunction=space_track(), method=""), "method", "letters"),
        (lambda: PredictRisk(conjunction=space_track(), method="../admin"), "method", "letters"),
        (lambda: PredictRisk(conjunction=space_track(), method="FOSTER-1992"), "method", "lower case"),
        (lambda: RiskOverrides(sat1_hard_body_radius=-1), "sat1_hard_body_radius", "0 to 1,000,000 m"),
        (lambda: RiskOverrides(sat1_hard_body_radius=float("nan")), "sat1_hard_body_radius", "finite"),
        (lambda: RiskOverrides(sat2_hard_body_radius=True), "sat2_hard_body_radius", "a number"),
        (lambda: RiskOverrides.model_validate({"SAT1_HARD_BODY_RADIUS": "2 m"}), "sat1_hard_body_radius", "a number"),
        (lambda: RiskOverrides.model_validate({"SAT1_HARDBODY_RADIUS": 2}), "SAT1_HARDBODY_RADIUS", "unknown field"),
        (lambda: RiskOverrides(relative_position_r=float("inf")), "relative_position_r", "finite"),
        (lambda: ScalingRange(lower_bound=0, upper_bound=1, step_size=1), "lower_bound", "a factor"),
        (lambda: ScalingRange(lower_bound=2, upper_bound=1, step_size=1), "upper_bound", "at least lower_bound, 2"),
        (lambda: ScalingRange.model_validate({"lower_bound": 1}), "upper_bound", "required"),
        (lambda: RiskOverrides.model_validate({"SAT1_COVARIANCE_R_SCALING_RANGE": RANGE}),
         "sat1_covariance_r_scaling_range.step_size", "1,000,001"),
        (lambda: UploadCdm.model_validate({"cdm": None}), "cdm", "a Cdm or Tagged"),
        (lambda: UploadCdm.model_validate({"cdm": [CCSDS] * 2}), "cdm", "a list of 2"),
        (lambda: AddEphemerides.model_validate({"orbit": NAVSOL}), "ephemerides", "an Oem or Tagged"),
        (lambda: AddEphemerides.model_validate({"orbit": OEM, "ephemerides": OEM}), "orbit", "not both"),
        (lambda: AddEphemerides.model_validate({"orbit": {"OEM_META_DATA_DATA": [{"DATA": []}]}}), "ephemerides",
         "at least one state"),
        (lambda: AddEphemerides.navsol("navsol.csv"), "text", "CSV with a header row"),
        (lambda: AddEphemerides.navsol(b"a,b\n1,2"), "text", "header row"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (lambda: EstimateRisk(conjunction=space_track()).body("old"), "dialect", "'typed'"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ],
)  # fmt: skip
def test_bad_input(make: Callable[[], Any], field: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.field == field
    assert rule in caught.value.rule
    assert caught.value.remedy
    assert caught.value.__context__ is None


def test_an_unclear_unit_is_a_doubt() -> None:
    (doubt,) = EstimateRisk(conjunction=space_track(), overrides=RiskOverrides(relative_position_n=1.5))._doubts()
    assert "relative_position_n" in doubt
    assert EstimateRisk(conjunction=space_track(), overrides=RiskOverrides(sat1_hard_body_radius=5))._doubts() == []
    assert EstimateRisk(conjunction=space_track())._doubts() == []


# Random requests: frames that the emulator knows, and no remarks, which JSON has no place for.

sent_cdms = cdms().map(
    lambda cdm: Cdm.model_validate(cdm.to_ccsds() | {"SAT1_REF_FRAME": "GCRF", "SAT2_REF_FRAME": "EME2000"})
)


@pytest.mark.parametrize("kind", [EstimateRisk, PredictRisk])
@given(cdm=sent_cdms, overrides=st.none() | overrides, method=st.sampled_from(get_args(RiskMethod)))
def test_any_request_reads_back_and_is_accepted(
    kind: type[EstimateRisk | PredictRisk], cdm: Cdm, overrides: RiskOverrides | None, method: str
) -> None:
    calculation = kind(conjunction=cdm, overrides=overrides, method=method)
    for body in (calculation.body(), calculation.body("typed")):
        assert kind.model_validate(body | {"method": method}) == calculation
        SERVICES[calculation.endpoint()].read(body)
    assert kind.model_validate(calculation.model_dump()) == calculation
    assert kind.model_validate_json(calculation.model_dump_json()) == calculation


@given(sent_cdms)
def test_any_cdm_is_accepted_for_upload(cdm: Cdm) -> None:
    calculation = UploadCdm(cdm=cdm)
    assert UploadCdm.model_validate(calculation.body()) == calculation
    SERVICES["cdms"].read(calculation.body())
    SERVICES["cdms"].read(UploadCdm(cdm=Tagged(type="cdm.kvn", content=cdm.to_kvn())).body())


def in_order(message: Oem) -> Oem:
    """With states in the order of time, one for each epoch."""
    states = {wire_time(one.epoch): one for one in sorted(message.states, key=lambda one: one.epoch)}
    segment = message.segments[0].model_copy(update={"data": tuple(states.values())})
    return message.model_copy(update={"segments": (segment,)})


@given(oems.filter(lambda message: bool(message.states)).map(in_order))
def test_any_oem_is_accepted_for_upload(message: Oem) -> None:
    calculation = AddEphemerides(ephemerides=message)
    assert AddEphemerides.model_validate(calculation.body()) == calculation
    SERVICES["add-ephemerides"].read(calculation.body())


# Answers

ESTIMATION = {
    "risk_estimation_id": "…", "tca": "2020-01-10T09:00:00.000Z", "collision_probability": 1.2e-5,
    "collision_probability_method": "FOSTER-1992", "miss_distance": 0.8,
}  # fmt: skip
PREDICTION = {
    "risk_prediction_id": "7", "tca": "2020-01-10T09:00:00.000Z", "time_of_peak_risk": "2020-01-09T09:00:00.000Z",
    "risk_trend": [{"time_to_tca": 86400, "collision_probability": None}, {"time_to_tca": 0.0}], "miss_distance": 0.8,
}  # fmt: skip
NONE = {"type": "NONE", "text": "No messages"}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": NONE, "risk_estimations": {"type": "risk_estimations.json", "content": [ESTIMATION]}},
        {"status": NONE, "risk_estimations": [ESTIMATION]},
        [{"state_msg": NONE, "risk_estimations": [ESTIMATION]}],
        {"status": None, "risk_estimations": [{**ESTIMATION, "collision_probability": "1.2e-5", "new": {"a": 1}}]},
    ],
)
def test_risk_estimations(answer: Any) -> None:
    (found,) = RiskEstimations.from_answer(answer)
    assert found.tca == datetime(2020, 1, 10, 9, tzinfo=UTC)
    assert (found.collision_probability, found.miss_distance, found.miss_distance_m) == (1.2e-5, 0.8, 800)


@pytest.mark.parametrize("content", [[PREDICTION], {"type": "of tomorrow", "content": [PREDICTION]}])
def test_risk_predictions(content: Any) -> None:
    (found,) = RiskPredictions.from_answer({"status": NONE, "risk_predictions": content})
    assert [point.hours for point in found.risk_trend] == [24, 0]
    assert found.time_of_peak_risk == datetime(2020, 1, 9, 9, tzinfo=UTC)


@pytest.mark.parametrize("kind", [RiskEstimations, RiskPredictions])
def test_nothing_unknown_or_missing_stops_a_result(kind: type[RiskEstimations | RiskPredictions]) -> None:
    nulls = dict.fromkeys(kind._element.model_fields)
    strange = {"criticality": "of tomorrow", "based_on": "STARS", "comment": 7, "new": [1], "sat1_state_at_tca": {}}
    for row in ({}, nulls, strange, {**nulls, **strange}):
        (found,) = kind.from_answer({"status": NONE, "rows": [row], "result_part_id": 1})
        assert (found.criticality, found.collision_probability) == (row.get("criticality"), None)
    assert len(kind.from_answer({"status": NONE})) == 0


def test_the_highest_risk() -> None:
    rows = [{"collision_probability": value} for value in (None, 1e-5, 3e-5, "2e-5")]
    highest = RiskEstimations.from_answer(rows).highest
    assert highest is not None
    assert highest.collision_probability == 3e-5
    assert RiskEstimations.from_answer(rows[:1]).highest is None


# Over HTTP

DOUBTED = pytest.mark.filterwarnings("ignore::okapi_sdk.OkapiWarning")  # the plane methods do not hold for this CDM
RADII = RiskOverrides(sat1_hard_body_radius=5, sat2_hard_body_radius=2.5)


@pytest.mark.parametrize("dialect", ["generic", "typed"])
@DOUBTED
def test_the_risk_of_a_cdm(both: Both, emulator: Emulator, dialect: Dialect) -> None:
    with both.emulated(emulator, dialect=dialect) as client:
        found = client.run(EstimateRisk(conjunction=Cdm.parse(KVN), overrides=RADII))
    assert isinstance(found, RiskEstimations)
    (one,) = found
    assert (one.collision_probability_method, one.sat1_hard_body_radius) == ("FOSTER-1992", 5)
    assert one.miss_distance_m == pytest.approx(715, abs=1)
    assert one.tca == datetime(2010, 3, 13, 22, 37, 52, 618_000, tzinfo=UTC)
    assert 0 < (one.collision_probability or 0) < 1e-3


def test_each_method_has_its_record(client: Client) -> None:
    with pytest.warns(OkapiWarning, match="HALL-2021"):
        found = client.run(EstimateRisk(conjunction=Cdm.parse(KVN), overrides=RADII, method="all-methods"))
    assert len(found) == len({one.collision_probability_method for one in found}) == 9
    assert found.highest in list(found)


@DOUBTED
def test_each_scaling_factor_has_its_record(client: Client) -> None:
    half_steps = ScalingRange(lower_bound=1, upper_bound=2, step_size=0.5)
    ranges = RADII.model_copy(update={"sat2_covariance_t_scaling_range": half_steps})
    found = client.run(EstimateRisk(conjunction=Cdm.parse(KVN), overrides=ranges))
    assert [one.sat2_covariance_t_scaling_factor for one in found] == [1, 1.5, 2]


@DOUBTED
def test_radii_in_comments_travel_as_text_and_as_json(client: Client) -> None:
    text = KVN
    for name in ("OBJECT1", "OBJECT2"):
        text = re.sub(rf"^OBJECT +=.*{name}$", r"\g<0>\nCOMMENT HARD BODY RADIUS = 5", text, flags=re.MULTILINE)
    for conjunction in (Tagged(type="cdm.kvn", content=text), Cdm.parse(text)):
        (estimate,) = client.run(EstimateRisk(conjunction=conjunction))
        assert (estimate.sat1_hard_body_radius, estimate.sat2_hard_body_radius) == (5, 5)


@DOUBTED
def test_what_the_emulator_cannot_compute_it_says(client: Client) -> None:
    with pytest.raises(CalculationFailedError, match="predict"):
        client.run(PredictRisk(conjunction=space_track()))
    with pytest.raises(CalculationFailedError, match="SAT1_HARD_BODY_RADIUS"):
        client.run(EstimateRisk(conjunction=Cdm.parse(re.sub("COMMENT.*Radius.*\n", "", KVN))))
    with pytest.raises(CalculationFailedError, match="raw GNSS data"):
        client.run(AddEphemerides.navsol(NAVSOL))


def test_uploads_are_stored(client: Client, emulator: Emulator) -> None:
    assert "cdm" in client.run(UploadCdm(cdm=space_track()))
    emulator.put("satellites", [{"name": "A", "norad_ids": [25544]}])
    message = oem()
    segment = message.segments[0].model_copy(update={"object_id": "25544"})
    request = client.submit(AddEphemerides(ephemerides=message.model_copy(update={"segments": (segment,)})))
    assert isinstance(request.result(), dict)
    assert request.result(Oem).states == message.states
