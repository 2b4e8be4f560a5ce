"""Products of matrices that are squares: ``transpose(B) @ B`` and ``transpose(B) @ A @ B``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.certifying.existence import fresh
from derive.certifying.signs import Signs
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, make

Square = tuple[Term, Term | None, Term, Callable[[], Step]]


def matmul(a: Term, b: Term) -> Term:
    """A product of two matrices."""
    return make("matmul", None, a, b)


def chain(m: Term) -> list[Term]:
    """The factors of a product of matrices."""
    return [f for a in m.args for f in chain(a)] if m.head == "matmul" else [m]


def as_square(s: Signs, m: Term) -> Square | None:
    """The square that a product equals, its middle, its last factor, and the equation."""
    factors = chain(m)
    first, last = factors[0], factors[-1]
    turned = make("call", "transpose", last)
    middle: Term | None = None
    plain = m
    if len(factors) == 3:
        middle = factors[1]
        plain = matmul(matmul(first, middle), last)
    elif len(factors) != 2:
        return None
    if first is turned:
        same = None
    elif last is make("call", "transpose", first):
        same = lambda: s.fact("transpose_transpose", A=first)  # noqa: E731
    elif first is last and Claim(turned, "=", last) in s.context.granted:
        same = lambda: s.writer.shown(s.context, Claim(turned, "=", last), s.assumed)  # noqa: E731
    else:
        return None
    other = plain if same is None else (
        matmul(turned, last) if middle is None else matmul(matmul(turned, middle), last)
    )  # fmt: skip

    def equation() -> Step:
        steps: list[Step] = []
        signs: list[Any] = []
        if plain is not m:
            steps.append(s.fact("associative", A=first, B=factors[1], C=last))
            signs.append(-1)
        if same is not None:
            z = fresh(s.context, "z")
            body = matmul(z, last) if middle is None else matmul(matmul(z, middle), last)
            steps.append(s.writer.fact("equal", s.context, s.assumed,
                                       {"F": ((z.payload,), body), "a": turned, "b": first}, shown=[same()]))  # fmt: skip
            signs.append(-1)
        return s._combine(Claim(m, "=", other), steps, signs)

    return other, middle, last, equation
