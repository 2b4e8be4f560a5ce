"""Bounds of products, powers, functions, sums and matrices, each by facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from derive.certifying.existence import fresh, inside
from derive.certifying.linear import over
from derive.certifying.signs import ONE, TWO, ZERO, End, Signs, sharper
from derive.recheck.language import Letter, filled, table
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, joined, make, num, opened, rational, whole

# fmt: off
RANGES: dict[str, tuple[tuple[str, Any, bool, bool], ...]] = {
    "exp": (("exp_positive", 0, True, True),),
    "sigmoid": (("sigmoid_positive", 0, True, True), ("sigmoid_below_one", 1, True, False)),
    "softplus": (("softplus_positive", 0, True, True),),
    "tanh": (("tanh_above", -1, True, True), ("tanh_below", 1, True, False)),
    "erf": (("erf_above", -1, True, True), ("erf_below", 1, True, False)),
    "erfc": (("erfc_positive", 0, True, True), ("erfc_below_two", 2, True, False)),
    "sin": (("sin_above", -1, False, True), ("sin_below", 1, False, False)),
    "cos": (("cos_above", -1, False, True), ("cos_below", 1, False, False)),
    "sign": (("sign_above", -1, False, True), ("sign_below", 1, False, False)),
    "atan": (("atan_above_two", -2, True, True), ("atan_below_two", 2, True, False)),
    "asin": (("asin_above_two", -2, True, True), ("asin_below_two", 2, True, False)),
    "acos": (("acos_nonnegative", 0, False, True), ("acos_below_four", 4, False, False)),
    "cosh": (("cosh_above", 1, False, True),),
    "sqrt": (("sqrt_nonnegative", 0, False, True),),
    "abs": (("abs_at_least_zero", 0, False, True),),
    "Gamma": (("Gamma_positive", 0, True, True),),
    "Beta": (("Beta_positive", 0, True, True),),
}
"""What is known of a function's values: the fact, the bound, whether it is strict, whether it is lower."""

PI = Fraction(3141592653589793238462643383279502884, 10**36)
INCREASING = {"sinh": "sinh_zero", "tanh": "tanh_zero", "erf": "erf_zero", "atan": "atan_zero",
              "asin": "asin_zero"}
"""Increasing functions that are 0 at 0, and the fact that says so."""
# fmt: on


