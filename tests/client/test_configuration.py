"""Valid configurations of a client; every other one is refused before a socket opens."""

from __future__ import annotations

import copy
import pickle
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

import okapi_sdk
from okapi_sdk import (
    AsyncOkapiClient,
    Calculation,
    ConfigurationError,
    Environment,
    InputError,
    OkapiClient,
    OkapiError,
    PollPolicy,
    PredictPasses,
    PropagateOrbit,
    RequestRef,
    RetryPolicy,
    Satellites,
    TransportError,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.settings.credentials import credentials_from
from okapi_sdk.settings.environments import environment_for
from tests.models.bad_input import ROWS
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, answer, cut, hang_up, reply

USER = {"username": "user@example.com", "password": "pass-word-7"}


REF = RequestRef[Any](
    "predict-passes/sgp4", "r1", "PredictPasses", "simple", "generic", "https://api-aether.okapiorbits.com"
).to_json()


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_bad_input_is_refused_before_a_socket_opens(row: Any) -> None:
    with OkapiClient(**USER) as client, pytest.raises(InputError) as caught:
        client.run(row.make())
    assert row.rule in caught.value.rule
    assert caught.value.field == row.field
    assert caught.value.value
    assert caught.value.remedy


URLS = {
    "plain http": "http://api.okapiorbits.com",
    "localhost by name": "http://localhost:8800",
    "user info": "https://user:pass-word-7@api.okapiorbits.com",
    "query": "https://api.okapiorbits.com?x=1",
    "fragment": "https://api.okapiorbits.com#x",
    "backslash": "https://h\\@evil.example/",
    "space": "https://api .okapiorbits.com",
    "port 0": "https://api.okapiorbits.com:0",
    "port 99999": "https://api.okapiorbits.com:99999",
    "port text": "https://api.okapiorbits.com:https",
    "no scheme": "api.okapiorbits.com",
    "file": "file:///etc/passwd",
    "ftp": "ftp://api.okapiorbits.com",
    "empty": "",
    "no host": "https://",
    "look-alike": "https://okapi\u043erbits.com",
    "hexadecimal": "https://0x7f.1",
    "number": "https://2130706433",
    "dots in path": "https://api.okapiorbits.com/../x",
    "trailing dot": "https://api.okapiorbits.com.",
    "bracket": "https://[::1",
    "not a text": 5,
    "line end": "https://api.okapiorbits.com\r\n",
}


@pytest.mark.fault("L11")
@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("name", ["base_url", "token_url"])
@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_an_address_that_credentials_must_not_go_to_is_refused(name: str, url: Any) -> None:
    # Both are given: one alone would be refused for being of another party.
    where = {"base_url": "https://okapi.example", "token_url": "https://okapi.example/t", name: url}
    with pytest.raises(ConfigurationError, match=name) as caught:
        environment_for("production", **where)
    assert "pass-word-7" not in str(caught.value)


@pytest.mark.fault("L11", "T19")
@pytest.mark.parametrize(
    "where",
    [
        {"base_url": "https://other.example"},
        {"token_url": "https://other.example/oauth/token"},
        {"base_url": "https://okapiorbits.com.evil.example"},
        {"base_url": "https://evil-okapiorbits.com"},
        {"base_url": "http://127.0.0.1:8800"},
        {"environment": "sandbox", "token_url": "http://127.0.0.1:8800/oauth/token"},
    ],
)
def test_one_address_of_another_party_without_the_other_is_refused(where: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="both"):
        OkapiClient(**USER, **where)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "base_url"),
    [
        ({}, "https://api-aether.okapiorbits.com"),
        ({"environment": "staging"}, "https://api-aether-staging.okapiorbits.com"),
        ({"environment": "legacy"}, "https://api.okapiorbits.com"),
        ({"base_url": "https://platform.okapiorbits.com/api/"}, "https://platform.okapiorbits.com/api"),
        ({"base_url": "https://x.example/", "token_url": "https://x.example/token"}, "https://x.example"),
        ({"base_url": "http://127.0.0.1:8800/", "token_url": "http://[::1]:8800/t"}, "http://127.0.0.1:8800"),
    ],
)
def test_an_address_that_is_taken(where: dict[str, str], base_url: str) -> None:
    with OkapiClient(**USER, **where) as client:  # type: ignore[arg-type]
        assert base_url in repr(client)


