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
    """Two daemon threads, started when they are first needed."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Call `work` in one of the threads, after everything that was submitted before."""
        task = _Task(work)
        self._tasks.put(task)
        if len(self._threads) < _THREADS:
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
        while (task := self._tasks.get()) is not None:
            task.run()
            del task  # an idle thread must not hold the last result
