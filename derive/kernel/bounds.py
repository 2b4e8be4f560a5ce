"""Bounds of a term over the declared domains: the sign checker.

`bounds` encloses every value that a term can take, wherever it is defined, by exact interval
arithmetic over the declared domains, the hypotheses and any assumed claims. A closed term is enclosed
in Arb balls. It never looks for a clever form: the form it is given is the form it bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Final

from derive.kernel.interval import Interval, between, point
from derive.terms.context import Claim, Context
from derive.terms.heads import FUNCTIONS
from derive.terms.lower import LoweringError, lower
from derive.terms.shapes import is_infinite, is_matrix
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, add, call, neg, num, rational, sym
from numeric.domain import Domain

MAX_POWER: Final = 64
MAX_BITS: Final = 4_000

# fmt: off
RANGES: Final = {
    "exp": between(0, None), "sigmoid": between(0, 1), "softplus": between(0, None),
    "tanh": between(-1, 1), "erf": between(-1, 1), "erfc": between(0, 2),
    "sin": between(-1, 1, closed=True), "cos": between(-1, 1, closed=True),
    "sign": between(-1, 1, closed=True), "atan": between(-2, 2), "asin": between(-2, 2),
    "acos": between(0, 4, closed=True), "cosh": between(1, None, closed=True),
    "sqrt": between(0, None, closed=True), "abs": between(0, None, closed=True),
    "Gamma": between(0, None), "Beta": between(0, None),
}
"""Where the values of a function lie, whatever its argument (positive ones for Gamma and Beta)."""

INCREASING: Final = frozenset({
    "exp", "log", "log2", "log10", "sqrt", "sinh", "tanh", "sigmoid", "softplus", "erf", "asin", "atan",
})
# fmt: on
"""Strictly increasing functions: their bounds are their values at the ends."""

STEPS: Final = frozenset({"sign", "floor", "ceil"})
"""Functions that never decrease, but stay the same for a while."""

ZERO_AT_ZERO: Final = frozenset({"sqrt", "sinh", "tanh", "erf", "asin", "atan", "sign"})
"""Functions that are 0 at 0 and nowhere else."""

END_BITS: Final = 53
"""Precision of a function's value at the end of an interval."""


