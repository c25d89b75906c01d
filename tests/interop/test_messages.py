"""Messages against readers and writers that others wrote: ``nox -s interop`` installs them.

``oem`` reads and writes OEM, ``ccsds-ndm-py`` OEM, CDM, TDM and OMM. The numbers must be the same to the last bit where
the other side writes all digits.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4.api import Satrec

from okapi_sdk import Cdm, CdmObject, Oem, OkapiClient, Omm, Opm, PropagateOrbit, Tdm, Tle
from okapi_sdk.messages.cdm_relative import CdmRelativeData
from okapi_sdk.messages.covariance import ROWS, STATE
from okapi_sdk.messages.oem_blocks import ACCELERATION
from tests.models.messages import CDM, CDM_ELEMENTS, OEM, OMM, TDM
from tests.models.strategies import doubles, instants
from tests.models.test_opm import MANEUVER, OPM
from tests.support.cases import ISS

oem_reader = pytest.importorskip("oem", reason="an independent reader: nox -s interop")
ndm = pytest.importorskip("ccsds_ndm", reason="an independent reader: nox -s interop")

finite = st.floats(-1e300, 1e300).filter(lambda value: value == 0 or abs(value) > 1e-300)
# Before 1972 there was no UTC of today, and of later leap seconds nobody knows.
epochs_of_today = st.datetimes(datetime(1975, 1, 1), datetime(2020, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
examples = settings(max_examples=60, deadline=None)


def same_time(text: str, moment: datetime) -> bool:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) == moment


@st.composite
def oems(draw: st.DrawFn) -> Oem:
    """The published example with other states, accelerations and covariances."""
    oem = Oem.parse(OEM)
    segments = []
    later = sorted(draw(st.sets(epochs_of_today, min_size=2, max_size=8)))
    cut = draw(st.integers(1, len(later) - 1))
    for segment, epochs in zip(oem.segments, (later[:cut], later[cut:]), strict=True):
        names = (*STATE, *ACCELERATION) if draw(st.booleans()) else STATE
        states = [{"epoch": epoch, **{name: draw(finite) for name in names}} for epoch in epochs]
        for row in ROWS:
            states[0] |= dict.fromkeys(row[:-1], 0.0) | {row[-1]: draw(st.floats(0, 1e300))}
        states[0] |= {"cov_ref_frame": draw(st.sampled_from(["RTN", "EME2000"]))}
        found = segment.model_dump(exclude={"data", "useable_start_time", "useable_stop_time"})
        segments.append(found | {"start_time": epochs[0], "stop_time": epochs[-1], "data": states})
    return Oem.model_validate({"header": oem.header.model_dump(), "segments": segments})


def numbers(state: Any, names: tuple[str, ...] = (*STATE, *ACCELERATION)) -> list[float]:
    found = (getattr(state, name, None) for name in names)
    return [value for value in found if value is not None]


@given(oems())
@examples
def test_oem_reads_our_ephemerides(tmp_path_factory: pytest.TempPathFactory, oem: Oem) -> None:
    path = tmp_path_factory.mktemp("oem") / "ours.oem"
    path.write_text(oem.to_kvn(), encoding="ascii")
    theirs = oem_reader.OrbitEphemerisMessage.open(str(path))
    for segment, own in zip(theirs.segments, oem.segments, strict=True):
        assert (segment.metadata["OBJECT_ID"], segment.metadata["REF_FRAME"]) == (own.object_id, own.ref_frame)
        for state, mine in zip(segment.states, own.data, strict=True):
            assert same_time(state.epoch.isot, mine.epoch)
            parts = [*state.position, *state.velocity, *(state.acceleration if state.has_accel else ())]
            assert parts == numbers(mine)
        (covariance,) = segment.covariances
        assert covariance.frame == own.data[0].cov_ref_frame
        for index, row in enumerate(ROWS):
            assert list(covariance.matrix[index][: index + 1]) == numbers(own.data[0], row)


def test_we_read_the_ephemerides_that_oem_writes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.oem", tmp_path / "theirs.oem"
    ours.write_text(OEM, encoding="ascii")
    oem_reader.OrbitEphemerisMessage.open(str(ours)).save_as(str(theirs))
    again, own = Oem.parse(theirs.read_text(encoding="ascii")), Oem.parse(OEM)
    assert [segment.object_id for segment in again.segments] == [segment.object_id for segment in own.segments]
    for state, mine in zip(again.states, own.states, strict=True):
        assert state.epoch == mine.epoch
        assert numbers(state) == pytest.approx(numbers(mine), rel=1e-14)
        for row in ROWS:
            assert numbers(state, row) == pytest.approx(numbers(mine, row), rel=1e-14)


def test_both_read_an_ephemeris_of_the_emulator(tmp_path: Path) -> None:
    path = tmp_path / "iss.oem"
    with OkapiClient.emulated() as client:
        tle = Tle.parse(ISS)
        ephemeris = client.run(PropagateOrbit(orbit=tle, end=tle.epoch + timedelta(hours=2)))
    path.write_text(ephemeris.to_oem().to_kvn(), encoding="ascii")
    (first,) = oem_reader.OrbitEphemerisMessage.open(str(path)).segments
    (second,) = ndm.from_str(path.read_text(encoding="ascii")).segments
    assert (first.metadata["OBJECT_NAME"], second.metadata.object_name) == ("ISS (ZARYA)", "ISS (ZARYA)")
    assert (first.metadata["REF_FRAME"], first.metadata["OBJECT_ID"]) == ("GCRF", "25544")
    for own, one, two in zip(ephemeris, first.states, second.data.state_vector, strict=True):
        assert own.epoch is not None
        assert same_time(one.epoch.isot, own.epoch)
        assert same_time(two.epoch, own.epoch)
        assert [*one.position, *one.velocity] == numbers(own, STATE) == numbers(two, STATE)


@given(oems())
@examples
def test_ccsds_ndm_reads_and_writes_our_ephemerides(oem: Oem) -> None:
    theirs = ndm.from_str(oem.to_kvn())
    again = Oem.parse(theirs.to_str("kvn"))
    for segment, own, back in zip(theirs.segments, oem.segments, again.segments, strict=True):
        assert segment.metadata.object_name == own.object_name == back.object_name
        states = zip(segment.data.state_vector, own.data, back.data, strict=True)
        for state, mine, returned in states:
            assert same_time(state.epoch, mine.epoch)
            assert returned.epoch == mine.epoch
            assert numbers(state) == numbers(mine) == numbers(returned)
        for row in ROWS:
            assert numbers(own.data[0], row) == numbers(back.data[0], row)


RELATIVE = ("relative_speed", *(f"relative_velocity_{axis}" for axis in "rtn"))
COVARIANCE = tuple(name.lower() for name in CDM_ELEMENTS)
VARIANCES = tuple(name for name in COVARIANCE if len(set(name[1:].split("_"))) == 1)


@st.composite
def cdms(draw: st.DrawFn) -> Cdm:
    """The published example with other velocities and covariances."""
    cdm = Cdm.parse(CDM)
    objects = {}
    for place in ("object1", "object2"):
        found = {name: draw(finite) for name in COVARIANCE}
        found |= {name: abs(found[name]) for name in VARIANCES} | {"x": draw(st.floats(7000, 1e5))}
        objects[place] = getattr(cdm, place).model_copy(update=found)
    relative = {name: draw(finite) for name in RELATIVE} | {"relative_speed": draw(st.floats(0, 1e5))}
    return cdm.model_copy(update={**relative, **objects, "tca": draw(instants)})


def values(model: Any, kind: type[Any]) -> dict[str, Any]:
    return {
        name: getattr(model, name) for name in kind.model_fields
        if not name.endswith("comments") and name not in ("object1", "object2") and getattr(model, name) is not None
    }  # fmt: skip


@given(cdms())
@examples
def test_ccsds_ndm_reads_and_writes_our_conjunctions(cdm: Cdm) -> None:
    theirs = ndm.from_str(cdm.to_kvn())
    relative = theirs.body.relative_metadata_data
    assert same_time(relative.tca, cdm.tca)
    assert relative.miss_distance == cdm.miss_distance
    for segment, own in zip(theirs.body.segments, (cdm.object1, cdm.object2), strict=True):
        data = segment.data
        assert segment.metadata.object_designator == own.object_designator
        assert numbers(data.state_vector, STATE) == numbers(own, STATE)
        assert numbers(data.covariance_matrix, COVARIANCE) == numbers(own, COVARIANCE)
    again = Cdm.parse(theirs.to_str("kvn"))
    assert values(again, CdmRelativeData) == values(cdm, CdmRelativeData)
    for place in ("object1", "object2"):
        assert values(getattr(again, place), CdmObject) == values(getattr(cdm, place), CdmObject)


@given(st.lists(st.tuples(finite, instants), min_size=1, max_size=5))
@examples
def test_ccsds_ndm_reads_and_writes_our_tracking_data(measured: list[tuple[float, datetime]]) -> None:
    first, second = Tdm.parse(TDM).segments
    items = [
        first.observations[0].model_copy(update={"value": value, "epoch": epoch})
        for value, epoch in sorted(measured, key=lambda item: item[1])
    ]
    tdm = Tdm.parse(TDM).model_copy(
        update={"segments": (first.model_copy(update={"observations": tuple(items)}), second)}
    )
    theirs = ndm.from_str(tdm.to_kvn())
    for segment, own in zip(theirs.body.segments, tdm.segments, strict=True):
        assert segment.metadata.participant_1 == own.participant_1
        for item, mine in zip(segment.data.observations, own.observations, strict=True):
            assert (item.keyword, item.value, same_time(item.epoch, mine.epoch)) == (mine.keyword, mine.value, True)
    assert Tdm.parse(theirs.to_str("kvn")).observations == tdm.observations


@given(st.floats(0, 20), st.floats(0, 360, exclude_max=True), doubles)
@examples
def test_ccsds_ndm_reads_and_writes_our_mean_elements(motion: float, angle: float, bstar: float) -> None:
    omm = Omm.parse(OMM)
    data = omm.data.model_copy(update={"mean_motion": motion, "mean_anomaly": angle, "bstar": bstar})
    omm = omm.model_copy(update={"data": data})
    theirs = ndm.from_str(omm.to_kvn())
    elements = theirs.segment.data.mean_elements
    assert (elements.mean_motion, elements.mean_anomaly, elements.eccentricity) == (motion, angle, data.eccentricity)
    again = Omm.parse(theirs.to_str("kvn"))
    assert (again.data.model_dump(exclude={"comments"}), again.metadata.model_dump(exclude={"comments"})) == (
        data.model_dump(exclude={"comments"}), omm.metadata.model_dump(exclude={"comments"}),
    )  # fmt: skip


CATALOGUE = {"SEMIMAJOR_AXIS": "6785.5", "TLE_LINE0": "0 ISS", "RCS_SIZE": None, "DECAY_DATE": None}


def test_ccsds_ndm_reads_what_catalogues_add() -> None:
    blocks = Omm.parse(OMM).wire()
    omm = Omm.model_validate(blocks | {"OMM_DATA": blocks["OMM_DATA"] | CATALOGUE})
    theirs = ndm.from_str(omm.to_kvn())
    assert theirs.segment.data.mean_elements.mean_motion == omm.data.mean_motion
    assert Omm.parse(theirs.to_str("kvn")).data.bstar == omm.data.bstar


@pytest.mark.parametrize(("model", "text"), [(Oem, OEM), (Omm, OMM), (Cdm, CDM), (Tdm, TDM), (Opm, OPM)])
def test_we_read_the_xml_that_ccsds_ndm_writes(model: Any, text: str) -> None:
    assert (
        model.parse(ndm.from_str(text).to_str("xml")).to_kvn() == model.parse(ndm.from_str(text).to_str("kvn")).to_kvn()
    )


def test_ccsds_ndm_reads_and_writes_our_states() -> None:
    opm = Opm.parse(OPM + MANEUVER)
    theirs = ndm.from_str(opm.to_kvn())
    state, (maneuver,) = theirs.segment.data.state_vector, theirs.segment.data.maneuver_parameters
    assert (state.x, state.z_dot) == (opm.data.x, opm.data.z_dot)
    assert (maneuver.man_duration, maneuver.man_dv_2) == (100.0, pytest.approx(1.5e-3, rel=1e-15))
    assert Opm.parse(theirs.to_str("kvn")).data.x == opm.data.x


def test_sgp4_reads_our_tles() -> None:
    omm = Omm.parse(OMM.replace("42.981", "43.256640").replace("= 25544", "= 270007"))
    model = Satrec.twoline2rv(*omm.to_tle().text.split("\n"))
    assert (model.satnum, model.bstar) == (270007, omm.data.bstar)
    assert Tle.parse(omm.to_tle().text).epoch == omm.epoch
