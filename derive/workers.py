"""Work in separate processes, each task with a time budget and every worker with a memory limit.

The libraries below can abort the process when memory runs out, and a hostile file may ask for a
computation without end. A task then costs its worker, which is replaced, and nothing else.
"""

from __future__ import annotations

import gc
import multiprocessing as mp
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

COLLECT_EVERY: Final = 50_000
"""New objects between two garbage collections."""

ALONE: Final = 2.0
"""Seconds after which a worker without a task asks whether its parent is still there."""

MEMORY: Final = 3 << 30
SLACK: Final = 0.05

RAISED: Final = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError, OSError),
    *(RuntimeError, SyntaxError, TypeError, ValueError),
)
"""What a fault in the program may raise: it costs the task, and its worker goes on."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that did not come back; ``reason`` says why."""

    reason: str


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    task: int | None = None
    deadline: float = 0.0


def _serve(function: Callable[[Any], Any], pipe: Connection, memory: int) -> None:
    """Answer tasks until the pipe closes; what is loaded by then is never garbage."""
    _limit_memory(memory)
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    parent = os.getppid()
    while True:
        while not pipe.poll(ALONE):
            if os.getppid() != parent:
                return
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            result = function(task)
        except MemoryError:
            result = Failure("it needed more memory than is allowed")
        except RAISED as error:
            result = Failure(_told(error))
        pipe.send(result)


def _told(error: Exception) -> str:
    """An exception in words: what it is, and where in the sources it came up."""
    *_, last = traceback.extract_tb(error.__traceback__)
    path = Path(last.filename)
    return (
        f"{type(error).__name__}: {error} ({path.parent.name}/{path.name}, line {last.lineno}); "
        "please report this fault of derive"
    )


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


class Pool:
    """Runs ``function`` on tasks in ``jobs`` processes; use it as a context manager.

    ``timeout`` is in seconds of wall clock for each task, ``memory`` in bytes of address space for each
    process, where the system can limit it.
    """

    def __init__(
        self, function: Callable[[Any], Any], jobs: int, timeout: float, memory: int = MEMORY
    ) -> None:
        self.function = function
        self.jobs = max(1, jobs)
        self.timeout = timeout
        self.memory = memory
        method = (
            "fork" if "fork" in mp.get_all_start_methods() and sys.platform != "darwin" else "spawn"
        )
        self.context: Any = mp.get_context(method)
        self.workers: list[_Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            self._end(worker)

    def run(self, tasks: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """Pairs (number of the task, result or `Failure`), in the order in which they end.

        Tasks are drawn as workers become free, so the iterable may be endless.
        """
        numbered = enumerate(tasks)
        more = True
        while True:
            while more and (worker := self._idle()) is not None:
                item = next(numbered, None)
                if item is None:
                    more = False
                else:
                    self._start(worker, *item)
            busy = [w for w in self.workers if w.task is not None]
            if not busy:
                return
            yield from self._collect(busy)

    def ordered(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """The results in the order of the tasks."""
        ready: dict[int, Any] = {}
        due = 0
        for number, result in self.run(tasks):
            ready[number] = result
            while due in ready:
                yield ready.pop(due)
                due += 1

    def _idle(self) -> _Worker | None:
        for worker in self.workers:
            if worker.task is None:
                return worker
        if len(self.workers) < self.jobs:
            self.workers.append(self._new())
            return self.workers[-1]
        return None

    def _new(self) -> _Worker:
        mine, theirs = self.context.Pipe()
        process = self.context.Process(
            target=_serve, args=(self.function, theirs, self.memory), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, mine)

    def _start(self, worker: _Worker, number: int, task: Any) -> None:
        worker.task = number
        worker.deadline = time.monotonic() + self.timeout
        worker.pipe.send(task)

    def _collect(self, busy: list[_Worker]) -> Iterator[tuple[int, Any]]:
        """Wait for the first answers, and end what is over its time."""
        left = max(0.0, min(w.deadline for w in busy) - time.monotonic()) + SLACK
        answered = set(wait([w.pipe for w in busy], timeout=left))
        for worker in busy:
            number = worker.task
            assert number is not None
            if worker.pipe in answered:
                try:
                    result = worker.pipe.recv()
                    worker.task = None
                except (EOFError, ConnectionResetError):
                    result = Failure(
                        "its process ended without an answer, most likely out of memory"
                    )
                    self._replace(worker)
                yield number, result
            elif time.monotonic() > worker.deadline:
                self._replace(worker)
                yield number, Failure(f"it took longer than {self.timeout:g} s")

    def _replace(self, worker: _Worker) -> None:
        self._end(worker)
        self.workers.remove(worker)

    def _end(self, worker: _Worker) -> None:
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
