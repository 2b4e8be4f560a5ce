"""Terms, claims and contexts out of JSON."""

import re
from fractions import Fraction
from typing import Any, Final

from .context import Context, Shape, Symbol
from .language import arities
from .terms import COUNTS, LAWS, RELATIONS, SCOPE, ZERO, Claim, Rejected, Term, bind, make, rational

NUMBER: Final = re.compile(r"[0-9]{1,1300}(/0*[1-9][0-9]{0,1300})?")
NAME: Final = re.compile(r"[^\W\d]\w{0,199}")
RESERVED: Final = {*LAWS, "Sum", "Prod", "Int", "Fun", "diff", "E", "Matrix", "in", "oo"}


def name_of(text: Any) -> str:
    """A name out of JSON."""
    if NAME.fullmatch(text) is None:
        raise Rejected(f"{text[:60]!r} is not a name")
    return str(text)


def read_term(row: Any, terms: list[Term]) -> Term:
    """A row ``[head, payload, places of the arguments]``."""
    head, payload, places = row
    args, count = [terms[i] for i in places], COUNTS.get(head)
    if head == "num":
        count, payload = (0, Fraction(payload)) if NUMBER.fullmatch(payload) else (-1, None)
    elif head == "matrix":
        payload, good = tuple(payload), [*map(type, payload)] == [int, int] and min(payload) > 0
        count = payload[0] * payload[1] if good else -1
    elif head in ("sym", "call", "index", "dist", "dens") or head in SCOPE:
        laws = LAWS.get(name_of(payload), -9) + (head == "dens")
        count = {"call": arities().get(payload), "dist": laws, "dens": laws}.get(head, count)
    elif payload is not None or head not in COUNTS:
        raise Rejected(f"{head} is not a kind of term")
    if len(args) != count if count is not None else not args:
        raise Rejected(f"{head} {payload} does not take {len(args)} arguments")
    return bind(head, payload, *args) if head in SCOPE else make(head, payload, *args)


def read_claim(row: Any, terms: list[Term]) -> Claim:
    """A row ``[place, relation, place]``."""
    left, relation, right = row
    if relation not in RELATIONS:
        raise Rejected(f"{relation[:60]!r} is not a relation")
    return Claim(terms[left], relation, terms[right])


def read_context(data: dict[str, Any], terms: list[Term]) -> Context:
    """A context out of JSON. Raises Rejected when it is not well-formed."""
    context = Context()
    for row in data["symbols"]:
        context = Context((*context.symbols, _symbol(row, context, terms)))
    if len(context.names) < len(context.symbols):
        raise Rejected("a name is declared twice")
    claims = (context.check(read_claim(row, terms)) for row in data["hypotheses"])
    return Context(context.symbols, tuple(claims))


def _symbol(row: list[Any], context: Context, terms: list[Term]) -> Symbol:
    name, kind, domain, integer, arity, sides, definition = row
    x, plain = make("sym", name_of(name)), kind in ("scalar", "matrix", "space")
    claims = tuple(read_claim(c, terms) for c in domain)
    shape: Shape = None
    if kind == "matrix" or (kind == "function" and sides):
        rows, columns = (context.dimension(terms[side]) for side in sides)
        shape = rows, columns
    right = [type(integer) is bool, type(arity) is int, arity >= 0, plain == (arity == 0)]
    right += [(sides is None) == (shape is None), kind != "space" or not (claims or definition)]
    right.append(name not in (("oo", "in", "pi") if plain else {*RESERVED, *arities()}))
    if shape is not None:
        least, turned = (make("call", f, x) for f in ("least_quadratic_form", "transpose"))
        right += [not integer, not claims or shape[0] is shape[1], not claims or kind == "matrix"]
        right.append({*claims} <= {Claim(turned, "=", x), Claim(ZERO, "<", least)})
    for c in claims if shape is None else ():
        right.append([rational(t) is not None for t in c[::2] if t is not x] == [True])
    symbol = Symbol(name, kind, claims, integer, arity, shape)
    if definition is not None:
        right += [not claims, not integer, kind != "family"]
        symbol = _defined(symbol, definition, context, terms)
    if not all(right) or kind not in ("scalar", "function", "family", "matrix", "space"):
        raise Rejected(f"{name} is not rightly declared")
    return symbol


def _defined(symbol: Symbol, row: list[Any], context: Context, terms: list[Term]) -> Symbol:
    """The symbol with a body that makes sense with the names declared before it and its parameters."""
    parameters, body, integers = tuple(row[0]), terms[row[1]], row[2] is True
    own = [Symbol(name_of(p), integer=integers) for p in parameters]
    inside = Context((*(s for s in context.symbols if s.name not in parameters), *own))
    names = {*parameters} - {"oo", "in", "pi"}
    if not len(names) == len(own) == symbol.arity or inside.shape(body) != symbol.shape:
        raise Rejected(f"{symbol.name} is not rightly defined")
    return symbol._replace(parameters=parameters, body=body, integers=integers)
