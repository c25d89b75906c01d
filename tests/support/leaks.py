"""Looks for secrets: in everything that can be printed, and in everything that can be reached."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import gc
import json
import pickle
import ssl
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from pydantic import SecretBytes, SecretStr

TESTS = str(Path(__file__).parent.parent)
_KEEPERS = (SecretStr, SecretBytes)
"""Where a secret may be."""
_FOREIGN = ("httpx", "httpcore", "h11", "_pytest", "anyio", "logging")
"""The connections need the proxy's password; frames and loops of others are not ours to judge."""


def found_in(text: str | bytes | bytearray, secrets: Mapping[str, str]) -> set[str]:
    """Names of the secrets that stand in a text."""
    if isinstance(text, str):
        return {name for name, secret in secrets.items() if secret in text}
    return {name for name, secret in secrets.items() if secret.encode() in text}


def printed(thing: Any) -> Iterator[str | bytes]:
    """All that an object can be turned into without asking for its secrets by name."""
    for turn in (repr, str, format, "{0:}".format, ascii):
        yield turn(thing)
    for value in getattr(thing, "__dict__", {}).values():
        yield f"{value!r} {value!s}"
    makers: tuple[Callable[[Any], Any], ...] = (
        pickle.dumps,
        lambda it: repr(vars(copy.copy(it))),
        lambda it: repr(vars(copy.deepcopy(it))),
        lambda it: json.dumps(vars(it), default=str),
        lambda it: repr(dataclasses.asdict(it)),
        lambda it: it.model_dump_json(),
        lambda it: repr(it.model_dump()),
        lambda it: " ".join(repr(getattr(it, name, None)) for name in dir(it) if not name.startswith("__")),
    )
    for make in makers:
        try:
            made = make(thing)
        except Exception as refusal:  # many refuse, and must not tell why by showing it
            yield str(refusal)
        else:
            yield made if isinstance(made, str | bytes) else repr(made)


def printed_traceback(error: BaseException) -> str:
    """The traceback with the locals of all frames, those of the test left out: it knows the secrets."""
    whole = error.__traceback__
    while whole is not None and whole.tb_frame.f_code.co_filename.startswith(TESTS):
        whole = whole.tb_next
    return "".join(traceback.TracebackException(type(error), error, whole, capture_locals=True).format())


def frames(traced: TracebackType | None) -> Iterator[FrameType]:
    """The frames of the SDK in a traceback."""
    while traced is not None:
        if "okapi_sdk" in traced.tb_frame.f_code.co_filename:
            yield traced.tb_frame
        traced = traced.tb_next


def reachable(*roots: Any) -> Iterator[Any]:
    """Every object that references lead to, but for the secrets' own keepers and what belongs to others."""
    seen: dict[int, Any] = {}
    left = list(roots)
    while left:
        thing = left.pop()
        if id(thing) in seen or _is_closed_to_us(thing):
            continue
        seen[id(thing)] = thing
        yield thing
        if isinstance(thing, FunctionType):
            left += [cell.cell_contents for cell in thing.__closure__ or ()]
            left += [thing.__defaults__, thing.__kwdefaults__]
        elif isinstance(thing, FrameType):
            left += thing.f_locals.values()
        elif isinstance(thing, BaseException):
            left += [thing.args, vars(thing), thing.__context__, thing.__cause__, *frames(thing.__traceback__)]
        elif isinstance(thing, TracebackType):
            left += frames(thing)
        elif not isinstance(thing, str | bytes | bytearray | int | float):
            left += gc.get_referents(thing)


_CLOSED = (*_KEEPERS, type, ModuleType, BuiltinFunctionType, ssl.SSLContext, asyncio.AbstractEventLoop, asyncio.Future)


def _is_closed_to_us(thing: Any) -> bool:
    return isinstance(thing, _CLOSED) or type(thing).__module__.startswith(_FOREIGN)


def leaks(thing: Any, secrets: Mapping[str, str]) -> set[str]:
    """Where secrets were found, in what it prints and in what it leads to."""
    found = {f"{name}, printed" for text in printed(thing) for name in found_in(text, secrets)}
    if isinstance(thing, BaseException):
        found |= {f"{name}, in the traceback's locals" for name in found_in(printed_traceback(thing), secrets)}
    for reached in reachable(thing):
        if isinstance(reached, str | bytes | bytearray):
            found |= {f"{name}, reached" for name in found_in(reached, secrets)}
    return found
