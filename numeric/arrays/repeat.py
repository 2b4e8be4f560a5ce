"""Sums, products and integrals over arrays: the body runs on a table of terms by entries.

Integrals inside each other share a budget, so that those which do not converge end all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from numeric.operations import BINDERS
from numeric.program import Instruction, Program

if TYPE_CHECKING:
    from numeric.arrays.compiled import Compiled

Array: TypeAlias = np.ndarray[Any, Any]

_TABLE = 1 << 16
"""The most entries of the table of terms: a row for each term, a column for each entry."""

BUDGET = 20_000
"""The most evaluations of the body of an integral for one entry, as `numeric.quadrature` counts them."""

NESTED_BUDGET = 4_000_000
LEAST_BUDGET = 500
"""Where integrals stand inside each other, the most for all of them, and the least for each."""

_AROUND: ContextVar[int] = ContextVar("integrals around", default=0)

MAX_TERMS = 10_000_000
"""A range with more terms gives `nan`."""


class Repeat:
    """A sum, product or integral as a function of its bounds and of what its body captures."""

    def __init__(self, instruction: Instruction) -> None:
        self.op = instruction.op
        self.body = instruction.body

    @cached_property
    def compiled(self) -> Compiled:
        """The body as a function of the bound variable, then of the captured names."""
        from numeric.arrays.compiled import Compiled

        program = self.body.program
        return Compiled(program, [self.body.variable, *self.body.captured], stable=False)

    @cached_property
    def depth(self) -> int:
        """How many integrals stand inside each other in this one, itself included."""
        return 1 + _depth(self.body.program)

    def __call__(self, *args: Array, out: Array) -> None:
        arrays = [np.asarray(value, np.float64) for value in args]
        if self.op == "integral":
            self._integral(arrays, out)
            return
        lower, upper, *captured = arrays
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        whole = (lower == np.floor(lower)) & (upper == np.floor(upper))
        defined = whole & (upper - lower < MAX_TERMS)
        self._reduce(np.where(defined, lower, 1), np.where(defined, upper, 0), captured, shape, out)
        np.copyto(out, np.nan, where=~defined)

    def _reduce(
        self,
        lower: Array,
        upper: Array,
        captured: Sequence[Array],
        shape: tuple[int, ...],
        out: Array,
    ) -> None:
        """Add (or multiply) a table of terms at a time; a term outside an entry's range is left out."""
        adding = self.op == "sum"
        total = np.full(shape, 0.0 if adding else 1.0)
        first, last = int(lower.min()), int(upper.max())
        rows = max(1, _TABLE // max(1, total.size))
        for start in range(first, last + 1, rows):
            index = np.arange(start, min(start + rows, last + 1), dtype=np.float64)
            index = index.reshape(-1, *(1 for _ in shape))
            inside = (index >= lower) & (index <= upper)
            if not inside.any():
                continue
            terms = np.asarray(self.compiled(index, *(array[None] for array in captured)))
            terms = np.where(inside, terms, 0.0 if adding else 1.0)
            part = terms.sum(axis=0) if adding else terms.prod(axis=0)
            total = total + part if adding else total * part
        np.copyto(out, total)

    def _integral(self, arrays: list[Array], out: Array) -> None:
        """By `numeric.quadrature.integrate`; `nan` where it does not converge.

        Inside another integral one that underflows everywhere is 0, as it is far out in that one.
        """
        from numeric.quadrature import Status, integrate

        given = iter(arrays)
        has_lower, has_upper = self.body.bounds
        lower = next(given) if has_lower else np.float64(-np.inf)
        upper = next(given) if has_upper else np.float64(np.inf)
        captured = {f"captured {number}": array for number, array in enumerate(given)}
        around = _AROUND.get()
        inside = _AROUND.set(around + 1)
        try:
            result = integrate(
                lambda t, **named: self.compiled(t, *(named[name] for name in captured)),
                *(np.minimum(lower, upper), np.maximum(lower, upper)),
                captured,
                budget=_budget(around + self.depth),
            )
        finally:
            _AROUND.reset(inside)
        value = np.where(lower > upper, -result.value, result.value)
        value = np.where(lower == upper, 0.0, value)
        known = result.converged | (lower == upper)
        if around:
            known |= result.status == Status.ALL_ZERO
        np.copyto(out, np.where(known, value, np.nan))


def _depth(program: Program) -> int:
    """How many integrals stand inside each other in a program."""
    bodies = [(i.op, i.body.program) for i in program.instructions if i.op in BINDERS]
    return max(((op == "integral") + _depth(body) for op, body in bodies), default=0)


def _budget(depth: int) -> int:
    """The budget of one of so many integrals inside each other."""
    if depth == 1:
        return BUDGET
    share: float = NESTED_BUDGET ** (1 / depth)
    return max(LEAST_BUDGET, round(share))
