"""Contexts: what each name stands for, and what is assumed.

A context declares every symbol once, with one kind and one domain, and holds named hypotheses and
definitions. It is immutable; ``declare``, ``assume`` and ``define`` return a larger one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final, Literal

from derive.terms.heads import CONSTANTS, DISTRIBUTIONS, FUNCTIONS
from derive.terms.substitution import substitute
from derive.terms.term import MAX_DEPTH, NAME, Term, add, index, neg, num, rational
from numeric.domain import Domain

Kind = Literal["scalar", "function", "family", "matrix", "space"]
Form = Literal["", "symmetric", "spd"]
Shape = tuple[Term, Term] | None
Relation = Literal["=", "<=", "<", "!=", ">=", ">"]

MAX_EXPANDED: Final = 50_000

FLIPPED: Final[dict[Relation, Relation]] = {
    "=": "=",
    "!=": "!=",
    "<=": ">=",
    "<": ">",
    ">=": "<=",
    ">": "<",
}
"""The relation that holds between the sides read from right to left."""

RELATIONS: Final[dict[str, Relation]] = {relation: relation for relation in FLIPPED}
"""The six relations of claims, by their texts."""


class ContextError(ValueError):
    """A name declared twice, not declared, or used as what it is not."""


@dataclass(frozen=True, slots=True)
class Claim:
    """``lhs relation rhs``, meant for every assignment in the declared domains.

    A claim holds at an assignment when both sides are defined there and the relation is true.
    """

    lhs: Term
    relation: Relation
    rhs: Term

    def __post_init__(self) -> None:
        if self.relation not in FLIPPED:
            raise ContextError(f"{self.relation!r} is not one of the relations {' '.join(FLIPPED)}")

    def flipped(self) -> Claim:
        """The same claim read from right to left."""
        return Claim(self.rhs, FLIPPED[self.relation], self.lhs)

    def oriented(self) -> Claim:
        """The same claim with one of the relations ``= <= < !=``."""
        return self.flipped() if self.relation in (">=", ">") else self

    @property
    def free(self) -> frozenset[str]:
        """The names that occur free in either side."""
        return self.lhs.free | self.rhs.free

    def substitute(self, mapping: dict[str, Term]) -> Claim:
        """Replace free symbols in both sides."""
        return Claim(substitute(self.lhs, mapping), self.relation, substitute(self.rhs, mapping))

    def __str__(self) -> str:
        names, left, right = [], self.lhs, self.rhs
        while left.head == right.head == "fun" and left.payload == right.payload:
            names.append(left.payload)
            left, right = left.args[0], right.args[0]
        prefix = f"for all {', '.join(names)}: " if names else ""
        return f"{prefix}{left} {self.relation} {right}"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A name, what kind of thing it is, where its values lie, and how many arguments it takes.

    A matrix has a shape, ``(rows, columns)``, and may be symmetric or symmetric positive definite.
    """

    name: str
    kind: Kind = "scalar"
    domain: Domain = field(default_factory=Domain)
    arity: int = 0
    shape: Shape = None
    form: Form = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """``name(parameters) := body``; a plain symbol has no parameters.

    With ``integers`` the function is defined for integer arguments only.
    """

    name: str
    parameters: tuple[str, ...]
    body: Term
    integers: bool = False

    def apply(self, args: tuple[Term, ...]) -> Term:
        """The body with the arguments in place of the parameters."""
        return substitute(self.body, dict(zip(self.parameters, args, strict=True)))


