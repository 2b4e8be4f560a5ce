"""The data model: terms and claims, how they look to a reader, and the budget of work.

A bound variable has no name: ``bound n`` is the variable of the n-th binder outwards. So two terms that
differ in the names of bound variables only are one object, nothing is ever captured, and equal terms are
the same object.

======================== =================== ==================================================
head                     payload             arguments
======================== =================== ==================================================
``num``                  value, at least 0   none
``sym``, ``bound``       name; number        none
``oo``                   none                none; only as an end of a range
``add mul div pow``      none                two operands
``neg``                  none                one operand
``call``, ``index``      name                the arguments
``matmul``, ``matrix``   none; (rows, cols)  two factors; the entries row by row
``dist``, ``dens``       name                parameters; point and parameters
``sum prod int``         none                body, lower end, upper end; binds in the body
``diff``                 none                body, point; binds in the body
``mean``                 none                law, body; binds in the body
``over``                 none                body, space; binds in the body
``fun``                  none                body; binds in it
======================== =================== ==================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple
from weakref import ref

MAX_DEPTH, MAX_SIZE, WORK = 160, 250_000, 12_000_000
# The heads that bind a variable, and the argument in which they bind it.
SCOPE: Final = {"sum": 0, "prod": 0, "int": 0, "diff": 0, "mean": 1, "over": 0, "fun": 0}

GROUPS = "num sym oo", "neg fun", "add mul div pow matmul over diff mean", "sum prod int"
COUNTS: Final = {head: n for n, heads in enumerate(GROUPS) for head in heads.split()}
RELATIONS: Final = ("=", "<=", "<", "!=")
SIGNS: Final = {"add": " + ", "mul": "*", "div": "/", "pow": "**", "matmul": " @ ", "neg": "-"}
NAMES = {h: h.title() for h in ("sum", "prod", "int", "fun")}
NAMES |= {"over": "Int", "mean": "E", "matrix": "Matrix{}x{}"}
LAWS: Final = {"Normal": 2, "LogNormal": 2, "Laplace": 2}


class Rejected(ValueError):
    """The certificate is not accepted; the message says where and what is wrong."""


class Budget:
    """How much may still be done. Every term that is made costs, and every operation of algebra."""

    left: int = WORK

    def spend(self, amount: int = 1) -> None:
        """Use some of the budget. Raises Rejected when it is used up."""
        self.left -= amount
        if self.left < 0:
            raise Rejected(f"the check takes more than {WORK} steps")


Work: Final = Budget()


class Term:
    """One node. ``free`` holds the names of its symbols, ``loose`` how many binders it lacks."""

    __slots__ = ("__weakref__", "args", "depth", "free", "head", "loose", "payload", "size")

    def __init__(self, head: str, payload: Any, args: tuple[Term, ...]) -> None:
        scope, first = SCOPE.get(head), payload + 1 if head == "bound" else 0
        self.head, self.payload, self.args = head, payload, args
        self.size: int = 1 + sum([a.size for a in args])
        self.depth: int = 1 + max([a.depth for a in args], default=0)
        own = [payload] if head == "sym" else []
        self.free: frozenset[str] = frozenset(own).union(*[a.free for a in args])
        self.loose: int = max([first, *[a.loose - (i == scope) for i, a in enumerate(args)]])
        if self.depth > MAX_DEPTH or self.size > MAX_SIZE:
            raise Rejected(f"a term of {self.size} parts in {self.depth} levels is too large")

    def __add__(self, other: Term) -> Term:
        return make("add", None, self, other)

    def __sub__(self, other: Term) -> Term:
        return make("add", None, self, -other)

    def __mul__(self, other: Term) -> Term:
        return make("mul", None, self, other)

    def __neg__(self) -> Term:
        return make("neg", None, self)


# The terms in use. One that no longer is leaves the table.
_table: dict[tuple[Any, ...], ref[Term]] = {}


def make(head: str, payload: Any, *args: Term) -> Term:
    """The term with this head, payload and arguments."""
    Work.spend()
    key = (head, payload, args)
    known = _table.get(key)
    found = known() if known else None
    if found is None:
        found = Term(head, payload, args)
        _table[key] = ref(found, partial(_table.pop, key))
    return found


def num(value: Fraction | int) -> Term:
    """A number as the language writes it: ``-(1/2)`` is the negative of 1 over 2."""
    top, bottom = Fraction(value).as_integer_ratio()
    if bottom > 1:
        return make("div", None, num(top), num(bottom)) if top > 0 else -num(-value)
    return make("num", Fraction(top)) if top >= 0 else -num(-top)


def sym(name: str) -> Term:
    """A symbol."""
    return make("sym", name)


def joined(head: str, parts: Sequence[Term]) -> Term:
    """A sum or product of any number of terms, the first half of them and the rest joined likewise."""
    if len(parts) < 2:
        return parts[0] if parts else (ZERO if head == "add" else ONE)
    half = (len(parts) + 1) // 2
    return make(head, None, joined(head, parts[:half]), joined(head, parts[half:]))


ZERO, ONE, INFINITY = num(0), num(1), make("oo", None)
ENDS: Final = (-INFINITY, INFINITY)


class Claim(NamedTuple):
    """``lhs relation rhs`` with one of the relations ``= <= < !=``."""

    lhs: Term
    relation: str
    rhs: Term

    @property
    def free(self) -> frozenset[str]:
        """The names in either side."""
        return self.lhs.free | self.rhs.free

    @property
    def finite(self) -> list[Term]:
        """The sides, but for -oo on the left and oo on the right: these lie beyond every number."""
        return [t for t, end in zip(self[::2], ENDS, strict=True) if t is not end]

    def put(self, table: Mapping[str, Term]) -> Claim:
        """The claim with terms in place of free names."""
        return Claim(put(self.lhs, table), self.relation, put(self.rhs, table))


def put(t: Term, table: Mapping[str, Term | None], depth: int = 0) -> Term:
    """The term with other terms in place of free names; in place of "" those of the missing binder.

    None stands for the variable of a binder that is put around the term.
    """
    if t.loose <= depth and t.free.isdisjoint(table):
        return t
    if t.head in ("sym", "bound"):
        found = table["" if t.head == "bound" else t.payload]
        return make("bound", depth) if found is None else found
    scope = SCOPE.get(t.head)
    args = [put(a, table, depth + (scope == i)) for i, a in enumerate(t.args)]
    return make(t.head, t.payload, *args)


def opened(body: Term, value: Term) -> Term:
    """The body of a binder with a term in place of the binder's variable."""
    return put(body, {"": value})


