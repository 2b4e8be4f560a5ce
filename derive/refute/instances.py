"""Concrete instances of declared functions, so that a claim about all of them can be refuted.

A function of integers gets a table: one free value for each argument that occurs, as an indexed
family has. Any other function gets a formula, from a list of simple ones whose values lie in the
declared domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from derive.refute.elaborate import elaborate
from derive.terms.context import Claim, Context, Declaration, Definition, membership
from derive.terms.heads import BINDERS, FUNCTIONS
from derive.terms.printer import to_text
from derive.terms.term import (
    Term,
    TermError,
    add,
    call,
    div,
    index,
    mul,
    neg,
    num,
    power,
    rebuild,
    sub,
    sym,
)
from numeric.domain import Domain

VARIANTS: Final = 6
REAL: Final = Domain()
PLACES: Final = "xyztuvw"


@dataclass(frozen=True, slots=True)
class Reading:
    """Claims and hypotheses without declared functions, and what these were taken to be.

    ``formulas`` pairs ``f(x)`` with its text; ``tables`` names the functions that have become families.
    With ``integrals`` the integrals in them are computed, which may be slow.
    """

    context: Context
    claims: tuple[Claim, ...]
    formulas: tuple[tuple[str, str], ...] = ()
    tables: frozenset[str] = frozenset()
    integrals: bool = False

    def read(self, term: Term) -> Term:
        """A term of the original context as one of this reading."""
        return _tabled(term, self.tables) if self.tables else term


def readings(context: Context, claims: Sequence[Claim]) -> list[Reading]:
    """Ways to make claims about declared functions concrete; the only one when there are none."""
    stated = [*claims, *(h for _, h in context.hypotheses)]
    used = {n for c in stated for side in (c.lhs, c.rhs) for n in _applied(side, context)}
    if not used:
        return [Reading(context, tuple(claims))]
    tabled = frozenset(used) if _on_integers(stated, context) else frozenset[str]()
    if tabled:
        return [_with_tables(context, claims, tabled)]
    return [_with_formulas(context, claims, sorted(used), v) for v in range(VARIANTS)]


def eliminated(
    context: Context, claims: Sequence[Claim], *, integrals: bool = False
) -> Reading | None:
    """The reading in which a hypothesis ``u = term`` makes u a name for the term, if there is one.

    It reaches points that no rational value of u does, as for ``u = exp(v)``.
    """
    hypotheses, formulas, gone = list(context.hypotheses), [], set[str]()
    definitions = list(context.definitions)
    extra: list[Claim] = []
    for name, claim in context.hypotheses:
        for side in (claim, claim.flipped()):
            symbol, body = side.lhs, side.rhs
            if (
                side.relation != "="
                or symbol.head != "sym"
                or context.definition(symbol.payload) is not None
                or context[symbol.payload].domain.integer
                or symbol.payload in gone
                or _reaches(body, {symbol.payload, *gone}, context)
                or any(symbol.payload in d.body.free for d in definitions)
            ):
                continue
            gone.add(symbol.payload)
            plain = elaborate([body], context, integrals=integrals)
            extra += plain.needs
            definitions.append(Definition(symbol.payload, (), plain.terms[0]))
            formulas.append((symbol.payload, to_text(body)))
            hypotheses.remove((name, claim))
            extra += membership(symbol, context[symbol.payload].domain)
            extra.append(Claim(mul(num(0), symbol), "=", num(0)))
            break
    if not gone:
        return None
    hypotheses += [(f"range {i}", claim) for i, claim in enumerate(extra)]
    changed = replace(context, hypotheses=tuple(hypotheses), definitions=tuple(definitions))
    return Reading(changed, tuple(claims), tuple(formulas), integrals=integrals)


def _reaches(term: Term, names: set[str], context: Context) -> bool:
    return any(n in names or context.depends(n) & names for n in term.free)


def _applied(term: Term, context: Context) -> Iterator[str]:
    """The undefined functions that a term applies, definitions written out."""
    return (name for name, _ in _applications(term, context, {}))


def _applications(
    term: Term, context: Context, bound: dict[str, bool]
) -> Iterator[tuple[str, bool]]:
    """Each application of an undefined function, and whether its arguments are all integers."""
    definition = context.definition_of(term)
    if definition is not None:
        yield from _applications(definition.apply(term.args), context, bound)
        return
    if term.head == "call" and term.payload not in FUNCTIONS:
        yield term.payload, all(context.is_integer(a, bound) for a in term.args)
    scope = BINDERS.get(term.head, ())
    inner = {**bound, term.payload: term.head in ("sum", "prod")} if scope else bound
    for place, arg in enumerate(term.args):
        yield from _applications(arg, context, inner if place in scope else bound)


def _on_integers(claims: Sequence[Claim], context: Context) -> bool:
    sides = (side for c in claims for side in (c.lhs, c.rhs))
    return all(whole for side in sides for _, whole in _applications(side, context, {}))


def _with_tables(context: Context, claims: Sequence[Claim], names: frozenset[str]) -> Reading:
    symbols = tuple(replace(d, kind="family") if d.name in names else d for d in context.symbols)
    changed = replace(
        context,
        symbols=symbols,
        hypotheses=tuple((n, _tabled_claim(h, names)) for n, h in context.hypotheses),
        definitions=tuple(replace(d, body=_tabled(d.body, names)) for d in context.definitions),
    )
    return Reading(changed, tuple(_tabled_claim(c, names) for c in claims), (), names)


def _tabled_claim(claim: Claim, names: frozenset[str]) -> Claim:
    return Claim(_tabled(claim.lhs, names), claim.relation, _tabled(claim.rhs, names))


def _tabled(term: Term, names: frozenset[str]) -> Term:
    """The term with ``f(i)`` as the entry ``f[i]`` of a family."""
    args = tuple(_tabled(a, names) for a in term.args)
    if term.head == "call" and term.payload in names:
        return index(term.payload, *args)
    return rebuild(term, args)


def _with_formulas(
    context: Context, claims: Sequence[Claim], names: list[str], variant: int
) -> Reading:
    definitions, formulas, taken = [], [], {d.name for d in context if d.kind != "scalar"}
    for place, name in enumerate(names):
        declared = context[name]
        parameters = _parameters(declared, taken)
        body = _formula(declared, parameters, variant, place)
        definitions.append(Definition(name, parameters, _of_all(body, parameters)))
        formulas.append((f"{name}({', '.join(parameters)})", to_text(body)))
    symbols = tuple(
        Declaration(d.name, "function", REAL, d.arity) if d.name in names else d
        for d in context.symbols
    )
    changed = replace(context, symbols=symbols, definitions=(*definitions, *context.definitions))
    return Reading(changed, tuple(claims), tuple(formulas))


def _of_all(body: Term, parameters: tuple[str, ...]) -> Term:
    """The formula with every parameter in it, so that it has no value where an argument has none."""
    missing = [mul(num(0), sym(p)) for p in parameters if p not in body.free]
    return add(body, *missing) if missing else body


def _parameters(declared: Declaration, taken: set[str]) -> tuple[str, ...]:
    """Names for the arguments: x, y, … unless something else than a number is called so."""
    plain = [p for p in PLACES if p not in taken]
    if len(plain) >= declared.arity:
        return tuple(plain[: declared.arity])
    return tuple(f"{declared.name}_at_{i}" for i in range(declared.arity))


def _formula(declared: Declaration, parameters: tuple[str, ...], variant: int, place: int) -> Term:
    """A simple formula with values in the declared domain, another for each variant and place."""
    shapes = [body for body, values in _shapes(parameters) if _within(values, declared.domain)]
    if not shapes:
        shapes = _made_to_fit(parameters, declared.domain)
    return shapes[(variant + place) % len(shapes)]


def _shapes(parameters: tuple[str, ...]) -> list[tuple[Term, Domain]]:
    """Total formulas, simplest first, each with a domain in which its values lie."""
    at = [sym(p) for p in parameters]
    x = at[0] if len(at) == 1 else add(*at)
    other = at[0] if len(at) == 1 else mul(*at)
    one, square = num(1), power(x, num(2))
    zero = Fraction(0)
    positive, unit = Domain(zero), Domain(zero, Fraction(1), True, False)
    return [
        (x, REAL),
        (power(other, num(2)), Domain(zero, None, False)),
        (call("exp", x), positive),
        (one, Domain(Fraction(1), Fraction(1), False, False)),
        (div(one, add(one, square)), unit),
        (add(mul(num(2), at[-1]), one), REAL),
        (add(one, square), Domain(Fraction(1), None, False)),
        (num(0), Domain(zero, zero, False, False)),
        (call("sigmoid", x), Domain(zero, Fraction(1))),
        (num(Fraction(1, 2)), Domain(Fraction(1, 2), Fraction(1, 2), False, False)),
        (call("floor", x), Domain(integer=True)),
        (num(2), Domain(Fraction(2), Fraction(2), False, False)),
        (neg(call("exp", x)), Domain(None, zero)),
        (num(-1), Domain(Fraction(-1), Fraction(-1), False, False)),
    ]


def _within(inner: Domain, outer: Domain) -> bool:
    """Whether every member of one domain is one of another, as far as the bounds show it."""
    if inner.lower is not None and inner.lower == inner.upper:
        return outer.contains(inner.lower)
    if outer.integer and not inner.integer:
        return False
    if outer.nonzero and inner.contains(Fraction(0)):
        return False
    return _ends_within(inner, outer)


def _ends_within(inner: Domain, outer: Domain) -> bool:
    low = outer.lower is None or (
        inner.lower is not None
        and (
            inner.lower > outer.lower
            or (inner.lower == outer.lower and (inner.lower_open or not outer.lower_open))
        )
    )
    high = outer.upper is None or (
        inner.upper is not None
        and (
            inner.upper < outer.upper
            or (inner.upper == outer.upper and (inner.upper_open or not outer.upper_open))
        )
    )
    return low and high


def _made_to_fit(parameters: tuple[str, ...], domain: Domain) -> list[Term]:
    """Formulas for a domain that none of the simple ones fits: constants, and one that moves."""
    constants = [num(v) for v in domain.points(4)]
    if domain.integer or domain.nonzero:
        return constants
    square = add(*(power(sym(p), num(2)) for p in parameters), num(2))
    share = div(num(1), square)
    if domain.lower is not None and domain.upper is not None:
        width = num(domain.upper - domain.lower)
        return [add(num(domain.lower), mul(width, share)), *constants]
    if domain.lower is not None:
        return [add(num(domain.lower), share), *constants]
    if domain.upper is not None:
        return [sub(num(domain.upper), share), *constants]
    raise TermError(f"no formula has values {domain}")