def test_every_named_environment_is_complete() -> None:
    for name in ("production", "staging", "test", "demo", "sandbox", "legacy"):
        found = environment_for(name, None, None)
        assert found.base_url.startswith("https://api")
        assert found.token_url.endswith("/oauth/token")
        assert found.audience
        assert len(found.client_id) == 32
    with pytest.raises(ConfigurationError, match="production, staging"):
        environment_for("prod", None, None)


def test_a_whole_environment() -> None:
    own = Environment(base_url="https://a.example/api", token_url="https://b.example/t", audience="a", client_id="c")
    with OkapiClient(**USER, environment=own) as client:
        assert "a.example/api" in repr(client)


ENVIRON = {"OKAPI_USERNAME": "env@example.com", "OKAPI_PASSWORD": "from-env"}


@pytest.mark.fault("L12", "L13")
def test_the_first_complete_pair_of_credentials_wins(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_bytes(b"\xef\xbb\xbffrom-file\r\n")  # as editors of Windows write it
    from_file = {"OKAPI_USERNAME": "env@example.com", "OKAPI_PASSWORD_FILE": str(secret)}
    rows = [
        (("user@example.com", "given"), ENVIRON, "given", "arguments"),
        (("user@example.com", SecretStr("given")), {}, "given", "arguments"),
        ((None, None), ENVIRON, "from-env", "OKAPI_USERNAME and OKAPI_PASSWORD"),
        ((None, None), from_file, "from-file", "OKAPI_USERNAME and OKAPI_PASSWORD_FILE"),
        ((None, None), {**from_file, **ENVIRON}, "from-env", "OKAPI_USERNAME and OKAPI_PASSWORD"),
    ]
    for (username, password), environ, expected, source in rows:
        found = credentials_from(username, password, environ)
        assert (found.password.get_secret_value(), found.source) == (expected, source)
        assert expected not in repr(found)


@pytest.mark.fault("L12", "L13")
@pytest.mark.parametrize(
    ("given", "environ", "message"),
    [
        ((None, None), {}, "OkapiClient.emulated"),
        ((None, None), {"OKAPI_PASSWORD": "x"}, "OKAPI_USERNAME is missing"),
        ((None, None), {"OKAPI_USERNAME": "x"}, "its password is missing"),
        (("user", None), ENVIRON, "password= is missing"),
        ((None, "secret"), ENVIRON, "username= is missing"),
        (("", "secret"), {}, "empty"),
        (("user", ""), ENVIRON, "empty"),
        (("user", "secret\n"), {}, "white space"),
        ((" user", "secret"), {}, "white space"),
        (("user", "sec\0ret"), {}, "control characters"),
        ((b"user", "secret"), {}, "not a string"),
        ((SecretStr("user"), "secret"), {}, "username= is a SecretStr"),
        (("user", "secret\u200b"), {}, "an invisible character"),
        (("\ufeffuser", "secret"), {}, "an invisible character"),
        (("user", "secret\udcff"), {}, "password from arguments is not valid UTF-8"),
        ((None, None), {"OKAPI_USERNAME": "us\udce9r", "OKAPI_PASSWORD": "secret"}, "is not valid UTF-8"),
        ((None, None), {"OKAPI_USERNAME": "x", "OKAPI_PASSWORD_FILE": "/nowhere/at/all"}, "not a regular file"),
        ((None, None), {"OKAPI_USERNAME": "x", "OKAPI_PASSWORD_FILE": "/"}, "not a regular file"),
        ((None, None), {"OKAPI_USERNAME": "x", "OKAPI_PASSWORD_FILE": "/dev/zero"}, "not a regular file"),
    ],
)
def test_credentials_that_cannot_be_right(given: Any, environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        credentials_from(*given, environ)
    assert "secret" not in str(caught.value)


def test_a_refused_password_stands_in_no_frame_of_the_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        OkapiClient("user@example.com", SecretStr("pass-word-8 "))
    frames = [entry.frame for entry in caught.traceback if "okapi_sdk" in str(entry.path)]
    assert len(frames) > 2
    assert not any("pass-word-8" in repr(frame.f_locals) for frame in frames)


@pytest.mark.parametrize("environment", [5, [], "", "prod"])
def test_an_unknown_environment_is_refused(environment: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"production, staging, test, demo, sandbox, legacy.* an Environment"):
        OkapiClient(**USER, environment=environment)


def test_an_error_in_emulated_leaves_no_emulator() -> None:
    before = threading.active_count()
    with pytest.raises(TypeError):
        OkapiClient.emulated(bogus=1)  # type: ignore[call-arg]
    assert threading.active_count() == before


@pytest.mark.parametrize(
    "make",
    [
        lambda _: RetryPolicy(attempts=0),
        lambda _: RetryPolicy(attempts=11),
        lambda _: RetryPolicy(attempts=True),
        lambda _: RetryPolicy(attempts=2.5),  # type: ignore[arg-type]
        lambda _: RetryPolicy(base=-1),
        lambda _: RetryPolicy(cap=float("nan")),
        lambda _: RetryPolicy(total=0),
        lambda _: RetryPolicy(total=float("inf")),
        lambda _: RetryPolicy(submit="always"),  # type: ignore[arg-type]
        lambda _: PollPolicy(floor=0),
        lambda _: PollPolicy(ceiling="5"),  # type: ignore[arg-type]
        lambda _: PollPolicy(floor=10, ceiling=5),
        lambda _: PollPolicy(outage=-1),
        lambda _: OkapiClient(**USER, timeout=0),
        lambda _: OkapiClient(**USER, timeout=None),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, timeout=True),
        lambda _: OkapiClient(**USER, timeout=float("inf")),
        lambda _: OkapiClient(**USER, dialect="g1"),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, retry=3),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, polling=3),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, max_connections=0),
        lambda _: OkapiClient(**USER, max_connections=1.5),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, clock="x"),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, http_client="x"),  # type: ignore[arg-type]
        lambda _: OkapiClient(**USER, http_client=httpx.AsyncClient()),  # type: ignore[arg-type]
        lambda _: AsyncOkapiClient(**USER, http_client=httpx.Client()),  # type: ignore[arg-type]
        lambda client: client.resume(RequestRef(5, "r", "PredictPasses", "s", "generic", "u")),  # type: ignore[arg-type]
        lambda client: client.resume(RequestRef("a/b", "r", None, "s", "generic", "u")),  # type: ignore[arg-type]
        lambda client: client.with_options(timeout=-1),
        lambda client: client.submit("predict-passes"),  # type: ignore[arg-type]
        lambda client: client.submit({"tle": "…"}),  # type: ignore[arg-type]
        lambda client: client.submit(PredictPasses),
        lambda client: client.resume(RequestRef.from_json(REF), PropagateOrbit),
        lambda client: client.resume(RequestRef.from_json(REF), "PredictPasses"),  # type: ignore[call-overload]
        lambda _: OkapiClient.emulated("http://127.0.0.1:8800"),  # type: ignore[arg-type]
        lambda client: client.resume("predict-passes/sgp4/1", "PredictPasses"),  # type: ignore[call-overload]
        lambda client: client.resume("predict-passes/sgp4/a b", PredictPasses),
        lambda client: client.resume(7, PredictPasses),  # type: ignore[call-overload]
        lambda _: RequestRef.from_json("{}"),
        lambda _: RequestRef.from_json("["),
    ],
)
@pytest.mark.usefixtures("no_sockets")
def test_arguments_that_cannot_be_used_are_refused(make: Callable[[OkapiClient], object]) -> None:
    with OkapiClient(**USER) as client, pytest.raises(InputError) as caught:
        make(client)
    assert caught.value.rule
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda client: client.submit(PredictPasses), "create an instance: PredictPasses(...)"),
        (lambda client: client.submit({}), "RawCalculation(path, body)"),
        (lambda client: client.inner.list(Satellites), "create an instance: Satellites(...)"),
        (lambda client: type(client.inner).emulated("http://127.0.0.1:8800"), "base_url=..., token_url=..."),
        (
            lambda client: client.resume(RequestRef.from_json(REF), PropagateOrbit),
            "for the endpoint predict-passes/sgp4",
        ),
        (lambda client: client.resume(RequestRef.from_json(REF), PredictPasses).wait(timeout=1e9), "at most 31622400 "),
    ],
)
@pytest.mark.usefixtures("no_sockets")
def test_the_remedy_names_what_was_most_likely_meant(both: Both, make: Callable[[Client], object], told: str) -> None:
    with both.client(**USER, environment="production") as client, pytest.raises(InputError) as caught:
        make(client)
    assert told in str(caught.value)


