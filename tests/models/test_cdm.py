"""Conjunction data messages: the two JSON forms and KVN text, and the ways between them."""

from __future__ import annotations

import copy
import math
import pickle
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import Cdm, InputError, InputProblem, ResponseFormatError
from okapi_sdk.messages.cdm_forms import is_space_track_key, unit_of
from okapi_sdk.messages.cdm_object import CdmObject
from okapi_sdk.messages.cdm_relative import CdmRelativeData
from tests.models.messages import CDM
from tests.models.strategies import cdms

SPACE_TRACK: dict[str, Any] = {
    "CONSTELLATION": "OKAPI", "CDM_ID": "1234", "INSERT_EPOCH": "2020-01-09 12:00:00", "CCSDS_CDM_VERS": "1.0",
    "TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "593000", "MISS_DISTANCE": "800", "MISS_DISTANCE_UNIT": "m",
    "COLLISION_PROBABILITY": None, "SAT1_OBJECT_NAME": "A", "SAT1_MANEUVERABLE": "N/A", "SAT1_CR_R": "4.10E+01",
    "SAT1_CR_R_UNIT": "m**2", "SAT1_NEW_KEY": "kept", "SAT2_OBJECT_TYPE": "TBA", "NEW": "kept", "GID": "79",
    "SAT1_COMMENT_OPERATOR_HARD_BODY_RADIUS": "Operator Hard Body Radius = 5.0 [m]",
}  # fmt: skip


def test_the_published_example_reads_with_its_numbers() -> None:
    cdm = Cdm.parse(CDM)
    assert cdm.tca == datetime(2010, 3, 13, 22, 37, 52, 618_000, UTC)
    assert (cdm.miss_distance, cdm.miss_distance_km, cdm.relative_speed) == (715.0, 0.715, 14762.0)
    assert cdm.comments == ("screened twice",)
    assert cdm.object1.comments == ("Operator Hard Body Radius: 5.0 [m]",)
    assert cdm.object1.od_comments == ("Orbit determination",)
    assert cdm.object1.obs_available == 592
    assert (cdm.object2.ct_t, cdm.object2.cndot_ndot) == (2.492e06, 5.178e-05)


def test_the_states_of_the_published_example_are_its_miss_distance_and_speed_apart() -> None:
    cdm = Cdm.parse(CDM)
    one, two = ([getattr(obj, name) for name in ("x", "y", "z")] for obj in (cdm.object1, cdm.object2))
    assert math.dist(one, two) * 1000 == pytest.approx(cdm.miss_distance, abs=1)
    one, two = ([getattr(obj, name) for name in ("x_dot", "y_dot", "z_dot")] for obj in (cdm.object1, cdm.object2))
    assert math.dist(one, two) * 1000 == pytest.approx(cdm.relative_speed, abs=1)


def test_the_published_example_is_written_as_it_was_read() -> None:
    assert Cdm.parse(CDM).to_kvn() == CDM


@given(cdms())
def test_kvn_reads_back_as_the_same_message(cdm: Cdm) -> None:
    text = cdm.to_kvn()
    again = Cdm.parse(text)
    assert again == cdm
    assert again.to_kvn() == text
    assert max(map(len, text.splitlines())) <= 254


@given(cdms(), st.sampled_from(["to_ccsds", "to_space_track"]))
def test_json_reads_back_as_the_same_message(cdm: Cdm, form: str) -> None:
    sent = getattr(cdm, form)()
    again = Cdm.model_validate(sent)
    assert again.wire() == sent
    assert getattr(again, form)() == sent
    assert values(again) == values(cdm)


@given(cdms())
def test_a_chain_through_all_forms_changes_no_value(cdm: Cdm) -> None:
    texts = Cdm.model_validate(Cdm.parse(cdm.to_kvn()).to_space_track())
    numbers = Cdm.model_validate(texts.to_ccsds())
    assert values(numbers) == values(cdm)
    assert values(Cdm.parse(numbers.to_kvn())) == values(cdm)


def values(cdm: Cdm) -> dict[str, Any]:
    """All that JSON has a place for; whether an object says its own name makes no difference."""
    found = {
        f"{place}.{name}": getattr(block, name)
        for place, block in (("", cdm), ("1", cdm.object1), ("2", cdm.object2))
        for name in type(block).model_fields
        if not name.endswith("comments") and not name.startswith("object1") and name not in ("object", "object2")
    }
    return {name: value for name, value in found.items() if value is not None}


