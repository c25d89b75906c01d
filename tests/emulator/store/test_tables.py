"""A full store: each way to add an object says so."""

from __future__ import annotations

import pytest

from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.store import tables

from ..cdms import plain_cdm
from ..conftest import Platform


def test_a_full_store_takes_no_more(emulator: Emulator, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_OBJECTS", 2)
    first, _ = emulator.put("sensor-systems", [{"name": "A"}, {"name": "B"}])
    with pytest.raises(ValueError, match="holds up to 2 objects"):
        emulator.put("sensor-systems", [{"name": "C"}])
    emulator.put("sensor-systems", [{"sensor_system_id": first, "name": "A again"}])
    answer = platform.http.post("/sensor-systems", json={"name": "D"})
    assert (answer.status_code, answer.json()["status"]["type"]) == (507, "FATAL")
    assert "holds up to 2 objects" in answer.json()["status"]["text"]
    request = platform.submit("cdms", {"cdm": {"type": "cdm.json", "content": plain_cdm()}})
    ended = platform.http.get(f"/cdms/results/{request}/simple")
    assert (ended.status_code, ended.json()["status"]["type"]) == (200, "FATAL")
    assert "holds up to 2 objects" in ended.json()["status"]["text"]
    for path, stored in (("/cdms", 0), ("/sensor-systems", 2)):
        answer = platform.http.get(path)
        assert (answer.status_code, answer.json()["total_count"]) == (200, stored)


def test_a_store_that_is_full_of_text_takes_no_more(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 120)
    (first,) = emulator.put("sensor-systems", [{"name": "A" * 100}])
    with pytest.raises(ValueError, match="120 bytes in all"):
        emulator.put("sensor-systems", [{"name": "B" * 20}])
    emulator.put("sensor-systems", [{"sensor_system_id": first, "name": "A"}])
    emulator.put("sensor-systems", [{"name": "B" * 20}])
