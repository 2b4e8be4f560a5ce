"""Terms: the one language in which every format meets.

A term is an immutable tree. Building one never evaluates anything: ``x/x`` stays ``x/x``, ``0.80``
stays a decimal with two places, ``(a + b) + c`` keeps its brackets. Structurally equal terms are the
same object (hash-consing), and ``==`` compares terms up to renaming of their bound variables.

Shapes (``head``: payload; arguments):

=========  ===========================  ========================================================
head       payload                      arguments
=========  ===========================  ========================================================
``num``    ``(value, decimals)``        none; the value is an exact rational >= 0
``sym``    name                         none
``oo``     none                         none; only as a bound of a sum, product or integral
``add``    none                         two or more summands; a difference is ``add(a, neg(b))``
``mul``    none                         two or more factors
``neg``    none                         one
``div``    none                         numerator, denominator
``pow``    none                         base, exponent
``call``   function name                the arguments
``index``  family name                  the indices
``matmul`` none                         the two factors of a matrix product
``matrix`` ``(rows, columns)``          the entries, row by row
``dist``   distribution name            its parameters, as in ``Normal(mu, v)``
``dens``   distribution name            the point, then the parameters: ``Normal(x; mu, v)``
``sum``    bound variable               body, lower bound, upper bound
``prod``   bound variable               body, lower bound, upper bound
``int``    bound variable               body, lower bound, upper bound
``diff``   bound variable               body, point of evaluation
``mean``   bound variable               distribution, body: ``E[x ~ q](f)``
``over``   bound variable               body, space: ``Int(f, x, X)``
``fun``    bound variable               body: f at any points, a side of ``for all x: f = g``
=========  ===========================  ========================================================
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from derive.terms.heads import ARITIES, BINDERS, CONSTANTS, DISTRIBUTIONS, DIVERGENCES, FUNCTIONS

MAX_DEPTH: Final = 100
MAX_SIZE: Final = 20_000
MAX_DIGITS: Final = 1_000
MAX_NAME: Final = 100

NAME: Final = re.compile(r"[^\W\d]\w*")


class TermError(ValueError):
    """A term that cannot be built: too deep, too large, or malformed."""


class Term:
    """One node of the language. Build terms with the functions of this module.

    ``free`` holds the names that occur free, of symbols, functions and families alike; ``size`` counts
    nodes of the tree, ``depth`` its longest path. ``opaque`` says that a binder or a divergence occurs;
    a term that is not opaque is its own canonical form.
    """

    __slots__ = (
        "__weakref__", "_canonical", "_hash", "_text", "args", "depth", "free", "head", "opaque",
        "payload", "size",
    )  # fmt: skip
    head: str
    payload: Any
    args: tuple[Term, ...]
    free: frozenset[str]
    size: int
    depth: int
    opaque: bool
    _canonical: Term | None
    _hash: int
    """The hash of the canonical form; not set before it is known."""
    _text: tuple[str, int]
    """What `derive.terms.printer` writes; not set before it is written."""

    def __new__(cls) -> Term:
        raise TypeError("terms are built by the functions of derive.terms, never by Term()")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a term cannot be changed (tried to set {name})")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term):
            return NotImplemented
        return self.opaque and other.opaque and canonical(self) is canonical(other)

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            return _hashed(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_make, (self.head, self.payload, self.args))

    def __repr__(self) -> str:
        from derive.terms.printer import to_text

        return f"Term({to_text(self)})"

    def __str__(self) -> str:
        from derive.terms.printer import to_text

        return to_text(self)

    def _repr_latex_(self) -> str:
        from derive.terms.latex import to_latex

        return f"${to_latex(self)}$"


_Key = tuple[Any, ...]
_table: dict[_Key, weakref.KeyedRef[_Key, Term]] = {}


def _forget(dead: weakref.KeyedRef[_Key, Term]) -> None:
    if _table.get(dead.key) is dead:
        del _table[dead.key]


def _make(head: str, payload: Any, args: tuple[Term, ...]) -> Term:
    key = (head, payload, *map(id, args))
    known = _table.get(key)
    if known is not None and (found := known()) is not None:
        return found
    depth, size = 1, 1
    opaque = head in BINDERS or (head == "call" and payload in DIVERGENCES)
    for arg in args:
        depth, size = max(depth, arg.depth + 1), size + arg.size
        opaque = opaque or arg.opaque
    if depth > MAX_DEPTH:
        raise TermError(f"the expression is nested more than {MAX_DEPTH} levels deep")
    if size > MAX_SIZE:
        raise TermError(f"the expression has more than {MAX_SIZE} parts")
    term = object.__new__(Term)
    put = object.__setattr__
    put(term, "head", head)
    put(term, "payload", payload)
    put(term, "args", args)
    put(term, "depth", depth)
    put(term, "size", size)
    put(term, "free", _free_names(head, payload, args))
    put(term, "opaque", opaque)
    put(term, "_canonical", None)
    if not opaque:
        put(term, "_hash", hash((head, payload, *(a._hash for a in args))))
    _table[key] = weakref.KeyedRef(term, _forget, key)
    return term


def _hashed(term: Term) -> int:
    """The hash of a term that binds a variable, set when it is first asked for."""
    plain = canonical(term)
    parts = (plain.head, plain.payload, *map(hash, plain.args))
    value = hash(parts) if plain is term else hash(plain)
    object.__setattr__(term, "_hash", value)
    return value


def _free_names(head: str, payload: Any, args: tuple[Term, ...]) -> frozenset[str]:
    scope = BINDERS.get(head, ())
    parts = [a.free - {payload} if i in scope else a.free for i, a in enumerate(args) if a.free]
    if head in ("sym", "index") or (head == "call" and payload not in FUNCTIONS):
        parts.append(frozenset((payload,)))
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0] if parts else frozenset()


def canonical(term: Term) -> Term:
    """The representative of a term's class up to renaming of bound variables."""
    if not term.opaque:
        return term
    known = term._canonical
    if known is None:
        known = _nameless(term, ())
        object.__setattr__(term, "_canonical", known)
    return known


