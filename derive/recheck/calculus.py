"""Where terms are defined, their derivatives, and sums and matrices written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .bounds import narrowed, proves
from .context import Context, Symbol
from .language import entry
from .printing import text
from .terms import (
    ENDS,
    ONE,
    TWO,
    ZERO,
    Claim,
    Rejected,
    Term,
    bind,
    call,
    joined,
    make,
    num,
    opened,
    put,
    rational,
    whole,
)

MAX_WRITTEN = 400
MAX_SIDE = 12
LAWFUL = ("KL", "JSD", "H", "CE")
NOTHING = frozenset[Term]()


def nonzero(t: Term) -> Claim:
    """``t != 0``."""
    return Claim(t, "!=", ZERO)


def parts(t: Term) -> list[Term]:
    """The arguments that are defined wherever the term is: those not under a binder."""
    if t.head in ("int", "mean") or (t.head == "call" and t.payload in LAWFUL):
        return []
    return [*t.args[t.head in ("sum", "prod", "diff") :]]


def conditions(
    context: Context, *terms: Term, given: frozenset[Term] = NOTHING
) -> frozenset[Claim]:
    """Claims that together make terms defined. Raises Rejected when no rule gives them.

    ``given`` are terms known to be defined: of an integral, no rule can tell.
    """
    out = frozenset[Claim]()
    for t in terms:
        if ("defined", t) not in context.memo:
            inner = conditions(context, *parts(t), given=given)
            found = inner | (head_conditions(context, t) if t not in given else inner)
            if given:
                out |= found
                continue
            context.memo["defined", t] = found
        out |= context.memo["defined", t]
    return out


def head_conditions(context: Context, t: Term) -> frozenset[Claim]:
    """The conditions of the outermost operation, its arguments being defined."""
    known, body = entry(t), context.unfolded(t)
    if t.head == "div":
        return frozenset([] if rational(t.args[1]) else [nonzero(t.args[1])])
    if t.head == "pow":
        return _power(context, *t.args)
    if t.head == "dens":
        return frozenset([Claim(ZERO, "<", t.args[-1])])
    if t.head == "diff":
        return frozenset(derivative(context, t)[1]) | conditions(context, opened(*t.args))
    if t.head in ("sum", "prod") and not any(end in ENDS for end in t.args):
        return _over_range(context, t)
    if t.head == "call" and t.payload in LAWFUL:
        laws = {(a.head, a.payload) for a in t.args} if t.payload == "KL" else set()
        parameters = [p for law in t.args for p in law.args]
        if laws == {("dist", "Normal")}:
            return conditions(context, *parameters) | {
                Claim(ZERO, "<", p) for p in parameters[1::2]
            }
    elif t.head not in ("int", "mean", "dist", "oo", "sum", "prod"):
        claims = frozenset(known.needs("needs", *t.args) if known is not None else ())
        return claims if body is None else conditions(context, body)
    raise Rejected(f"no rule says that {text(t)} is defined")


def _power(context: Context, base: Term, exponent: Term) -> frozenset[Claim]:
    value = rational(exponent)
    if value is not None and value.denominator > 1:
        return frozenset([Claim(ZERO, "<=" if value > 0 else "<", base)])
    if value is None and not context.integer(exponent):
        return frozenset([Claim(ZERO, "<", base)])
    large = value >= 1 if value is not None else proves(context, Claim(ONE, "<=", exponent))
    return frozenset([] if large else [nonzero(base)])


def _over_range(context: Context, t: Term) -> frozenset[Claim]:
    """What the body of a sum or product needs must be shown for every index."""
    if short(t):
        return conditions(context, written(t))
    inner, body = narrowed(context, t)
    needed = conditions(inner, body)
    return for_all(inner, needed, ())


def for_all(
    inner: Context, needed: frozenset[Claim], places: Sequence[Mapping[str, Term]]
) -> frozenset[Claim]:
    """The claims that do not speak of the last name of a context, the others being shown, at places."""
    name = inner.symbols[-1].name
    for claim in needed:
        for place in places:
            claim = claim.put(place)
        if name in claim.free and not proves(inner, claim):
            raise Rejected(f"{text(claim)} is not shown for every index")
    return frozenset(c for c in needed if name not in c.free)


def short(t: Term) -> bool:
    """Whether a sum or product has a short literal range."""
    low, high = map(whole, t.args[1:])
    return low is not None and high is not None and high - low < MAX_WRITTEN


def written(t: Term) -> Term:
    """A sum or product over a short literal range as its terms."""
    low, high = map(whole, t.args[1:])
    if low is None or high is None or not short(t):
        raise Rejected(f"the range of {text(t)} is not a short literal one")
    terms = [opened(t.args[0], num(i)) for i in range(low, high + 1)]
    return joined("add" if t.head == "sum" else "mul", terms)


def derivative(
    context: Context, t: Term, around: Sequence[Mapping[str, Term]] = ()
) -> tuple[Term, set[Claim]]:
    """The value of a derivative, and the open conditions under which the rules of differentiation hold.

    ``around`` holds the points of the derivatives around this one, innermost first.
    """
    inner = context.declare(Symbol(f"#{len(context.symbols)}"))
    name = inner.symbols[-1].name
    slope = Slope(inner, name, ({name: t.args[1]}, *around))
    out = slope.of(opened(t.args[0], make("sym", name)))
    return put(out, slope.places[0]), {c.put(slope.places[0]) for c in slope.needed}


class Slope:
    """Differentiation with respect to one name, collecting conditions."""

    def __init__(self, context: Context, name: str, places: Sequence[Mapping[str, Term]]) -> None:
        self.context, self.name, self.places = context, name, places
        self.needed: set[Claim] = set()

    def of(self, t: Term) -> Term:
        """The derivative of a term."""
        if self.name not in t.free:
            return ZERO * t if self.context.shape(t) else ZERO
        if t.head == "sym":
            return ONE
        a, b, known = t.args[0], t.args[-1], entry(t)
        match t.head:
            case "neg" | "add" | "matrix":
                return make(t.head, t.payload, *map(self.of, t.args))
            case "mul" | "matmul":
                products = [
                    [*t.args[:i], self.of(x), *t.args[i + 1 :]] for i, x in enumerate(t.args)
                ]
                return joined("add", [make(t.head, None, *p) for p in products])
            case "div":
                self.needed.add(nonzero(b))
                return (
                    (self.of(a) * b - a * self.of(b)) / b**TWO
                    if self.name in b.free
                    else self.of(a) / b
                )
            case "pow":
                return self._power(a, b)
            case "sum" | "prod":
                return self.of(written(t)) if short(t) else self._range(t)
            case "diff":
                self.of(opened(*t.args))
                inner, needed = derivative(self.context, t, self.places)
                self.needed |= needed
                return self.of(inner)
            case "call" if t.payload in ("transpose", "trace"):
                return call(t.payload, self.of(a))
            case "call" if t.payload in ("inv", "det"):
                self.needed.add(nonzero(call("det", a)))
                change = make("matmul", None, call("inv", a), self.of(a))
                inverse = -make("matmul", None, change, call("inv", a))
                return inverse if t.payload == "inv" else t * call("trace", change)
            case "call" if t.payload == "sg":
                return ZERO * self.of(a)
        self.needed.update(
            known.needs("slope", a) if known is not None and "slope" in known.parts else ()
        )
        slope = known.term("slope", a) if known is not None and len(t.args) == 1 else None
        body = known.term("is", *t.args) if known is not None else self.context.unfolded(t)
        if slope is None and body is None:
            raise Rejected(f"no rule differentiates {text(t)}")
        return slope * self.of(a) if slope is not None else self.of(body or t)

    def _power(self, base: Term, exponent: Term) -> Term:
        n = whole(exponent)
        if n is None or n < 1:
            self.needed.add(Claim(ZERO, "<", base) if n is None else nonzero(base))
        if self.name not in exponent.free:
            lower = num(n - 1) if n is not None else exponent - ONE
            return self.of(base) if n == 1 else exponent * base**lower * self.of(base)
        growth = self.of(exponent) * call("log", base) + exponent * self.of(base) / base
        return base**exponent * growth

    def _range(self, t: Term) -> Term:
        """A sum term by term; what a term needs at the point must hold for every index."""
        if t.head == "prod" or any(self.name in end.free for end in t.args[1:]):
            raise Rejected(f"no rule differentiates {text(t)}")
        inner, body = narrowed(self.context, t)
        slope = Slope(inner, self.name, self.places)
        out = bind("sum", inner.symbols[-1].name, slope.of(body), *t.args[1:])
        self.needed |= for_all(inner, frozenset(slope.needed), self.places)
        return out


def continuous(context: Context, t: Term, name: str) -> bool:
    """Whether a term, by its form, is continuous in a name wherever it is defined."""
    known, body = entry(t), context.unfolded(t)
    if name not in t.free or body is not None:
        return body is None or name not in t.free or continuous(context, body, name)
    plain = t.head in ("sym", "add", "mul", "neg", "div", "pow", "dens")
    plain = plain or (known is not None and "smooth" in known.parts)
    return plain and all(continuous(context, a, name) for a in t.args)


def unfolded(context: Context, t: Term) -> Term:
    """What the outermost operation of a term stands for."""
    known, inner = entry(t), t.args[0] if t.args else t
    out = known.term("is", *t.args) if known is not None else context.unfolded(t)
    if out is not None:
        return out
    if t.head in ("diff", "sum", "prod"):
        return derivative(context, t)[0] if t.head == "diff" else written(t)
    if t.payload == "transpose" and inner.head == "sym" and context.names[inner.payload].form:
        return inner
    if t.head == "call" and t.payload in ("det", "trace"):
        places = range(_sides(context, inner)[0])
        if t.payload == "det":
            return determinant(context, inner, [*places], [*places])
        return joined("add", [entry_of(context, inner, i, i) for i in places])
    rows, columns = _sides(context, t)
    entries = (entry_of(context, t, i, j) for i in range(rows) for j in range(columns))
    return make("matrix", (rows, columns), *entries)


def _sides(context: Context, m: Term) -> tuple[int, int]:
    rows, columns = (whole(side) or 0 for side in context.shape(m) or (ZERO, ZERO))
    if not (0 < rows <= MAX_SIDE and 0 < columns <= MAX_SIDE):
        raise Rejected(f"the entries of {text(m)} cannot be written out")
    return rows, columns


def entry_of(context: Context, m: Term, i: int, j: int) -> Term:
    """One entry of a matrix, counted from 0."""
    body, name = context.unfolded(m), m.payload if m.head == "call" else m.head
    if body is not None:
        return entry_of(context, body, i, j)
    if name in ("eye", "zeros"):
        return ONE if name == "eye" and i == j else ZERO
    if name == "matrix":
        return m.args[i * int(m.payload[1]) + j]
    if name in ("add", "neg", "mul", "div"):
        args = (entry_of(context, a, i, j) if context.shape(a) else a for a in m.args)
        return make(m.head, None, *args)
    if name == "matmul":
        left, right = m.args
        inner = range(_sides(context, right)[0])
        return joined(
            "add", [entry_of(context, left, i, k) * entry_of(context, right, k, j) for k in inner]
        )
    if name == "transpose":
        return entry_of(context, m.args[0], j, i)
    if name == "inv":
        rows = [*range(_sides(context, m)[0])]
        others = [[k for k in rows if k != gone] for gone in (j, i)]
        cofactor = num((-1) ** (i + j)) * determinant(context, m.args[0], *others)
        return cofactor / determinant(context, m.args[0], rows, rows)
    raise Rejected(f"the entries of {text(m)} cannot be written out")


def determinant(context: Context, m: Term, rows: list[int], columns: list[int]) -> Term:
    """The determinant of some rows and columns, by the first row; 1 when there are none."""
    if len(rows) > 4:
        raise Rejected("a determinant of more than 4 rows")
    out = []
    for k, j in enumerate(columns):
        minor = determinant(context, m, rows[1:], columns[:k] + columns[k + 1 :])
        out.append(num((-1) ** k) * entry_of(context, m, rows[0], j) * minor)
    return joined("add", out) if rows else ONE