class Bounds:
    """Encloses terms under one context and one set of assumed claims; remembers what it has seen."""

    def __init__(self, context: Context, assumed: Iterable[Claim] = ()) -> None:
        plain = context._memo.get(Bounds)
        self.context = context
        self.known: dict[Term, Interval] = dict(plain.known) if plain is not None else {}
        self.memo: dict[Term, Interval] = {}
        stated = () if plain is not None else (c for _, c in context.hypotheses)
        for claim in (*stated, *assumed):
            self.learn(claim)

    def learn(self, claim: Claim) -> None:
        """Record a claim, before any bounds are asked for: about a term and a literal number, or about
        the differences of two terms."""
        both = rational(claim.lhs) is None and rational(claim.rhs) is None
        for c in (claim, claim.flipped()):
            c = Claim(add(c.lhs, neg(c.rhs)), c.relation, num(0)) if both else c
            value = rational(c.rhs)
            if value is None:
                continue
            low = value if c.relation in ("=", ">", ">=") else None
            up = value if c.relation in ("=", "<", "<=") else None
            strict, apart = c.relation in ("<", ">"), c.relation == "!=" and value == 0
            interval = Interval(low, up, low is None or strict, up is None or strict, apart)
            self._meet(c.lhs, interval)
            if c.lhs.head == "neg":
                self._meet(c.lhs.args[0], -interval)

    def _meet(self, term: Term, interval: Interval) -> None:
        known = self.known.get(term)
        self.known[term] = interval if known is None else known.meet(interval)

    def of(self, term: Term) -> Interval:
        """An interval that holds every value of ``term`` where it is defined."""
        found = self.memo.get(term)
        if found is None:
            found = _capped(self._of(term))
            if term in self.known:
                found = found.meet(self.known[term])
            self.memo[term] = found
        return found

    def _of(self, term: Term) -> Interval:
        if not term.free and term.head != "num" and (found := _closed(term)) != Interval():
            return found
        match term.head:
            case "num":
                return point(term.payload[0])
            case "add":
                return reduce(Interval.__add__, map(self.of, term.args))
            case "neg":
                return -self.of(term.args[0])
            case "mul":
                return self._product(term.args)
            case "div":
                return self.of(term.args[0]) * self.of(term.args[1]).inverse()
            case "pow":
                return self._power(*term.args)
            case "call" if term.payload in FUNCTIONS:
                return self._function(term.payload, term.args)
            case "sym" | "call" | "index":
                return self._named(term)
            case "sum" | "prod":
                return self._range(term)
            case "dens" if term.payload in ("Normal", "Laplace"):
                return between(0, None)
        return Interval()

    def _product(self, factors: tuple[Term, ...]) -> Interval:
        """A product, in which a factor that occurs twice is a square."""
        powers = (self.of(factor).power(count) for factor, count in Counter(factors).items())
        return reduce(Interval.__mul__, powers)

    def _named(self, term: Term) -> Interval:
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.of(definition.apply(term.args))
        if term.payload not in self.context:
            return Interval()
        return from_domain(self.context[term.payload].domain)

    def _power(self, base: Term, exponent: Term) -> Interval:
        low, value = self.of(base), rational(exponent)
        if value is not None and value.denominator == 1 and abs(value) <= MAX_POWER:
            return low.power(int(value))
        if value is not None and value.denominator == 2 and abs(value) <= MAX_POWER:
            root = self._function("sqrt", (base,))
            return root.power(value.numerator)
        if not low.positive:
            even = value is not None and value.numerator % 2 == 0
            known = between(0, None, closed=True) if low.nonnegative or even else Interval()
            return replace(known, nonzero=low.excludes_zero)
        return _positive_power(low, self.of(exponent))

    def _quadratic(self, m: Term) -> Interval:
        """Bounds of ``transpose(x) @ m @ x`` for unit vectors x and a matrix m."""
        match m.head:
            case "add":
                return reduce(Interval.__add__, map(self._quadratic, m.args))
            case "mul":
                each = (
                    self._quadratic(a) if is_matrix(self.context, a) else self.of(a) for a in m.args
                )
                return reduce(Interval.__mul__, each)
            case "div":
                return self._quadratic(m.args[0]) * self.of(m.args[1]).inverse()
            case "matmul":
                return self._congruent(_matrix_factors(m))
            case "sym":
                if (found := self.context.definition_of(m)) is not None:
                    return self._quadratic(found.body)
                return between(0, None) if self.context[m.payload].form == "spd" else Interval()
            case "call" if m.payload == "eye":
                return point(Fraction(1))
            case "call" if m.payload == "inv" and self._quadratic(m.args[0]).positive:
                return between(0, None)
        return Interval()

    def _congruent(self, factors: list[Term]) -> Interval:
        """The same for a product: ``A @ m @ transpose(A)`` is as little negative as ``m``."""
        while len(factors) > 1 and _transposes(self.context, factors[0], factors[-1]):
            factors = factors[1:-1]
        small = not factors or (len(factors) == 1 and self._quadratic(factors[0]).nonnegative)
        return between(0, None, closed=True) if small else Interval()

    def _function(self, name: str, args: tuple[Term, ...]) -> Interval:
        if name in ("det", "trace") and (form := self._quadratic(args[0])).nonnegative:
            return between(0, None, closed=not form.positive)
        values = [self.of(a) for a in args]
        if name in ("max", "min"):
            return _larger(*values) if name == "max" else -_larger(-values[0], -values[1])
        if name == "erfc":
            return point(Fraction(1)) + -self._function("erf", args)
        return RANGES.get(name, Interval()).meet(_monotone(name, values[0]))

    def _range(self, term: Term) -> Interval:
        """A finite sum or product, from bounds of its body; it may be empty."""
        _, low, high = term.args
        inner_context, inner, _ = narrowed(self.context, term)
        inside = Bounds(inner_context)
        for known, interval in self.known.items():
            inside._meet(known, interval)
        each = inside.of(inner)
        ends = rational(low), rational(high)
        filled = ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]
        if term.head == "sum" and each.nonnegative:
            return between(0, None, closed=not (filled and each.positive))
        if term.head == "prod" and each.nonnegative:
            below_one = each.upper is not None and each.upper <= 1
            top = Fraction(1) if below_one else None
            return Interval(Fraction(0), top, each.positive, top is None)
        return Interval(nonzero=term.head == "prod" and each.excludes_zero)


def _matrix_factors(term: Term) -> list[Term]:
    if term.head != "matmul":
        return [term]
    return [f for a in term.args for f in _matrix_factors(a)]


def _transposes(context: Context, a: Term, b: Term) -> bool:
    """Whether two matrices are each other's transposes by their form."""
    symmetric = a == b and a.head == "sym" and context[a.payload].form != ""
    return symmetric or call("transpose", a) == b or a == call("transpose", b)


def proves(context: Context, claim: Claim, assumed: Iterable[Claim] = ()) -> bool:
    """Whether bounds of the difference of the two sides show an order claim or ``!=``.

    >>> from derive.terms import Context, read_claim
    >>> from numeric.domain import Domain
    >>> ctx = Context().declare("b", Domain(Fraction(0), Fraction(1))).declare("x")
    >>> proves(ctx, read_claim("0 < 1 - b")), proves(ctx, read_claim("0 < x**2"))
    (True, False)
    """
    return shows(checker(context, tuple(assumed)), claim)


def checker(context: Context, assumed: tuple[Claim, ...] = ()) -> Bounds:
    """The bounds under some assumed claims; those under none, and under the last ones, are kept."""
    plain: Bounds = context._memo.get(Bounds) or context._memo.setdefault(Bounds, Bounds(context))
    last: tuple[tuple[Claim, ...], Bounds] = context._memo.get(checker) or ((), plain)
    if assumed and last[0] != assumed:
        last = context._memo[checker] = assumed, Bounds(context, assumed)
    return last[1] if assumed else plain


