"""Processes for long calculations and for those that use a native library.

A process leaves the emulator's threads free to respond, and a native library that crashes takes only its own
calculation with it. Each process is a separate Python program, see `worker_process`. It is started by command, not by
`multiprocessing`, which would import the main module of the user's program once more, or fork a process with threads.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from ..services.catalogue import SERVICES
from ..services.outcome import Context, Status
from ..store.tables import Store
from .computation import AbandonedError, Collector, Finished, compute
from .json_text import read_json
from .worker_process import READY, Begun, Message, NeedElements, NeedEntry, Part, Task, receive, send
from .workers import Workers

T = TypeVar("T")

_log = logging.getLogger("okapi_sdk.emulator")

_MOST = 8
_PROGRAM = (
    "import sys, pickle; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from okapi_sdk.emulator.protocol.worker_process import main; main()"
)
# A process must not receive the Ctrl-C that a terminal sends to the user's program.
_OWN_GROUP: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    if os.name == "nt"
    else {"process_group": 0}
)
_ELEMENTS_AT_ONCE = 500
"""Stored objects in one message. Pickling them blocks other threads for a few milliseconds."""


_ABANDONED = Finished(Status("FATAL", "This calculation was abandoned."))
_CRASHED = (
    "The process that computed this calculation ended with {}: it was ended from outside, ran out of memory, or a "
    "native library has a defect. Other calculations are not affected. Submit this one again."
)


class _EndedError(Exception):
    """Raised when a process ended before its calculation."""


class _NotBegunError(_EndedError):
    """Raised when a process ended before it began its calculation, which can therefore be computed in another one."""


class _Process:
    """A running process. One thread at a time uses it; any thread may end it."""

    def __init__(self) -> None:
        if getattr(sys, "frozen", False) or not sys.executable:
            raise OSError("this program contains no Python that could be started")
        command = [sys.executable, "-P", "-c", _PROGRAM]
        # S603: this Python, and constant text.
        self._popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **_OWN_GROUP)  # noqa: S603
        self._input, self._output = cast("IO[bytes]", self._popen.stdin), cast("IO[bytes]", self._popen.stdout)
        _running.add(self)

    @property
    def has_ended(self) -> bool:
        """Return True if the process does not run any more."""
        return self._popen.poll() is not None

    def greet(self) -> None:
        """Wait until the process is ready."""
        with self._ends_as(_NotBegunError):
            send(self._input, sys.path)
            while (line := self._output.readline()) != READY:
                if not line:
                    raise EOFError

    def compute(self, task: Task, store: Store, collector: Collector) -> Finished:
        """Compute one calculation. Its parts go to `collector`."""
        message: Message
        with self._ends_as(_NotBegunError):
            send(self._input, task)
            message = receive(self._output)
        with self._ends_as(_EndedError):
            while True:
                match message:
                    case Begun():
                        pass
                    case Part(name, text):
                        collector.write(name, text)
                    case NeedElements(table, owner):
                        elements = store.elements(table, owner)
                        for first in range(0, len(elements), _ELEMENTS_AT_ONCE):
                            send(self._input, elements[first : first + _ELEMENTS_AT_ONCE])
                        send(self._input, None)
                    case NeedEntry(table, id_):
                        send(self._input, store.get(table, id_))
                    case Finished():
                        return message
                message = receive(self._output)

    def end(self) -> None:
        """End the process at once. It holds nothing that would be lost."""
        self._popen.kill()
        self._popen.wait()

    def close(self) -> None:
        """End the process and close its pipes. Only the thread that uses it may do so."""
        self.end()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):  # what was not sent
                pipe.close()

    def leave_to_parent(self) -> None:
        """Give up the process in a forked child: its pipes would keep it alive, and it is not the child's to end."""
        self._popen.returncode = 0
        with Path(os.devnull).open("rb") as nothing:
            for pipe in (self._input, self._output):
                with contextlib.suppress(OSError, ValueError):
                    os.dup2(nothing.fileno(), pipe.fileno(), inheritable=False)

    @contextlib.contextmanager
    def _ends_as(self, kind: type[_EndedError]) -> Any:
        try:
            yield
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._popen.kill()
            raise kind(_reason(self._popen.wait())) from None


_running: weakref.WeakSet[_Process] = weakref.WeakSet()


def _leave_all_to_parent() -> None:
    for process in list(_running):
        process.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_all_to_parent)


class Processes:
    """Up to one process for each core, at most eight, started when they are first needed.

    A process that has had nothing to do for a minute is ended.
    """

    def __init__(self) -> None:
        self._threads = Workers(min(_cores(), _MOST), self._end_own)
        self._own = threading.local()
        self._lock = threading.Lock()
        self._busy: set[_Process] = set()
        self._all: set[_Process] = set()
        self._closed = False

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Call `work` in a thread that has a process, after everything that was submitted before."""
        return self._threads.submit(work)

    def compute(self, task: Task, store: Store, collector: Collector) -> Finished:
        """Return the end of a calculation, computed in the process of this thread.

        If the process ends before it begins, for instance because it was killed while it was idle, a new one computes
        the calculation. It is never begun twice: it may be what ended the process.
        """
        try:
            try:
                return self._in_process(task, store, collector)
            except _NotBegunError as ended:
                collector.check()
                _log.warning("A process of the emulator ended before it began to compute %s: %s", task.path, ended)
                return self._in_process(task, store, collector)
        except AbandonedError:
            self._end_own()
            return _ABANDONED
        except _EndedError as ended:
            self._end_own()
            if collector.abandoned.is_set():
                return _ABANDONED
            _log.error("A process of the emulator ended while computing %s: %s", task.path, ended)
            return Finished(Status("FATAL", _CRASHED.format(ended)))
        except OSError:
            _log.warning("The emulator cannot start a process, so it computes in its own.", exc_info=True)
            return _compute_here(task, store, collector)

    def abandon(self) -> None:
        """End the processes that are computing."""
        with self._lock:
            busy = list(self._busy)
        for process in busy:
            process.end()

    def close(self) -> None:
        """End all processes and threads."""
        with self._lock:
            self._closed = True
            running = list(self._all)
        for process in running:
            process.end()
        self._threads.close()

    def _in_process(self, task: Task, store: Store, collector: Collector) -> Finished:
        collector.check()
        process = self._process()
        with self._lock:
            self._busy.add(process)
        try:
            collector.check()  # after this, `abandon` ends the process
            return process.compute(task, store, collector)
        finally:
            with self._lock:
                self._busy.discard(process)

    def _process(self) -> _Process:
        process: _Process | None = getattr(self._own, "process", None)
        if process is not None and process.has_ended:  # somebody killed it while it was idle
            self._end_own()
            process = None
        if process is None:
            process = self._own.process = _Process()
            with self._lock:
                self._all.add(process)
                closed = self._closed
            if closed:
                process.end()
            process.greet()
        return process

    def _end_own(self) -> None:
        process: _Process | None = getattr(self._own, "process", None)
        if process is not None:
            self._own.process = None
            process.close()
            with self._lock:
                self._all.discard(process)


def _compute_here(task: Task, store: Store, collector: Collector) -> Finished:
    service = SERVICES[task.path]
    request, context = service.read(read_json(task.body)), Context(task.created, store)
    return compute(service, request, context, task.rows_per_part, collector)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _reason(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}" if code < 2**31 else f"exit code {code:#x}"