def _nameless(term: Term, bound: tuple[str, ...]) -> Term:
    if not term.opaque and term.free.isdisjoint(bound):
        return term
    if not bound and term._canonical is not None:
        return term._canonical
    if term.head == "sym" and term.payload in bound:
        return _make("bound", bound.index(term.payload), ())
    if not term.args:
        return term
    payload, scope = term.payload, BINDERS.get(term.head, ())
    inner = (payload, *bound) if scope else bound
    args = tuple(_nameless(a, inner if i in scope else bound) for i, a in enumerate(term.args))
    return _make(term.head, None if scope else payload, args)


def num(value: Fraction | int, decimals: int | None = None) -> Term:
    """The number ``value``; a negative one becomes ``neg(num(...))``, a fraction ``div(p, q)``.

    ``decimals`` marks a decimal literal and says how many places were shown.

    >>> num(Fraction(4, 5), decimals=2), num(Fraction(-1, 2))
    (Term(0.80), Term(-1/2))
    """
    return _number(*value.as_integer_ratio(), decimals)


@lru_cache(maxsize=8192)
def _number(top: int, bottom: int, decimals: int | None) -> Term:
    value = Fraction(top, bottom)
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 4 * MAX_DIGITS:
        raise TermError(f"a number may have at most {MAX_DIGITS} digits")
    if value < 0:
        return neg(num(-value, decimals))
    if decimals is None and value.denominator != 1:
        return div(num(value.numerator), num(value.denominator))
    if decimals is not None and not 0 < decimals <= MAX_DIGITS:
        raise TermError(f"a decimal shows from 1 to {MAX_DIGITS} places, not {decimals}")
    if decimals is not None and (value * 10**decimals).denominator != 1:
        raise TermError(f"{value} has no expansion with {decimals} decimals")
    return _make("num", (value, decimals), ())


def sym(name: str) -> Term:
    """The symbol called ``name``."""
    return _make("sym", _name(name), ())


def _name(name: str) -> str:
    """The name itself. Raises TermError when the notation could not read it back as one."""
    if NAME.fullmatch(name) is None or name in CONSTANTS or len(name) > MAX_NAME:
        raise TermError(f"{name[:MAX_NAME]!r} cannot be a name")
    return name


def add(*terms: Term) -> Term:
    """A sum of two or more terms, in the given order."""
    return _nary("add", terms)


def sub(left: Term, right: Term) -> Term:
    """The difference ``left - right``."""
    return add(left, neg(right))


def mul(*terms: Term) -> Term:
    """A product of two or more terms, in the given order."""
    return _nary("mul", terms)


def total(parts: Sequence[Term]) -> Term:
    """The sum of any number of terms: 0 of none, the term itself of one."""
    return add(*parts) if len(parts) > 1 else parts[0] if parts else num(0)


def product(parts: Sequence[Term]) -> Term:
    """The product of any number of terms: 1 of none, the term itself of one."""
    return mul(*parts) if len(parts) > 1 else parts[0] if parts else num(1)