@dataclass(frozen=True)
class Context:
    """Declarations, hypotheses and definitions, each by name.

    >>> ctx = Context().declare("sigma", POSITIVE).declare("x")
    >>> ctx["sigma"].domain.contains(Fraction(0))
    False
    """

    symbols: tuple[Declaration, ...] = ()
    hypotheses: tuple[tuple[str, Claim], ...] = ()
    definitions: tuple[Definition, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {d.name: d for d in self.symbols})
        if len(self._by_name) < len(self.symbols):
            raise ContextError("a name is declared twice")
        object.__setattr__(self, "_defined", {d.name: d for d in self.definitions})
        object.__setattr__(self, "_shapes", {})
        object.__setattr__(self, "_memo", {})
        sizes: dict[str, int] = {}
        object.__setattr__(self, "_sizes", sizes)
        for definition in self.definitions:
            sizes[definition.name] = self._expanded(definition.body)

    _by_name: dict[str, Declaration] = field(init=False, repr=False, compare=False)
    _defined: dict[str, Definition] = field(init=False, repr=False, compare=False)
    _sizes: dict[str, int] = field(init=False, repr=False, compare=False)
    _shapes: dict[object, tuple[Term, Shape]] = field(init=False, repr=False, compare=False)
    """The shapes of terms, which no hypothesis has a part in."""
    _memo: dict[Any, Any] = field(init=False, repr=False, compare=False)
    """What has been worked out about this very context, for whoever worked it out."""

    def __getitem__(self, name: str) -> Declaration:
        try:
            return self._by_name[name]
        except KeyError:
            raise ContextError(f"{name} is not declared") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Declaration]:
        return iter(self.symbols)

    def definition(self, name: str) -> Definition | None:
        """The definition of ``name``, or None when it is a free symbol."""
        return self._defined.get(name)

    def definition_of(self, term: Term) -> Definition | None:
        """The definition that a symbol or an application of a defined function stands for."""
        if term.head == "sym" or (term.head == "call" and term.payload not in FUNCTIONS):
            found = self._defined.get(term.payload)
            if found is not None and len(found.parameters) == len(term.args):
                return found
        return None

    def depends(self, name: str) -> frozenset[str]:
        """The names that a defined name depends on, through definitions, parameters aside."""
        definition = self._defined.get(name)
        if definition is None:
            return frozenset()
        direct = definition.body.free - set(definition.parameters)
        return direct.union(*(self.depends(n) for n in direct if n != name))

    def hypothesis(self, name: str) -> Claim:
        """The hypothesis called ``name``. Raises ContextError when there is none."""
        for key, claim in self.hypotheses:
            if key == name:
                return claim
        raise ContextError(f"there is no hypothesis called {name}")

    def beyond(self, smaller: Context) -> tuple[list[str], list[Claim]] | None:
        """The symbols and hypotheses that this context adds to ``smaller``; None when it is no
        extension of it."""
        symbols, facts = len(smaller.symbols), len(smaller.hypotheses)
        if self is not smaller and (
            self.symbols[:symbols] != smaller.symbols
            or self.hypotheses[:facts] != smaller.hypotheses
            or self.definitions != smaller.definitions
        ):
            return None
        names = [d.name for d in self.symbols[symbols:]]
        if any(not c.free.isdisjoint(names) for _, c in smaller.hypotheses):
            return None
        return names, [c for _, c in self.hypotheses[facts:]]

    def declare(
        self,
        name: str,
        domain: Domain | None = None,
        kind: Kind = "scalar",
        arity: int = 0,
        shape: Shape = None,
        form: Form = "",
    ) -> Context:
        """This context with one more symbol. Raises ContextError when the name is taken.

        The dimensions of a matrix are whole numbers, or names declared before as integers >= 1.
        """
        if name in self._by_name:
            raise ContextError(f"{name} is declared twice")
        plain = kind in ("scalar", "matrix", "space")
        if NAME.fullmatch(name) is None or name in (CONSTANTS if plain else RESERVED):
            raise ContextError(f"{name} cannot be declared as a {kind}: the language uses it")
        if plain != (arity == 0):
            raise ContextError(f"{name}: a {kind} cannot take {arity} arguments")
        declaration = Declaration(name, kind, domain or Domain(), arity, shape, form)
        if kind in ("matrix", "space") or shape or form:
            from derive.terms.shapes import check_matrix

            check_matrix(self, declaration)
        return replace(self, symbols=(*self.symbols, declaration))

    def assume(self, name: str, claim: Claim) -> Context:
        """This context with one more hypothesis. Raises ContextError when the name is taken."""
        if any(key == name for key, _ in self.hypotheses):
            raise ContextError(f"there are two hypotheses called {name}")
        self.check_claim(claim)
        out = replace(self, hypotheses=(*self.hypotheses, (name, claim)))
        object.__setattr__(out, "_shapes", self._shapes)
        return out

    def define(self, name: str, body: Term, parameters: tuple[str, ...] = ()) -> Context:
        """This context with ``name(parameters) := body``.

        The body may use what is declared so far, so definitions are never circular. A function whose
        body needs its parameters to be integers, as the ends of a sum, is one of integers.
        Raises ContextError when the name is taken or the body uses an unknown one.
        """
        integers = False
        inside = self.shadowed(parameters)
        try:
            shape = inside._check(body, dict.fromkeys(parameters, False))
        except ContextError:
            shape = inside._check(body, dict.fromkeys(parameters, True))
            integers = bool(parameters)
        if self._expanded(body) > MAX_EXPANDED:
            raise ContextError(f"{name}, written out, has more than {MAX_EXPANDED} parts")
        kind: Kind = "function" if parameters else "scalar" if shape is None else "matrix"
        out = self.declare(name, Domain(), kind, len(parameters), shape)
        definition = Definition(name, parameters, body, integers)
        return replace(out, definitions=(*out.definitions, definition))

    def _expanded(self, term: Term, depth: int = 0) -> int:
        """The size of a term with its definitions written out, as far as it matters."""
        if depth > MAX_DEPTH:
            return MAX_EXPANDED + 1
        total = 1
        definition = self.definition_of(term)
        if definition is not None:
            total += self._sizes.get(definition.name, 0)
        for arg in term.args:
            total += self._expanded(arg, depth + 1)
            if total > MAX_EXPANDED:
                break
        return total

    def shadowed(self, parameters: tuple[str, ...]) -> Context:
        """This context as seen inside a definition, where its parameters hide what they name."""
        if len(set(parameters)) < len(parameters):
            raise ContextError(f"a parameter is named twice in ({', '.join(parameters)})")
        for name in parameters:
            Context().declare(name)
        return replace(self, symbols=tuple(d for d in self.symbols if d.name not in parameters))

    def check(self, term: Term, bound: frozenset[str] = frozenset()) -> None:
        """Raise ContextError unless every name in the term is declared and rightly used.

        Indices of families and bounds of sums must be integer-valued; the numbers a sum ranges over
        are integers, those of an integral or a derivative are real.
        """
        self._check(term, dict.fromkeys(bound, False))

    def check_claim(self, claim: Claim) -> None:
        """`check` for both sides, which must have one shape; matrices are compared by ``=`` only."""
        left, right = self._check(claim.lhs, {}), self._check(claim.rhs, {})
        if left != right or (left is not None and claim.relation != "="):
            from derive.terms.shapes import in_words

            what = f"{in_words(left)} {claim.relation} {in_words(right)}"
            raise ContextError(f"{claim}: {what} is not a statement")

    def shape(self, term: Term, bound: frozenset[str] = frozenset()) -> Shape:
        """None for a number, ``(rows, columns)`` for a matrix; checks as `check` does."""
        return self._check(term, dict.fromkeys(bound, False))

    def _check(self, term: Term, bound: dict[str, bool]) -> Shape:
        key = (id(term), *bound.items()) if bound else id(term)
        known = self._shapes.get(key)
        if known is None:
            from derive.terms.shapes import shape_of

            known = self._shapes[key] = term, shape_of(self, term, bound)
        return known[1]

    def dimensions(self) -> frozenset[str]:
        """The names in the shapes of declared matrices: their values may never be replaced."""
        sides = (side for d in self.symbols if d.shape for side in d.shape)
        return frozenset[str]().union(*(side.free for side in sides))

    def _expect(self, name: str, kind: Kind, arity: int) -> None:
        declared = self[name]
        if declared.kind != kind:
            raise ContextError(f"{name} is declared as a {declared.kind}, and used as a {kind}")
        if declared.arity != arity:
            raise ContextError(f"{name} takes {declared.arity} arguments, got {arity}")

    def is_integer(self, term: Term, bound: dict[str, bool] | None = None) -> bool:
        """Whether the term is integer-valued by its form and the declared domains."""
        value = rational(term)
        if value is not None:
            return value.denominator == 1
        if term.head == "sym":
            if bound and term.payload in bound:
                return bound[term.payload]
            definition = self.definition_of(term)
            if definition is not None:
                return self.is_integer(definition.body)
            return term.payload in self._by_name and self[term.payload].domain.integer
        if term.head in ("add", "mul", "neg"):
            return all(self.is_integer(a, bound) for a in term.args)
        if term.head == "pow":
            exponent = rational(term.args[1])
            natural = exponent is not None and exponent >= 0 and exponent.denominator == 1
            return natural and self.is_integer(term.args[0], bound)
        if term.head == "call" and term.payload in ("floor", "ceil", "sign"):
            return True
        if term.head == "call" and term.payload in ("abs", "max", "min"):
            return all(self.is_integer(a, bound) for a in term.args)
        applied = term.head == "index" or (term.head == "call" and term.payload not in FUNCTIONS)
        if applied and term.payload in self._by_name:
            declared = self[term.payload]
            return declared.kind != "scalar" and declared.domain.integer
        return False