def test_the_classes_that_submit_names_are_calculations() -> None:
    with OkapiClient(**USER) as client, pytest.raises(InputError) as caught:
        client.submit(None)  # type: ignore[arg-type]
    names = caught.value.rule.removeprefix("a calculation, one of ").split(", ")
    assert {"PredictPasses", "RawCalculation", "EstimateRisk"} < set(names)
    kinds = [getattr(okapi_sdk, name) for name in names]
    assert all(issubclass(kind, Calculation) and kind is not Calculation for kind in kinds)


def test_a_reference_is_resumed_with_its_class(both: Both) -> None:
    with both.client(**USER) as client:
        ref = RequestRef.from_json(REF)
        assert client.resume(ref, PredictPasses).ref == client.resume(ref).ref == ref


def test_a_request_neither_pickles_nor_copies(both: Both) -> None:
    with both.client(**USER) as client:
        request = client.inner.resume("predict-passes/sgp4/1", PredictPasses)
        for act in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=r"requests cannot be pickled or copied; pass request\.ref"):
                act(request)
        assert pickle.loads(pickle.dumps(request.ref)) == copy.deepcopy(request.ref) == request.ref


def test_verification_cannot_be_turned_off() -> None:
    lax = ssl.create_default_context()
    lax.check_hostname = False
    for context in (lax, ssl._create_unverified_context(), True, False):
        with pytest.raises(ConfigurationError, match="verifies"):
            OkapiClient(**USER, ssl_context=context)  # type: ignore[arg-type]


