"""Routing from a path to the service or stored object that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from ..services.catalogue import SERVICES, Service
from ..store.places import Place, find_place
from .envelopes import Envelope
from .refusals import RefusedError

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True)
class Submission:
    """The submission of a calculation."""

    service: Service


@dataclass(frozen=True)
class Poll:
    """A poll for one part of a result, and the envelope of the response."""

    service: Service
    request_id: str
    format: str
    part: int
    envelope: Envelope


def route(path: str) -> Submission | Poll | Place:
    """Return the target of a path.

    In 2020 the platform changed the order of the segments in result paths; both orders work.

    Raises:
        RefusedError: if the emulator does not know the path.
    """
    segments = path.strip("/").split("/")
    for length in (2, 1):
        service = SERVICES.get("/".join(segments[:length]))
        if service is None:
            continue
        match segments[length:]:
            case ["requests"]:
                return Submission(service)
            case ["results", id_, format_] if _REQUEST_ID.fullmatch(id_):
                return Poll(service, id_, format_, 1, Envelope.OBJECT)
            case ["results", id_, format_, part] if _REQUEST_ID.fullmatch(id_) and re.fullmatch(r"[0-9]{1,9}", part):
                return Poll(service, id_, format_, int(part), Envelope.OBJECT)
            case [format_, "results", id_] if _REQUEST_ID.fullmatch(id_):
                return Poll(service, id_, format_, 1, Envelope.ARRAY)
            case [format_, "results", id_, "generic"] if _REQUEST_ID.fullmatch(id_):
                return Poll(service, id_, format_, 1, Envelope.OKAPI_OUTPUT)
    if place := find_place(path):
        return place
    _refuse_path(path)


def _refuse_path(path: str) -> NoReturn:
    if path.startswith("/pass/prediction"):
        raise RefusedError(404, "The service pass/prediction ended in 2020. Use predict-passes/sgp4.")
    raise RefusedError(404, f"The emulator has no path {path[:200]}. GET / lists its paths.")
