"""Contexts: what each name stands for and what is assumed, and when a term makes sense in one.

A context is well-formed when every name is declared once, a definition uses only names declared before
it, and every hypothesis makes sense. What a definition defines has no domain of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, Final, NamedTuple

from .language import arities
from .numbers import REALS, Interval
from .printing import text
from .terms import (
    ENDS,
    LAWS,
    ONE,
    SCOPE,
    ZERO,
    Claim,
    Rejected,
    Term,
    fraction,
    name_of,
    num,
    put,
    rational,
    read_claim,
    whole,
)

RESERVED: Final = {*LAWS, "Sum", "Prod", "Int", "diff", "E", "Matrix", "in", "oo"}
KINDS: Final = {"sym": ("scalar", "matrix"), "index": ("family",), "call": ("function",)}
Shape = tuple[Term, Term] | None


class Symbol(NamedTuple):
    """A name: a scalar, function, family or matrix, and where its values lie."""

    name: str
    kind: str = "scalar"
    values: Interval = REALS
    integer: bool = False
    arity: int = 0
    shape: Shape = None
    form: str = ""

    def holds(self, t: Term) -> list[Claim]:
        """The claims that put a term where the values lie, integrality aside."""
        (low, above), (high, below), gap = self.values
        out = [Claim(t, "!=", ZERO)] * gap
        out += [Claim(num(low), "<" if above else "<=", t)] if not isinstance(low, float) else []
        return out + (
            [Claim(t, "<" if below else "<=", num(high))] if not isinstance(high, float) else []
        )


class Definition(NamedTuple):
    """``name(parameters) := body``; with ``integers`` for integer arguments only."""

    name: str
    parameters: tuple[str, ...]
    body: Term
    integers: bool


@dataclass(frozen=True)
class Context:
    """Symbols, hypotheses and definitions. Contexts with equal parts are equal."""

    symbols: tuple[Symbol, ...] = ()
    hypotheses: tuple[tuple[str, Claim], ...] = ()
    definitions: tuple[Definition, ...] = ()

    @cached_property
    def names(self) -> dict[str, Symbol]:
        """The symbols by their names."""
        return {s.name: s for s in self.symbols}

    @cached_property
    def defined(self) -> dict[str, Definition]:
        """The definitions by their names."""
        return {d.name: d for d in self.definitions}

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What is already known about terms of this context."""
        return {}

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """The names in the shapes of matrices."""
        return frozenset[str]().union(*(n.free for s in self.symbols for n in s.shape or ()))

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The names that may not be replaced: in hypotheses, definitions and shapes of matrices."""
        used = [d.body.free.difference(d.parameters) for d in self.definitions]
        used += [c.free for _, c in self.hypotheses]
        return self.dimensions.union(self.defined, *used)

    def unfolded(self, t: Term) -> Term | None:
        """The body of the definition that the root of a term stands for."""
        found = self.defined.get(t.payload) if t.head in ("sym", "call") else None
        return put(found.body, dict(zip(found.parameters, t.args, strict=True))) if found else None

    def beyond(self, smaller: Context) -> tuple[tuple[Symbol, ...], list[Claim]]:
        """What this context adds to a smaller one. Raises Rejected when it does not extend it."""
        n, m = len(smaller.symbols), len(smaller.hypotheses)
        if Context(self.symbols[:n], self.hypotheses[:m], self.definitions) != smaller:
            raise Rejected("a premise lives in a context that does not extend that of the step")
        return self.symbols[n:], [claim for _, claim in self.hypotheses[m:]]

    def declare(self, symbol: Symbol, *claims: Claim) -> Context:
        """The context with one more symbol and more hypotheses."""
        more = tuple(("", claim) for claim in claims)
        return Context((*self.symbols, symbol), self.hypotheses + more, self.definitions)

    def integer(self, t: Term, env: tuple[bool, ...] = ()) -> bool:
        """Whether a term is integer-valued by its form; ``env`` tells of the binders around it."""
        value, known = rational(t), t.head
        if t.head == "call":
            known = t.payload if t.payload in arities() else ""
        if value is not None or t.head == "bound":
            return env[t.payload] if value is None else value.denominator == 1
        if known in ("add", "mul", "neg", "abs", "max", "min"):
            return all(self.integer(a, env) for a in t.args)
        if known == "pow":
            n = whole(t.args[1])
            return n is not None and n >= 0 and self.integer(t.args[0], env)
        if t.head == "sym" and t.payload in self.defined:
            return self.integer(self.defined[t.payload].body)
        declared = (
            self.names.get(t.payload) if t.head in KINDS and t.payload not in arities() else None
        )
        return known in ("floor", "ceil", "sign") or (declared is not None and declared.integer)

    def check(self, claim: Claim) -> Claim:
        """The claim itself, when its sides make sense and are of one shape. Raises Rejected."""
        left, right = self.shape(claim.lhs), self.shape(claim.rhs)
        if left != right or (left is not None and claim.relation != "="):
            raise Rejected(f"the two sides of {text(claim)} cannot be compared")
        return claim

    def shape(self, t: Term, env: tuple[bool, ...] = ()) -> Shape:
        """None for a number, rows and columns for a matrix. Raises Rejected for a wrong term."""
        if (t, env) not in self.memo:
            self.memo[t, env] = self._shape(t, env)
        found: Shape = self.memo[t, env]
        return found

    def _shape(self, t: Term, env: tuple[bool, ...]) -> Shape:
        name, ends = t.payload if t.head == "call" else t.head, t.head in ("sum", "prod", "int")
        shapes: list[Shape] = []
        for i, a in enumerate(t.args):
            inside = (t.head in ("sum", "prod"), *env) if SCOPE.get(t.head) == i else env
            known = self.names.get(a.payload) if a.head == "sym" else None
            law = (
                name in ("KL", "JSD", "H", "CE") and known is not None and known.kind == "function"
            )
            shapes.append(None if law or (i and ends and a in ENDS) else self.shape(a, inside))
            if i and t.head in ("sum", "prod") and a not in ENDS and not self.integer(a, env):
                raise Rejected(f"the end {text(a)} of a range is not an integer")
        if t.head in KINDS and not (t.head == "call" and name in arities()):
            return self._named(t, env, shapes)
        first: Shape = next(filter(None, shapes), None)
        linear = {"neg": 1, "diff": 1, "div": 1, "mul": len(shapes)}.get(name, 0)
        fits, out = (
            sum(map(bool, shapes)) <= 1 and not any(shapes[linear:]) and t.head != "oo",
            first,
        )
        if name in ("eye", "zeros"):
            out = self.dimension(t.args[0]), self.dimension(t.args[-1])
        elif name == "matrix":
            out = num(t.payload[0]), num(t.payload[1])
        elif name == "add":
            fits = all(s == shapes[0] for s in shapes)
        elif name == "matmul":
            (rows, inner), (other, columns) = (s or (ZERO, ONE) for s in (*shapes, None)[:2])
            fits, out = inner is other and None not in shapes, (rows, columns)
        elif name in ("transpose", "inv", "det", "trace"):
            fits = first is not None and (name == "transpose" or first[0] is first[1])
            out = (first[1], first[0]) if first and name in ("transpose", "inv") else None
        if not fits:
            raise Rejected(f"{text(t, ('i',) * 99)} makes no sense: the parts do not fit")
        return out

    def _named(self, t: Term, env: tuple[bool, ...], shapes: list[Shape]) -> Shape:
        found, known = self.names.get(t.payload), self.defined.get(t.payload)
        if (
            found is None
            or found.kind not in KINDS[t.head]
            or found.arity != len(t.args)
            or any(shapes)
        ):
            raise Rejected(f"{t.payload} is not declared as it is used")
        integers = t.head == "index" or (known is not None and known.integers)
        if integers and not all(self.integer(a, env) for a in t.args):
            raise Rejected(f"{t.payload} needs integers")
        return found.shape

    def dimension(self, t: Term) -> Term:
        """The term itself when it may count rows: a literal or an integer symbol, at least 1."""
        symbol = self.names.get(t.payload) if t.head == "sym" else None
        fits = t.head == "num" and t.payload[1] is None and (whole(t) or 0) >= 1
        if symbol is not None and symbol.kind == "scalar" and t.payload not in self.defined:
            fits = symbol.integer and symbol.values.low > (0, 0)
        if not fits:
            raise Rejected(f"{text(t, ('i',) * 99)} is not a dimension")
        return t


def read_context(data: dict[str, Any], terms: list[Term]) -> Context:
    """A context out of JSON. Raises Rejected when it is not well-formed."""
    given, context = {row[0]: row for row in data["definitions"]}, Context()
    for row in data["symbols"]:
        symbol = _symbol(row, context, terms)
        if symbol.name in given:
            found = _definition(given.pop(symbol.name), symbol, context, terms)
            context = Context(context.symbols, (), (*context.definitions, found))
        context = context.declare(symbol)
    claims = [
        (str(name), context.check(read_claim(row, terms))) for name, row in data["hypotheses"]
    ]
    twice = len(data["definitions"]) > len(context.definitions)
    if twice or len(context.names) < len(context.symbols):
        raise Rejected("a name is declared twice, or defined and not declared")
    return Context(context.symbols, tuple(claims), context.definitions)


def _symbol(row: list[Any], context: Context, terms: list[Term]) -> Symbol:
    name, kind, domain, arity, extra = row
    low, high, *flags, integer, gap = (domain[key] for key in DOMAIN)
    ends = fraction(low), fraction(high)
    values = Interval(
        (-inf if ends[0] is None else ends[0], int(flags[0] or ends[0] is None)),
        (inf if ends[1] is None else ends[1], -int(flags[1] or ends[1] is None)),
        gap,
    )
    plain, shape, form = kind in ("scalar", "matrix"), None, ""
    wrong = {*map(type, (*flags, integer, gap))} != {bool} or type(arity) is not int or arity < 0
    wrong = wrong or values.low[0] > values.high[0] or plain != (arity == 0)
    wrong = wrong or (
        name in RESERVED or name in arities() if not plain else name in ("oo", "in", "pi")
    )
    if kind == "matrix":
        shape = context.dimension(terms[extra[0]]), context.dimension(terms[extra[1]])
        form = extra[2]
        wrong = (
            wrong
            or form not in ("", "symmetric", "spd")
            or (form != "" and shape[0] is not shape[1])
        )
    wrong = wrong or (shape is not None and (values, integer) != (REALS, False))
    if wrong or kind not in ("scalar", "function", "family", "matrix"):
        raise Rejected(f"{name} is not rightly declared")
    return Symbol(name_of(name), kind, values, integer, arity, shape, form)


DOMAIN: Final = ("lower", "upper", "lower_open", "upper_open", "integer", "nonzero")


def _definition(row: list[Any], symbol: Symbol, context: Context, terms: list[Term]) -> Definition:
    """A definition whose body makes sense with the names declared before it and its parameters."""
    name, parameters, body, integers = row
    inside = Context(
        tuple(s for s in context.symbols if s.name not in parameters),
        (),
        tuple(d for d in context.definitions if d.name not in parameters),
    )
    for parameter in parameters:
        inside = inside.declare(Symbol(name_of(parameter), integer=integers is True))
    kind = "function" if parameters else "matrix" if symbol.shape else "scalar"
    plain = Symbol(name, kind, arity=len({*parameters}), shape=symbol.shape)
    if symbol != plain or inside.shape(terms[body]) != symbol.shape:
        raise Rejected(f"{name} is not rightly defined")
    return Definition(name, tuple(parameters), terms[body], integers is True)
