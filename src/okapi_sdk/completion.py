"""Waiting for several submitted calculations at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from typing import Any, Self, overload

from ._engine.fleet import Fleet, Member
from .errors import InputError, InputProblem, R, WaitTimeoutError
from .fleet import Run, Threads
from .request import AsyncRequest, Request, Timeout, checked_timeout
from .text import short


@overload
def as_completed(requests: Iterable[Request[R]], *, timeout: Timeout = 900.0) -> Iterator[Request[R]]: ...
@overload
def as_completed(
    requests: Iterable[AsyncRequest[R]], *, timeout: Timeout = 900.0
) -> AsyncIterator[AsyncRequest[R]]: ...
def as_completed(requests: Iterable[Any], *, timeout: Timeout = 900.0) -> Any:
    """Yield requests in the order in which their calculations end, even with status FATAL. Polls all of them together.

    Requests of an `AsyncOkapiClient` are iterated with ``async for``. A request whose polls fail is yielded too; its
    ``result()`` raises the error. A request that was passed twice is yielded once.

    Args:
        requests: the requests, all of them from clients of one kind.
        timeout: seconds or a timedelta for all of them together; None waits forever.

    Raises:
        InputError: if an argument is invalid.
        WaitTimeoutError: if a calculation has not ended within ``timeout``. The calculations continue.
    """
    found, seconds = _checked("as_completed", requests), checked_timeout(timeout)
    if not found:
        return _Nothing()
    return _ended_async(found, seconds) if isinstance(found[0], AsyncRequest) else _ended(found, seconds)


@overload
def wait_all(requests: Iterable[Request[R]], *, timeout: Timeout = 900.0) -> list[Request[R]]: ...
@overload
def wait_all(requests: Iterable[AsyncRequest[R]], *, timeout: Timeout = 900.0) -> Awaitable[list[AsyncRequest[R]]]: ...
def wait_all(requests: Iterable[Any], *, timeout: Timeout = 900.0) -> Any:
    """Wait until all calculations have ended, even with status FATAL. Return their requests in the given order.

    With requests of an `AsyncOkapiClient`, the call is awaited. A request whose polls failed is returned too; its
    ``result()`` raises the error.

    Args:
        requests: the requests, all of them from clients of one kind.
        timeout: seconds or a timedelta for all of them together; None waits forever.

    Raises:
        InputError: if an argument is invalid.
        WaitTimeoutError: if a calculation has not ended within ``timeout``. The calculations continue.
    """
    found, seconds = _checked("wait_all", requests), checked_timeout(timeout)
    if found and isinstance(found[0], AsyncRequest):
        return _wait_all_async(found, seconds)
    if found:
        for _ in _ended(found, seconds):
            pass
    return found or _Nothing()


class _Nothing(list[Any]):
    """The end of a wait for no requests, which do not tell whether the caller uses threads or tasks."""

    def __next__(self) -> Any:
        raise StopIteration

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        raise StopAsyncIteration

    def __await__(self) -> Generator[None, None, list[Any]]:
        yield from ()
        return []


def _ended(requests: list[Request[R]], timeout: float) -> Iterator[Request[R]]:
    with closing(Threads(_run(requests, timeout), requests[0]._driver).ended()) as members:
        for member in members:
            yield _request_of(member)


async def _ended_async(requests: list[AsyncRequest[R]], timeout: float) -> AsyncIterator[AsyncRequest[R]]:
    from .async_fleet import Tasks  # asyncio, which programs with threads do not need

    async with aclosing(Tasks(_run(requests, timeout), requests[0]._driver).ended()) as members:
        async for member in members:
            yield _request_of(member)


async def _wait_all_async(requests: list[AsyncRequest[R]], timeout: float) -> list[AsyncRequest[R]]:
    async for _ in _ended_async(requests, timeout):
        pass
    return requests


def _run(requests: list[Any], timeout: float) -> Run[Any]:
    fleet: Fleet[Any] = Fleet(requests[0]._job.session, timeout)
    for request in dict.fromkeys(requests):
        fleet.follow(request._job, request)
    return Run(fleet)


def _request_of(member: Member[Any]) -> Any:
    if isinstance(member.error, WaitTimeoutError):
        raise member.error
    return member.handle


def _checked(function: str, requests: Iterable[Any]) -> list[Any]:
    rule, remedy = "an iterable of requests, all from OkapiClient or all from AsyncOkapiClient", "pass a list"
    if isinstance(requests, Iterable):
        found = list(requests)
        if any(all(isinstance(request, kind) for request in found) for kind in (Request, AsyncRequest)):
            return found
        remedy = "pass what submit() or resume() returned"
    raise InputError(function, (InputProblem("requests", short(requests), rule, remedy),))
