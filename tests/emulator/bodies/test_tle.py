from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sgp4.api import Satrec
from sgp4.conveniences import sat_epoch_datetime

from okapi_sdk.emulator.bodies.tle import checksum, read_tle

from .. import samples

ISS = "\n".join(samples.ISS)
# The three last sets of the verification file are made up, with checksums that do not fit.
REAL = {number: tle for number, tle in samples.verification_tles().items() if not number.startswith("3333")}


def test_the_fields_of_a_tle() -> None:
    tle = read_tle(ISS)
    assert (tle.line1, tle.line2) == samples.ISS
    assert (tle.catalogue_number, tle.classification, tle.cospar_id, tle.name) == (25544, "U", "1998-067A", None)
    assert tle.epoch == datetime(2018, 8, 6, 18, 19, 43, 256640, tzinfo=UTC)
    assert (tle.mean_motion, tle.eccentricity, tle.inclination) == (15.53806849, 0.0005481, 51.6423)
    assert (tle.right_ascension_of_node, tle.argument_of_perigee, tle.mean_anomaly) == (126.6422, 33.3092, 62.9075)
    assert (tle.mean_motion_dot, tle.mean_motion_ddot, tle.bstar) == (0.00001449, 0.0, 0.29472e-4)
    assert (tle.ephemeris_type, tle.element_set, tle.revolution) == (0, 999, 12638)


@pytest.mark.parametrize(
    ("columns", "cospar_id"),
    [("83075   ", "1983-075"), ("64040  A", "1964-040A"), ("58  2B  ", "1958-002B"), ("        ", "")],
)
def test_designators_of_old_and_analyst_sets(columns: str, cospar_id: str) -> None:
    line1, line2 = samples.ISS
    assert read_tle("\n".join(samples.with_checksums((line1[:9] + columns + line1[17:], line2)))).cospar_id == cospar_id


@pytest.mark.parametrize("number", REAL)
def test_every_verification_tle_is_read_as_sgp4_reads_it(number: str) -> None:
    tle = read_tle("\n".join(REAL[number]))
    model = Satrec.twoline2rv(*REAL[number])
    per_day = 1440 / (2 * 3.141592653589793)
    assert tle.catalogue_number == model.satnum
    assert abs((tle.epoch - sat_epoch_datetime(model)).total_seconds()) < 1e-4
    assert tle.mean_motion == pytest.approx(model.no_kozai * per_day, rel=1e-12)
    assert tle.eccentricity == model.ecco
    assert tle.bstar == pytest.approx(model.bstar, rel=1e-12)
    assert tle.mean_motion_dot == pytest.approx(model.ndot * per_day * 1440, rel=1e-12)
    assert tle.mean_motion_ddot == pytest.approx(model.nddot * per_day * 1440**2, rel=1e-12)
    assert (tle.element_set, tle.revolution) == (model.elnum, model.revnum)


@pytest.mark.parametrize(("text", "number"), [("T0001", 270_001), ("A0000", 100_000), ("Z9999", 339_999), ("    5", 5)])
def test_alpha_5_catalogue_numbers(text: str, number: int) -> None:
    assert read_tle("\n".join(samples.renumbered(samples.ISS, text))).catalogue_number == number


@pytest.mark.parametrize(
    "text",
    [ISS.replace("\n", "\r\n"), ISS + "\r\n", "\n" + ISS + "\n\n", "ISS (ZARYA)\n" + ISS, "0 ISS (ZARYA)\n" + ISS],
)
def test_line_ends_and_a_name_line_are_tolerated(text: str) -> None:
    tle = read_tle(text)
    assert tle.catalogue_number == 25544
    assert tle.name in (None, "ISS (ZARYA)")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "this text has 0"),
        (samples.ISS[0], "this text has 1"),
        (ISS + "\n" + ISS, "this text has 4"),
        (samples.ISS[1] + "\n" + samples.ISS[0], "line 1 must begin with '1 '"),
        (ISS[:-1], "line 2 has 68 characters, expected 69"),
        (ISS[:-1] + "3", "line 2, column 69: checksum is 3, expected 2"),
        (ISS.replace("0005481", "0005487"), "line 2, column 69: checksum is 2, expected 8"),
        (ISS.replace("51.6423", "5l.6423"), "line 2 does not match the columns"),
        (ISS.replace("U 98", "Ü 98"), "contain only ASCII characters"),
        (
            "\n".join((samples.ISS[0], samples.renumbered(samples.ISS, "25545")[1])),
            "different satellites: 25544 and 25545",
        ),
        ("\n".join(samples.renumbered(samples.ISS, "I0001")), "line 1 does not match the columns"),
        ("\n".join(samples.with_checksums((samples.ISS[0].replace("18218.", "18367."), samples.ISS[1]))), "day 367"),
    ],
)
def test_what_is_wrong_is_said(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_tle(text)


def test_checksums() -> None:
    for tle in REAL.values():
        for line in tle:
            assert checksum(line) == int(line[68])
