"""The emulator's web page: static files, the OpenAPI document, and the log of calculations."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from starlette.responses import Response

from .jobs import Jobs
from .json_text import write_json

_TYPES = {
    "css": "text/css; charset=utf-8", "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "json": "application/json",
}  # fmt: skip
_FILES = {
    "/": "page.html",
    "/docs": "docs.html",
    "/openapi.json": "openapi.json",
    **{f"/assets/{name}": name for name in ("client.js", "docs.js", "page.css", "page.js", "coastline.json")},
}
# The pages load nothing from elsewhere, run no inline scripts, and are shown in no other page.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
LOG = "/emulator/calculations"
_NEWEST = 50


def is_page(path: str, accept: str) -> bool:
    """Return True if a path is one of the page's. ``/`` is the page for browsers only."""
    return path == LOG or (path in _FILES and (path != "/" or "text/html" in accept))


def page(path: str, jobs: Jobs) -> Response:
    """Return what the page shows, or loads, at one of its paths."""
    if path == LOG:
        return Response(write_json(jobs.newest(_NEWEST)), headers=_HEADERS, media_type="application/json")
    name = _FILES[path]
    return Response(_read(name), headers=_HEADERS, media_type=_TYPES[name.rpartition(".")[2]])


@cache
def _read(name: str) -> bytes:
    # The coastlines are those of the plots.
    folder = (
        files("okapi_sdk") / "plot" if name == "coastline.json" else files("okapi_sdk.emulator.protocol") / "assets"
    )
    return (folder / name).read_bytes()
