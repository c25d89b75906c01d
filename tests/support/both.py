"""One way to write a test for both clients: the async one behind the sync one's face."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from okapi_sdk import (
    AsyncOkapiClient,
    AsyncRequest,
    OkapiClient,
    Request,
)
from okapi_sdk.emulator import Emulator

Wait = Callable[[Any], Any]


class Handle:
    """A request whose awaitables are awaited."""

    def __init__(self, request: Request[Any] | AsyncRequest[Any], wait: Wait) -> None:
        self._request = request
        self._wait = wait

    def __repr__(self) -> str:
        return repr(self._request)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._request, name)
        if name not in ("done", "wait", "result"):
            return found

        def call(*arguments: Any, **options: Any) -> Any:
            outcome = self._wait(found(*arguments, **options))
            return self if name == "wait" else outcome

        return call

    def parts(self, **options: Any) -> Iterator[Any]:
        iterator = self._request.parts(**options)
        if not hasattr(iterator, "__anext__"):
            yield from iterator
            return
        while True:
            try:
                yield self._wait(anext(iterator))
            except StopAsyncIteration:
                return


class Client:
    """A client whose awaitables are awaited, each call in the same event loop."""

    def __init__(self, client: OkapiClient | AsyncOkapiClient, wait: Wait) -> None:
        self.inner: Any = client
        self._wait = wait

    def submit(self, calculation: Any) -> Handle:
        return Handle(self._wait(self.inner.submit(calculation)), self._wait)

    def resume(self, *arguments: Any) -> Handle:
        return Handle(self.inner.resume(*arguments), self._wait)

    def run(self, calculation: Any, **options: Any) -> Any:
        return self._wait(self.inner.run(calculation, **options))

    def send(self, *arguments: Any, **options: Any) -> Any:
        return self._wait(self.inner.send(*arguments, **options))

    def list(self, query: Any) -> Iterator[Any]:
        return self._read(self.inner.list(query))

    def first(self, query: Any) -> Any:
        return self._wait(self.inner.list(query).first())

    def pages(self, query: Any) -> Iterator[Any]:
        return self._read(self.inner.list(query).pages())

    def _read(self, found: Any) -> Iterator[Any]:
        if not hasattr(found, "__aiter__"):
            yield from found
            return
        iterator = aiter(found)
        while True:
            try:
                yield self._wait(anext(iterator))
            except StopAsyncIteration:
                return

    def get(self, *arguments: Any) -> Any:
        return self._wait(self.inner.get(*arguments))

    def add(self, new: Any) -> Any:
        return self._wait(self.inner.add(new))

    def update(self, *arguments: Any) -> Any:
        return self._wait(self.inner.update(*arguments))

    def delete(self, *arguments: Any) -> Any:
        return self._wait(self.inner.delete(*arguments))

    def sign_in(self) -> None:
        self._wait(self.inner.sign_in())

    def with_options(self, **options: Any) -> Client:
        return Client(self.inner.with_options(**options), self._wait)

    def close(self) -> None:
        self._wait(self.inner.close())

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Both:
    """Makes clients of one kind, ``sync`` or ``async``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._runner = asyncio.Runner() if kind == "async" else None

    def wait(self, outcome: Any) -> Any:
        if not isinstance(outcome, Awaitable):
            return outcome
        assert self._runner is not None
        found: list[Any] = []

        async def awaited() -> None:
            # Not returned: the runner's handler of Ctrl-C has the repr of the task made, with its result, in each run.
            found.append(await outcome)

        self._runner.run(awaited())
        return found[0]

    def client(self, **options: Any) -> Client:
        """A client from the constructor's arguments."""
        kind = OkapiClient if self.kind == "sync" else AsyncOkapiClient
        return Client(kind(**options), self.wait)

    def emulated(self, emulator: Emulator | None = None, **options: Any) -> Client:
        kind = OkapiClient if self.kind == "sync" else AsyncOkapiClient
        return Client(kind.emulated(emulator, **options), self.wait)

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()
