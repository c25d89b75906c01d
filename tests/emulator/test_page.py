"""What the page loads: files, the OpenAPI document and the log. `tests/browser` looks at the page itself."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import httpx
import pytest

from okapi_sdk import OkapiClient
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.protocol.coverage import endpoints
from tests.support.cases import iss_passes

GENERATOR = Path(__file__).parents[2] / "docs" / "openapi.py"


def test_browsers_get_the_page_and_programs_the_description(emulator: Emulator) -> None:
    page = httpx.get(emulator.base_url, headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>okapi-sdk emulator</h1>" in page.text
    description = httpx.get(emulator.base_url).json()
    assert description["credentials"] == {"username": emulator.username, "password": emulator.password}


@pytest.mark.parametrize(
    "path",
    ["/docs", "/openapi.json", "/assets/page.css", "/assets/page.js", "/assets/docs.js", "/assets/coastline.json"],
)
def test_everything_comes_from_the_emulator_and_stays_on_its_page(emulator: Emulator, path: str) -> None:
    response = httpx.get(emulator.base_url + path)
    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "http://" not in response.text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in response.text
    assert httpx.post(emulator.base_url + path).status_code == 405


def test_another_origin_or_host_gets_nothing(emulator: Emulator) -> None:
    assert httpx.get(emulator.base_url + "/docs", headers={"origin": "http://example.com"}).status_code == 403
    assert httpx.get(emulator.base_url + "/docs", headers={"host": "example.com"}).status_code == 421


def test_the_log_has_the_newest_first(emulator: Emulator) -> None:
    emulator.processing_time = 600
    with OkapiClient.emulated(emulator) as client:
        first, second = (client.submit(iss_passes()).id for _ in range(2))
    jobs = httpx.get(emulator.base_url + "/emulator/calculations").json()
    assert [(job["id"], job["endpoint"], job["state"]) for job in jobs] == [
        (second, "predict-passes/sgp4", "running"), (first, "predict-passes/sgp4", "running"),
    ]  # fmt: skip


def test_the_openapi_document_is_that_of_the_endpoints_and_models(emulator: Emulator) -> None:
    document = httpx.get(emulator.base_url + "/openapi.json").json()
    assert document == json.loads(json.dumps(runpy.run_path(str(GENERATOR))["document"]())), "run nox -s catalogue"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(endpoint.method, "/" + endpoint.path) for endpoint in endpoints()}
    names = set(document["components"]["schemas"])
    assert {"NewSatellite", "SatelliteChanges"} <= names
    references = json.dumps(document).split("#/components/schemas/")[1:]
    assert {reference.split('"')[0] for reference in references} <= names
