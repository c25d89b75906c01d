"""The clients that are compared, each behind the same three verbs, and the process that one of them runs in.

The published clients are used as they are installed. Only the address of the sign-in is changed: okapi-aether-sdk takes
it as an argument; in okapi-python-connector it is a constant in a function's code, and that constant is exchanged.
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import multiprocessing
import pstats
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .server import TOKEN

SERVICE = "predict-passes/sgp4"
TLE = """
1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
"""
BODY = {
    "orbit": {"type": "tle.txt", "content": TLE.strip()},
    "ground_location": {
        "type": "ground_loc.json",
        "content": {"latitude": 52.3283, "longitude": 10.645, "altitude": 0.048},
    },
    "time_window": {
        "type": "tw.json",
        "content": {"start": "2018-08-07T18:00:00.000Z", "end": "2018-08-08T00:00:00.000Z"},
    },
}
"""What a user of dictionaries writes for the calculation of the README."""
USER, PASSWORD = "user@example.com", "of-the-benchmark"

LOOP_SECONDS = 1.0
MAX_POLLS = 50
STAGGER_SECONDS = 0.07
"""Between the starts of two waits of one worker."""


class Client:
    """One signed-in client. ``wait`` returns the instant at which the result arrived, and the result."""

    def __init__(self, base_url: str) -> None:
        raise NotImplementedError

    def calculate(self, times: int) -> None:
        """Submit a calculation that is ready at once and read its result, so many times one after the other."""
        raise NotImplementedError

    def wait(self) -> tuple[float, Any]:
        """Submit a calculation and wait for its result."""
        raise NotImplementedError

    def close(self) -> None:
        """Close it, where it can be closed."""


class Bare(Client):
    """What a careful user writes by hand with one ``httpx.Client``."""

    def __init__(self, base_url: str) -> None:
        import httpx

        self._base = base_url
        self._http = httpx.Client(headers={"authorization": f"Bearer {TOKEN}", "accept": "application/json"})

    def _submit(self) -> str:
        answer = self._http.post(f"{self._base}/{SERVICE}/requests", json=BODY)
        answer.raise_for_status()
        id: str = answer.json()["request_id"]
        return id

    def _poll(self, id: str) -> tuple[int, Any]:
        answer = self._http.get(f"{self._base}/{SERVICE}/results/{id}/simple")
        answer.raise_for_status()
        return answer.status_code, answer.json()

    def calculate(self, times: int) -> None:
        for _ in range(times):
            code, result = self._poll(self._submit())
            assert code == 200
            assert len(result["passes"]) == 2

    def wait(self) -> tuple[float, Any]:
        id = self._submit()
        while True:
            code, result = self._poll(id)
            if code == 200:
                return time.monotonic(), result
            time.sleep(LOOP_SECONDS)

    def close(self) -> None:
        self._http.close()


class BareAsync(Client):
    """The same with one ``httpx.AsyncClient``."""

    def __init__(self, base_url: str) -> None:
        import httpx

        self._base = base_url
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(headers={"authorization": f"Bearer {TOKEN}", "accept": "application/json"})

    async def _submit(self) -> str:
        answer = await self._http.post(f"{self._base}/{SERVICE}/requests", json=BODY)
        answer.raise_for_status()
        id: str = answer.json()["request_id"]
        return id

    async def _poll(self, id: str) -> tuple[int, Any]:
        answer = await self._http.get(f"{self._base}/{SERVICE}/results/{id}/simple")
        answer.raise_for_status()
        return answer.status_code, answer.json()

    def calculate(self, times: int) -> None:
        async def run() -> None:
            for _ in range(times):
                code, result = await self._poll(await self._submit())
                assert code == 200
                assert len(result["passes"]) == 2

        self._runner.run(run())

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()


def _model() -> Any:
    from okapi_sdk import (
        GroundLocation,
        PredictPasses,
        TimeWindow,
        Tle,
    )

    return PredictPasses(
        orbit=Tle.parse(TLE),
        ground_location=GroundLocation.at(latitude=52.3283, longitude=10.645, height_m=48),
        time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
    )


class Sdk(Client):
    """okapi-sdk, one model for all calculations."""

    def __init__(self, base_url: str) -> None:
        from okapi_sdk import OkapiClient

        self._client = OkapiClient(USER, PASSWORD, base_url=base_url, token_url=f"{base_url}/oauth/token")
        self._model = _model()

    def calculate(self, times: int) -> None:
        for _ in range(times):
            assert len(self._client.submit(self._model).result()) == 2

    def wait(self) -> tuple[float, Any]:
        result = self._client.submit(self._model).result()
        return time.monotonic(), result.raw

    def close(self) -> None:
        self._client.close()


class SdkNewModel(Sdk):
    """okapi-sdk, with a model created and validated anew for each calculation."""

    def calculate(self, times: int) -> None:
        for _ in range(times):
            assert len(self._client.submit(_model()).result()) == 2


class SdkAsync(Client):
    """okapi-sdk with asyncio."""

    def __init__(self, base_url: str) -> None:
        from okapi_sdk import AsyncOkapiClient

        self._runner = asyncio.Runner()
        self._client = AsyncOkapiClient(USER, PASSWORD, base_url=base_url, token_url=f"{base_url}/oauth/token")
        self._model = _model()

    def calculate(self, times: int) -> None:
        async def run() -> None:
            for _ in range(times):
                request = await self._client.submit(self._model)
                assert len(await request.result()) == 2

        self._runner.run(run())

    def wait(self) -> tuple[float, Any]:
        async def run() -> tuple[float, Any]:
            request = await self._client.submit(self._model)
            result = await request.result()
            return time.monotonic(), result.raw

        return self._runner.run(run())

    def close(self) -> None:
        closing: Coroutine[Any, Any, None] = self._client.close()
        self._runner.run(closing)
        self._runner.close()


class Connector(Client):
    """okapi-python-connector. Its two helpers that wait cannot be called (TypeError), so ``wait`` is the loop that its
    example shows: a poll, then a pause of one second, even after the poll that returned the result.
    """

    _AUTH0 = "https://okapi-development.eu.auth0.com/oauth/token"

    def __init__(self, base_url: str) -> None:
        import okapi_pkg

        sign_in: Any = okapi_pkg.okapi_init
        code = sign_in.__code__
        constants = tuple(f"{base_url}/oauth/token" if found == self._AUTH0 else found for found in code.co_consts)
        assert constants != code.co_consts
        here = type(sign_in)(code.replace(co_consts=constants), sign_in.__globals__, "okapi_init", sign_in.__defaults__)
        self._package: Any = okapi_pkg
        self._login, error = here(base_url, USER, PASSWORD)
        assert error["status"] == "OK", error

    def _submit(self) -> Any:
        request, error = self._package.okapi_send_request(self._login, BODY, f"{SERVICE}/requests")
        assert error["status"] == "NONE", error
        return request

    def _poll(self, request: Any) -> tuple[int, Any]:
        result, error = self._package.okapi_get_result(self._login, request, f"{SERVICE}/results/{{}}/simple")
        return error["web_status"], result

    def calculate(self, times: int) -> None:
        for _ in range(times):
            code, result = self._poll(self._submit())
            assert code == 200
            assert len(result["passes"]) == 2

    def wait(self) -> tuple[float, Any]:
        request = self._submit()
        counter, code, result = 0, 202, None
        while counter < MAX_POLLS and code == 202:
            code, result = self._poll(request)
            time.sleep(LOOP_SECONDS)
            counter += 1
        return time.monotonic(), result


class Aether(Client):
    """okapi-aether-sdk, waiting with its defaults: three polls, five seconds apart."""

    polls: int | None = None

    def __init__(self, base_url: str) -> None:
        from okapi_aether_sdk import AetherServicesApi

        self._api: Any = AetherServicesApi(base_url=base_url, auth0_url=f"{base_url}/oauth/token")
        self._api.login(USER, PASSWORD)

    def _submit(self) -> str:
        id: str = self._api.get_request_id(f"{SERVICE}/requests", BODY)
        return id

    def calculate(self, times: int) -> None:
        for _ in range(times):
            result = self._api.wait_for_request_result(f"{SERVICE}/results/{self._submit()}/simple")
            assert len(result["passes"]) == 2

    def wait(self) -> tuple[float, Any]:
        options = {} if self.polls is None else {"max_retries": self.polls}
        result = self._api.wait_for_request_result(f"{SERVICE}/results/{self._submit()}/simple", **options)
        return time.monotonic(), result


class AetherPatient(Aether):
    """okapi-aether-sdk with ``max_retries=10``."""

    polls = 10


@dataclass(frozen=True)
class Cost:
    """Seconds for one submit and result."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Waited:
    """One wait: seconds from the instant at which the result was ready, None where no result came."""

    who: str
    lost: float | None


