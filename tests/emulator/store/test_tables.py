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
    for path in (f"/cdms/results/{request}/simple", "/cdms"):
        answer = platform.http.get(path)
        assert answer.status_code == 507
        assert "holds up to 2 objects" in answer.json()["status"]["text"]
