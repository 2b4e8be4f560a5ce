"""Derivatives, one fact at a time."""

from __future__ import annotations

from typing import Any

from derive.certifying.existence import fresh, inside, larger
from derive.certifying.linear import over
from derive.certifying.ranges import swapped
from derive.certifying.serialising import order
from derive.certifying.writer import Assumed, Writer
from derive.recheck.context import Context, Symbol
from derive.recheck.language import table
from derive.recheck.matrices import written
from derive.recheck.steps import Step
from derive.recheck.terms import (
    ONE,
    SCOPE,
    Claim,
    Rejected,
    Term,
    bind,
    make,
    num,
    opened,
    put,
    rational,
    whole,
)

SAFE = frozenset({"neg", "add", "mul", "matmul", "div", "pow", "call"})


def slope(writer: Writer, context: Context, t: Term, assumed: Assumed) -> Step:
    """``diff(f, x; p) = g``, with g free of derivatives. Raises Rejected when no fact gives it."""
    x = fresh(context, "x")
    return Slopes(writer, context, assumed, x, t.args[1]).of(opened(t.args[0], x))


class Slopes:
    """Derivatives in one variable at one point."""

    def __init__(
        self, writer: Writer, context: Context, assumed: Assumed, x: Term, point: Term
    ) -> None:
        self.writer, self.context, self.assumed = writer, context, assumed
        self.x, self.point = x, point
        self.memo: dict[Term, Step] = {}

    def node(self, body: Term) -> Term:
        """The derivative of a body as a term."""
        return bind("diff", self.x.payload, body, self.point)

    def at(self, body: Term) -> Term:
        """The body at the point."""
        return put(body, {self.x.payload: self.point})

    def letter(self, body: Term) -> tuple[tuple[str, ...], Term]:
        """The body as a function of the variable."""
        return (self.x.payload,), body

    def fact(self, name: str, **letters: Any) -> Step:
        """An instance of a fact at the point."""
        return self.writer.fact(name, self.context, self.assumed, {"p": self.point, **letters})

    def of(self, body: Term) -> Step:
        """The step that gives the derivative of a body."""
        if body not in self.memo:
            self.memo[body] = self._of(body)
        return self.memo[body]

    def _of(self, t: Term) -> Step:
        name = self.x.payload
        if name not in t.free:
            if self.context.shape(t):
                return self.fact("diff_matrix_constant", C=t)
            return self.fact("diff_constant", c=t)
        if t is self.x:
            return self.fact("diff_variable")
        if t.head in ("neg", "add", "mul", "matmul", "div"):
            return self._arithmetic(t)
        if t.head == "pow":
            return self._power(t)
        if t.head == "call" and t.payload in ("transpose", "trace", "inv", "det", "sg"):
            inner = self.of(t.args[0])
            main = self.fact(f"diff_{t.payload}", F=self.letter(t.args[0]))
            return self._replaced(main, [inner])
        if t.head == "call" and f"fact diff_{t.payload}" in table():
            return self._chain(f"diff_{t.payload}", t.args[0], lambda z: make("call", t.payload, z))
        return self._rewritten(t)

    def _arithmetic(self, t: Term) -> Step:
        names = {
            "neg": "negative",
            "add": "sum",
            "mul": "product",
            "matmul": "matmul",
            "div": "quotient",
        }
        letters: dict[str, Any] = {k: self.letter(a) for k, a in zip("FG", t.args, strict=False)}
        inner = [self.of(a) for a in t.args]
        if t.head == "div" and self.x.payload not in t.args[1].free:
            product = t.args[0] * (over(ONE, t.args[1]))
            return self._equal(t, product)
        return self._replaced(self.fact(f"diff_{names[t.head]}", **letters), inner)

    def _power(self, t: Term) -> Step:
        base, exponent = t.args
        if self.x.payload in exponent.free:
            if self.x.payload not in base.free:
                return self._chain(
                    "diff_exponential", exponent, lambda z: make("pow", None, base, z), c=base
                )
            inner = [self.of(base), self.of(exponent)]
            main = self.fact("diff_power_both", F=self.letter(base), G=self.letter(exponent))
            return self._replaced(main, inner)
        n = whole(exponent)

        def raised(z: Term) -> Term:
            return make("pow", None, z, exponent)

        if n == 1:
            return self._chain("diff_power_one", base, raised)
        if n is not None:
            return self._chain("diff_power_integer", base, raised, n=exponent, m=num(n - 1))
        if rational(exponent) is None and self.context.integer(exponent):
            try:
                return self._chain("diff_power_integer", base, raised, n=exponent, m=exponent - ONE)
            except Rejected:
                pass
        return self._chain("diff_power", base, raised, c=exponent)

    def _chain(self, name: str, inner: Term, outer: Any, **letters: Any) -> Step:
        """The derivative of a function of an inner term."""
        if inner is self.x:
            return self.fact(name, **letters)
        z = fresh(self.context, "z")
        at = self.at(inner)
        first = self.writer.fact(name, self.context, self.assumed, {"p": at, **letters})
        second = self.of(inner)
        main = self.writer.fact(
            "diff_chain", self.context, self.assumed,
            {"F": ((z.payload,), outer(z)), "G": self.letter(inner), "p": self.point},
            shown=[first, second],
        )  # fmt: skip
        return self._replaced(main, [first, second])

    def _replaced(self, main: Step, known: list[Step]) -> Step:
        """The main equation with the values of derivatives in place of them on its right."""
        right, steps = main.claim.rhs, [main]
        for step in known:
            old, new = step.claim.lhs, step.claim.rhs
            if old is new or not _has(right, old):
                continue
            z = fresh(self.context, "z")
            body = swapped(right, old, z)
            steps.append(self.writer.fact(
                "equal", self.context, self.assumed, {"F": ((z.payload,), body), "a": new, "b": old},
                shown=[*steps[-1:], self._turned(step)]))  # fmt: skip
            right = steps[-1].claim.lhs
        by = [1, *(-1 for _ in steps[1:])]
        return self.writer.combine(
            self.context, Claim(main.claim.lhs, "=", right), self.assumed, steps, by
        )

    def _turned(self, step: Step) -> Step:
        return self.writer.combine(self.context, Claim(step.claim.rhs, "=", step.claim.lhs),
                                   self.assumed, [step], [-1])  # fmt: skip

    def _equal(self, t: Term, other: Term, premise: Step | None = None) -> Step:
        """The derivative of a term that equals another one around the point."""
        second = self.of(other)
        near, here = self._around(t, other) if premise is None else (premise, [])
        main = self.writer.fact(
            "diff_equal", self.context, self.assumed,
            {"F": self.letter(t), "G": self.letter(other), "p": self.point},
            premises=[near], shown=[second, *here],
        )  # fmt: skip
        return self.writer.combine(self.context, Claim(main.claim.lhs, "=", second.claim.rhs),
                                   self.assumed, [main, second], [1, 1])  # fmt: skip

    def _around(self, t: Term, other: Term) -> tuple[Step, list[Step]]:
        """``t = other`` for every x of an open set around the point."""
        here: list[Step] = []
        inner = larger(self.writer, self.context, Symbol(self.x.payload))
        try:
            step = _rewriting(self.writer, inner, t, other, self.assumed)
        except Rejected:
            wanted = needed(self.writer, inner, t, other, self.assumed | self.open_for(t))
            inner = larger(self.writer, self.context, Symbol(self.x.payload), *wanted)
            step = _rewriting(self.writer, inner, t, other, self.assumed)
            for c in wanted:
                here += [self.of(side) for side in c[::2] if self.x.payload in side.free]
        return step, here

    def open_for(self, t: Term) -> frozenset[Claim]:
        """Open claims under which the parts of a term are smooth."""
        out, zero = set[Claim](), num(0)
        stack = [t]
        while stack:
            u = stack.pop()
            stack += u.args if u.head not in SCOPE else ()
            if self.x.payload not in u.free:
                continue
            body = self.context.unfolded(u)
            if body is not None:
                stack.append(body)
            if u.head == "dens":
                out.add(Claim(zero, "<", u.args[-1]))
                if u.payload == "LogNormal":
                    out.add(Claim(zero, "<", u.args[0]))
            if u.head == "div":
                out.add(Claim(u.args[1], "!=", zero))
            if u.head == "pow" and (whole(u.args[1]) or 0) < 1:
                out.add(
                    Claim(u.args[0], "!=", zero)
                    if whole(u.args[1]) is not None
                    else Claim(zero, "<", u.args[0])
                )
            if u.head == "call" and u.payload in (
                "log",
                "sqrt",
                "log2",
                "log10",
                "Gamma",
                "loggamma",
            ):
                out.add(Claim(zero, "<", u.args[0]))
            if u.head == "call" and u.payload in ("inv", "det"):
                out.add(Claim(make("call", "det", u.args[0]), "!=", zero))
            if u.head == "call" and u.payload in ("abs",):
                out.add(Claim(u.args[0], "!=", zero))
        return frozenset(c for c in out if self.x.payload in c.free and all(
            not _binds(side) for side in c[::2]))  # fmt: skip

    def _rewritten(self, t: Term) -> Step:
        """Definitions, densities, sums and derivatives."""
        if t.head in ("sum", "prod"):
            return self._range(t)
        if t.head == "diff":
            return self._again(t)
        known = table().get(f"fact is_{t.payload}") if t.head in ("call", "dens") else None
        if known is not None and known.statement is not None:
            from derive.recheck.language import Letter, filled

            letters = {
                x.payload: Letter((), a)
                for x, a in zip(known.statement.lhs.args, t.args, strict=True)
            }
            return self._equal(t, filled(known.statement, letters).rhs)
        body = self.context.unfolded(t)
        if body is None:
            raise Rejected(f"no fact differentiates {t.head} {t.payload}")
        return self._equal(t, body)

    def _range(self, t: Term) -> Step:
        try:
            other = written(self.context, t)
        except Rejected:
            other = None
        if other is not None:
            return self._equal(t, other)
        if t.head == "prod" or any(self.x.payload in end.free for end in t.args[1:]):
            raise Rejected("no fact differentiates it")
        inner, i = inside(self.writer, self.context, *t.args[1:], integer=True)
        each = opened(t.args[0], i)
        slopes = Slopes(self.writer, inner, self.assumed, fresh(inner, "x"), self.point)
        moved = put(each, {self.x.payload: slopes.x})
        step = slopes.of(moved)
        f = {"F": ((i.payload,), slopes.node(moved)), "G": ((i.payload,), step.claim.rhs)}
        ends = {"a": t.args[1], "b": t.args[2]}
        total = self.writer.fact(
            "sum_equal", self.context, self.assumed, {**f, **ends}, premises=[step]
        )
        main = self.writer.fact(
            "diff_range", self.context, self.assumed,
            {"F": ((self.x.payload, i.payload), each), "p": self.point, **ends}, shown=[total],
        )  # fmt: skip
        return self.writer.combine(self.context, Claim(main.claim.lhs, "=", total.claim.rhs),
                                   self.assumed, [main, total], [1, 1])  # fmt: skip

    def _again(self, t: Term) -> Step:
        """A derivative of a derivative: the inner one around the point first."""
        open_claims = self.open_for(opened(t.args[0], t.args[1]))
        wanted: list[Claim] = []
        for _ in range(12):
            inner = larger(self.writer, self.context, Symbol(self.x.payload), *wanted)
            try:
                step = slope(self.writer, inner, t, self.assumed | frozenset(open_claims))
            except Rejected as error:
                raise Rejected(f"the inner derivative: {error}") from None
            more = [c for c in step.conditions if self.x.payload in c.free]
            if not more:
                break
            wanted += sorted(more, key=order)
        here = [self.of(side) for c in wanted for side in c[::2] if self.x.payload in side.free]
        second = self.of(step.claim.rhs)
        main = self.writer.fact(
            "diff_equal", self.context, self.assumed,
            {"F": self.letter(t), "G": self.letter(step.claim.rhs), "p": self.point},
            premises=[step], shown=[second, *here],
        )  # fmt: skip
        return self.writer.combine(self.context, Claim(main.claim.lhs, "=", second.claim.rhs),
                                   self.assumed, [main, second], [1, 1])  # fmt: skip


def needed(writer: Writer, inner: Context, t: Term, other: Term, assumed: Assumed) -> list[Claim]:
    """The claims about the last name of a context on which an equation rests."""
    name = inner.symbols[-1].name
    step = _rewriting(writer, inner, t, other, assumed)
    return sorted((c for c in step.conditions if name in c.free), key=order)


def _rewriting(writer: Writer, inner: Context, t: Term, other: Term, assumed: Assumed) -> Step:
    """``t = other`` by algebra or by the definition of the root of t."""
    claim = Claim(t, "=", other)
    known = table().get(f"fact is_{t.payload}") if t.head in ("call", "dens") else None
    if known is not None and known.statement is not None:
        letters = {x.payload: a for x, a in zip(known.statement.lhs.args, t.args, strict=True)}
        return writer.fact(f"is_{t.payload}", inner, assumed, letters)
    if t.head in ("sum", "prod") or inner.unfolded(t) is not None:
        return writer.step("unfold", inner, claim, assumed)
    return writer.combine(inner, claim, assumed, [], [])


def _has(t: Term, part: Term) -> bool:
    return t is part or any(_has(a, part) for a in t.args)


def _binds(t: Term) -> bool:
    return t.head in SCOPE or any(map(_binds, t.args))