def shows(known: Bounds, claim: Claim) -> bool:
    """`proves` with bounds that are already there."""
    claim = claim.oriented()
    if claim.relation == "=":
        return False
    zero = rational(claim.lhs) == 0
    gap = known.of(claim.rhs if zero else add(claim.rhs, neg(claim.lhs)))
    if claim.relation == "!=":
        if rational(claim.rhs) == 0:
            return known.of(claim.lhs).excludes_zero
        return gap.excludes_zero
    return gap.positive if claim.relation == "<" else gap.nonnegative


def narrowed(context: Context, node: Term) -> tuple[Context, Term, str]:
    """A context in which the bound variable of a sum or product is declared, under a fresh name.

    Returns the context, the body with the fresh name, and the name. What bounds the lower end from below
    and the upper end from above bounds the variable's domain; ends that are not literal numbers are
    hypotheses besides. Where those bounds leave no integer, the upper one is forgotten, which asks too
    much but never too little. The context for a node is made once.
    """
    key = narrowed, id(node)
    if key not in context._memo:
        context._memo[key] = node, _narrowed(context, node)
    found: tuple[Context, Term, str] = context._memo[key][1]
    return found


def _narrowed(context: Context, node: Term) -> tuple[Context, Term, str]:
    body, low, high = node.args
    name = fresh_name(node.payload, {d.name for d in context} | body.free)
    least, most = map(checker(context).of, (low, high))
    try:
        domain = Domain(least.lower, most.upper, least.lower_open, most.upper_open, integer=True)
    except ValueError:
        domain = Domain(least.lower, None, least.lower_open, integer=True)
    inner = context.declare(name, domain)
    for end, claim in ((low, Claim(low, "<=", sym(name))), (high, Claim(sym(name), "<=", high))):
        if rational(end) is None and not is_infinite(end):
            inner = inner.assume(str(claim), claim)
    return inner, substitute(body, {node.payload: sym(name)}), name


def from_domain(domain: Domain) -> Interval:
    """A declared domain as an interval; that it may hold integers only is not used."""
    low, high = domain.lower, domain.upper
    opens = low is None or domain.lower_open, high is None or domain.upper_open
    return Interval(low, high, *opens, nonzero=domain.nonzero)


def _monotone(name: str, arg: Interval) -> Interval:
    """What the argument's bounds say about an elementary function's value."""
    if name == "abs":
        return _larger(arg, -arg)
    if name not in INCREASING and name not in STEPS:
        return Interval()
    low = None if arg.lower is None else _value(name, arg.lower).lower
    up = None if arg.upper is None else _value(name, arg.upper).upper
    strict, nonzero = name in INCREASING, name in ZERO_AT_ZERO and arg.excludes_zero
    low_open = low is None or (arg.lower_open and strict)
    return Interval(low, up, low_open, up is None or (arg.upper_open and strict), nonzero)


@lru_cache(maxsize=4096)
def _value(name: str, at: Fraction) -> Interval:
    return _closed(call(name, num(at)), END_BITS)


def _positive_power(base: Interval, exponent: Interval) -> Interval:
    """``base ** exponent`` for a positive base: on one side of 1 when both sides are known."""
    out = between(0, None)
    small = base.upper is not None and base.upper <= 1
    large = base.lower is not None and base.lower >= 1
    if (large and exponent.nonnegative) or (small and (-exponent).nonnegative):
        return Interval(Fraction(1), None, False, True)
    if (small and exponent.nonnegative) or (large and (-exponent).nonnegative):
        return Interval(Fraction(0), Fraction(1), True, False)
    return out


def _larger(a: Interval, b: Interval) -> Interval:
    """Bounds of the larger of two values: at least either, at most both."""
    low, up = a.meet(b), a.join(b)
    return Interval(low.lower, up.upper, low.lower_open, up.upper_open, up.nonzero)


@lru_cache(maxsize=4096)
def _closed(term: Term, bits: int = 128) -> Interval:
    """A term without free symbols, by Arb; every real when it cannot be evaluated."""
    from numeric.balls import Undefined, Unresolved, ends, run

    try:
        return Interval(*ends(run(lower(Context(), [term]), {}, bits)[0]), False, False)
    except (LoweringError, Undefined, Unresolved):
        return Interval()


def _capped(interval: Interval) -> Interval:
    """The same interval, or a simpler wider one when its ends have grown long."""
    ends = (interval.lower, interval.upper)
    if all(
        e is None or e.numerator.bit_length() + e.denominator.bit_length() < MAX_BITS for e in ends
    ):
        return interval
    low = Fraction(0) if interval.nonnegative else None
    up = Fraction(0) if (-interval).nonnegative else None
    bounds = Interval(low, up, low is None or interval.positive, up is None or interval.negative)
    return replace(bounds, nonzero=interval.excludes_zero)