def bind(head: str, name: str, *args: Term) -> Term:
    """A binder, from arguments in which its variable still has a name."""
    parts = (put(a, {name: None}) if SCOPE[head] == i else a for i, a in enumerate(args))
    return make(head, None, *parts)


@lru_cache(65_536)
def rational(term: Term) -> Fraction | None:
    """The value of a literal number such as ``3``, ``4/5`` or ``-1/2``; None for anything else."""
    Work.spend(10)
    literal = term.head in ("num", "neg", "div") and term.size < 6
    parts = ([rational(a) for a in term.args] or [Fraction(term.payload)]) if literal else [None]
    if parts[0] is None or parts[-1] is None or (term.head == "div" and parts[1] == 0):
        return None
    return -parts[0] if term.head == "neg" else parts[0] / (parts[-1] if term.args else 1)


def whole(term: Term) -> int | None:
    """The value of a literal integer."""
    value = rational(term)
    return int(value) if value is not None and value.denominator == 1 else None


def text(thing: Term | Claim, bound: tuple[str, ...] = (), inner: bool = False) -> str:
    """A term or claim in infix notation, every operation inside another in brackets."""
    if isinstance(thing, Claim):
        return f"{text(thing.lhs)} {thing.relation} {text(thing.rhs)}"
    head, payload, place = thing.head, thing.payload, SCOPE.get(thing.head)
    if head in ("num", "bound"):
        literal = str(payload) if whole(thing) is not None else f"({payload})"
        return literal if head == "num" else [*bound, "?"][min(payload, len(bound))]
    name = next(n for n in map("i{}".format, range(999)) if n not in (*thing.free, *bound))
    names = [(name, *bound) if i == place else bound for i in range(len(thing.args))]
    args = [text(a, b, head in SIGNS) for a, b in zip(thing.args, names, strict=True)]
    if head in SIGNS:
        shown = f"-{args[0]}" if head == "neg" else SIGNS[head].join(args)
        return f"({shown})" if inner else shown
    args[1:1] = [name] if place is not None else []
    word = payload if isinstance(payload, str) else NAMES.get(head, head).format(*payload or ())
    return word + ("[{}]" if head == "index" else "({})").format(", ".join(args)) if args else word
