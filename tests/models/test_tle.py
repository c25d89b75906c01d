"""Two-line element sets: what is taken, what is refused, and what the values are."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sgp4
from hypothesis import given
from hypothesis import strategies as st
from sgp4.api import Satrec
from sgp4.conveniences import sat_epoch_datetime

from okapi_sdk import Tle
from okapi_sdk.errors import InputError
from tests.models.samples import LINE1, LINE2, LINES, changed, tle
from tests.models.strategies import catalogue_number, tle_fields, tle_lines

PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "


def accepted(line1: str, line2: str) -> bool:
    try:
        Tle(line1=line1, line2=line2)
    except InputError:
        return False
    return True


def test_values_of_the_sample() -> None:
    iss = Tle.parse("ISS (ZARYA)\n" + LINES)
    assert iss.name == "ISS (ZARYA)"
    assert (iss.norad_id, iss.cospar_id) == (25544, "1998-067A")
    assert iss.epoch == datetime(2018, 8, 6, 18, 19, 43, 256640, tzinfo=UTC)
    assert (iss.inclination, iss.raan, iss.eccentricity) == (51.6423, 126.6422, 0.0005481)
    assert (iss.argument_of_perigee, iss.mean_anomaly, iss.mean_motion) == (33.3092, 62.9075, 15.53806849)
    assert iss.bstar == 2.9472e-5
    assert str(iss) == iss.text == LINES


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace("\n", "\r\n"),
        LINES.replace("\n", "\r"),
        f"\ufeff{LINES}",
        f"\n\n  \n{LINE1}   \n\n{LINE2}  \r\n\n",
        f"    {LINE1}\n    {LINE2}\n",
        f"\n{LINES}",
    ],
)
def test_layout_of_the_text_does_not_matter(text: str) -> None:
    assert Tle.parse(text) == tle()
    assert Tle.model_validate(text) == tle()
    assert Tle.model_validate({"type": "tle.txt", "content": text}) == tle()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("0 ISS (ZARYA)", "ISS (ZARYA)"),
        ("ISS", "ISS"),
        ("0 0 DEB", "0 DEB"),
        ("%s {}", "%s {}"),
        (" ÉTOILE ", "ÉTOILE"),
    ],
)
def test_a_name_line_is_kept_and_not_sent(line: str, name: str) -> None:
    named = Tle.parse(f"{line}\n{LINES}")
    assert named.name == name
    assert named.wire() == LINES


def test_fields_are_validated_too() -> None:
    assert Tle(line1=LINE1 + "  ", line2=LINE2) == tle()
    with pytest.raises(InputError) as caught:
        Tle(line1=LINE1[:-1], line2=LINE2)
    assert caught.value.field == "line1"
    assert "68" in caught.value.rule


def test_every_well_formed_line_of_the_verification_set_is_taken() -> None:
    source = Path(sgp4.__file__).with_name("SGP4-VER.TLE").read_text()
    lines = [line[:69] for line in source.splitlines() if line.startswith(("1 ", "2 "))]
    refused: dict[str, str] = {}
    for line1, line2 in zip(lines[::2], lines[1::2], strict=True):
        try:
            read = Tle(line1=line1, line2=line2)
        except InputError as error:
            refused[line2[2:7]] = error.rule
            continue
        satellite = Satrec.twoline2rv(line1, line2)
        assert read.norad_id == satellite.satnum
        assert abs(read.epoch - sat_epoch_datetime(satellite)) < timedelta(microseconds=100)
        assert read.bstar == pytest.approx(satellite.bstar, rel=1e-12)
    # The last cases of the set were made from others by hand, without a new checksum.
    assert set(refused) <= {"33333", "33334", "33335"}
    assert all("checksum" in found for found in refused.values())


@pytest.mark.parametrize(
    ("columns", "cospar_id"),
    [
        ("83075   ", "1983-075"), ("64040  A", "1964-040A"), ("95086 A ", "1995-086A"), ("58  2B  ", "1958-002B"),
        ("66 77AB ", "1966-077AB"), ("98067ABC", "1998-067ABC"), (" " * 8, None),
    ],
)  # fmt: skip
def test_designators_of_old_and_analyst_sets_are_read(columns: str, cospar_id: str | None) -> None:
    assert Tle(line1=changed(LINE1, 10, columns), line2=LINE2).cospar_id == cospar_id


@pytest.mark.parametrize("columns", ["A8067A  ", "98067a  ", "98A67A  ", "98067A B", "9867A   ", "98 6 A  "])
def test_what_is_no_designator_is_refused(columns: str) -> None:
    with pytest.raises(InputError, match="columns 10 to 17"):
        Tle(line1=changed(LINE1, 10, columns), line2=LINE2)


def test_what_follows_a_complete_line_is_to_be_removed() -> None:
    with pytest.raises(InputError, match=r"this one has 78.*remove what follows column 69"):
        Tle(line1=LINE1, line2=LINE2 + "     0.00")


@given(tle_fields())
def test_synthetic_sets_read_as_they_were_written(fields: dict[str, Any]) -> None:
    line1, line2 = tle_lines(fields)
    read = Tle(line1=line1, line2=line2)
    assert read.norad_id == fields["number"]
    year = datetime(fields["year"], 1, 1, tzinfo=UTC)
    assert read.epoch == year + timedelta(days=fields["day"] - 1, microseconds=864 * fields["fraction"])
    assert (read.inclination, read.raan) == (fields["inclination"], fields["raan"])
    assert read.eccentricity == fields["eccentricity"] / 1e7
    assert (read.argument_of_perigee, read.mean_anomaly) == (fields["perigee"], fields["anomaly"])
    assert read.mean_motion == fields["motion"]
    sign, mantissa, exponent = fields["bstar"]
    assert read.bstar == pytest.approx(float(f"{sign.strip()}0.{mantissa:05d}e{exponent}"))
    launch = fields["designator"]
    assert read.cospar_id == (launch and f"19{launch[0]}-{launch[1]:03d}{launch[2]}")
    assert Tle.model_validate(read.text) == read


@pytest.mark.fault("U7")
@pytest.mark.parametrize(
    ("text", "number"),
    [("A0000", 100_000), ("E8493", 148_493), ("J2931", 182_931), ("P4018", 234_018), ("Z9999", 339_999)],
)
def test_alpha5(text: str, number: int) -> None:
    assert catalogue_number(number) == text
    assert Tle(line1=changed(LINE1, 3, text), line2=changed(LINE2, 3, text)).norad_id == number


@pytest.mark.parametrize(("year", "full"), [("57", 1957), ("99", 1999), ("00", 2000), ("56", 2056)])
def test_pivot_year(year: str, full: int) -> None:
    assert Tle(line1=changed(LINE1, 19, year), line2=LINE2).epoch.year == full


@pytest.mark.fault("U2")
def test_every_digit_that_becomes_another_is_refused() -> None:
    found = [
        (number, column, digit)
        for number, line in ((1, LINE1), (2, LINE2))
        for column, sign in enumerate(line)
        if sign.isdigit()
        for digit in string.digits
        if digit != sign and accepted(*replaced(number, column, digit))
    ]
    assert found == []


@pytest.mark.fault("U2", "U7", "U9")
def test_single_wrong_characters_are_refused(record_property: Callable[[str, object], None]) -> None:
    tried = [
        (number, column, sign)
        for number, line in ((1, LINE1), (2, LINE2))
        for column in range(69)
        for sign in PRINTABLE
        if sign != line[column]
    ]
    missed = [case for case in tried if accepted(*replaced(*case))]
    assert 1 - len(missed) / len(tried) >= 0.99, missed
    rate = f"{100 - 100 * len(missed) / len(tried):.2f} %"
    record_property("single wrong characters in a TLE", f"{len(tried) - len(missed)} of {len(tried)} refused, {rate}")
    # What gets through changes no element: launch designator, classification, ephemeris type, and signs or
    # leading zeros that mean the same as the blank.
    assert all(same_elements(*replaced(*case)) for case in missed)


def replaced(number: int, column: int, sign: str) -> tuple[str, str]:
    line = (LINE1, LINE2)[number - 1]
    wrong = line[:column] + sign + line[column + 1 :]
    return (wrong, LINE2) if number == 1 else (LINE1, wrong)


def same_elements(line1: str, line2: str) -> bool:
    names = ("norad_id", "epoch", "inclination", "raan", "eccentricity", "argument_of_perigee", "mean_anomaly")
    found, right = Tle(line1=line1, line2=line2), tle()
    return all(getattr(found, name) == getattr(right, name) for name in (*names, "mean_motion", "bstar"))


@pytest.mark.fault("U8")
@given(st.sampled_from([LINE1, LINE2]), st.integers(0, 68), st.characters(min_codepoint=127))
def test_look_alikes_are_named(line: str, column: int, sign: str) -> None:
    wrong = line[:column] + sign + line[column + 1 :]
    lines = {"line1": wrong, "line2": LINE2} if line is LINE1 else {"line1": LINE1, "line2": wrong}
    with pytest.raises(InputError) as caught:
        Tle(**lines)
    assert f"column {column + 1} has U+{ord(sign):04X}" in caught.value.rule


@pytest.mark.parametrize(
    ("one", "two", "number"),
    [(" 5544", " 5544", 5544), ("   05", "00005", 5), ("    5", "    5", 5), ("05544", " 5544", 5544)],
)
def test_a_catalogue_number_may_be_padded_with_blanks(one: str, two: str, number: int) -> None:
    assert Tle(line1=changed(LINE1, 3, one), line2=changed(LINE2, 3, two)).norad_id == number


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (1, 34, "0.00001449"), (1, 34, "+.00001449"), (1, 34, " 0.0000145"), (1, 45, "000000-0"),
        (1, 54, "029472-4"), (2, 27, "   5481"), (2, 9, "   .6423"), (2, 53, "  .53806849"),
    ],
)  # fmt: skip
def test_padding_that_every_sgp4_reader_takes_is_read(line: int, column: int, text: str) -> None:
    lines = {"line1": LINE1, "line2": LINE2}
    lines[f"line{line}"] = changed(lines[f"line{line}"], column, text)
    read, reference = Tle(**lines), Satrec.twoline2rv(*lines.values())
    assert (read.eccentricity, read.bstar) == (reference.ecco, pytest.approx(reference.bstar))
    assert read.inclination == pytest.approx(reference.inclo * 180 / 3.141592653589793)


def test_the_number_of_line_0_is_not_part_of_the_name() -> None:
    assert Tle(line1=LINE1, line2=LINE2, name="0 ISS").name == Tle.parse(f"0 ISS\n{LINES}").name == "ISS"


@pytest.mark.parametrize(
    ("text", "kind", "reader"),
    [
        ("OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY\nA,B,C,1,2\n", "CSV", "Omm.parse_many"),
        ('[{"CCSDS_OMM_VERS": "2.0"}]', "OMM in JSON", "Omm.parse"),
        ("CCSDS_OEM_VERS = 2.0", "OEM in KVN", "Oem.parse"),
        ('<?xml version="1.0"?><cdm id="CCSDS_CDM_VERS" version="1.0">', "CDM in XML", "Cdm.parse"),
        ("<!DOCTYPE html>", "XML or HTML", "check the download"),
    ],
)  # fmt: skip
def test_another_kind_of_text_is_named(text: str, kind: str, reader: str) -> None:
    with pytest.raises(InputError, match=f"this is {kind}.*{reader}"):
        Tle.parse(text)


@given(st.text(max_size=200) | st.binary(max_size=20) | st.integers() | st.none() | st.lists(st.text()))
def test_anything_else_is_an_input_error(value: Any) -> None:
    with pytest.raises(InputError):
        Tle.model_validate(value)


ISS = f"ISS (ZARYA)\n{LINES}"
OTHER = f"{changed(LINE1, 3, 'T0007')}\n{changed(LINE2, 3, 'T0007')}"


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        (LINES, [(None, 25544)]),
        (f"{ISS}\n{OTHER}", [("ISS (ZARYA)", 25544), (None, 270007)]),
        (f"{OTHER}\n0 {ISS}\n", [(None, 270007), ("ISS (ZARYA)", 25544)]),
        (f"# fleet\n\n{ISS}\r\n\t\r\n  # two\n{OTHER}\n# end", [("ISS (ZARYA)", 25544), (None, 270007)]),
        (f"\ufeff{ISS}\n{ISS}".replace("\n", "\r\n"), [("ISS (ZARYA)", 25544)] * 2),
        (f"1 HOPPER\n{LINES}\n2 BE\n{OTHER}", [("1 HOPPER", 25544), ("2 BE", 270007)]),
    ],
)
def test_any_number_of_sets_is_read(text: str, sets: list[tuple[str | None, int]]) -> None:
    assert [(one.name, one.norad_id) for one in Tle.parse_many(text)] == sets


names = st.text(st.characters(codec="ascii", exclude_characters="\n\r#"), max_size=24).map(str.strip)


@given(
    st.lists(
        st.tuples(
            tle_fields().map(tle_lines),
            st.none() | names.filter(lambda name: name.isprintable() and not name.startswith(("1 ", "2 ", "0 "))),
            st.sampled_from(["", "0 "]), st.sampled_from(["", "\n", "# note\n", "   \n"]),
        ),
        min_size=1, max_size=6,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)  # fmt: skip
def test_sets_of_every_form_come_back_in_order(sets: list[Any], end: str) -> None:
    text = "".join(
        f"{between}{f'{mark}{name}' + chr(10) if name else ''}{line1}\n{line2}\n"
        for (line1, line2), name, mark, between in sets
    )
    expected = [Tle(line1=lines[0], line2=lines[1], name=name or None) for lines, name, _, _ in sets]
    assert list(Tle.parse_many(text.replace("\n", end))) == expected


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (f"{ISS}\n{LINE1[:-1]}4\n{LINE2}\n{OTHER}", [("1.line1", "line 4 of the text: line 1, column 69")]),
        (f"{ISS}\n{LINE1}\n{OTHER}", [("1", "line 4 of the text: .* line 2 missing here")]),
        (f"{LINE2}\n{ISS}", [("0", "line 1 of the text: .* line 1 missing here")]),
        (f"{LINE2}\n{LINE1}", [("0", "line 1 .* line 1 missing"), ("1", "line 2 .* line 2 missing")]),
        (f"{ISS}\n\nLOST", [("1", "line 5 of the text: .* line 1 and line 2 missing")]),
        (f"LOST\n{ISS}", [("0", "line 1 of the text: .* line 1 and line 2 missing")]),
        (f"{LINE1}\nLOST\n{LINE2}", [("0", "line 1 .* line 2 missing"), ("1", "line 2 .* line 1 missing")]),
        (f"{ISS}\n{LINE1}\n{changed(LINE2, 3, '25545')}", [("1.line2", "line 5 of the text: the same catalogue num")]),
        (f"{ISS}\n{LINE1[:20]}\n{LINE2}", [("1.line1", "line 4 of the text: a line of 69 columns; .* has 20")]),
        (LINES + "\n" + LINE1[:9] + "\t" + LINE1[10:] + "\n" + LINE2, [("1.line1", "line 3 .*column 10 has a tab")]),
    ],
)
def test_every_bad_set_is_listed_with_its_line(text: str, problems: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError) as caught:
        Tle.parse_many(text)
    found = caught.value.problems
    assert [problem.field for problem in found] == [field for field, _ in problems]
    for problem, (_, allowed) in zip(found, problems, strict=True):
        assert re.match(allowed, problem.rule), problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the text is empty"), ("# only\n\n", "the text is empty"), ("No GP data found", "there is none"),
        ("<html>", "this is XML or HTML .*use the message class"), (b"", "load_many"), (None, "decode bytes"),
        ('[{"NORAD_CAT_ID": 1}]', "this is JSON .*use the message class, such as Omm.parse_many"),
    ],
)  # fmt: skip
def test_text_without_any_set_is_refused(text: Any, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Tle.parse_many(text)


def test_reading_stops_after_a_hundred_bad_sets() -> None:
    with pytest.raises(InputError, match="reading stopped after 100 invalid objects") as caught:
        Tle.parse_many(f"{LINE2}\n" * 1000)
    assert len(caught.value.problems) == 100


def test_one_set_among_many_names_the_other_method() -> None:
    with pytest.raises(InputError, match=r"use Tle\.parse_many\(text\), or Tle\.load_many"):
        Tle.parse(f"{ISS}\n{OTHER}")
