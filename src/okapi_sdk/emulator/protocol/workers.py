"""Threads that compute. Unlike those of a ThreadPoolExecutor, they do not keep the interpreter alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_THREADS = 2
_LONGEST_CLOSE = 1.0
"""Seconds that `close` waits for what is being computed."""
IDLE_SECONDS = 60.0
"""Seconds without a task after which a thread calls `when_idle`."""


class _Task(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self.future: Future[T] = Future()
        self._work = work

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the future gets it
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Workers:
    """Up to `most` daemon threads, each started when a task finds no thread idle.

    `when_idle` is called in a thread that has had no task for a minute, and in one that ends.
    """

    def __init__(self, most: int = _THREADS, when_idle: Callable[[], None] = lambda: None) -> None:
        self._most = most
        self._when_idle = when_idle
        self._tasks: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Call `work` in one of the threads, after everything that was submitted before."""
        task = _Task(work)
        self._tasks.put(task)
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._most:
            thread = threading.Thread(target=self._run, name="okapi-emulator-calculation", daemon=True)
            thread.start()
            self._threads.append(thread)
        return task.future

    def close(self) -> None:
        """Cancel what has not begun, and end the threads. Wait at most a second for what is being computed."""
        while True:
            try:
                task = self._tasks.get_nowait()
            except Empty:
                break
            if task is not None:
                task.future.cancel()
        for _ in self._threads:
            self._tasks.put(None)
        last = time.monotonic() + _LONGEST_CLOSE
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, last - time.monotonic()))

    def _run(self) -> None:
        while (task := self._next()) is not None:
            task.run()
            del task  # an idle thread must not hold the last result
        self._when_idle()

    def _next(self) -> _Task[Any] | None:
        try:
            return self._tasks.get_nowait()
        except Empty:
            self._idle.release()
        while True:
            try:
                return self._tasks.get(timeout=IDLE_SECONDS)
            except Empty:
                self._when_idle()
