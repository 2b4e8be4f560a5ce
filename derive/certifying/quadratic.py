"""Lower bounds of quadratic forms, and what they say of determinants and traces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from derive.certifying.equal import unfolded
from derive.certifying.existence import fresh
from derive.certifying.signs import ZERO, End, Signs, sharper
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, make, rational


def matrix(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Lower bounds of a determinant or a trace."""
    end = form_end(s, t.args[0]) if low else None
    if end is None or end.value < 0:
        return
    strict = end.value > 0 or end.strict
    name = t.payload + ("_positive" if strict else "_nonnegative")
    m = t.args[0]
    yield End(Fraction(0), strict, lambda: _after(s, m, end, "<" if strict else "<=", name, A=m))


def form_end(s: Signs, m: Term) -> End | None:
    """A lower bound of the quadratic form of a matrix."""
    t = make("call", "least_quadratic_form", m)
    return sharper(_form(s, t, m), low=True)


def _form(s: Signs, t: Term, m: Term) -> Iterator[End]:
    for claim, form, _ in s.known:
        if claim == Claim(ZERO, "<", t) and form:
            yield End(Fraction(0), True, lambda c=claim: s.writer.shown(s.context, c, s.assumed))  # type: ignore[misc]
    body = s.context.unfolded(m)
    if body is not None:
        end = form_end(s, body)
        if end is not None:
            yield End(end.value, end.strict, lambda: _replaced(s, m, body, end))
    if m.head == "add":
        a, b = (form_end(s, x) for x in m.args)
        if a is not None and b is not None:
            value, strict = a.value + b.value, a.strict or b.strict

            def steps() -> list[Step]:
                main = s.fact("form_sum", A=m.args[0], B=m.args[1])
                return [main, a.proof(), b.proof()]

            yield s.combined(t, value, strict, True, steps, [1, 1, 1])
    elif m.head in ("mul", "div"):
        yield from _form_multiple(s, t, m)
    elif m.head == "matmul":
        yield from _form_square(s, t, m)
    elif m.head == "call" and m.payload == "eye":
        unit = partial(s.fact, "form_identity", n=m.args[0])
        yield s.combined(t, Fraction(1), False, True, lambda: [unit()], [-1])
    elif m.head == "call" and m.payload == "inv":
        inner = form_end(s, m.args[0])
        if inner is not None and (inner.value > 0 or inner.strict):
            yield End(
                Fraction(0),
                True,
                lambda: _after(s, m.args[0], inner, "<", "form_inverse", A=m.args[0]),
            )


def _after(s: Signs, m: Term, end: End, relation: str, name: str, **letters: Any) -> Step:
    """A fact that needs the quadratic form of a matrix to be positive, or not negative."""
    form = make("call", "least_quadratic_form", m)
    step, claim = end.proof(), Claim(ZERO, relation, form)
    if step.claim != claim:
        step = s.combine(claim, [step], [1], end.value)
    return s.writer.fact(name, s.context, s.assumed, letters, shown=[step])


def _replaced(s: Signs, m: Term, body: Term, end: End) -> Step:
    equation, z = unfolded(s, m, body), fresh(s.context, "z")
    form = make("call", "least_quadratic_form", z)
    same = s.writer.fact("equal", s.context, s.assumed, {"F": ((z.payload,), form), "a": m, "b": body},
                         shown=[equation])  # fmt: skip
    wanted = s.claim(same.claim.lhs, end.value, end.strict, True)
    return s.combine(wanted, [end.proof(), same], [1, -1])


def _form_multiple(s: Signs, t: Term, m: Term) -> Iterator[End]:
    if m.head == "mul" and s.context.shape(m.args[0]) is None:
        c, a = m.args
    elif m.head == "div":
        a, c = m.args
    else:
        return
    if rational(c) == 0:
        yield End(Fraction(0), False, lambda: s.combine(
            Claim(ZERO, "<=", t), [s.fact("form_multiple", A=a, c=c)], [-1]))  # fmt: skip
    end, least = form_end(s, a), s.low(c)
    if end is None or least is None or end.value < 0 or least.value < 0:
        return
    strict = (end.strict or end.value > 0) and s.positive(c)

    def proof() -> Step:
        inner = make("call", "least_quadratic_form", a)
        step = s.fact("form_multiple" if m.head == "mul" else "form_quotient", A=a, c=c)
        relation = "<" if strict else "<="
        shown = [end.proof(), s.step(relation, c)]
        kind = "positive" if strict else "nonnegative"
        letters = {"a": c, "b": inner} if m.head == "mul" else {"a": inner, "b": c}
        name = "product_" if m.head == "mul" else "quotient_"
        above = Claim(ZERO, relation, inner)
        if shown[0].claim != above:
            shown[0] = s.combine(above, [shown[0]], [1], end.value)
        main = s.writer.fact(name + kind, s.context, s.assumed, letters, shown=shown)
        return s.combine(s.claim(t, Fraction(0), strict, True), [main, step], [1, -1])

    yield End(Fraction(0), strict, proof)


def _form_square(s: Signs, t: Term, m: Term) -> Iterator[End]:
    """``transpose(B) @ B`` and ``transpose(B) @ A @ B``, up to brackets and double transposes."""
    found = as_square(s, m)
    if found is None:
        return
    other, middle, factor, equation = found
    zero = Fraction(0)
    if middle is None:
        main = partial(s.fact, "form_square", A=factor)
    else:
        end = form_end(s, middle)
        if end is None or end.value < 0:
            return
        main = partial(_after, s, middle, end, "<=", "form_congruent", A=middle, B=factor)
    if other is m:
        yield End(zero, False, main)
        return

    def steps() -> list[Step]:
        z = fresh(s.context, "z")
        form = make("call", "least_quadratic_form", z)
        letters = {"F": ((z.payload,), form), "a": m, "b": other}
        moved = s.writer.fact("equal", s.context, s.assumed, letters, shown=[equation()])
        return [main(), moved]

    yield s.combined(t, zero, False, True, steps, [1, -1])


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
    same: Callable[[], Step] | None = None
    if last is make("call", "transpose", first):
        same = partial(s.fact, "transpose_transpose", A=first)
    elif first is last and Claim(turned, "=", last) in s.context.granted:
        same = partial(s.writer.shown, s.context, Claim(turned, "=", last), s.assumed)
    elif first is not turned:
        return None

    def square(z: Term) -> Term:
        return matmul(z, last) if middle is None else matmul(matmul(z, middle), last)

    other = plain if same is None else square(turned)

    def equation() -> Step:
        steps: list[Step] = []
        signs: list[Any] = []
        if plain is not m:
            steps.append(s.fact("associative", A=first, B=factors[1], C=last))
            signs.append(-1)
        if same is not None:
            z = fresh(s.context, "z")
            letters = {"F": ((z.payload,), square(z)), "a": turned, "b": first}
            steps.append(s.writer.fact("equal", s.context, s.assumed, letters, shown=[same()]))
            signs.append(-1)
        return s.combine(Claim(m, "=", other), steps, signs)

    return other, middle, last, equation
