"""Packages that users attach to httpx see the SDK's calls. Only ``nox -s attached`` installs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from okapi_sdk import SubmissionUncertainError, TransportError
from tests.support.both import Both
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, reply

pytest.importorskip("opentelemetry.instrumentation.httpx")
pytest.importorskip("pytest_httpx")
respx = pytest.importorskip("respx")

URLS = {"base_url": "https://api.okapi.example", "token_url": "https://auth.okapi.example/oauth/token"}
CLIENT = {"username": "u@example.com", "password": "pass-word-7f3a", **URLS}
SUBMIT = f"{URLS['base_url']}/predict-passes/sgp4/requests"
RESULT = f"{URLS['base_url']}/predict-passes/sgp4/results/r1/simple"
TOKEN = {"access_token": "tok-0123456789abcdef", "expires_in": 86400}
ACCEPTED = {"request_id": "r1", "status": {"type": "NONE", "text": "running"}}
FINISHED = {"request_id": "r1", "status": {"type": "NONE", "text": ""}, "passes": []}


@pytest.fixture
def spans() -> Iterator[list[Any]]:
    """Collects the finished spans of OpenTelemetry's httpx instrumentation."""
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    finished: list[Any] = []
    exporter.export = lambda spans: finished.extend(spans)  # type: ignore[method-assign,assignment,return-value,func-returns-value]
    yield finished
    HTTPXClientInstrumentor().uninstrument()


def test_opentelemetry_makes_one_span_for_each_call(both: Both, spans: list[Any]) -> None:
    with FaultServer([reply(202, ACCEPTED), reply(200, FINISHED)]) as server:
        with both.client(**server.client) as client:
            assert len(client.run(iss_passes())) == 0
    calls = [(span.attributes["http.method"], span.attributes["http.url"].removeprefix(server.url)) for span in spans]
    assert calls == [
        ("POST", "/oauth/token"),
        ("POST", "/predict-passes/sgp4/requests"),
        ("GET", "/predict-passes/sgp4/results/r1/simple"),
    ]
    traces = [request.headers["traceparent"] for request in server.requests]
    assert len(set(traces)) == len(traces) == 2


def test_pytest_httpx_mocks_sign_in_submit_and_result(both: Both, httpx_mock: Any) -> None:
    httpx_mock.add_response(method="POST", url=URLS["token_url"], json=TOKEN)
    httpx_mock.add_response(method="POST", url=SUBMIT, status_code=202, json=ACCEPTED)
    httpx_mock.add_response(method="GET", url=RESULT, status_code=202, json=ACCEPTED)
    httpx_mock.add_response(method="GET", url=RESULT, json=FINISHED)
    with both.client(**CLIENT) as client:
        assert len(client.run(iss_passes())) == 0
    assert [request.method for request in httpx_mock.get_requests()] == ["POST", "POST", "GET", "GET"]


def test_respx_mocks_sign_in_submit_and_result(both: Both) -> None:
    with respx.mock as mock:
        mock.post(URLS["token_url"]).respond(json=TOKEN)
        mock.post(SUBMIT).respond(202, json=ACCEPTED)
        mock.get(RESULT).mock(side_effect=[httpx.Response(202, json=ACCEPTED), httpx.Response(200, json=FINISHED)])
        with both.client(**CLIENT) as client:
            assert len(client.run(iss_passes())) == 0
        assert mock.calls.call_count == 4


@pytest.mark.parametrize(
    ("error", "kind"), [(httpx.ReadTimeout, SubmissionUncertainError), (httpx.ConnectError, TransportError)]
)
def test_an_error_from_a_mock_counts_as_a_network_error(both: Both, error: type[Exception], kind: Any) -> None:
    from okapi_sdk import RetryPolicy

    with respx.mock as mock:
        mock.post(URLS["token_url"]).respond(json=TOKEN)
        mock.post(SUBMIT).mock(side_effect=error)
        with both.client(**CLIENT, retry=RetryPolicy(attempts=1)) as client:
            with pytest.raises(kind):
                client.submit(iss_passes())
