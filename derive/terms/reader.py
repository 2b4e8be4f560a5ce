"""Text to terms: the infix notation, read without evaluating anything.

The grammar is `grammar.lark`. SymPy's spellings (``Sum(f, (i, a, b))``, ``Rational(1, 2)``, ``Abs``,
``Product``, …) are read too. Errors carry the position of what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from derive.terms.context import RELATIONS, Claim, Context, ContextError
from derive.terms.heads import DISTRIBUTIONS, FUNCTIONS
from derive.terms.parser import MAX_LENGTH, Raw, TextError, arguments_of, parse
from derive.terms.substitution import substitute
from derive.terms.term import (
    MAX_DIGITS,
    Term,
    TermError,
    add,
    binder,
    call,
    density,
    dist,
    div,
    index,
    matmul,
    matrix,
    mul,
    neg,
    num,
    oo,
    power,
    sym,
)

SIGNS: Final = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!=", "~=": "≈"}
"""Other ways to write a relation."""

ALIASES: Final = {
    "Abs": "abs",
    "ln": "log",
    "Max": "max",
    "Min": "min",
    "gamma": "Gamma",
    "beta": "Beta",
    "ceiling": "ceil",
    "tr": "trace",
    "Trace": "trace",
    "Determinant": "det",
    "Transpose": "transpose",
    "Inverse": "inv",
    "Identity": "eye",
    "ZeroMatrix": "zeros",
}

BINDING: Final = {
    "Sum": "sum",
    "Prod": "prod",
    "Product": "prod",
    "Int": "int",
    "Fun": "fun",
    "Integral": "int",
    "sum": "sum",
    "prod": "prod",
    "int": "int",
}

UNSUPPORTED: Final = {"Piecewise": "case distinctions"}


FOR_ALL: Final = re.compile(r"\s*for\s+all\s+(\w+(?:\s*,\s*\w+)*)\s*:")

MACROS: Final[dict[str, Callable[[Term, Term], Term]]] = {
    "dot": lambda x, y: call("trace", matmul(call("transpose", x), y)),
    "quad": lambda a, x: call("trace", matmul(matmul(call("transpose", x), a), x)),
}
"""Short ways to write numbers made of matrices: ``dot(x, y)`` is the trace of ``transpose(x) @ y``, and
``quad(A, x)`` that of ``transpose(x) @ A @ x``."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A displayed line ``t0 r1 t1 r2 t2 …``; the relations may include ``≈``."""

    terms: tuple[Term, ...]
    relations: tuple[str, ...]

    def links(self) -> Iterator[tuple[Term, str, Term]]:
        """Each neighbouring pair with its relation."""
        return zip(self.terms, self.relations, self.terms[1:], strict=False)


def read(text: str, context: Context | None = None) -> Term:
    """Read one term. With a context, every name must be declared in it.

    >>> print(read("x/x + 0.80"))
    x/x + 0.80

    Raises TextError, with the position, when the text is not a term.
    """
    chain = read_chain(text, context)
    if chain.relations:
        raise TextError(f"expected an expression without {chain.relations[0]!r}")
    return chain.terms[0]


def read_claim(text: str, context: Context | None = None) -> Claim:
    """Read ``lhs relation rhs`` with exactly one of ``= <= < >= > !=``; ``for all x:`` may come first.

    >>> print(read_claim("for all x, y: f(x, y) = f(y, x)"))
    for all x, y: f(x, y) = f(y, x)
    """
    chain = read_chain(text, context)
    if len(chain.relations) != 1:
        raise TextError("expected one relation, such as a = b or a <= b")
    if chain.relations[0] == "≈":
        raise TextError("≈ compares decimals; a claim needs one of = <= < >= > !=")
    return Claim(chain.terms[0], RELATIONS[chain.relations[0]], chain.terms[1])


