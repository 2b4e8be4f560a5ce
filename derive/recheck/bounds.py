"""Bounds of a term over the declared domains, the hypotheses and assumed claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor, inf

from .context import Context, Symbol
from .language import arities, entry
from .numbers import (
    REALS,
    End,
    Interval,
    between,
    point,
    product_of,
    rising,
    sum_of,
    value_at,  # fmt: skip
)
from .terms import ENDS, ZERO, Claim, Term, Work, call, make, num, opened, rational, whole

MAX_POWER = 64
MAX_RANGE = 20_000
UNIT = between(-1, 1, closed=True)


def narrowed(context: Context, node: Term, name: str = "") -> tuple[Context, Term]:
    """The context in which the index of a sum or product is one more integer, and the body there.

    Bounds of the ends bound the index; ends that are not literal numbers are hypotheses besides. Where
    that leaves nothing the upper bound is forgotten, which asks too much and never too little.
    """
    name = name or f"#{len(context.symbols)}"
    index, (body, *ends), known = make("sym", name), node.args, Bounds(context)
    low, high = (REALS if end in ENDS else known.of(end) for end in ends)
    values = Interval(low.low, high.high if low.low[0] <= high.high[0] else REALS.high)
    claims = [Claim(ends[0], "<=", index)] * (rational(ends[0]) is None and ends[0] not in ENDS)
    claims += [Claim(index, "<=", ends[1])] * (rational(ends[1]) is None and ends[1] not in ENDS)
    return context.declare(Symbol(name, values=values, integer=True), *claims), opened(body, index)


class Bounds:
    """Encloses the values of terms wherever they are defined; remembers what it has seen."""

    def __init__(self, context: Context, assumed: Iterable[Claim] = ()) -> None:
        self.context, self.assumed = context, [*assumed]
        self.known: dict[Term, Interval] = {}
        self.memo: dict[Term, Interval] = {}
        for lhs, relation, rhs in [*(c for _, c in context.hypotheses), *self.assumed]:
            sides = [(rhs, rational(lhs), 1), (lhs, rational(rhs), -1)]
            if rational(lhs) is None and rational(rhs) is None:
                sides = [(rhs - lhs, Fraction(0), 1), (lhs - rhs, Fraction(0), -1)]
            for term, value, sign in sides:
                if value is not None:
                    v = value * sign
                    ends = {"=": point(v), "!=": Interval(gap=v == 0)}
                    found = ends.get(relation, between(v, inf, closed=relation == "<="))
                    self._meet(term, found if sign > 0 else -found)

    def _meet(self, t: Term, found: Interval) -> None:
        self.known[t] = self.known.get(t, REALS).meet(found)
        if t.head == "neg":
            self._meet(t.args[0], -found)

    def shows(self, claim: Claim) -> bool:
        """Whether the difference of the two sides has the right sign."""
        lhs, relation, rhs = claim
        gap = self.of(rhs if rational(lhs) == 0 else lhs if rational(rhs) == 0 else rhs - lhs)
        gap = -gap if rational(rhs) == 0 != rational(lhs) else gap
        signs = {"<": gap.positive, "<=": gap.nonnegative, "!=": gap.nonzero}
        return signs.get(relation, False)

    def of(self, t: Term) -> Interval:
        """An interval that holds every value of a term."""
        if t not in self.memo:
            Work.spend(5)
            self.memo[t] = self._of(t).meet(self.known.get(t, REALS))
        return self.memo[t]

    def _of(self, t: Term) -> Interval:
        match t.head:
            case "num":
                return point(t.payload[0])
            case "add":
                return sum_of(map(self.of, t.args))
            case "neg":
                return -self.of(t.args[0])
            case "mul":
                return product_of(self.of(a).power(n) for a, n in Counter(t.args).items())
            case "div":
                return self.of(t.args[0]).times(self.of(t.args[1]).inverse())
            case "pow":
                return self._power(*t.args)
            case "sum" | "prod":
                return self._range(t)
            case "dens" if t.payload in ("Normal", "Laplace"):
                return between(0, inf)
            case "call" if t.payload in arities():
                return self._call(t)
        body = self.context.unfolded(t)
        symbol = self.context.names.get(t.payload) if t.head in ("sym", "index", "call") else None
        return self.of(body) if body is not None else symbol.values if symbol is not None else REALS

    def _power(self, base: Term, exponent: Term) -> Interval:
        x, value = self.of(base), rational(exponent)
        if value is not None and value.denominator <= 2 and abs(value) <= MAX_POWER:
            return (x if value.denominator == 1 else function("sqrt", x)).power(value.numerator)
        if x.positive:
            return function("exp", self.of(exponent).times(function("log", x)))
        even = value is not None and value.numerator % 2 == 0
        out = between(0, inf, closed=True) if x.nonnegative or even else REALS
        return out.meet(Interval(gap=x.nonzero))

    def _call(self, t: Term) -> Interval:
        known, name = entry(t), t.payload
        if name in ("det", "trace"):
            form = self._form(t.args[0])
            return between(0, inf, not form.positive) if form.nonnegative else REALS
        values = [self.of(a) for a in t.args] if name not in ("KL", "JSD", "H", "CE") else []
        if name in ("max", "min"):
            return larger(*values) if name == "max" else -larger(-values[0], -values[1])
        out = function(name, values[0]) if len(values) == 1 else value_at(name, Fraction(0))
        for part in ("is", "value"):
            written = known.term(part, *t.args) if known is not None else None
            out = out.meet(self.of(written)) if written is not None and name != "sqrt" else out
        return out

    def _range(self, t: Term) -> Interval:
        low, high = map(whole, t.args[1:])
        filled = low is not None and high is not None and low <= high
        if low is not None and high is not None and high - low < MAX_RANGE and not t.free:
            parts = [self.of(opened(t.args[0], num(i))) for i in range(low, high + 1)]
            return sum_of(parts) if t.head == "sum" else product_of(parts)
        context, body = narrowed(self.context, t)
        each = Bounds(context, self.assumed).of(body)
        if not each.nonnegative:
            return Interval(gap=t.head == "prod" and each.nonzero)
        if t.head == "sum":
            return between(0, inf, not (filled and each.positive))
        top: End = (Fraction(1), 0) if each.high <= (1, 0) else (inf, -1)
        return Interval((Fraction(0), int(each.positive)), top)

    def _form(self, m: Term) -> Interval:
        """Bounds of ``transpose(x) @ m @ x`` over unit vectors x."""
        body, name = self.context.unfolded(m), m.payload if m.head == "call" else m.head
        if body is not None:
            return self._form(body)
        if name in ("add", "mul", "div", "neg"):
            parts = [self._form(a) if self.context.shape(a) else self.of(a) for a in m.args]
            return {"add": sum_of(parts), "mul": product_of(parts), "neg": -parts[0]}.get(
                name, parts[0].times(parts[-1].inverse())
            )
        factors = _chain(m)
        while len(factors) > 1 and self._transposes(factors[0], factors[-1]):
            factors = factors[1:-1]
        if name == "matmul" and (
            not factors or (len(factors) == 1 and self._form(factors[0]).nonnegative)
        ):
            return between(0, inf, closed=True)
        spd = name == "sym" and self.context.names[m.payload].form == "spd"
        spd = spd or (name == "inv" and self._form(m.args[0]).positive)
        return point(1) if name == "eye" else between(0, inf) if spd else REALS

    def _transposes(self, a: Term, b: Term) -> bool:
        symmetric = a is b and a.head == "sym" and self.context.names[a.payload].form != ""
        return symmetric or call("transpose", a) is b or a is call("transpose", b)


def larger(a: Interval, b: Interval) -> Interval:
    """Every larger one of two members."""
    return Interval(max(a.low, b.low), max(a.high, b.high), a.nonzero and b.nonzero)


def _chain(m: Term) -> list[Term]:
    return [f for a in m.args for f in _chain(a)] if m.head == "matmul" else [m]


def function(name: str, x: Interval) -> Interval:
    """The values of a function of one argument, from those of the argument."""
    (low, _), (high, _) = x.low, x.high
    if name == "abs":
        return larger(x, -x).meet(between(0, inf, closed=True))
    if name == "sign":
        least, most = (1 if s.positive else 0 if s.nonnegative else -1 for s in (x, -x))
        return between(least, -most, closed=True).meet(Interval(gap=x.nonzero))
    if name in ("floor", "ceil"):
        nearest = floor if name == "floor" else ceil
        low, high = (e if isinstance(e, float) else Fraction(nearest(e)) for e in (low, high))
        return between(low, high, closed=True)
    if name == "sin":
        return point(0) if x == point(0) else function("cos", x.plus(-HALF_PI))
    if name == "cos":
        if isinstance(low, float) or isinstance(high, float) or high - low > 1:
            return UNIT
        return value_at("cos", low).plus(between(low - high, high - low, closed=True)).meet(UNIT)
    known = entry(call(name, ZERO))
    assert known is not None
    out = REALS
    if "range" in known.parts:
        low, high = (inf if e.head == "oo" else rational(e) or 0 for e in known.parts["range"])
        out = between(low, high, closed="closed" in known.parts)
    if "rises" not in known.parts:
        return out
    limits = {"asin": UNIT, "sqrt": between(0, inf, closed=True)}
    x = x.meet(limits.get(name, between(0, inf))) if "needs" in known.parts else x
    gap = Interval(gap="odd" in known.parts and x.nonzero)
    return out.meet(rising(lambda v: _at(name, v), x)).meet(gap)


def _at(name: str, x: Fraction) -> Interval:
    """An increasing function at a rational number."""
    known = entry(call(name, ZERO))
    written = known and (known.term("value", num(x)) or known.term("is", num(x)))
    return value_at(name, x) if name == "sqrt" or written is None else Bounds(Context()).of(written)


HALF_PI = value_at("pi", Fraction(0)).times(point(Fraction(1, 2)))


def proves(context: Context, claim: Claim, assumed: Iterable[Claim] = ()) -> bool:
    """Whether bounds show a claim wherever its sides are defined and the assumed claims hold."""
    return Bounds(context, assumed).shows(claim)