def test_what_came_in_json_is_sent_as_it_came() -> None:
    cdm = Cdm.model_validate(SPACE_TRACK)
    assert cdm.form == "space-track"
    assert cdm.wire() == SPACE_TRACK
    for same in (copy.deepcopy(cdm), pickle.loads(pickle.dumps(cdm)), cdm.model_copy()):
        assert same == cdm
        assert same.wire() == SPACE_TRACK
        assert hash(same.tca) == hash(cdm.tca)


def test_only_what_was_changed_is_sent_in_another_way() -> None:
    cdm = Cdm.model_validate(SPACE_TRACK)
    closer = cdm.model_copy(update={"miss_distance": 0.1, "tca": datetime(2020, 1, 10, 9, 0, 1, 5, UTC)})
    assert closer.wire() == SPACE_TRACK | {
        "MISS_DISTANCE": "0.1", "TCA": "2020-01-10 09:00:01", "TCA_FRACTION": "000005",
    }  # fmt: skip
    named = cdm.model_copy(update={"object1": cdm.object1.model_copy(update={"object_name": "B"})})
    assert named.wire() == SPACE_TRACK | {"SAT1_OBJECT_NAME": "B"}


def test_each_value_of_kvn_keeps_its_spelling_until_it_is_changed() -> None:
    cdm = Cdm.parse(CDM)
    changed = cdm.model_copy(update={"miss_distance": 715.5, "relative_position_t": None})
    old = "MISS_DISTANCE                 = 715 [m]"
    assert changed.to_kvn() == CDM.replace(old, old.replace("715", "715.5")).replace(
        "RELATIVE_POSITION_T           = -70.2 [m]\n", ""
    )


def test_space_track_writes_times_in_two_keys_and_units_beside_their_numbers() -> None:
    sent = Cdm.parse(CDM).to_space_track()
    assert (sent["TCA"], sent["TCA_FRACTION"]) == ("2010-03-13 22:37:52", "618000")
    assert (sent["MISS_DISTANCE"], sent["MISS_DISTANCE_UNIT"]) == ("715", "m")
    assert (sent["SAT1_X"], sent["SAT1_X_UNIT"]) == ("2570.097065", "km")
    assert (sent["SAT1_OBS_AVAILABLE"], "SAT1_OBS_AVAILABLE_UNIT" in sent) == ("592", False)
    assert all(isinstance(value, str) for value in sent.values())


def test_ccsds_json_has_numbers_and_keeps_microseconds() -> None:
    sent = Cdm.parse(CDM.replace("52.618", "52.618123")).to_ccsds()
    assert sent["TCA"] == "2010-03-13T22:37:52.618123Z"
    assert sent["CREATION_DATE"] == "2010-03-12T22:31:12.000Z"
    assert (sent["MISS_DISTANCE"], sent["SAT1_OBS_AVAILABLE"], sent["SAT2_X"]) == (715.0, 592, 2569.5408)
    assert not any(is_space_track_key(key) for key in sent)


def test_the_text_of_a_download_is_read_too() -> None:
    assert Cdm.parse('[{"TCA": "2020-01-10 09:00:00", "TCA_FRACTION": "5", "GID": "79"}]').tca.microsecond == 5_000
    with pytest.raises(InputError, match="a list of 2"):
        Cdm.parse('[{"TCA": "2020-01-10 09:00:00"}, {}]')
    with pytest.raises(InputError, match="valid JSON"):
        Cdm.parse("{")


UNITS = {
    "MISS_DISTANCE": "m", "RELATIVE_SPEED": "m/s", "SAT1_X": "km", "SAT1_Z_DOT": "km/s",
    "SAT1_RECOMMENDED_OD_SPAN": "d",
    "SAT2_AREA_PC": "m**2", "SAT2_MASS": "kg", "SAT1_CD_AREA_OVER_MASS": "m**2/kg", "SAT1_SEDR": "W/kg",
    "SAT1_THRUST_ACCELERATION": "m/s**2", "SAT1_RESIDUALS_ACCEPTED": "%", "SAT1_CR_R": "m**2", "SAT1_CNDOT_N": "m**2/s",
    "SAT1_CTDOT_RDOT": "m**2/s**2", "SAT1_CDRG_T": "m**3/kg", "SAT1_CSRP_TDOT": "m**3/(kg*s)",
    "SAT1_CSRP_DRG": "m**4/kg**2", "SAT1_CTHR_R": "m**2/s**2", "SAT1_CTHR_NDOT": "m**2/s**3",
    "SAT1_CTHR_DRG": "m**3/(kg*s**2)", "SAT1_CTHR_THR": "m**2/s**4", "SAT1_WEIGHTED_RMS": None, "TCA": None,
}  # fmt: skip


