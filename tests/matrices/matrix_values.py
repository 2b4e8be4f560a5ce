"""Values of matrix terms in NumPy, written apart from the engine: what the tests compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.terms.context import Claim
from derive.terms.term import Term

Values = Mapping[str, Any]
"""Numbers, arrays with two axes for matrices, and the values of dimensions."""

FUNCTIONS: dict[str, Any] = {
    "transpose": np.transpose,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "trace": np.trace,
    "exp": np.exp,
    "log": np.log,
    "abs": np.abs,
}


def value(term: Term, at: Values) -> Any:
    """The value of a term: a float, or an array with two axes."""
    if term.head == "num":
        return float(term.payload[0])
    if term.head == "sym":
        return at[term.payload]
    if term.head == "matrix":
        return np.array([value(a, at) for a in term.args]).reshape(term.payload)
    if term.head == "call" and term.payload in ("eye", "zeros"):
        rows, columns = (int(value(a, at)) for a in (term.args[0], term.args[-1]))
        return np.eye(rows) if term.payload == "eye" else np.zeros((rows, columns))
    args = [value(a, at) for a in term.args]
    if term.head == "call":
        return FUNCTIONS[term.payload](*args)
    if term.head == "neg":
        return -args[0]
    out = args[0]
    for other in args[1:]:
        if term.head == "add":
            assert np.shape(out) == np.shape(other), f"{term} adds different shapes"
            out = out + other
        else:
            out = {"mul": np.multiply, "matmul": np.matmul, "div": np.divide, "pow": np.power}[
                term.head
            ](out, other)
    return out


def holds(claim: Claim, at: Values) -> bool:
    """Whether a claim holds at some values, up to rounding."""
    left, right = value(claim.lhs, at), value(claim.rhs, at)
    assert np.shape(left) == np.shape(right), f"{claim} compares different shapes"
    size = 1 + float(np.max(np.abs(left))) + float(np.max(np.abs(right)))
    gap = float(np.max(np.abs(left - right)))
    if claim.relation == "=":
        return gap <= 1e-6 * size
    if claim.relation == "!=":
        return gap > 1e-3
    return bool(left < right + 1e-9 * size)