def read_chain(text: str, context: Context | None = None) -> Chain:
    """Read a displayed line such as ``a = b ≈ 0.3``."""
    quantified = FOR_ALL.match(text[:MAX_LENGTH])
    names = re.findall(r"\w+", quantified[1]) if quantified else []
    raw = parse(" " * quantified.end() + text[quantified.end() :] if quantified else text)
    reader = _Resolver(context)
    reader.bound += names
    terms = tuple(reader.resolve(piece) for piece in raw.parts[::2])
    for name in reversed(names):
        terms = tuple(binder("fun", name, term) for term in terms)
    return Chain(terms, tuple(SIGNS.get(str(token), str(token)) for token in raw.parts[1::2]))


class _Resolver:
    """Turns raw pieces into terms, looking names up in the context and the enclosing binders."""

    def __init__(self, context: Context | None) -> None:
        self.context = context
        self.bound: list[str] = []
        self.along: list[str] = []

    def resolve(self, raw: Raw) -> Term:
        try:
            term: Term = getattr(self, f"on_{raw.rule}")(raw, *raw.parts)
        except (TermError, ContextError) as error:
            raise TextError(str(error), raw.line, raw.column) from None
        return term

    def on_group(self, raw: Raw, inner: Raw) -> Term:
        return self.resolve(inner)

    def on_number(self, raw: Raw, token: str) -> Term:
        mantissa, _, exponent = token.lower().partition("e")
        if len(token) > MAX_DIGITS or abs(int(exponent or 0)) > MAX_DIGITS:
            raise TermError(f"a number may have at most {MAX_DIGITS} digits")
        whole, _, places = mantissa.partition(".")
        value = Fraction(int(whole + places or "0"), 10 ** len(places)) * Fraction(10) ** int(
            exponent or 0
        )
        shown = max(0, len(places) - int(exponent or 0))
        return num(value, shown or None)

    def on_name(self, raw: Raw, name: str) -> Term:
        token = str(name)
        if token == "oo":
            return oo()
        if token == "pi":
            return call("pi")
        if token not in self.bound and self.context is not None:
            if token not in self.context:
                raise TextError(f"unknown symbol {token!r}; declare it", raw.line, raw.column)
            if self.context[token].kind == "function":
                raise TextError(f"{token} is a function: it needs arguments", raw.line, raw.column)
            if self.context[token].kind == "space":
                raise TextError(f"{token} is a space, and no number", raw.line, raw.column)
        return self._written_out(sym(token))

    def _written_out(self, term: Term) -> Term:
        """A defined name whose definition speaks of a variable bound here.

        Along a derivative it is written out, since ``diff(f, x)`` means what f depends on; under any
        other binder it is refused, since two readings are possible.
        """
        name = term.payload
        if self.context is None or name in self.bound:
            return term
        hidden = self.context.depends(name) & {*self.bound}
        if not hidden:
            return term
        if hidden - {*self.along}:
            variable = min(hidden - {*self.along})
            raise TermError(
                f"{name} is defined through {variable}, which is bound here: make it a parameter"
            )
        definition = self.context.definition(name)
        assert definition is not None
        body = {n: self._written_out(sym(n)) for n in definition.body.free if self._is_defined(n)}
        return substitute(definition.apply(term.args), body)

    def _is_defined(self, name: str) -> bool:
        found = self.context.definition(name) if self.context is not None else None
        return found is not None and not found.parameters

    def on_neg(self, raw: Raw, sign: str, inner: Raw) -> Term:
        return neg(self.resolve(inner))

    def on_add(self, raw: Raw, *_: Any) -> Term:
        return add(*self._chain(raw))

    on_sub = on_add

    def _chain(self, raw: Raw) -> list[Term]:
        """The summands of ``a + b - c``, which the grammar nests to the left."""
        right: list[tuple[Raw, bool]] = []
        while raw.rule in ("add", "sub"):
            right.append((raw.parts[-1], raw.rule == "sub"))
            raw = raw.parts[0]
        first = self.resolve(raw)
        parts = [(self.resolve(piece), minus) for piece, minus in reversed(right)]
        return [first, *(neg(term) if minus else term for term, minus in parts)]

    def on_mul(self, raw: Raw, *_: Any) -> Term:
        right = []
        while raw.rule == "mul":
            right.append(raw.parts[2])
            raw = raw.parts[0]
        return mul(self.resolve(raw), *(self.resolve(piece) for piece in reversed(right)))

    def on_div(self, raw: Raw, top: Raw, bottom: Raw) -> Term:
        return div(self.resolve(top), self.resolve(bottom))

    def on_matmul(self, raw: Raw, left: Raw, right: Raw) -> Term:
        return matmul(self.resolve(left), self.resolve(right))

    def on_transposed(self, raw: Raw, inner: Raw, sign: str) -> Term:
        return call("transpose", self.resolve(inner))

    def on_pow(self, raw: Raw, base: Raw, sign: str, exponent: Raw) -> Term:
        return power(self.resolve(base), self.resolve(exponent))

    def on_index(self, raw: Raw, name: str, arguments: Raw) -> Term:
        out = index(str(name), *map(self.resolve, arguments.parts))
        if self.context is not None:
            self.context._expect(str(name), "family", len(out.args))
        return out

    def on_tuple(self, raw: Raw, *_: Any) -> Term:
        raise TermError("a tuple may only stand for the range of a sum, product or integral")

    def on_list(self, raw: Raw, *_: Any) -> Term:
        raise TermError("a list may only stand for a row of Matrix([[a, b], [c, d]])")

    def on_mean(self, raw: Raw, name: str, variable: str, tilde: str, law: Raw, body: Raw) -> Term:
        if name != "E":
            raise TermError(f"expected E[x ~ q](f), got {name}[…](…)")
        if self._is_space(law):
            return self._over(body, str(variable), str(law.parts[0]))
        distribution = self._distribution(law)
        with self._binding(str(variable)):
            return binder("mean", str(variable), distribution, self.resolve(body))

    def on_mean_over(self, raw: Raw, name: str, laws: Raw, body: Raw) -> Term:
        """``E[q](f)`` where ``q`` is applied to one variable inside ``f``: that variable is bound."""
        law = laws.parts[0]
        seen = sorted({str(p) for p in arguments_of(str(law.parts[0]), body)})
        if name != "E" or len(seen) != 1:
            raise TermError(
                f"write E[x ~ {law.parts[0]}](…): the variable to average over is unclear"
            )
        return self.on_mean(raw, name, seen[0], "~", law, body)

    def _is_space(self, raw: Raw) -> bool:
        """Whether a plain name is that of a declared space."""
        known = (
            self.context is not None and raw.rule == "name" and str(raw.parts[0]) in self.context
        )
        return (
            known and self.context is not None and self.context[str(raw.parts[0])].kind == "space"
        )

    def _over(self, body: Raw, variable: str, space: str) -> Term:
        with self._binding(variable):
            return binder("over", variable, self.resolve(body), sym(space))

    def _distribution(self, law: Raw) -> Term:
        """A distribution in an argument: a named one, or the name of a declared density."""
        name = str(law.parts[0]) if law.rule == "name" else ""
        known = self.context is not None and name in self.context
        if known and self.context is not None and self.context[name].kind == "function":
            return sym(name)
        return self.resolve(law)

    def on_call(self, raw: Raw, token: str, arguments: Raw | None = None) -> Term:
        name, parts = str(token), list(arguments.parts) if arguments else []
        declared = self.context is not None and name in self.context
        if declared and self.context is not None and self.context[name].kind != "scalar":
            self.context._expect(name, "function", len(parts))
            return self._written_out(call(name, *map(self.resolve, parts)))
        if name in BINDING:
            return self._range(BINDING[name], parts)
        if name in ("diff", "Derivative"):
            return self._derivative(parts, None)
        if name in ("KL", "JSD", "H", "CE"):
            return call(name, *map(self._distribution, parts))
        if name in DISTRIBUTIONS:
            return dist(name, *map(self.resolve, parts))
        if name == "Matrix":
            return self._matrix(parts)
        return self._function(raw, name, [self.resolve(part) for part in parts])

    def _function(self, raw: Raw, name: str, args: list[Term]) -> Term:
        if name == "Rational" and len(args) == 2:
            return div(*args)
        if name == "log" and len(args) == 2:
            return div(call("log", args[0]), call("log", args[1]))
        if name != "beta" or len(args) == 2:
            name = ALIASES.get(name, name)
        if name in MACROS and len(args) == 2:
            return MACROS[name](*args)
        if name in ("max", "min") and len(args) > 2:
            return call(name, args[0], self._function(raw, name, args[1:]))
        if name in UNSUPPORTED:
            raise TermError(f"{UNSUPPORTED[name]} are not part of the language yet")
        if name not in FUNCTIONS and self.context is not None:
            raise TextError(f"unknown function {name!r}; declare it", raw.line, raw.column)
        return call(name, *args)

    def _matrix(self, parts: list[Raw]) -> Term:
        """``Matrix([[a, b], [c, d]])``, or a column as ``Matrix([a, b])``."""
        if len(parts) != 1 or parts[0].rule != "list" or not parts[0].parts:
            raise TermError("write a matrix by its rows: Matrix([[a, b], [c, d]])")
        rows = list(parts[0].parts[0].parts)
        if any(row.rule == "list" and not row.parts for row in rows):
            raise TermError("a row of a matrix needs an entry")
        return matrix(
            [
                [self.resolve(entry) for entry in (r.parts[0].parts if r.rule == "list" else (r,))]
                for r in rows
            ]
        )

    def on_parametrised(self, raw: Raw, name: str, left: Raw, bar: str, right: Raw) -> Term:
        if name in ("diff", "Derivative") and len(right.parts) == 1:
            return self._derivative(list(left.parts), right.parts[0])
        if name in DISTRIBUTIONS and len(left.parts) == 1:
            return density(str(name), *map(self.resolve, (*left.parts, *right.parts)))
        raise TermError(f"{name}(… {bar} …) is not a density that the language knows")

    def _range(self, head: str, parts: list[Raw]) -> Term:
        if len(parts) == 2 and parts[1].rule == "tuple":
            parts = [parts[0], *parts[1].parts]
        if head in ("fun", "int") and len(parts) == 2 and parts[1].rule == "name":
            ends = () if head == "fun" else (neg(oo()), oo())
            with self._binding(str(parts[1].parts[0])):
                return binder(head, str(parts[1].parts[0]), self.resolve(parts[0]), *ends)
        if head == "int" and len(parts) == 3 and parts[1].rule == parts[2].rule == "name":
            if self.context is None or self._is_space(parts[2]):
                return self._over(parts[0], str(parts[1].parts[0]), str(parts[2].parts[0]))
            raise TermError(f"{parts[2].parts[0]} is not declared as a space")
        if len(parts) != 4 or parts[1].rule != "name":
            raise TermError("expected a body, a variable and two bounds: Sum(f, i, a, b)")
        body, variable, low, high = parts
        ends = self.resolve(low), self.resolve(high)
        with self._binding(str(variable.parts[0])):
            return binder(head, str(variable.parts[0]), self.resolve(body), *ends)

    def _derivative(self, parts: list[Raw], point: Raw | None) -> Term:
        if len(parts) == 2 and parts[1].rule == "tuple":
            parts = [parts[0], *parts[1].parts]
        if len(parts) not in (2, 3) or parts[1].rule != "name":
            raise TermError("expected an expression and a variable: diff(f, x)")
        name = str(parts[1].parts[0])
        order = self.resolve(parts[2]) if len(parts) == 3 else num(1)
        times = order.payload[0] if order.head == "num" else Fraction(0)
        if times not in (1, 2, 3, 4):
            raise TermError("the order of a derivative must be 1, 2, 3 or 4")
        at = self.resolve(parts[1] if point is None else point)
        with self._binding(name, along=True):
            term = self.resolve(parts[0])
        for _ in range(int(times) - 1):
            term = binder("diff", name, term, sym(name))
        return binder("diff", name, term, at)

    @contextmanager
    def _binding(self, name: str, *, along: bool = False) -> Iterator[None]:
        self.bound.append(name)
        if along:
            self.along.append(name)
        try:
            yield
        finally:
            self.bound.pop()
            if along:
                self.along.pop()