@pytest.mark.fault("E16")
def test_a_missing_ca_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setattr("okapi_sdk.settings.network._context", None)
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        OkapiClient(**USER)


@pytest.mark.fault("E15")
def test_loopback_is_never_proxied(both: Both, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with both.emulated(emulator) as client:
        client.sign_in()


@pytest.mark.fault("E15")
def test_a_proxy_is_asked_for_a_tunnel_with_its_password(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer([reply(407)]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//proxy-user:proxy-pass@"))
        monkeypatch.delenv("https_proxy", raising=False)
        monkeypatch.setenv("NO_PROXY", "")
        client = both.client(**USER, retry=RetryPolicy(attempts=1))
        with client, pytest.raises(TransportError) as caught:
            client.sign_in()
    (tunnel,) = proxy.requests
    assert (tunnel.method, tunnel.path) == ("CONNECT", "auth.okapiorbits.com:443")
    assert tunnel.headers["proxy-authorization"] == "Basic cHJveHktdXNlcjpwcm94eS1wYXNz"
    assert "proxy-pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ftp://user:pass-word-7@proxy.example", "is not a valid"),
        ("http://proxy.example:port", "is not a valid"),
        ("socks5://user:pass-word-7@proxy.example", r"httpx\[socks\]"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused(
    address: str, message: str, both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # socksio may be installed here
    monkeypatch.setenv("HTTPS_PROXY", address)
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(ConfigurationError, match=message) as caught:
        both.client(**USER)
    assert "pass-word-7" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.fault("E3")
def test_a_client_is_not_copied_and_shows_no_secret() -> None:
    with OkapiClient(**USER) as client:
        for act in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=r"share the client, or use with_options"):
                act(client)
        assert "pass-word-7" not in repr(client) + str(vars(client))


@pytest.mark.fault("E3")
def test_a_client_pickles_as_its_configuration_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = RetryPolicy(attempts=2)
    options: Any = {"max_connections": 3, "max_requests_per_second": 5.0, "timeout": 7.0, "retry": policy}
    with OkapiClient(**USER, environment="staging", **options) as client:
        pickled = pickle.dumps(client.with_options(dialect="typed"))
        assert not any(secret.encode() in pickled for secret in USER.values())
        monkeypatch.setenv("OKAPI_USERNAME", "other@example.com")
        monkeypatch.setenv("OKAPI_PASSWORD", "another-password")
        with pickle.loads(pickled) as arrived:
            assert type(arrived) is type(client)
            assert arrived._session.environment == client._session.environment
            assert arrived._session.options == replace(client._session.options, dialect="typed")
            assert arrived._shared == client._shared
    monkeypatch.delenv("OKAPI_USERNAME")
    monkeypatch.delenv("OKAPI_PASSWORD")
    with pytest.raises(ConfigurationError, match="OKAPI_USERNAME"):
        pickle.loads(pickled)


@pytest.mark.fault("E3")
@pytest.mark.parametrize("name", ["ssl_context", "http_client"])
def test_a_client_with_an_object_of_its_process_does_not_pickle(name: str) -> None:
    with httpx.Client() as borrowed:
        objects: Any = {"ssl_context": ssl.create_default_context(), "http_client": borrowed}
        with OkapiClient(**USER, **{name: objects[name]}) as client, pytest.raises(TypeError, match=f"{name}= cannot"):
            pickle.dumps(client)


def test_a_client_that_is_dropped_open_says_so() -> None:
    client = OkapiClient(**USER)
    with pytest.warns(ResourceWarning, match="not closed"):
        client.__del__()
    client.close()
    client.__del__()


def test_a_borrowed_client_is_used_and_not_closed(both: Both) -> None:
    import httpx

    borrowed = httpx.Client() if both.kind == "sync" else httpx.AsyncClient()
    with FaultServer([reply(200, b"[]"), cut(answer(200, b"[1, 2, 3]"), 60), hang_up]) as server:
        with both.client(**server.client, http_client=borrowed, retry=RetryPolicy(attempts=1)) as client:
            assert client.send("GET", "satellites", params={"sort": ["a", "b"]}).json() == []
            for _ in range(2):
                with pytest.raises(OkapiError) as caught:
                    client.send("GET", "satellites")
                assert caught.value.__context__ is None
        assert not borrowed.is_closed
        assert server.requests[0].path == "/satellites?sort=a%2Cb"
        assert server.requests[0].headers["user-agent"].startswith("okapi-sdk/")
        both.wait(borrowed.close() if isinstance(borrowed, httpx.Client) else borrowed.aclose())
        with both.client(**server.client, http_client=borrowed) as client, pytest.raises(OkapiError, match="closed"):
            client.sign_in()


def test_without_the_extra_emulated_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "okapi_sdk.emulator", None)
    with pytest.raises(ConfigurationError, match=r"okapi-sdk\[emulator\]"):
        OkapiClient.emulated()


def test_emulated_starts_and_closes_its_own_emulator() -> None:
    with OkapiClient.emulated() as client:
        own = client._emulator
        assert own is not None
        assert len(client.run(iss_passes())) == 2
    assert not own.running
    with pytest.raises(InputError):
        OkapiClient.emulated(timeout=-1)
