"""Data frames, Arrow and CSV hold what the result holds, with times as times."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okapi_sdk import (
    AsyncOkapiClient,
    Cdm,
    Conjunctions,
    Ephemeris,
    EstimateRisk,
    GroundLocation,
    OkapiClient,
    Pass,
    Passes,
    PassSummary,
    PredictPasses,
    PropagateOrbit,
    RiskEstimations,
    Satellites,
    TimeWindow,
    Tle,
    Tles,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.errors import ConfigurationError, InputError
from tests.models.messages import CDM
from tests.results.test_columns import passes as pass_rows
from tests.results.test_display import ISS

START = datetime(2018, 8, 7, 19, 1, 13, 107000, tzinfo=UTC)
ROWS = [
    {"start": "2018-08-07T19:01:13.107Z", "max_elevation": 21.3, "min_range": 963, "revolution": 7, "lit": True},
    {"start": None, "max_elevation": None, "min_range": 2011.5, "revolution": None, "lit": None, "note": 'a "b",\r\n'},
]


@pytest.fixture(scope="module")
def result() -> Passes:
    calculation = PredictPasses(
        orbit=Tle.parse(ISS),
        ground_location=GroundLocation.at(52.3283, 10.645, height_m=48, name="Brunswick"),
        time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
    )
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        return client.run(calculation)


def written(found: Any) -> list[dict[str, str]]:
    text = io.StringIO(newline="")
    found.to_csv(text)
    return list(csv.DictReader(io.StringIO(text.getvalue(), newline="")))


def test_pandas() -> None:
    frame = Passes.from_answer(ROWS).to_pandas()
    assert str(frame["start"].dtype) == "datetime64[us, UTC]"
    assert frame["start"][0] == pd.Timestamp(START)
    assert frame["start"].isna().tolist() == [False, True]
    assert frame["min_range_km"].dtype == "float64"
    assert frame["max_elevation"].isna().tolist() == [False, True]
    assert (str(frame["revolution"].dtype), str(frame["lit"].dtype)) == ("Int64", "boolean")
    assert frame["note"][1] == ROWS[1]["note"]


def test_polars() -> None:
    frame = Passes.from_answer(ROWS).to_polars()
    assert frame.schema["start"] == pl.Datetime("us", "UTC")
    assert frame["start"].to_list() == [START, None]
    assert frame["min_range_km"].to_list() == [963.0, 2011.5]
    assert (frame.schema["revolution"], frame.schema["lit"]) == (pl.Int64, pl.Boolean)


def test_arrow_and_whoever_reads_it() -> None:
    found = Passes.from_answer(ROWS)
    table = found.to_arrow()
    assert table.schema.field("start").type == pa.timestamp("us", "UTC")
    assert table["start"].to_pylist() == [START, None]
    assert pa.table(found) == table
    assert pl.from_arrow(table).equals(found.to_polars())  # type: ignore[union-attr]
    assert pa.RecordBatchReader.from_stream(found).read_all() == table


@settings(max_examples=30)
@given(rows=pass_rows)
def test_all_forms_agree(rows: list[Any]) -> None:
    found = Passes.from_answer({"passes": rows})
    table = found.to_arrow().to_pydict()
    assert found.to_polars().to_dict(as_series=False) == table
    frame = found.to_pandas()
    assert list(frame.columns) == list(table)
    for name, values in table.items():
        there = [None if pd.isna(value) else value for value in frame[name]]
        assert there == values


@settings(max_examples=40)
@given(rows=pass_rows, names=st.text(min_size=1))
@example(rows=[], names="\r0")
@example(rows=[], names="a\r\nb")
def test_csv_reads_back(rows: list[Any], names: str) -> None:
    found = Passes.from_answer({"passes": [*rows, {"note": names, "max_elevation": 0.1}]})
    read = written(found)
    columns = found._columns()
    assert len(read) == len(rows) + 1
    for name, column in columns.items():
        for text, value in zip((row[name] for row in read), column.values, strict=True):
            if value is None:
                assert text == ""
            elif column.kind == "time":
                assert datetime.fromisoformat(text) == value
            elif column.kind == "number":
                assert float(text) == value
            else:
                assert text == ({True: "true", False: "false"}[value] if column.kind == "flag" else str(value))


def test_csv_goes_to_paths_and_files(tmp_path: Path) -> None:
    found = Passes.from_answer(ROWS[:1])
    expected = "start,end,aos,los,culmination,max_elevation,aos_azimuth,los_azimuth,min_range_km,revolution,lit\n"
    expected += "2018-08-07T19:01:13.107Z,,,,,21.3,,,963.0,7,true\n"
    for path in (tmp_path / "a.csv", str(tmp_path / "b.csv")):
        found.to_csv(path)
        assert Path(path).read_bytes().decode() == expected
    with (tmp_path / "c.csv").open("wb") as binary:
        found.to_csv(binary)
    with (tmp_path / "d.csv").open("w", newline="") as text:
        found.to_csv(text)
    assert (tmp_path / "c.csv").read_bytes() == (tmp_path / "d.csv").read_bytes() == expected.encode()
    for wrong in (None, 7, ["a.csv"]):
        with pytest.raises(InputError, match="a path, or a file"):
            found.to_csv(wrong)  # type: ignore[arg-type]


def test_satellite_and_station_are_named(result: Passes) -> None:
    frame = result.to_pandas()
    assert list(frame.columns[:3]) == ["satellite", "station", "start"]
    assert set(frame["satellite"]) == {"ISS (ZARYA)"}
    assert {row["station"] for row in written(result)} == {"Brunswick"}
    assert list(result[:1].to_polars().columns[:2]) == ["satellite", "station"]
    together = pl.concat([result.to_polars(), result[:1].to_polars()])
    assert len(together) == len(result) + 1
    assert "name" not in json.dumps(result.calculation.body())
    assert "name" not in json.dumps(result.calculation.body("typed"))


def test_both_objects_of_a_risk_are_named() -> None:
    risks = RiskEstimations.from_answer({"risk_estimations": [{"collision_probability": 1e-4}]})
    unnamed = risks.to_pandas()
    assert "sat1_name" not in unnamed.columns
    cdm = Cdm.parse(CDM)
    risks.calculation = EstimateRisk(conjunction=cdm)
    frame = RiskEstimations.concat([risks, risks]).to_pandas()
    assert list(frame.columns[:2]) == ["sat1_name", "sat2_name"]
    assert set(frame["sat1_name"]) == {cdm.object1.object_name}
    assert set(frame["sat2_name"]) == {cdm.object2.object_name}
    assert risks.to_dicts() == [{"collision_probability": 1e-4}]


def test_a_name_is_kept_but_not_sent() -> None:
    place = GroundLocation.at(52.3283, 10.645, height_m=48, name="Brunswick")
    assert place.wire() == GroundLocation.at(52.3283, 10.645, height_m=48).wire()
    assert GroundLocation.model_validate_json(place.model_dump_json()) == place
    assert "Brunswick" in repr(place)
    for wrong in ("", "a\nb", "x" * 101, 7):
        with pytest.raises(InputError, match="name"):
            GroundLocation.at(0, 0, name=wrong)  # type: ignore[arg-type]


def test_what_no_array_or_frame_can_be_made_of_is_refused(result: Passes) -> None:
    for refused in (lambda: pd.DataFrame(result), lambda: pd.DataFrame(list(result)), lambda: np.asarray(result)):
        with pytest.raises(TypeError, match=r"to_pandas\(\)"):
            refused()
    # Anything else may ask a row what it likes.
    assert len(pd.Series(list(result))) == len(result)
    assert "ndim" not in dir(result[0])


def test_pandas_reads_the_summary_and_the_empty_list() -> None:
    empty = PassSummary.from_answer({"passes": []})
    assert len(empty.to_pandas()) == len(empty.to_polars()) == empty.to_arrow().num_rows == 0
    assert list(empty.to_pandas().columns) == list(Passes.from_answer(ROWS[:1]).to_pandas().columns[:-2])
    assert str(empty.to_pandas()["start"].dtype) == "datetime64[us, UTC]"
    assert written(empty) == []


@pytest.mark.parametrize(
    ("package", "extra", "method"),
    [("pandas", "pandas", "to_pandas"), ("polars", "polars", "to_polars"), ("pyarrow", "arrow", "to_arrow"),
     ("pyarrow", "arrow", "__arrow_c_stream__"), ("numpy", "numpy", "to_numpy"),
     ("skyfield.api", "skyfield", "ground_track"),
     ("skyfield.positionlib", "skyfield", "to_skyfield"), ("astropy.coordinates", "astropy", "to_astropy")],
)  # fmt: skip
def test_a_missing_package_is_named_with_its_command(
    monkeypatch: pytest.MonkeyPatch, package: str, extra: str, method: str
) -> None:
    state = {"epoch": "2018-08-07T00:00:00Z", **dict.fromkeys(("x", "y", "z", "x_dot", "y_dot", "z_dot"), 7000.0)}
    found = Ephemeris.from_answer({"states": [state]})
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigurationError, match=rf"{package.partition('.')[0]}.*okapi-sdk\[{extra}\]"):
        getattr(found, method)()


def test_pages(tmp_path: Path) -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        emulator.put("satellites", ({"satellite_id": f"s{n}", "slack_webhook": "hush-hush"} for n in range(5)))
        satellites = client.list(Satellites(limit=2))
        assert len(satellites.to_pandas()) == len(satellites.to_dicts()) == len(list(satellites))
        satellites.to_csv(tmp_path / "satellites.csv")
        assert "hush-hush" not in (tmp_path / "satellites.csv").read_text() + json.dumps(satellites.to_dicts())
        assert pa.table(satellites).num_rows == len(satellites.to_polars()) == satellites.to_arrow().num_rows
        conjunctions = client.list(Conjunctions()).to_pandas()
        assert {"tca", "miss_distance_km", "collision_probability", "criticality"} <= set(conjunctions.columns)
        assert conjunctions["collision_probability"].between(0, 1).all()
        assert len(client.list(Tles().texts()).to_pandas().columns) == 1
        with pytest.raises(TypeError, match=r"to_pandas\(\)"):
            pd.DataFrame(client.list(Conjunctions()))
        page = next(client.list(Conjunctions()).pages())
        assert page.to_pandas().equals(conjunctions)


def test_pages_of_the_async_client(tmp_path: Path) -> None:
    async def main(emulator: Emulator) -> None:
        async with AsyncOkapiClient.emulated(emulator) as client:
            listed = client.list(Conjunctions())
            rows = await listed.to_dicts()
            frame, polars = await listed.to_pandas(), await listed.to_polars()
            assert len(frame) == len(polars) == (await listed.to_arrow()).num_rows == len(rows) > 0
            await listed.to_csv(tmp_path / "conjunctions.csv")
            assert len((tmp_path / "conjunctions.csv").read_text().splitlines()) == len(rows) + 1

    with Emulator(fleet=True) as emulator:
        asyncio.run(main(emulator))


def test_to_dicts_of_pages_is_what_the_platform_sent() -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        emulator.put("satellites", [{"satellite_id": "s0", "name": "A", "norad_ids": [1], "unheard_of": {"a": [1]}}])
        (found,) = (row for row in client.list(Satellites()).to_dicts() if row["satellite_id"] == "s0")
    assert found["unheard_of"] == {"a": [1]}
    assert found["norad_ids"] == [1]


def test_a_pass_has_a_model_and_a_row() -> None:
    assert Passes.from_answer(ROWS[:1])[0] == Pass.model_validate(ROWS[0])
    assert Passes.from_answer(ROWS).to_dicts() == ROWS


def test_import_loads_no_table_library() -> None:
    import subprocess

    code = (
        "import sys\nfrom okapi_sdk import Passes, Ephemeris, OkapiClient\n"
        "repr(Passes.from_answer([{'start': '2018-08-07T19:01:13Z'}]))\n"
        "assert not {'numpy', 'pandas', 'polars', 'pyarrow', 'skyfield', 'astropy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_propagation_names_the_satellite() -> None:
    calculation = PropagateOrbit(orbit=Tle.parse(ISS), end=datetime(2018, 8, 6, 19, tzinfo=UTC))
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        frame = client.run(calculation).to_pandas()
    assert list(frame.columns[:3]) == ["satellite", "epoch", "x_km"]