RESERVED: Final = (
    CONSTANTS
    | frozenset(FUNCTIONS)
    | frozenset(DISTRIBUTIONS)
    | {"Sum", "Prod", "Int", "Fun", "diff", "E", "Matrix"}
)
"""Names that no function or family may have; a scalar may, since it is never applied."""

POSITIVE: Final = Domain(lower=Fraction(0))


def membership(term: Term, domain: Domain) -> list[Claim]:
    """The claims that together say that ``term`` lies in ``domain``, integrality aside.

    >>> from derive.terms import sym
    >>> [str(c) for c in membership(sym("x"), Domain(Fraction(0), Fraction(1)))]
    ['0 < x', 'x < 1']
    """
    out = []
    if domain.lower is not None:
        out.append(Claim(num(domain.lower), "<" if domain.lower_open else "<=", term))
    if domain.upper is not None:
        out.append(Claim(term, "<" if domain.upper_open else "<=", num(domain.upper)))
    if domain.nonzero:
        out.append(Claim(term, "!=", num(0)))
    return out


def entry(name: str, *indices: int) -> Term:
    """The entry of a family at literal indices, ``x[0]``."""
    return index(name, *(num(i) for i in indices))


def difference(claim: Claim) -> Term:
    """``rhs - lhs``, whose sign decides an order claim."""
    return add(claim.rhs, neg(claim.lhs))
