"""A ready display of progress for terminals, notebooks and logs. The SDK itself is silent."""

from __future__ import annotations

import importlib
import logging
import sys
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from .errors import InputError, InputProblem
from .outcome import MapProgress
from .results.poll_event import PollEvent
from .settings.policies import seconds
from .text import printable, short

_log = logging.getLogger("okapi_sdk")

Style = Literal["auto", "terminal", "notebook", "log"]
BAR_WIDTH = 20


class Progress:
    """Shows how far a wait or a `map` has come. Pass it as ``on_poll`` or ``on_progress``.

    ::

        with Progress() as progress:
            for outcome in client.map(calculations, on_progress=progress):
                ...

    In a terminal, a line on stderr is drawn anew; in a notebook, a line of the cell's output. Elsewhere, a line is
    logged from time to time, at level INFO to the logger ``okapi_sdk``.

    Args:
        style: ``terminal``, ``notebook`` or ``log``; ``auto`` chooses by where the program runs.
        interval: seconds between two lines in a log.

    Raises:
        InputError: if an argument is invalid.
    """

    def __init__(self, style: Style = "auto", *, interval: float = 10.0) -> None:
        if style not in ("auto", "terminal", "notebook", "log"):
            rule = "auto, terminal, notebook or log"
            raise InputError("Progress", (InputProblem("style", short(style), rule, "omit it to let the SDK choose"),))
        self._display = _display(style, seconds("interval", interval))
        self._shown_at = float("-inf")

    def __call__(self, event: PollEvent | MapProgress) -> None:
        """Show an event, unless another was shown a moment ago."""
        is_last = isinstance(event, MapProgress) and event.succeeded + event.failed == event.total
        if is_last or event.elapsed - self._shown_at >= self._display.interval:
            self._shown_at = event.elapsed
            self._display.show(progress_line(event))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.close()


def progress_line(event: PollEvent | MapProgress) -> str:
    """Return an event as one line of text."""
    if isinstance(event, PollEvent):
        status = "" if event.status.type == "NONE" else f" ({event.status.type}: {event.status.line})"
        return printable(f"{event.ref}: running for {_duration(event.elapsed)}{status}")
    ended = event.succeeded + event.failed
    if event.total:
        filled = round(BAR_WIDTH * ended / event.total)
        parts = [f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {ended:,} of {event.total:,} done"]
    else:
        parts = [f"{ended:,} done"]
    parts += [f"{count:,} {name}" for count, name in ((event.failed, "failed"), (event.running, "running")) if count]
    rate = ended / event.elapsed if event.elapsed > 0 else 0.0
    if rate:
        parts.append(f"{rate:.3g}/s")
    if rate and event.total and ended < event.total:
        parts.append(f"about {_duration((event.total - ended) / rate)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


class _Display(Protocol):
    interval: float
    """Shortest time between two lines, in seconds."""

    def show(self, line: str) -> None: ...
    def close(self) -> None: ...


class _Log:
    def __init__(self, interval: float) -> None:
        self.interval = interval

    def show(self, line: str) -> None:
        _log.info("%s", line)

    def close(self) -> None:
        pass


class _Terminal:
    interval = 0.1

    def __init__(self) -> None:
        self._is_drawn = False

    def show(self, line: str) -> None:
        import shutil

        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{line[:width]:{width}}")
        sys.stderr.flush()
        self._is_drawn = True

    def close(self) -> None:
        if self._is_drawn:
            sys.stderr.write("\n")
            sys.stderr.flush()


class _Notebook:
    interval = 0.5

    def __init__(self, display: Any) -> None:
        self._display, self._handle = display, None

    def show(self, line: str) -> None:
        data = {"text/plain": line}
        if self._handle is None:
            self._handle = self._display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)

    def close(self) -> None:
        pass


def _display(style: Style, interval: float) -> _Display:
    shell = _notebook_shell() if style in ("auto", "notebook") else None
    if shell is not None:
        return _Notebook(shell)
    if style == "terminal" or (style == "auto" and sys.stderr is not None and sys.stderr.isatty()):
        return _Terminal()
    return _Log(interval)


def _notebook_shell() -> Any:
    """Return IPython's function ``display`` if the program runs in a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None or getattr(shell, "kernel", None) is None:
        return None
    return importlib.import_module("IPython.display").display