def _nary(head: str, terms: tuple[Term, ...]) -> Term:
    if len(terms) < 2:
        raise TermError(f"{head} takes at least two arguments, got {len(terms)}")
    return _make(head, None, terms)


def neg(term: Term) -> Term:
    """The negative of a term."""
    return _make("neg", None, (term,))


def div(top: Term, bottom: Term) -> Term:
    """A quotient. Nothing is said about ``bottom`` being non-zero."""
    return _make("div", None, (top, bottom))


def power(base: Term, exponent: Term) -> Term:
    """``base ** exponent``; see `derive.kernel.definedness` for where it is defined."""
    return _make("pow", None, (base, exponent))


def call(name: str, *args: Term) -> Term:
    """A function of the language, or a declared one, applied to arguments."""
    arity = FUNCTIONS.get(name)
    if arity is not None and arity != len(args):
        raise TermError(f"{name} takes {arity} argument{'s' * (arity != 1)}, got {len(args)}")
    if arity is None and (not args or _name(name) in DISTRIBUTIONS):
        raise TermError(f"{name} cannot be applied to {len(args)} arguments")
    return _make("call", name, args)


def index(family: str, *indices: Term) -> Term:
    """An entry of an indexed family, ``x[i]``."""
    if not indices:
        raise TermError(f"{family} needs an index")
    return _make("index", _name(family), indices)


def matmul(left: Term, right: Term) -> Term:
    """A product of two matrices; whether their shapes fit is checked in a context."""
    return _make("matmul", None, (left, right))


def matrix(rows: Sequence[Sequence[Term]]) -> Term:
    """A matrix written out, row by row."""
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise TermError("a matrix needs rows of one length, with at least one entry")
    return _make("matrix", (len(rows), len(rows[0])), tuple(e for row in rows for e in row))


def dist(name: str, *parameters: Term) -> Term:
    """A named distribution, such as ``Normal(mu, v)`` with variance ``v``."""
    _check_distribution(name, len(parameters))
    return _make("dist", name, parameters)


def density(name: str, point: Term, *parameters: Term) -> Term:
    """The density of a named distribution at a point: ``Normal(x; mu, v)``."""
    _check_distribution(name, len(parameters))
    return _make("dens", name, (point, *parameters))


def _check_distribution(name: str, count: int) -> None:
    expected = DISTRIBUTIONS.get(name)
    if expected is None:
        raise TermError(f"unknown distribution {name!r}; known: {', '.join(DISTRIBUTIONS)}")
    if len(expected) != count:
        raise TermError(f"{name} takes {len(expected)} parameters ({', '.join(expected)})")


def oo() -> Term:
    """The unbounded upper end of a range; its negative is the lower end. Not a number."""
    return _make("oo", None, ())


def binder(head: str, variable: str, *args: Term) -> Term:
    """A term that binds ``variable``: one of `BINDERS`."""
    if head not in BINDERS or len(args) != ARITIES.get(head, 3):
        raise TermError(f"{head!r} does not bind a variable in {len(args)} terms")
    if any(_name(variable) in _applied(a) for a in args):
        raise TermError(f"{variable} is applied to arguments, and cannot be bound as a number")
    return _make(head, variable, args)


def _applied(term: Term) -> Iterator[str]:
    """The names that a term uses for functions, families and laws."""
    for part in subterms(term):
        if part.head in ("index", "call"):
            yield part.payload
        for place in laws(part):
            if part.args[place].head == "sym":
                yield part.args[place].payload


def laws(term: Term) -> tuple[int, ...]:
    """The argument positions at which a plain name is that of a density or space, not of a number."""
    if term.head == "call" and term.payload in DIVERGENCES:
        return tuple(range(len(term.args)))
    return {"mean": (0,), "over": (1,)}.get(term.head, ())


def rational(term: Term) -> Fraction | None:
    """The value of a literal number such as ``3``, ``0.80``, ``-1/2``; None for anything else."""
    if term.head == "num":
        value: Fraction = term.payload[0]
        return value
    if term.head == "neg":
        inner = rational(term.args[0])
        return None if inner is None else -inner
    if term.head == "div":
        top, bottom = rational(term.args[0]), rational(term.args[1])
        return top / bottom if top is not None and bottom else None
    return None


def rebuild(term: Term, args: tuple[Term, ...]) -> Term:
    """The same node with other arguments; nothing is checked about bound variables."""
    return term if args == term.args else _make(term.head, term.payload, args)


def subterms(term: Term) -> Iterator[Term]:
    """Every distinct subterm, innermost first, the term itself last."""
    seen: set[int] = set()
    stack = [(term, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((a, False) for a in reversed(node.args))
