"""The optional engine: loops over entries, compiled by Numba for the processor at hand.

The loops are those of `numeric.arrays.numba_loops`. They are compiled when a block is first asked
for, and loops of the same text once in a process. All arithmetic is in float64, whatever the arrays hold.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence, Set
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from numeric.arrays.numba_loops import Loop, loops_of
from numeric.arrays.steps import UnsupportedOperation
from numeric.program import Program

Array: TypeAlias = np.ndarray[Any, Any]
Block: TypeAlias = Callable[..., None]

_TILE = 1 << 13
"""Entries that pass from loop to loop at a time, so that what is between them stays in cache."""


@lru_cache(maxsize=256)
def compiled_loop(text: str, kinds: tuple[str, ...], dtype: np.dtype[Any]) -> Block:
    """A loop in machine code, for contiguous arrays; it raises TypeError for others."""
    import numba
    from numba import types

    from numeric.arrays.numba_math import NAMES

    names = dict(NAMES)
    exec(compile(text, "<numeric numba>", "exec"), names)  # noqa: S102
    given = numba.from_dtype(dtype)
    array = {
        "fixed": types.Array(given, 0, "C", readonly=True),
        "read": types.Array(given, 1, "C", readonly=True),
        "passed": types.Array(types.float64, 1, "C", readonly=True),
        "write": types.Array(given, 1, "C"),
        "pass": types.Array(types.float64, 1, "C"),
    }
    signature = types.void(*(array[kind] for kind in kinds))
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    function: Block = numba.njit([signature], **options)(names["loop"])
    return function


_compiling = threading.Lock()


def _chain(loops: Sequence[Loop], arrays: int, dtype: np.dtype[Any]) -> Block:
    """The loops one after the other, a tile of entries at a time; `arrays` are given from outside."""
    kernels = [compiled_loop(loop.text, tuple(loop.kinds), dtype) for loop in loops]
    if len(loops) == 1 and loops[0].places == list(range(arrays)):
        return kernels[0]
    picks = [_pick(loop.places) for loop in loops]
    steps = list(zip(kernels, picks, strict=True))
    passed = 1 + max(place for loop in loops for place in loop.places) - arrays

    def block(*given: Array) -> None:
        size = given[-1].size
        between = [np.empty(min(size, _TILE)) for _ in range(passed)]
        for start in range(0, size, _TILE):
            part = slice(start, start + _TILE)
            whole = size <= _TILE
            parts = given if whole else [array[part] if array.ndim else array for array in given]
            parts = [*parts, *(array[: size - start] for array in between)]
            for kernel, pick in steps:
                kernel(*pick(parts))

    return block


def _pick(places: Sequence[int]) -> Callable[[Sequence[Array]], Iterable[Array]]:
    if len(places) == 1:
        return lambda arrays: (arrays[places[0]],)
    return itemgetter(*places)


def _copied(block: Block, given: Sequence[Array], outputs: int) -> None:
    """Run a block on copies of the arrays that are not contiguous."""
    contiguous = [
        array if array.flags.c_contiguous and array.flags.aligned else array.copy()
        for array in given
    ]
    block(*contiguous)
    for target, result in zip(given[-outputs:], contiguous[-outputs:], strict=True):
        if result is not target:
            target[...] = result


def block_function(
    program: Program, order: Sequence[str], fixed: Set[str], dtype: np.dtype[Any]
) -> Block:
    """The loops as one function of arrays in `order`, then one for each output.

    They have one axis, or none for the names in `fixed`. The first call compiles the loops.

    Raises `UnsupportedOperation` for an operation or a dtype that it lacks, ImportError with the
    command to install Numba when that is missing.
    """
    if dtype.kind == "c":
        raise UnsupportedOperation("the numba engine has no complex numbers; use engine='numpy'")
    try:
        import numba  # noqa: F401
    except ImportError as error:
        raise ImportError("engine='numba' needs Numba: pip install 'derive-proofs[jit]'") from error
    loops = loops_of(program, order, fixed)
    outputs = len(program.outputs)
    made: list[Block] = []

    def block(*given: Array) -> None:
        if not made:
            with _compiling:
                if not made:
                    made.append(_chain(loops, len(order) + outputs, dtype))
        run = made[0]
        try:
            run(*given)
        except TypeError:
            _copied(run, given, outputs)

    return block
