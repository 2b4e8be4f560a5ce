"""Run a block function over arrays: blocks that stay in cache, threads over ranges of blocks.

Buffers belong to threads and are kept between calls, so a call allocates its outputs alone. Each
thread has a context in which NumPy gives no warnings.
"""

from __future__ import annotations

import contextvars
import math
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]

SCRATCH_BYTES = 15 << 17
"""The most that the buffers of all threads of a call may take, 1.9 MB, but for very many buffers."""

LONGEST_BLOCK = 1 << 16
"""Long enough that two threads seldom wait for each other between steps, and still in cache."""

SHORTEST_BLOCK = 1 << 10
_KEPT_VIEWS = 64
_OPERANDS = 60
THREADED_WORK = 1 << 20
"""Entries times steps from which a call is worth more than one thread."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Scratch(threading.local):
    """The buffers and the silent context of one thread."""

    def __init__(self) -> None:
        self.memory = np.empty(0, np.uint8)
        self.views: dict[tuple[int, int, int, str], list[Array]] = {}
        self.context = contextvars.Context()
        self.context.run(np.seterr, all="ignore")
        self.depth = 0

    def buffers(self, count: int, masks: int, size: int, dtype: np.dtype[Any]) -> list[Array]:
        """`count` arrays of `size` entries, then `masks` arrays of truth values.

        They are new ones for a block that runs inside another, as the body of a sum does.
        """
        if self.depth > 1:
            made = [np.empty(size, dtype) for _ in range(count)]
            return [*made, *(np.empty(size, np.bool_) for _ in range(masks))]
        key = (count, masks, size, dtype.char)
        found = self.views.get(key)
        if found is None:
            found = self._make(count, masks, size, dtype)
            if len(self.views) >= _KEPT_VIEWS:
                self.views.clear()
            self.views[key] = found
        return found

    def _make(self, count: int, masks: int, size: int, dtype: np.dtype[Any]) -> list[Array]:
        width = -(-size * dtype.itemsize // 64) * 64
        mask_width = -(-size // 64) * 64
        needed = count * width + masks * mask_width
        if needed > self.memory.size:
            self.memory = np.empty(needed, np.uint8)
            self.views.clear()
        views = []
        for number in range(count):
            begin = number * width
            views.append(self.memory[begin : begin + size * dtype.itemsize].view(dtype))
        for number in range(masks):
            begin = count * width + number * mask_width
            views.append(self.memory[begin : begin + size].view(np.bool_))
        return views


_scratch = _Scratch()


def silently(function: Callable[..., Any], *args: Any) -> Any:
    """Call `function` where NumPy gives no warnings; also from inside such a call."""
    scratch = _scratch
    scratch.depth += 1
    try:
        if scratch.depth > 1:
            return function(*args)
        return scratch.context.run(function, *args)
    finally:
        scratch.depth -= 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="numeric")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def block_length(size: int, workers: int, entry_bytes: int, fused: bool = False) -> int:
    """How many of `size` entries a worker evaluates at a time, its buffers `entry_bytes` each.

    A fused block, which makes one pass over the entries, gets all of its share.
    """
    if fused:
        return -(-size // workers)
    share = -(-size // workers)
    fits = SCRATCH_BYTES // (workers * entry_bytes) if entry_bytes else LONGEST_BLOCK
    longest = max(SHORTEST_BLOCK, min(LONGEST_BLOCK, fits))
    even = -(-share // -(-share // longest))
    return -(-even // 64) * 64


class BlockRunner:
    """A block function with the buffers it needs; `inputs` says which are arrays, in order.

    The others are arrays without axes, read by every entry. `fused` says that the block makes one
    pass over memory however many steps it has.
    """

    def __init__(
        self,
        block: Callable[..., Any],
        *,
        steps: int,
        outputs: int,
        buffers: int,
        masks: int,
        dtype: np.dtype[Any],
        fused: bool = False,
    ) -> None:
        self.block = block
        self.fused = fused
        self.steps = steps
        self.outputs = outputs
        self.needs = (buffers, masks)
        self.dtype = dtype
        self.entry_bytes = buffers * dtype.itemsize + masks

    def flat(self, inputs: Sequence[Array], outputs: Sequence[Array], threads: int | None) -> None:
        """Fill the outputs, all of one axis and one length, from inputs of that length or no axis."""
        size = outputs[0].size
        workers = self._workers(size, threads)
        length = block_length(size, workers, self.entry_bytes, self.fused)
        if size <= length:
            silently(self._one, inputs, outputs, size)
            return
        share = -(-size // (workers * length)) * length
        ranges = [(begin, min(begin + share, size)) for begin in range(0, size, share)]
        jobs = [
            _pool().submit(silently, self._range, inputs, outputs, length, *part)
            for part in ranges[1:]
        ]
        try:
            silently(self._range, inputs, outputs, length, *ranges[0])
        finally:
            for job in jobs:
                job.result()

    def _workers(self, size: int, threads: int | None) -> int:
        if threads is not None:
            return max(1, min(threads, processors()))
        return processors() if size * self.steps >= THREADED_WORK else 1

    def _one(self, inputs: Sequence[Array], outputs: Sequence[Array], size: int) -> None:
        self.block(*inputs, *outputs, *_scratch.buffers(*self.needs, size, self.dtype))

    def _range(
        self, inputs: Sequence[Array], outputs: Sequence[Array], length: int, begin: int, end: int
    ) -> None:
        block = self.block
        buffers = _scratch.buffers(*self.needs, length, self.dtype)
        stop = end - (end - begin) % length
        whole = [array if array.ndim == 0 else None for array in inputs]
        for start in range(begin, stop, length):
            part = slice(start, start + length)
            parts = [
                array[part] if fixed is None else fixed
                for array, fixed in zip(inputs, whole, strict=True)
            ]
            block(*parts, *[array[part] for array in outputs], *buffers)
        if stop < end:
            part = slice(stop, end)
            parts = [array[part] if array.ndim else array for array in inputs]
            rest = [buffer[: end - stop] for buffer in buffers]
            block(*parts, *[array[part] for array in outputs], *rest)

    def chunks(self, inputs: Sequence[Array], outputs: Sequence[Array]) -> None:
        """Fill outputs of any shape from inputs that broadcast to it, a chunk at a time."""
        if len(inputs) + len(outputs) > _OPERANDS:
            shape = outputs[0].shape
            flat = [np.ascontiguousarray(np.broadcast_to(a, shape)).reshape(-1) for a in inputs]
            made = [np.empty(outputs[0].size, self.dtype) for _ in outputs]
            self.flat(flat, made, None)
            for output, result in zip(outputs, made, strict=True):
                output[...] = result.reshape(shape)
            return
        silently(self._chunks, inputs, outputs)

    def _chunks(self, inputs: Sequence[Array], outputs: Sequence[Array]) -> None:
        roles: list[list[Literal["readonly", "writeonly"]]] = [["readonly"] for _ in inputs]
        roles += [["writeonly"] for _ in outputs]
        iterator = np.nditer(
            [*inputs, *outputs],
            flags=["external_loop", "buffered", "zerosize_ok"],
            op_flags=roles,
            op_dtypes=[self.dtype for _ in roles],
            order="K",
            casting="same_kind",
            buffersize=block_length(outputs[0].size, 1, self.entry_bytes),
        )
        with iterator:
            for each in iterator:
                chunk = each if isinstance(each, tuple) else (each,)
                size = chunk[-1].size
                self.block(*chunk, *_scratch.buffers(*self.needs, size, self.dtype))


def run_block(
    block: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    outputs: int,
    buffers: int,
    masks: int,
    dtype: str = "float64",
) -> Any:
    """Run the `block` of a written-out module over arrays that broadcast together."""
    kind = np.dtype(dtype)
    arrays = [np.asarray(value, kind) for value in inputs]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    results = [np.empty(shape, kind) for _ in range(outputs)]
    runner = BlockRunner(block, steps=1, outputs=outputs, buffers=buffers, masks=masks, dtype=kind)
    if math.prod(shape):
        runner.chunks(arrays, results)
    return results[0] if outputs == 1 else tuple(results)