def ends(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Bounds of a term that is not a sum."""
    symbol = s.context.symbol(t)
    if symbol is not None and t.args:
        yield from _domain(s, t, symbol.domain, symbol.name, low)
    body = s.context.unfolded(t)
    if body is not None:
        yield from _same(s, t, body, lambda: _unfolded(s, t, body), low)
    elif t.head in ("mul", "div"):
        yield from _product(s, t, low)
    elif t.head == "pow":
        yield from _power(s, t, low)
    elif t.head == "call":
        yield from _call(s, t, low)
    elif t.head in ("sum", "prod"):
        yield from _range(s, t, low)
    elif t.head == "dens" and t.payload in ("Normal", "Laplace") and low:
        names = "xmv" if t.payload == "Normal" else "xmb"
        letters = dict(zip(names, t.args, strict=True))
        yield End(Fraction(0), True, lambda: s.fact(f"{t.payload}_positive", **letters))


def _domain(s: Signs, t: Term, claims: Any, name: str, low: bool) -> Iterator[End]:
    for c in claims:
        here = c.put({name: t})
        value = rational(here.lhs if low else here.rhs)
        if value is not None and c.relation in ("<", "<="):
            yield End(
                value, c.relation == "<", lambda h=here: s.writer.shown(s.context, h, s.assumed)
            )  # type: ignore[misc]


def _unfolded(s: Signs, t: Term, body: Term) -> Step:
    return s.writer.step("unfold", s.context, Claim(t, "=", body), s.assumed)


def _same(s: Signs, t: Term, other: Term, equation: Callable[[], Step], low: bool) -> Iterator[End]:
    """The bounds of a term that equals this one."""
    end = s.end(other, low)
    if end is None:
        return
    wanted = s.claim(t, end.value, end.strict, low)

    def proof() -> Step:
        known = equation()
        sign = -1 if low else 1
        if known.claim.lhs is not t:
            sign = -sign
        return s._combine(wanted, [end.proof(), known], [1, sign])

    yield End(end.value, end.strict, proof)


def factors(t: Term) -> Iterator[tuple[Term, int]]:
    """The factors of a product, with the exponents 1 and -1."""
    if t.head == "mul":
        for a in t.args:
            yield from factors(a)
    elif t.head == "div":
        yield from factors(t.args[0])
        yield from ((f, -n) for f, n in factors(t.args[1]))
    else:
        yield t, 1


def _product(s: Signs, t: Term, low: bool) -> Iterator[End]:
    if t.head == "div" and rational(t.args[0]) == 1:
        yield from _reciprocal(s, t, low)
        return
    powers = Counter[Term]()
    literal = Fraction(1)
    for f, n in factors(t):
        value = rational(f)
        if value is not None and value:
            literal *= value**n
        else:
            powers[f] += n
    parts = []
    for f, n in powers.items():
        below = f if n in (1, -1) else make("pow", None, f, num(abs(n)))
        if n:
            parts.append(below if n > 0 else over(ONE, below))
    if any(rational(f) == 0 for f, _ in factors(t)):
        yield from _same(s, t, ZERO, lambda: s._combine(Claim(t, "=", ZERO), [], []), low)
    product = joined("mul", parts)
    other = num(literal) * product if literal != 1 else product
    if other is not t:

        def equation() -> Step:
            return s.writer.combine(s.context, Claim(t, "=", other), s.assumed, [], [])

        yield from _same(s, t, other, equation, low)
    if t.head == "mul":
        yield from _of_two(s, t, *t.args, low=low)
    elif t.args[0] is not ONE and other is not (split := t.args[0] * (over(ONE, t.args[1]))):

        def apart() -> Step:
            return s.writer.combine(s.context, Claim(t, "=", split), s.assumed, [], [])

        yield from _same(s, t, split, apart, low)


def _of_two(s: Signs, t: Term, x: Term, y: Term, *, low: bool) -> Iterator[End]:
    """``(x - a)*(y - c) >= 0``, and the like, solved for x*y."""
    for first in (True, False):
        second = first if low else not first
        a, c = s.end(x, first), s.end(y, second)
        if a is None or c is None:
            continue
        # x*y = (x - a)*(y - c) + c*x + a*y - a*c
        both = [(c.value, x), (a.value, y)] if x is not y else [(a.value + c.value, x)]
        rest = [(k, s.end(u, (k > 0) == low)) for k, u in both]
        if any(e is None for k, e in rest if k):
            continue
        used = [(k, e) for k, e in rest if k and e is not None]
        value = sum((k * e.value for k, e in used), -a.value * c.value)
        strict = (a.strict and c.strict) or any(e.strict for _, e in used)
        yield _crossed(s, t, (x, a, first), (y, c, second), used, value, strict, low)


def _crossed(
    s: Signs, t: Term, first: Any, second: Any, used: Any, value: Fraction, strict: bool, low: bool
) -> End:
    (x, a, up), (y, c, right) = first, second

    def proof() -> Step:
        gaps = []
        for u, e, above in ((x, a, up), (y, c, right)):
            gap = (
                (u if above else -u)
                if e.value == 0
                else (u - num(e.value) if above else num(e.value) - u)
            )
            gaps.append(gap)
        kind = a.strict and c.strict
        shown = [s.step("<" if kind else "<=", g) for g in gaps]
        name = "product_positive" if kind else "product_nonnegative"
        main = s.writer.fact(name, s.context, s.assumed, {"a": gaps[0], "b": gaps[1]}, shown=shown)
        wanted = s.claim(t, value, strict, low)
        if main.claim == wanted:
            return main
        steps = [main, *(e.proof() for _, e in used)]
        return s._combine(wanted, steps, [1, *(abs(k) for k, _ in used)])

    return End(value, strict, proof)


def _reciprocal(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x = t.args[1]
    if s.positive(x):
        if low:
            yield End(Fraction(0), True, lambda: s.fact("quotient_positive", a=ONE, b=x))
        end = s.end(x, not low)
        if end is not None and end.value > 0:
            yield _turned(s, t, x, end, low)
    elif s.positive(-x):
        other = -(over(ONE, -x))
        equation = lambda: s._combine(Claim(t, "=", other), [], [])  # noqa: E731
        yield from _same(s, t, other, equation, low)


def _turned(s: Signs, t: Term, x: Term, end: End, low: bool) -> End:
    value = 1 / end.value

    def proof() -> Step:
        end.proof()
        name = "reciprocal_decreasing" + "_strict" * end.strict
        a, b = (x, num(end.value)) if low else (num(end.value), x)
        main = s.fact(name, a=a, b=b)
        return s._combine(s.claim(t, value, end.strict, low), [main], [1])

    return End(value, end.strict, proof)


def _power(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x, e = t.args
    n, value = whole(e), rational(e)
    if low:
        if s.positive(x):
            yield End(Fraction(0), True, lambda: s.fact("power_positive", a=x, b=e))
        elif s.sign(x) > 0 or (value is not None and value.denominator > 1):
            yield End(Fraction(0), False, lambda: s.fact("power_nonnegative", a=x, b=e))
    if n is None:
        yield from _about_one(s, t, x, e, low)
    elif n == 0:
        yield from _same(s, t, ONE, lambda: s._combine(Claim(t, "=", ONE), [], []), low)
    elif n < 0:
        other = over(ONE, make("pow", None, x, num(-n)) if n < -1 else x)
        yield from _same(s, t, other, lambda: s._combine(Claim(t, "=", other), [], []), low)
    elif n == 1:
        yield from _same(s, t, x, lambda: s._combine(Claim(t, "=", x), [], []), low)
    elif n % 2 == 0:
        half = make("pow", None, x, num(n // 2)) if n > 2 else x
        square = make("pow", None, half, TWO)
        if low:
            yield from _square(s, t, half, square)
        elif n == 2:
            yield from _of_two_equal(s, t, x, low)
        else:
            yield from _same(s, t, square, lambda: s._combine(Claim(t, "=", square), [], []), low)
    elif not s.positive(x) and n <= 9:
        other = x * make("pow", None, x, num(n - 1))
        yield from _same(s, t, other, lambda: s._combine(Claim(t, "=", other), [], []), low)
    if value is not None and value > 0 and s.sign(x) > 0:
        yield from _raised(s, t, x, e, value, low)


def _square(s: Signs, t: Term, half: Term, square: Term) -> Iterator[End]:
    def proof(strict: bool) -> Step:
        main = s.fact("square_nonnegative", a=half)
        if strict:
            known = s.nonzero(half)
            assert known is not None
            known()
            main = s.fact("power_nonzero", a=half, b=TWO)
            weak = s.fact("square_nonnegative", a=half)
            return _strict(s, t, weak, main, square)
        wanted = Claim(ZERO, "<=", t)
        return main if main.claim == wanted else s._combine(wanted, [main], [1])

    yield End(Fraction(0), False, lambda: proof(False))
    if s.nonzero(half) is not None:
        yield End(Fraction(0), True, lambda: proof(True))


def _strict(s: Signs, t: Term, weak: Step, apart: Step, square: Term) -> Step:
    main = s.fact("positive", a=square)
    del weak, apart
    wanted = Claim(ZERO, "<", t)
    return main if main.claim == wanted else s._combine(wanted, [main], [1])


def _of_two_equal(s: Signs, t: Term, x: Term, low: bool) -> Iterator[End]:
    yield from _of_two(s, t, x, x, low=low)


def _raised(s: Signs, t: Term, x: Term, e: Term, value: Fraction, low: bool) -> Iterator[End]:
    """A positive power of a number that is not negative, by that of its bound."""
    end = s.end(x, low)
    if end is None or end.value < 0:
        return
    if value.denominator > 1 and end.value not in (0, 1):
        if s.fine and value.denominator <= 8 and value.numerator <= 8:
            yield _rooted(s, t, x, e, value, end, low)
        return
    known = end.value ** int(value) if value.denominator == 1 else end.value
    if known.numerator.bit_length() + known.denominator.bit_length() > 3000:
        return

    def proof() -> Step:
        end.proof()
        at = num(end.value)
        name = "power_increasing" + "_strict" * end.strict
        main = s.fact(name, a=at if low else x, c=x if low else at, b=e)
        shown, by = [main], [1]
        if value.denominator > 1:
            power = main.claim.lhs if low else main.claim.rhs
            name = "power_one" if end.value == 1 else "power_zero"
            shown.append(s.fact(name, b=e))
            by.append(-1 if low else 1)
            assert power is shown[1].claim.lhs
        return s._combine(s.claim(t, known, end.strict, low), shown, by)

    yield End(known, end.strict, proof)


def _rooted(s: Signs, t: Term, x: Term, e: Term, value: Fraction, end: End, low: bool) -> End:
    """``x**(p/q)`` by ``(r**q)**(p/q) = r**p``, r being close to the root."""
    p, q = value.numerator, value.denominator
    scale = 2**60
    root = _whole_root(end.value.numerator * scale**q // end.value.denominator, q)
    r = Fraction(root if low else root + 2, scale)
    bound = r**p

    def proof() -> Step:
        power = make("pow", None, num(r), num(q))
        order = Claim(power, "<=", x) if low else Claim(x, "<=", power)
        shown = s._combine(order, [end.proof()], [1], abs(end.value - r**q))
        letters = {"a": power, "c": x, "b": e} if low else {"a": x, "c": power, "b": e}
        main = s.writer.fact("power_increasing", s.context, s.assumed, letters, shown=[shown])
        back = s.fact("power_power_root", a=num(r), p=num(q), q=e, r=num(p))
        return s._combine(s.claim(t, bound, False, low), [main, back], [1, -1 if low else 1])

    return End(bound, False, proof)


def _whole_root(n: int, q: int) -> int:
    low, high = 0, 1 << (n.bit_length() // q + 1)
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**q <= n else (low, middle)
    return low


def _about_one(s: Signs, t: Term, x: Term, e: Term, low: bool) -> Iterator[End]:
    """A power on one side of 1."""
    least, most, sign = s.low(x), s.high(x), s.sign(e)
    if not s.positive(x) or not sign:
        return
    large = least is not None and least.value >= 1
    small = most is not None and most.value <= 1
    up = (large and sign > 0) or (small and sign < 0)
    if not (large or small) or up != low:
        return
    name = ("power_above_one" if up else "power_below_one") + "_negative" * (sign < 0)
    yield End(Fraction(1), False, lambda: s.fact(name, a=x, b=e))


def _call(s: Signs, t: Term, low: bool) -> Iterator[End]:
    name, args = t.payload, t.args
    for fact, value, strict, lower in RANGES.get(name, ()):
        if lower == low:
            names = "ab" if name == "Beta" else "a"
            letters = dict(zip(names, args, strict=True))
            yield End(Fraction(value), strict, lambda f=fact, d=letters: s.fact(f, **d))  # type: ignore[misc]
    if name == "pi":
        value = PI if low else PI + Fraction(1, 10**36)
        fact = "pi_above" if low else "pi_below"
        yield End(
            value, True, lambda: s._combine(s.claim(t, value, True, low), [s.fact(fact)], [1])
        )
    elif name in ("max", "min"):
        yield from _extreme(s, t, low)
    elif name == "abs":
        yield from _modulus(s, t, low)
    elif name == "sqrt" and low and s.positive(args[0]):
        yield End(Fraction(0), True, lambda: s.fact("sqrt_positive", a=args[0]))
    elif name in ("sin", "cos"):
        yield from _wave(s, t, low)
    elif name in ("det", "trace"):
        yield from _matrix(s, t, low)
    elif name in ("floor", "ceil", "sign"):
        yield from _stepped(s, t, low)
    if name in INCREASING and s.sign(args[0]) == (1 if low else -1):
        yield from _about_zero(s, t, low)
    if name in ("exp", "log", "sqrt"):
        from derive.certifying.closed import monotone

        yield from monotone(s, t, low)
    if name in ("log2", "log10", "loggamma", "tanh", "cosh", "sinh", "sigmoid", "softplus"):
        yield from _by_definition(s, t, low)


def _by_definition(s: Signs, t: Term, low: bool) -> Iterator[End]:
    statement = table()[f"fact is_{t.payload}"].statement
    assert statement is not None
    other = filled(statement, {"x": Letter((), t.args[0])}).rhs
    yield from _same(s, t, other, lambda: s.fact(f"is_{t.payload}", x=t.args[0]), low)


def _about_zero(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """The sign of an increasing function that is 0 at 0, from that of its argument."""
    x = t.args[0]
    if not (s.positive(x) if low else s.positive(-x)):
        return

    def proof() -> Step:
        a, b = (ZERO, x) if low else (x, ZERO)
        main = s.fact(f"{t.payload}_increasing", a=a, b=b)
        shown = [main, s.fact(INCREASING[t.payload])]
        return s._combine(s.claim(t, Fraction(0), True, low), shown, [1, -1 if low else 1])

    yield End(Fraction(0), True, proof)


def _extreme(s: Signs, t: Term, low: bool) -> Iterator[End]:
    a, b = t.args
    larger = t.payload == "max"
    if larger == low:
        for fact, x in zip(("max_left", "max_right") if larger else ("min_left", "min_right"), t.args,
                           strict=True):  # fmt: skip
            end = s.end(x, low)
            if end is not None:
                yield End(end.value, end.strict, lambda f=fact, e=end: s._combine(  # type: ignore[misc]
                    s.claim(t, e.value, e.strict, low), [s.fact(f, a=a, b=b), e.proof()], [1, 1]))  # fmt: skip
    else:
        first, second = s.end(a, low), s.end(b, low)
        if first is not None and second is not None:
            value = min(first.value, second.value) if low else max(first.value, second.value)
            fact = "min_greatest" if low else "max_least"
            yield End(value, False, lambda: s.fact(fact, a=a, b=b, c=num(value)))


def _modulus(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x = t.args[0]
    if low:
        if s.sign(x) > 0:
            equation = lambda: s.fact("abs_nonnegative", a=x)  # noqa: E731
            yield from _same(s, t, x, equation, low)
        elif s.nonzero(x) is not None:
            yield End(Fraction(0), True, lambda: _positive_modulus(s, t, x))
        return
    most, least = s.high(x), s.low(x)
    if most is not None and least is not None:
        value = max(most.value, -least.value)
        strict = all(e.strict for e in (most, least) if abs(e.value) == value)
        name = "abs_below" if strict else "abs_at_most"
        yield End(value, strict, lambda: s.fact(name, a=x, b=num(value)))


def _positive_modulus(s: Signs, t: Term, x: Term) -> Step:
    known = s.nonzero(x)
    assert known is not None
    known()
    s.fact("abs_nonzero", a=x)
    s.fact("abs_at_least_zero", a=x)
    return s.fact("positive", a=t)


def _stepped(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x = t.args[0]
    if t.payload == "ceil":
        other = -make("call", "floor", -x)
        yield from _same(s, t, other, lambda: s.fact("ceil_floor", a=x), low)
        return
    end = s.end(x, low)
    if end is None:
        return
    literal = rational(x)
    if literal is not None and t.payload == "floor":
        value = num(literal.numerator // literal.denominator)
        yield from _same(s, t, value, lambda: s.fact("floor_unique", a=x, n=value), low)
    if t.payload == "sign":
        if low and s.positive(x):
            yield from _same(s, t, ONE, lambda: s.fact("sign_positive", a=x), low)
        elif low and end.value >= 0:
            yield End(Fraction(0), False, lambda: s.fact("sign_nonnegative", a=x))
    elif low:
        shown = lambda: [s.fact("floor_above", a=x), end.proof()]  # noqa: E731
        yield End(
            end.value - 1,
            True,
            lambda: s._combine(s.claim(t, end.value - 1, True, low), shown(), [1, 1]),
        )
    else:
        shown = lambda: [s.fact("floor_below", a=x), end.proof()]  # noqa: E731
        yield End(
            end.value,
            end.strict,
            lambda: s._combine(s.claim(t, end.value, end.strict, low), shown(), [1, 1]),
        )


def _wave(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Sine and cosine by the first terms of their series."""
    x = t.args[0]
    if rational(x) == 0:
        value = ZERO if t.payload == "sin" else ONE
        yield from _same(s, t, value, lambda: _at_zero(s, t, value), low)
        return
    name = {("cos", True): "cos_parabola", ("cos", False): "cos_quartic",
            ("sin", True): "sin_cubic", ("sin", False): "sin_line"}[t.payload, low]  # fmt: skip
    if t.payload == "sin" and s.sign(x) <= 0:
        return
    statement = table()[f"fact {name}"].statement
    assert statement is not None
    filled_in = filled(statement, {"a": Letter((), x)})
    other = filled_in.lhs if low else filled_in.rhs
    end = s.end(other, low)
    if end is not None and (end.value > -1 if low else end.value < 1):
        yield End(end.value, end.strict, lambda: s._combine(
            s.claim(t, end.value, end.strict, low), [s.fact(name, a=x), end.proof()], [1, 1]))  # fmt: skip


def _at_zero(s: Signs, t: Term, value: Term) -> Step:
    step = s.fact(f"{t.payload}_zero")
    return step if step.claim.lhs is t else s._combine(Claim(t, "=", value), [step], [1])


def _range(s: Signs, t: Term, low: bool) -> Iterator[End]:
    body, first, last = t.args
    inner, i = inside(s.writer, s.context, first, last, integer=True)
    each, signs = opened(body, i), s.writer.signs(inner, s.assumed)
    letters = {"F": ((i.payload,), each), "a": first, "b": last}

    def shown(name: str, *claims: Claim) -> Step:
        steps = [s.writer.shown(inner, c, s.assumed) for c in claims]
        return s.writer.fact(name, s.context, s.assumed, letters, premises=steps)

    above, strict = Claim(ZERO, "<=", each), Claim(ZERO, "<", each)
    if low:
        if signs.positive(each):
            if t.head == "prod" or s.writer.prove(s.context, Claim(first, "<=", last), s.assumed):
                yield End(Fraction(0), True, lambda: shown(f"{t.head}_positive", strict))
        if signs.sign(each) > 0:
            yield End(Fraction(0), False, lambda: shown(f"{t.head}_nonnegative", above))
    elif t.head == "prod" and signs.sign(each) > 0:
        most = signs.high(each)
        if most is not None and most.value <= 1:
            below = Claim(each, "<=", ONE)
            yield End(Fraction(1), False, lambda: shown("prod_at_most_one", above, below))


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
            yield End(value, strict, lambda: s._combine(
                s.claim(t, value, strict, True),
                [s.fact("form_sum", A=m.args[0], B=m.args[1]), a.proof(), b.proof()], [1, 1, 1]))  # fmt: skip
    elif m.head in ("mul", "div"):
        yield from _form_multiple(s, t, m)
    elif m.head == "matmul":
        yield from _form_square(s, t, m)
    elif m.head == "call" and m.payload == "eye":
        yield End(Fraction(1), False, lambda: s._combine(
            s.claim(t, Fraction(1), False, True), [s.fact("form_identity", n=m.args[0])], [-1]))  # fmt: skip
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
        step = s._combine(claim, [step], [1], end.value)
    return s.writer.fact(name, s.context, s.assumed, letters, shown=[step])


def _replaced(s: Signs, m: Term, body: Term, end: End) -> Step:
    equation, z = _unfolded(s, m, body), fresh(s.context, "z")
    form = make("call", "least_quadratic_form", z)
    same = s.writer.fact("equal", s.context, s.assumed, {"F": ((z.payload,), form), "a": m, "b": body},
                         shown=[equation])  # fmt: skip
    wanted = s.claim(same.claim.lhs, end.value, end.strict, True)
    return s._combine(wanted, [end.proof(), same], [1, -1])


def _form_multiple(s: Signs, t: Term, m: Term) -> Iterator[End]:
    if m.head == "mul" and s.context.shape(m.args[0]) is None:
        c, a = m.args
    elif m.head == "div":
        a, c = m.args
    else:
        return
    if rational(c) == 0:
        yield End(Fraction(0), False, lambda: s._combine(
            Claim(ZERO, "<=", t), [s.fact("form_multiple", A=a, c=c)], [-1]))  # fmt: skip
    end, least = form_end(s, a), s.low(c)
    if end is None or least is None or end.value != 0 or least.value < 0:
        return
    strict = end.strict and s.positive(c)

    def proof() -> Step:
        inner = make("call", "least_quadratic_form", a)
        step = s.fact("form_multiple" if m.head == "mul" else "form_quotient", A=a, c=c)
        shown = [end.proof(), s.step("<" if strict else "<=", c)]
        kind = "positive" if strict else "nonnegative"
        letters = {"a": c, "b": inner} if m.head == "mul" else {"a": inner, "b": c}
        name = "product_" if m.head == "mul" else "quotient_"
        if end.strict and not strict:
            shown[0] = s._combine(Claim(ZERO, "<=", inner), [shown[0]], [1])
        main = s.writer.fact(name + kind, s.context, s.assumed, letters, shown=shown)
        return s._combine(s.claim(t, Fraction(0), strict, True), [main, step], [1, -1])

    yield End(Fraction(0), strict, proof)


def _form_square(s: Signs, t: Term, m: Term) -> Iterator[End]:
    """``transpose(B) @ B`` and ``transpose(B) @ A @ B``, up to brackets and double transposes."""
    from derive.certifying.products import as_square

    found = as_square(s, m)
    if found is None:
        return
    other, middle, factor, equation = found
    zero = Fraction(0)
    if middle is None:
        main = lambda: s.fact("form_square", A=factor)  # noqa: E731
    else:
        end = form_end(s, middle)
        if end is None or end.value < 0:
            return
        main = lambda: _after(s, middle, end, "<=", "form_congruent", A=middle, B=factor)  # noqa: E731
    if other is m:
        yield End(zero, False, main)
    else:
        z = fresh(s.context, "z")
        form = make("call", "least_quadratic_form", z)
        yield End(zero, False, lambda: s._combine(Claim(ZERO, "<=", t), [main(), s.writer.fact(
            "equal", s.context, s.assumed, {"F": ((z.payload,), form), "a": m, "b": other},
            shown=[equation()])], [1, -1]))  # fmt: skip


def _matrix(s: Signs, t: Term, low: bool) -> Iterator[End]:
    end = form_end(s, t.args[0]) if low else None
    if end is None or end.value < 0:
        return
    strict = end.value > 0 or end.strict
    name = t.payload + ("_positive" if strict else "_nonnegative")
    m = t.args[0]
    yield End(Fraction(0), strict, lambda: _after(s, m, end, "<" if strict else "<=", name, A=m))


def nonzero(s: Signs, t: Term) -> Callable[[], Step] | None:
    """A proof that a term is not 0 because its parts are not."""
    body = s.context.unfolded(t)
    if body is not None and (inner := s.nonzero(body)):
        return lambda: s._combine(Claim(t, "!=", ZERO), [inner(), _unfolded(s, t, body)], [1, -1])
    if t.head in ("mul", "div"):
        a, b = map(s.nonzero, t.args)
        name = "product_nonzero" if t.head == "mul" else "quotient_nonzero"
        return a and b and (lambda: (a(), b(), s.fact(name, a=t.args[0], b=t.args[1]))[2])
    if t.head == "pow" and (inner := s.nonzero(t.args[0])):
        return lambda: (inner(), s.fact("power_nonzero", a=t.args[0], b=t.args[1]))[1]
    if (
        t.head == "call"
        and t.payload in ("abs", "sqrt", "sign")
        and (inner := s.nonzero(t.args[0]))
    ):
        return lambda: (inner(), s.fact(f"{t.payload}_nonzero", a=t.args[0]))[1]
    if t.head == "prod":
        first, last = t.args[1:]
        space, i = inside(s.writer, s.context, first, last, integer=True)
        each = opened(t.args[0], i)
        apart = Claim(each, "!=", ZERO)
        if s.writer.prove(space, apart, s.assumed) is not None:
            letters = {"F": ((i.payload,), each), "a": first, "b": last}
            return lambda: s.writer.fact("prod_nonzero", s.context, s.assumed, letters,
                                         premises=[s.writer.shown(space, apart, s.assumed)])  # fmt: skip
    return None
