"""Radii in the remarks of a CDM, which JSON would lose."""

from __future__ import annotations

import pytest

from okapi_sdk import Cdm

from .messages import CDM

KEY = "COMMENT_OPERATOR_HARD_BODY_RADIUS"
PLAIN = "".join(line for line in CDM.splitlines(keepends=True) if "Hard Body Radius" not in line)


def with_remark(before: str, remark: str) -> Cdm:
    return Cdm.parse(PLAIN.replace(before, f"COMMENT {remark}\n{before}", 1))


def sent(cdm: Cdm) -> dict[str, object]:
    return {key: value for key, value in cdm.wire().items() if "RADIUS" in key}


@pytest.mark.parametrize("remark", ["Operator Hard Body Radius = 5.0 [m]", "HARD_BODY_RADIUS = 5", "HBR = 5 [m]"])
def test_a_remark_of_kvn_is_sent_under_its_key(remark: str) -> None:
    cdm = Cdm.parse(PLAIN.replace("OBJECT_DESIGNATOR", f"COMMENT {remark}\nOBJECT_DESIGNATOR"))
    assert sent(cdm) == {f"SAT1_{KEY}": remark, f"SAT2_{KEY}": remark}


def test_the_remark_of_the_published_example_is_sent() -> None:
    assert sent(Cdm.parse(CDM)) == {f"SAT1_{KEY}": "Operator Hard Body Radius: 5.0 [m]"}


def test_a_combined_radius_goes_to_the_first_object() -> None:
    assert sent(with_remark("CREATION_DATE", "HBR = 7.5 [m]")) == {f"SAT1_{KEY}": "HBR = 7.5 [m]"}


def test_a_radius_of_the_message_is_not_taken_for_that_of_an_object() -> None:
    assert sent(with_remark("CREATION_DATE", "Hard body radius of 5 m assumed")) == {}


def test_an_exclusion_volume_keeps_its_own_key() -> None:
    cdm = Cdm.parse(PLAIN.replace("OBJECT_DESIGNATOR", "COMMENT Exclusion Volume Radius = 5 [m]\nOBJECT_DESIGNATOR", 1))
    assert sent(cdm) == {"SAT1_COMMENT_EXCLUSION_VOLUME_RADIUS": "Exclusion Volume Radius = 5 [m]"}


def test_the_key_of_a_json_message_is_sent_in_the_standards_form_too() -> None:
    cdm = Cdm.model_validate({"TCA": "2020-01-10T09:00:00Z", f"SAT2_{KEY}": "2.5"})
    changed = cdm.model_copy(update={"object2": cdm.object2.model_copy(update={KEY.lower(): "3"})})
    assert (sent(cdm), sent(changed)) == ({f"SAT2_{KEY}": "2.5"}, {f"SAT2_{KEY}": "3"})


def test_kvn_is_written_as_it_was_read() -> None:
    text = PLAIN.replace("OBJECT_DESIGNATOR", "COMMENT HBR = 5 [m]\nOBJECT_DESIGNATOR", 1)
    assert Cdm.parse(text).to_kvn().count("HBR") == 1