@pytest.mark.parametrize(("key", "unit"), UNITS.items())
def test_units_are_those_of_the_standard(key: str, unit: str | None) -> None:
    assert unit_of(key) == unit


@pytest.mark.parametrize(
    "value", ["715 [m]", "715[M]", "715", "715 [metres]", "715 []", "0.715 [km]", "71500 [cm]", "7.15E2 [m]"]
)
def test_a_decimal_unit_of_the_same_quantity_is_converted(value: str) -> None:
    cdm = Cdm.parse(CDM.replace("715 [m]", value))
    assert cdm.miss_distance == 715.0
    assert Cdm.parse(cdm.to_kvn()) == cdm


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("715 [m/s]", "correct the unit, which is m"), ("715 [furlong]", "convert it to m"),
        ("715 [m**2]", "correct the unit"),
    ],
)  # fmt: skip
def test_a_unit_of_another_quantity_is_refused(value: str, remedy: str) -> None:
    with pytest.raises(InputError, match=f"line 9: a value in m; .*{remedy}"):
        Cdm.parse(CDM.replace("715 [m]", value))
    with pytest.raises(InputError, match="convert it to d"):
        Cdm.parse(CDM.replace("7.88 [d]", "189.1 [h]"))
    with pytest.raises(InputError, match="SAT1_X in km"):
        Cdm.model_validate({"TCA": "2020-01-10 09:00:00", "SAT1_X": "1", "SAT1_X_UNIT": "m"})


def test_a_slash_that_was_escaped_twice_is_still_one() -> None:
    texts = Cdm.parse(CDM).to_space_track()
    escaped = {key: value.replace("/", "\\/") if key.endswith("_UNIT") else value for key, value in texts.items()}
    assert any("\\/" in value for value in escaped.values())
    assert Cdm.model_validate(escaped) == Cdm.model_validate(texts)


def test_a_bracket_without_a_unit_is_no_unit() -> None:
    assert Cdm.parse(CDM.replace("715 [m]", "715  [")) == Cdm.parse(CDM)


def test_a_date_that_does_not_exist_is_called_so() -> None:
    with pytest.raises(InputError, match="tca: line 8: a date and a time that exist"):
        Cdm.parse(
            CDM.replace("TCA                           = 2010-03-13", "TCA                           = 2010-02-30")
        )


def test_kilometres_for_metres_are_seen_by_the_relative_position() -> None:
    with pytest.raises(InputError, match="looks like kilometres"):
        Cdm.parse(CDM.replace("715 [m]", "0.7158 [m]"))


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("CCSDS_CDM_VERS", "CDM_VERS", "CCSDS_CDM_VERS = ... as the first line"),
        ("TCA                           = 2010-03-13T22:37:52.618", "TCA = soon", "tca: .*an ISO 8601 time"),
        ("= 715 [m]", "= near [m]", "miss_distance: .*a number"),
        ("MESSAGE_FOR ", "MESSAGE FOR ", "KEYWORD = value"),
        ("OBS_AVAILABLE                 = 592", "OBS_AVAILABLE = 5.5", "object1.obs_available: .*a whole number"),
        ("OBJECT                        = OBJECT2", "OBJECT = OBJECT3", "OBJECT1 or OBJECT2"),
        (
            "MASS                          = 251.6 [kg]",
            "AREA_PC = 5",
            "only once; it is also on line 40",
        ),
        ("RELATIVE_SPEED                = 14762 [m/s]", "X = 1", "X after OBJECT = OBJECT1 or OBJECT2"),
        ("CATALOG_NAME                  = SATCAT", "TCA = 2010-03-13T22:37:52", "TCA before OBJECT"),
        ("MESSAGE_FOR ", "COMMENTS ", "write comments as COMMENT"),
        ("MESSAGE_FOR ", "SAT1_X ", "start each object with OBJECT"),
        ("MESSAGE_FOR ", "OBJECT1 ", "start each object with OBJECT"),
        ("MESSAGE_FOR ", "TCA_FRACTION ", "fractions of a second in the time"),
        ("4.142E+01", "-4.142E+01", "object1.cr_r: .*a variance, which is not negative"),
    ],
)
def test_an_error_names_its_line_and_what_is_expected(old: str, new: str, allowed: str) -> None:
    text = CDM.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        Cdm.parse(text)
    assert f"line {line_of(text, new)}: " in str(caught.value), str(caught.value)
    assert re.search(allowed, str(caught.value)), str(caught.value)
    assert caught.value.__context__ is None


def test_a_missing_field_is_reported_with_the_line_of_its_block() -> None:
    with pytest.raises(InputError, match="tca: in the block at line 1: required"):
        Cdm.parse("CCSDS_CDM_VERS = 1.0")


