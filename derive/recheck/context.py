"""Contexts: what each name stands for and what is assumed, and when a term makes sense in one.

A context is well-formed when every name is declared once, a definition uses only names declared before
it, and every hypothesis makes sense. What a definition defines has no domain of its own. A domain is a
list of claims about the name; those about the name of a function hold for all its values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from .language import arities, entry
from .terms import ENDS, ONE, SCOPE, ZERO, Claim, Rejected, Term, num, put, rational, text, whole

KINDS: Final = {"sym": ("scalar", "matrix"), "index": ("family",), "call": ("function",)}

Shape = tuple[Term, Term] | None


class Symbol(NamedTuple):
    """A name: a scalar, function, family or matrix, and where its values lie, or what defines it.

    ``body``, in the ``parameters``, is what it stands for; ``integers`` says for integers only.
    """

    name: str
    kind: str = "scalar"
    domain: tuple[Claim, ...] = ()
    integer: bool = False
    arity: int = 0
    shape: Shape = None
    parameters: tuple[str, ...] = ()
    body: Term | None = None
    integers: bool = False


@dataclass(frozen=True)
class Context:
    """Symbols and hypotheses. Contexts with equal parts are equal."""

    symbols: tuple[Symbol, ...] = ()
    hypotheses: tuple[Claim, ...] = ()
    # The shapes of the terms met so far, and what follows from conditions.
    shapes: dict[Any, Shape] = field(default_factory=dict, compare=False, repr=False)
    grounds: dict[frozenset[Claim], Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def names(self) -> dict[str, Symbol]:
        """The symbols by their names."""
        return {s.name: s for s in self.symbols}

    @cached_property
    def granted(self) -> frozenset[Claim]:
        """The hypotheses and the domains of scalars and matrices."""
        return frozenset(self.hypotheses).union(*[s.domain for s in self.symbols if s.arity == 0])

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The names that are defined, or that definitions and the shapes of matrices speak of."""
        used = [n.free for s in self.symbols for n in s.shape or ()]
        own = [s.body.free.difference(s.parameters) | {s.name} for s in self.symbols if s.body]
        return frozenset().union(*used, *own)

    def symbol(self, t: Term) -> Symbol | None:
        """What the root of a term is declared as."""
        named = t.head in KINDS and not (t.head == "call" and t.payload in arities())
        return self.names.get(t.payload) if named else None

    def unfolded(self, t: Term) -> Term | None:
        """The body of the definition that the root of a term stands for."""
        s = self.symbol(t)
        return put(s.body, dict(zip(s.parameters, t.args, strict=True))) if s and s.body else None

    def grants(self, claim: Claim) -> bool:
        """Whether a claim is a hypothesis, the domain of a scalar, or true of literal numbers."""
        a, b = rational(claim.lhs), rational(claim.rhs)
        if a is None or b is None:
            return claim in self.granted
        return {"=": a == b, "<=": a <= b, "<": a < b, "!=": a != b}[claim.relation]

    def values(self, t: Term) -> list[Claim]:
        """The claims that put the value of a term where its root is declared to lie."""
        symbol = self.symbol(t)
        return [c.put({symbol.name: t}) for c in symbol.domain] if symbol is not None else []

    def beyond(self, smaller: Context) -> tuple[Symbol, tuple[Claim, ...]]:
        """The symbol and the hypotheses that this context has more than a smaller one."""
        n, m = len(smaller.symbols), len(smaller.hypotheses)
        if Context(self.symbols[:n], self.hypotheses[:m]) != smaller:
            raise Rejected("a premise lives in a context that does not extend that of the step")
        (symbol,) = self.symbols[n:]
        return symbol, self.hypotheses[m:]

    def integer(self, t: Term, env: tuple[bool, ...] = ()) -> bool:
        """Whether a term is integer-valued by its form; ``env`` tells of the binders around it."""
        value, symbol, marks = rational(t), self.symbol(t), entry(t).marks
        if value is not None or t.head == "bound":
            return env[t.payload] if value is None else value.denominator == 1
        if t.head == "pow":
            return (whole(t.args[1]) or 0) > 0 and self.integer(t.args[0], env)
        if symbol is not None:
            body = self.unfolded(t) if t.head == "sym" else None
            return symbol.integer if body is None else self.integer(body)
        kept = "whole" in marks and all(self.integer(a, env) for a in t.args)
        return kept or "rounds" in marks

    def check(self, claim: Claim) -> Claim:
        """The claim itself, when its sides make sense and are of one shape. Raises Rejected."""
        left, right = self.shape(claim.lhs), self.shape(claim.rhs)
        if left != right or (left is not None and claim.relation != "="):
            raise Rejected(f"the two sides of {text(claim)} cannot be compared")
        return claim

    def shape(self, t: Term, env: tuple[bool, ...] = ()) -> Shape:
        """None for a number, rows and columns for a matrix. Raises Rejected for a wrong term."""
        key = (t, env) if t.loose else t
        if key not in self.shapes:
            self.shapes[key] = self._shape(t, env)
        return self.shapes[key]

    def _shape(self, t: Term, env: tuple[bool, ...]) -> Shape:
        if t.head in PLAIN and not any(self.shape(a, env) for a in t.args):
            return None
        name, ends = t.payload if t.head == "call" else t.head, t.head in ("sum", "prod", "int")
        shapes: list[Shape] = []
        for i, a in enumerate(t.args):
            inside = (t.head in ("sum", "prod"), *env) if SCOPE.get(t.head) == i else env
            known = self.names.get(a.payload) if a.head == "sym" else None
            kind = "space" if i and t.head == "over" else "function" * ("laws" in entry(t).marks)
            law = known is not None and known.kind == kind
            shapes.append(None if law or (i and ends and a in ENDS) else self.shape(a, inside))
            if i and t.head in ("sum", "prod") and a not in ENDS and not self.integer(a, env):
                raise Rejected(f"the end {text(a)} of a range is not an integer")
        if t.head in KINDS and not (t.head == "call" and name in arities()):
            return self._named(t, env, shapes)
        first: Shape = next(filter(None, shapes), None)
        linear = {"neg": 1, "diff": 1, "div": 1, "over": 1, "mul": 2}.get(t.head, 0)
        fits, out = not any(shapes[linear:]) and t.head != "oo" and (t.head != "over" or law), first
        if name in ("eye", "zeros"):
            out = self.dimension(t.args[0]), self.dimension(t.args[-1])
        elif name == "matrix":
            out = num(t.payload[0]), num(t.payload[1])
        elif t.head == "fun":
            fits, out = first in (None, (ENDS[1], ONE)), (ENDS[1], ONE)
        elif name == "add":
            fits = shapes[0] == shapes[1]
        elif name == "mul":
            fits = None in shapes
        elif name == "matmul":
            (rows, inner), (other, columns) = (s or (ZERO, ONE) for s in shapes)
            fits, out = inner is other and None not in shapes, (rows, columns)
        elif name in SQUARE or name == "transpose":
            fits = first is not None and (name == "transpose" or first[0] is first[1])
            out = (first[1], first[0]) if first and name in ("transpose", "inv") else None
        if not fits:
            raise Rejected(f"{text(t, ('i',) * 99)} makes no sense: the parts do not fit")
        return out

    def _named(self, t: Term, env: tuple[bool, ...], shapes: list[Shape]) -> Shape:
        found = self.names.get(t.payload)
        rightly = found and found.kind in KINDS[t.head] and found.arity == len(t.args)
        if found is None or not rightly or any(shapes):
            raise Rejected(f"{t.payload} is not declared as it is used")
        if (found.integers or t.head == "index") and not all(self.integer(a, env) for a in t.args):
            raise Rejected(f"{t.payload} needs integers")
        return found.shape

    def dimension(self, t: Term) -> Term:
        """The term itself when it may count rows: a literal or an integer symbol, at least 1."""
        symbol, least = self.symbol(t), (whole(t) or 0) if t.head == "num" else 0
        if symbol is not None and symbol.integer and symbol.kind == "scalar":
            least = max((whole(c.lhs) or 0 for c in symbol.domain if c[1:] == ("<=", t)), default=0)
        if least < 1:
            raise Rejected(f"{text(t, ('i',) * 99)} is not a dimension")
        return t


# The operations on numbers, and the functions of square matrices.
PLAIN: Final = ("num", "add", "mul", "neg", "div", "pow")
SQUARE: Final = ("inv", "det", "trace", "least_quadratic_form")