def _cost(client: Client, times: int) -> Cost:
    client.calculate(2)  # connects again where the pause was longer than the connection is kept
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    client.calculate(times)
    return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)


def _waited(make: Callable[[str], Client], who: str, base_url: str, pause: float) -> Waited:
    time.sleep(pause)
    client = make(base_url)
    try:
        until, result = client.wait()
    finally:
        client.close()
    ready = result.get("ready")
    return Waited(who, None if ready is None else until - ready)


def _package_of(file: str) -> str:
    if file == "~":
        return "built in"
    path = Path(file)
    for above, part in zip(path.parts, path.parts[1:], strict=False):
        if above == "site-packages" or part == "okapi_sdk":
            return part.removesuffix(".py")
    if file.startswith(("<", sysconfig.get_path("stdlib"))):
        return "standard library"
    return "the program"


def _profile(client: Client, times: int) -> dict[str, float]:
    """Seconds for one submit and result by package; what is built in is charged to its caller."""
    client.calculate(times)
    profile = cProfile.Profile(time.process_time)
    profile.runcall(client.calculate, times)
    found: Counter[str] = Counter()
    stats: Any = pstats.Stats(profile)
    for (file, _, _), (_, _, own, _, callers) in stats.stats.items():
        package = _package_of(file)
        if package != "built in" or not callers:
            found[package] += own / times
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            found[_package_of(caller)] += part / times
    return dict(found)