def test_writing_reports_every_missing_required_field() -> None:
    with pytest.raises(InputError) as caught:
        Cdm(tca="2020-01-10T09:00:00Z").to_kvn()  # type: ignore[arg-type]
    fields = [problem.field for problem in caught.value.problems]
    assert fields[:4] == ["creation_date", "originator", "message_id", "miss_distance"]
    assert {"object1.object_designator", "object2.ref_frame", "object2.cndot_ndot"} <= set(fields)
    assert len(fields) == 4 + 2 * 35


@pytest.mark.parametrize(
    ("change", "field", "allowed"),
    [
        ({"originator": "Ü"}, "originator", "printable ASCII"),
        ({"originator": "A\nTCA = 2020-01-01T00:00:00"}, "originator", "one line"),
        ({"originator": "A" * 250}, "originator", "at most 254"),
        ({"originator": "A "}, "originator", "without surrounding blanks"),
        ({"relative_comments": ("\x00",)}, "relative_comments", "printable ASCII"),
    ],
)
def test_writing_refuses_a_value_that_does_not_fit_in_a_line(change: dict[str, Any], field: str, allowed: str) -> None:
    with pytest.raises(InputError) as caught:
        Cdm.parse(CDM).model_copy(update=change).to_kvn()
    (problem,) = caught.value.problems
    assert (problem.field, allowed in problem.rule) == (field, True), problem


def test_numbers_in_a_nonstandard_format_are_rewritten() -> None:
    text = CDM.replace("= 27.4 [m]", "= 274.E-1 [m]").replace("= 4.142E+01", "= +4142E-2")
    written = Cdm.parse(text).to_kvn()
    assert "= 27.4 [m]" in written
    assert "= 41.42 [m**2]" in written


def test_unknown_keywords_of_kvn_are_kept_in_their_place() -> None:
    text = CDM.replace("COMMENT Relative", "NEW_KEY                       = 5 [x]\nCOMMENT Relative") + (
        "CDM_ID2                       = 7\n"
    )
    assert Cdm.parse(text).object2.model_extra == {"CDM_ID2": "7"}
    assert set(Cdm.parse(text).to_kvn().splitlines()) == set(text.splitlines())
    with_own = CDM.replace("COMMENT Relative", "CDM_ID                        = 7\nCOMMENT Relative")
    assert set(Cdm.parse(with_own).to_kvn().splitlines()) == set(with_own.splitlines())


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n   \n"),
        lambda text: re.sub(" *= ", "=", text),
        lambda text: re.sub(r"^[A-Z_]+(?= *=)", lambda found: found[0].lower(), text, flags=re.MULTILINE),
        lambda text: re.sub(r"^((?!COMMENT).*) \[.*\]$", r"\1", text, flags=re.MULTILINE),
    ],
)
def test_what_differs_in_form_only_reads_as_the_same(changed: Any) -> None:
    assert Cdm.parse(changed(CDM)) == Cdm.parse(CDM)


@given(st.data())
def test_any_text_is_parsed_or_refused_with_a_line_number(data: st.DataObject) -> None:
    lines = CDM.splitlines()
    known = [name.upper() for model in (CdmObject, CdmRelativeData) for name in model.model_fields]
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        pair = st.builds("{} = {}".format, st.sampled_from([*known, "TCA_FRACTION", "SAT1_X"]), st.text(max_size=12))
        new = data.draw(st.text(max_size=20) | st.sampled_from(lines) | pair)
        lines[place : place + data.draw(st.integers(0, 2))] = [new]
    assert_read_or_refused("\n".join(lines))


@given(st.text())
def test_any_characters_are_refused_with_a_line_number(text: str) -> None:
    assert_read_or_refused("CCSDS_CDM_VERS = 1.0\n" + text)


def assert_read_or_refused(text: str) -> None:
    refused: tuple[InputProblem, ...] = ()
    try:
        Cdm.parse(text)
    except InputError as error:
        refused = error.problems
    assert all(re.search(r"line \d+", problem.rule) for problem in refused), refused


@pytest.mark.parametrize(
    "filler", [" " * 200_000, "[" * 200_000, "COMMENT\n" * 20_000, "1" * 200_000,
               "".join(f"A{i} = 1\n" for i in range(20_000))],
)  # fmt: skip
def test_odd_texts_are_read_quickly(filler: str) -> None:
    for text in (CDM.replace("715 [m]", f"715 {filler}[m]x"), CDM + filler):
        began = time.perf_counter()
        assert_read_or_refused(text)
        assert time.perf_counter() - began < 5


