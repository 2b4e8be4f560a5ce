"""Sums and products over a range of integers, in balls."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from numeric.balls.general import Register, Run, execute, results
from numeric.balls.operations import OPERATIONS
from numeric.balls.values import (
    ONE,
    ZERO,
    Undefined,
    Unresolved,
    Value,
    describe,
    is_integer,
    settle,
)
from numeric.program import Body

MAX_TERMS = 10_000
"""A range with more integers is not attempted."""

OVERHEAD = 5
"""How many instructions it costs to start on a term."""


def _bound(op: str, value: Value) -> int:
    if is_integer(value):
        return int(value.p)
    if isinstance(value, fmpq) or not value.contains_integer():
        raise Undefined(op, f"{op} with the bound {describe(value)}")
    raise Unresolved(f"{op} with the bound {describe(value)}: it is not certainly an integer")


def repeat(
    op: str, body: Body, lower: Value, upper: Value, captured: Mapping[str, Register], run: Run
) -> Value:
    """The "sum" or "prod" of the body over the integers from lower to upper, both included.

    Raises Undefined at a bound that is certainly not an integer and at a term without a value,
    Unresolved when either cannot be told, and past the budget.
    """
    first, last = _bound(op, lower), _bound(op, upper)
    if last - first >= MAX_TERMS:
        raise Unresolved(f"{op} over {last - first + 1} integers: the limit is {MAX_TERMS}")
    total: Value = ZERO if op == "sum" else ONE
    combine = OPERATIONS["add" if op == "sum" else "mul"]
    for k in range(first, last + 1):
        run.spend(len(body.program.instructions) + OVERHEAD)
        registers = execute(body.program, {**captured, body.variable: fmpq(k)}, run)
        (term,) = results(registers, body.program.outputs)
        total = settle(op, combine(total, term))
    return total
