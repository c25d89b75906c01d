"""The clients that are compared, each behind the same three verbs.

The published clients are used as they are installed. Only the address of the sign-in is changed: okapi-aether-sdk takes
it as an argument; in okapi-python-connector it is a constant in a function's code, and that constant is exchanged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

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

DURATIONS = (0.3, 1.2, 3.7, 12.0)
"""Seconds that the calculations take whose results are waited for."""
LOOP_SECONDS = 1.0
MAX_POLLS = 50


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
        self._http: Any = httpx.Client(headers={"authorization": f"Bearer {TOKEN}", "accept": "application/json"})

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


class BareRequests(Bare):
    """The same with one ``requests.Session``."""

    def __init__(self, base_url: str) -> None:
        import requests

        self._base = base_url
        self._http: Any = requests.Session()
        self._http.headers.update({"authorization": f"Bearer {TOKEN}", "accept": "application/json"})


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