def test_answers_are_read_whatever_is_new_or_null() -> None:
    keys = [
        f"{prefix}{name.upper()}"
        for prefix, model in (("", CdmRelativeData), ("SAT1_", CdmObject), ("SAT2_", CdmObject))
        for name in model.model_fields
        if name != "tca"
    ]
    nulls = dict.fromkeys([*keys, *(f"{key}_UNIT" for key in keys), "NEW"])
    assert Cdm._read({"TCA": "2020-01-10 09:00:00", **nulls}).miss_distance is None
    found = Cdm._read(
        {
            "TCA": "2020-01-10T09:00:00Z", "lower": {"a": [None]}, "OBJECT1": None, "SCREEN_VOLUME_SHAPE": "TORUS",
            "SAT1_MANEUVERABLE": "SOMETIMES", "SAT1_CR_R": "-1", "SAT1_X": 1e9, "MESSAGE_ID": 5, "SAT2_NEW": [1],
        }
    )  # fmt: skip
    assert (found.object1.maneuverable, found.message_id, found.object1.cr_r) == ("SOMETIMES", "5", -1.0)
    with pytest.raises(ResponseFormatError):
        Cdm._read({"MISS_DISTANCE": "5"})


def test_an_untouched_message_is_compared_once() -> None:
    reads = []

    class Counted(Cdm):
        @classmethod
        def _read(cls, data: Any) -> Any:
            reads.append(1)
            return super()._read(data)

    Counted.parse(CDM).to_kvn()
    assert len(reads) == 1


PUBLIC = {
    "CDM_ID": "7", "CREATED": "2020-01-09 03:14:15.000000", "EMERGENCY_REPORTABLE": "Y", "MIN_RNG": "187",
    "TCA": "2020-01-10T10:20:30.500000", "PC": "0.0002", "SAT_1_ID": "90001", "SAT_1_NAME": "A", "SAT1_RCS": "SMALL",
    "SAT_2_ID": "90002", "SAT_2_NAME": "B", "SAT2_OBJECT_TYPE": "DEBRIS", "SAT_2_EXCL_VOL": "5",
}  # fmt: skip


def test_the_keys_of_public_conjunctions_and_flat_tables_are_read() -> None:
    cdm = Cdm.model_validate(PUBLIC)
    assert (cdm.miss_distance, cdm.collision_probability, cdm.object2.object_name) == (187.0, 0.0002, "B")
    assert (cdm.object1.object_designator, cdm.comment_emergency_reportable) == ("90001", "Y")
    assert Cdm.model_validate(cdm.wire()) == cdm
    flat = Cdm.model_validate({"TCA": "2020-01-10 09:00:00", "OBJECT1_X": "7000", "OBJECT1_X_UNIT": "km"})
    assert flat.object1.x == 7000.0


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"MIN_RNG": "1", "MISS_DISTANCE": "1"}, "MISS_DISTANCE may appear only once"),
        ({"OBJECT1_X": "1", "SAT1_X": "1"}, "SAT1_X may appear only once"),
        ({"PRIMARY_NAME": "A", "RANGE": "5", "CDM_ID": "1"}, "PRIMARY_NAME, RANGE are unknown"),
        ({"TCA_FRACTION": "1234567"}, "TCA_FRACTION with at most six digits"),
    ],
)
def test_keys_that_cannot_be_meant_are_refused(keys: dict[str, str], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Cdm.model_validate({"TCA": "2020-01-10 09:00:00", **keys})


def test_foreign_prefixes_are_refused_in_kvn() -> None:
    with pytest.raises(InputError, match="start each object with OBJECT"):
        Cdm.parse(CDM.replace("OBJECT_NAME ", "OBJECT1_OBJECT_NAME ", 1))


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [("00", 0), ("23", 23_000), ("593", 593_000), (5, 5_000), ("5930", 5_930), ("000023", 23), ("593000", 593_000)],
)
def test_fractions_without_leading_zeros_are_whole_units(fraction: object, microsecond: int) -> None:
    cdm = Cdm.model_validate({"TCA": "2020-01-10 09:00:20", "TCA_FRACTION": fraction, "MISS_DISTANCE": "1"})
    assert (cdm.tca.second, cdm.tca.microsecond) == (20, microsecond)
    assert cdm.wire()["TCA_FRACTION"] == fraction


def test_another_central_body_is_blamed_before_the_coordinates() -> None:
    text = CDM.replace("REF_FRAME ", "ORBIT_CENTER = MOON\nREF_FRAME ", 1).replace(
        "= 6281.497978 [km]", "= 0.0 [km]", 1
    )
    with pytest.raises(InputError, match=r"object1\.orbit_center: .*EARTH"):
        Cdm.parse(text)
