"""Many tracking data messages are added at once, and the caller knows what became of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    NewTdm,
    OkapiClient,
    OkapiError,
    PermissionDeniedError,
    RetryPolicy,
    SubmissionUncertainError,
    Tdm,
    Tdms,
)
from okapi_sdk.emulator import Emulator
from tests.models.messages import TDM

NIGHT = Tdm.parse_many("\n".join(TDM.replace("OPERATOR", f"OPERATOR {number}") for number in range(20)))


Account = list[str | OkapiError]
"""The ID of each message, or the error that it met."""


def with_threads(emulator: Emulator) -> Account:
    with OkapiClient.emulated(emulator, retry=RetryPolicy()) as client, ThreadPoolExecutor(8) as pool:

        def add(tdm: Tdm) -> str | OkapiError:
            try:
                return client.add(NewTdm(tdm=tdm)).id
            except OkapiError as error:
                return error

        return list(pool.map(add, NIGHT))


def with_tasks(emulator: Emulator) -> Account:
    async def main() -> Account:
        async with AsyncOkapiClient.emulated(emulator, retry=RetryPolicy()) as client:

            async def add(tdm: Tdm) -> str | OkapiError:
                try:
                    return (await client.add(NewTdm(tdm=tdm))).id
                except OkapiError as error:
                    return error

            return await asyncio.gather(*map(add, NIGHT))

    return asyncio.run(main())


@pytest.mark.parametrize("add_all", [with_threads, with_tasks])
def test_each_is_stored_once_or_its_error_says_why(add_all: Callable[[Emulator], Account], emulator: Emulator) -> None:
    emulator.fail_next(429, path="/tdms", headers={"Retry-After": "1"}, times=2)  # not processed, so it is sent again
    emulator.fail_next(403, path="/tdms", body={"status": {"type": "FATAL", "text": "no right to add"}})
    emulator.fail_next(500, path="/tdms", body="<html>Internal Server Error</html>")
    account = add_all(emulator)

    kinds = Counter(type(item) for item in account)
    assert kinds == {str: len(NIGHT) - 2, PermissionDeniedError: 1, SubmissionUncertainError: 1}
    with OkapiClient.emulated(emulator) as client:
        stored = {record.id: record.tdm["content"] for record in client.list(Tdms())}  # type: ignore[attr-defined]
    assert stored == {item: tdm.wire() for item, tdm in zip(account, NIGHT, strict=True) if isinstance(item, str)}