def _main(said: Connection, kind: str, base_url: str) -> None:
    sys.stdout = sys.stderr
    make: Callable[[str], Client] = globals()[kind]
    client = make(base_url) if base_url else None
    try:
        while True:
            verb, *arguments = said.recv()
            if verb == "cost" and client is not None:
                said.send(_cost(client, *arguments))
            elif verb == "profile" and client is not None:
                said.send(_profile(client, *arguments))
            elif verb == "run":
                other = make(arguments[0])
                other.calculate(arguments[1])
                other.close()
                said.send(None)
            elif verb == "wait":
                with ThreadPoolExecutor(64) as pool:
                    waiting = [
                        pool.submit(_waited, make, who, url, STAGGER_SECONDS * number)
                        for number, (who, url) in enumerate(arguments[0])
                    ]
                    said.send([one.result() for one in waiting])
    except EOFError:
        if client is not None:
            client.close()


class Worker:
    """One kind of client in a process of its own."""

    def __init__(self, kind: type[Client], base_url: str = "") -> None:
        context = multiprocessing.get_context("spawn")
        self._said, theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(theirs, kind.__name__, base_url), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, *words: Any) -> None:
        """Begin something."""
        self._said.send(words)

    def told(self) -> Any:
        """What came of it."""
        return self._said.recv()

    def cost(self, times: int) -> Cost:
        """What one submit and result costs, over so many."""
        self.ask("cost", times)
        found: Cost = self.told()
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._said.close()
        self._process.join(10)
