"""SymPy expressions to terms and back, node by node, without evaluating anything.

`to_sympy` writes a tree that `from_sympy` reads back as the very same term; expressions built by
SymPy itself are read too, into the terms a person would write for them. The encoding:

====================  ==============================================================================
term                  SymPy
====================  ==============================================================================
``a + b - c``         ``Add(a, b, Mul(-1, c))``, in this order
``-a``                ``Mul(-1, a)``, for numbers too; a negative number is never one node
``a/b``               ``Mul(a, Pow(b, -1))``
``3/4``               ``Rational(3, 4)`` when in lowest terms; ``Mul(3, Pow(4, -1))`` as a factor
``a**b``              ``Pow(a, b)``; the exponent ``1/2`` is written ``Mul(1, Pow(2, -1))``
``sqrt(a)``           ``Pow(a, Rational(1, 2))``
``0.80``              ``Rational(4, 5)``: SymPy has no room for the number of decimals shown
``x[i]``              ``Indexed(IndexedBase("x"), i)``
``diff(f, x)``        ``Derivative(f, x)``; at another point ``Subs(Derivative(f, x), x, point)``
``E[x ~ q](f)``       ``E(q, Lambda(x, f))`` with an undefined function ``E``
``Normal(x; m, v)``   ``Normal.density(x, m, v)``, an undefined function of that name
====================  ==============================================================================

Functions that SymPy lacks, such as ``sigmoid``, are undefined functions of the same name. Nodes are
made bare: SymPy's own constructors sort the arguments of ``Max``, merge nested derivatives, and
look up a cache in which two different ``Subs`` may count as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

import sympy
from sympy.core.function import AppliedUndef

from derive.terms.context import RESERVED, Context, ContextError
from derive.terms.heads import CONSTANTS, DISTRIBUTIONS, DIVERGENCES, FUNCTIONS
from derive.terms.substitution import without_decimals
from derive.terms.sympy_domains import BridgeError, check_claims, check_name, check_use, domain_of
from derive.terms.sympy_matrices import read_matrix
from derive.terms.sympy_writer import (
    DENSITY,
    FUNCTION_CLASSES,
    HALF,
    MINUS_ONE,
    RANGE_CLASSES,
    Scope,
    Writer,
)
from derive.terms.term import (
    MAX_DEPTH,
    Term,
    TermError,
    add,
    binder,
    call,
    density,
    dist,
    div,
    index,
    mul,
    neg,
    num,
    oo,
    power,
    sym,
)
from numeric.domain import INTEGER, REAL, Domain

FUNCTION_NAMES: Final = {cls: name for name, cls in FUNCTION_CLASSES.items()}
RANGE_NAMES: Final = {cls: head for head, cls in RANGE_CLASSES.items()}


def to_sympy(term: Term, context: Context | None = None) -> sympy.Expr:
    """The term as an unevaluated SymPy expression.

    Free symbols carry the assumptions of their declared domains; without a context all are real.
    ``from_sympy(to_sympy(t))`` is ``without_decimals(t)``. Raises BridgeError for ``oo`` outside
    the bounds of a range, and for names that the context does not declare.

    >>> to_sympy(div(sym("x"), sym("x")))
    x/x
    """
    return Writer(context).write(without_decimals(term), {})


def from_sympy(expr: sympy.Expr | int, context: Context | None = None) -> Term:
    """Read a SymPy expression as it stands: nothing is evaluated, simplified or reordered.

    With a context, each name must be declared in it, and a symbol may not assume more than its
    declaration says. Raises BridgeError for these, for floats, infinities and ``nan``, and for
    everything the language has no word for.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> print(from_sympy((x - y) / (-2 * x)))
    -(x - y)/(2*x)
    """
    return Reader(context).start(expr)


def context_of(expr: sympy.Expr) -> Context:
    """Declare the free symbols, functions and families of a SymPy expression.

    Raises BridgeError for a symbol that is not declared real, or that assumes what no domain says.

    >>> print(context_of(sympy.Symbol("s", positive=True))["s"].domain)
    positive
    """
    reader = Reader(None)
    reader.start(expr)
    context = Context()
    try:
        for (kind, name), (thing, arity) in sorted(reader.found.items()):
            if kind == "law" and ("function", name) not in reader.found:
                context = context.declare(name, REAL, "function", 1)
            elif kind != "law":
                context = context.declare(name, domain_of(name, thing), kind, arity)
    except ContextError as error:
        raise BridgeError(str(error)) from None
    return context


class Reader:
    """SymPy to terms; ``found`` collects what occurs free, with one example and its arity."""

    def __init__(self, context: Context | None) -> None:
        self.context = context
        self.found: dict[tuple[Any, str], tuple[Any, int]] = {}

    def start(self, expr: Any) -> Term:
        if isinstance(expr, int) and not isinstance(expr, bool):
            expr = sympy.Integer(expr)
        if not isinstance(expr, sympy.Expr):
            raise BridgeError(f"expected a SymPy expression, got {expr!r} ({type(expr).__name__})")
        try:
            return self.read(expr, {}, 1)
        except TermError as error:
            raise BridgeError(str(error)) from None

    def read(self, expr: Any, scope: Scope, depth: int) -> Term:
        if depth > MAX_DEPTH:
            raise BridgeError(f"the expression is nested more than {MAX_DEPTH} levels deep")
        cls = type(expr)
        if cls in (sympy.Symbol, sympy.Dummy):
            return self.symbol(expr, scope)
        if isinstance(expr, sympy.Rational):
            return num(Fraction(int(expr.p), int(expr.q)))
        if cls is sympy.Add and len(expr.args) > 1:
            return add(*self.each(expr.args, scope, depth))
        if cls is sympy.Mul and len(expr.args) > 1:
            return self.product(expr.args, scope, depth)
        if cls is sympy.Pow:
            return self.power(expr, scope, depth)
        if cls in RANGE_NAMES:
            return self.range(RANGE_NAMES[cls], expr.args[0], expr.args[1:], scope, depth)
        if cls is sympy.Derivative or cls is sympy.Subs:
            return self.derivative(expr, scope, depth)
        if cls is sympy.Indexed:
            return self.index(expr, scope, depth)
        found = read_matrix(self, expr, scope, depth)
        return self.function(expr, scope, depth) if found is None else found

    def each(self, args: Sequence[Any], scope: Scope, depth: int) -> list[Term]:
        return [self.read(arg, scope, depth + 1) for arg in args]

    def symbol(self, symbol: Any, scope: Scope) -> Term:
        name = check_name(symbol.name, CONSTANTS)
        known = scope.get(name)
        if known is None:
            known, _ = self.note("scalar", name, symbol, 0)
        if known != symbol:
            raise BridgeError(
                f"two different symbols are called {name}: their assumptions differ; use one symbol"
            )
        return sym(name)

    def note(self, kind: Any, name: str, thing: Any, arity: int) -> tuple[Any, int]:
        """Remember a free name, and check it against its declaration when it is new."""
        if (kind, name) not in self.found:
            self.found[kind, name] = (thing, arity)
            if self.context is not None and kind != "law":
                check_use(self.context, name, kind, arity)
                check_claims(name, thing, self.context[name].domain)
        first = self.found[kind, name]
        if first[1] != arity:
            raise BridgeError(f"{name} is used with {first[1]} and with {arity} arguments")
        return first

    def product(self, args: tuple[Any, ...], scope: Scope, depth: int) -> Term:
        if args[0] == MINUS_ONE and len(args) == 2:
            return neg(self.read(args[1], scope, depth + 1))
        last = args[-1]
        plain = not _is_coefficient(args[0]) and not _is_reciprocal(args[0])
        if len(args) == 2 and _is_inverse(last) and plain:
            return div(*self.each((args[0], last.base), scope, depth))
        if not plain or any(map(_is_reciprocal, args)):
            return self.quotient(args, scope, depth)
        return mul(*self.each(args, scope, depth))

    def quotient(self, args: tuple[Any, ...], scope: Scope, depth: int) -> Term:
        """A product as SymPy keeps it, with its sign and denominators where a person puts them."""
        top: list[Term] = []
        bottom: list[Term] = []
        minus = False
        if _is_coefficient(args[0]):
            lead, args = args[0], args[1:]
            minus = bool(lead < 0)
            top = [num(abs(int(lead.p)))] if abs(lead.p) != 1 else []
            bottom = [num(int(lead.q))] if lead.q != 1 else []
        for arg in args:
            if _is_reciprocal(arg):
                bottom.append(self.root(arg.base, -arg.exp, scope, depth))
            else:
                top.append(self.read(arg, scope, depth + 1))
        out = _product(top) if not bottom else div(_product(top), _product(bottom))
        return neg(out) if minus else out

    def power(self, expr: Any, scope: Scope, depth: int) -> Term:
        base, exponent = expr.args
        if _is_reciprocal(expr):
            return div(num(1), self.root(base, -exponent, scope, depth))
        if exponent == HALF:
            return self.root(base, exponent, scope, depth)
        return power(*self.each((base, exponent), scope, depth))

    def root(self, base: Any, exponent: Any, scope: Scope, depth: int) -> Term:
        """The base to a positive rational power."""
        inner = self.read(base, scope, depth + 1)
        if exponent == 1:
            return inner
        if exponent == HALF:
            return call("sqrt", inner)
        return power(inner, num(Fraction(int(exponent.p), int(exponent.q))))

    def range(self, head: str, body: Any, limits: Sequence[Any], scope: Scope, depth: int) -> Term:
        """Nested ranges from SymPy's list of limits, whose last entry is the outermost."""
        if not limits:
            return self.read(body, scope, depth)
        *others, last = limits
        if len(last) != 3:
            raise BridgeError(f"{last} has no two bounds; only definite ranges are read")
        variable, low, high = last
        ends = [self.bound(end, scope, depth + 1) for end in (low, high)]
        name = self.bind(variable, _range_domain(head, low, high))
        inside = self.range(head, body, others, {**scope, name: variable}, depth + 1)
        return binder(head, name, inside, *ends)

    def bind(self, variable: Any, domain: Domain) -> str:
        if type(variable) not in (sympy.Symbol, sympy.Dummy):
            raise BridgeError(f"{variable} cannot be bound; use a Symbol")
        check_claims(variable.name, variable, domain)
        return check_name(variable.name, CONSTANTS)

    def bound(self, end: Any, scope: Scope, depth: int) -> Term:
        if end is sympy.oo:
            return oo()
        return neg(oo()) if end is -sympy.oo else self.read(end, scope, depth)

    def derivative(self, expr: Any, scope: Scope, depth: int) -> Term:
        if type(expr) is sympy.Derivative:
            return self.slope(expr.args[0], _steps(expr), scope, depth)
        slope, variables, points = expr.args
        steps = _steps(slope) if type(slope) is sympy.Derivative else []
        if len(variables) != 1 or not steps or steps[-1] != variables[0]:
            raise BridgeError(f"{expr} is not a derivative at a point")
        point = self.read(points[0], scope, depth + 1)
        name = self.bind(variables[0], REAL)
        inner = {**scope, name: variables[0]}
        return binder("diff", name, self.slope(slope.args[0], steps[:-1], inner, depth + 1), point)

    def slope(self, body: Any, steps: list[Any], scope: Scope, depth: int) -> Term:
        """The derivative by each variable in turn, at the variable itself."""
        if depth > MAX_DEPTH or not steps:
            return self.read(body, scope, depth)
        here = self.symbol(steps[-1], scope)
        return binder("diff", here.payload, self.slope(body, steps[:-1], scope, depth + 1), here)

    def index(self, expr: Any, scope: Scope, depth: int) -> Term:
        base, *indices = expr.args
        if type(base) is not sympy.IndexedBase:
            raise BridgeError(f"{expr} is not an entry of an IndexedBase")
        name = check_name(str(base.label), RESERVED)
        self.note("family", name, base, len(indices))
        return index(name, *self.each(indices, scope, depth))

    def function(self, expr: Any, scope: Scope, depth: int) -> Term:
        cls, args = expr.func, expr.args
        if expr is sympy.pi:
            return call("pi")
        if expr is sympy.E:
            return call("exp", num(1))
        if isinstance(expr, AppliedUndef):
            return self.undefined(expr, scope, depth)
        if cls is sympy.polygamma and args[0] == 0:
            return call("digamma", self.read(args[1], scope, depth + 1))
        name = FUNCTION_NAMES.get(cls)
        if name is None or not args:
            raise BridgeError(_refusal(expr))
        parts = self.each(args, scope, depth)
        if name == "log" and len(parts) == 2:
            return div(call("log", parts[0]), call("log", parts[1]))
        while name in ("max", "min") and len(parts) > 2:
            parts[-2:] = [call(name, *parts[-2:])]
        return call(name, *parts)

    def undefined(self, expr: Any, scope: Scope, depth: int) -> Term:
        name, args = str(expr.func.__name__), expr.args
        if name == "E" and len(args) == 2 and isinstance(args[1], sympy.Lambda):
            return self.mean(args[0], args[1], scope, depth)
        if name in DIVERGENCES:
            return call(name, *(self.law(arg, scope, depth) for arg in args))
        parts = self.each(args, scope, depth)
        if name in DISTRIBUTIONS:
            return dist(name, *parts)
        if name.removesuffix(DENSITY) in DISTRIBUTIONS and parts:
            return density(name.removesuffix(DENSITY), *parts)
        if name not in FUNCTIONS:
            self.note("function", check_name(name, RESERVED), expr, len(parts))
        return call(name, *parts)

    def mean(self, law: Any, integrand: Any, scope: Scope, depth: int) -> Term:
        signature, body = integrand.signature, integrand.expr
        if len(signature) != 1:
            raise BridgeError(f"{integrand} takes {len(signature)} arguments; a mean is over one")
        name = self.bind(signature[0], REAL)
        inside = self.read(body, {**scope, name: signature[0]}, depth + 1)
        return binder("mean", name, self.law(law, scope, depth), inside)

    def law(self, law: Any, scope: Scope, depth: int) -> Term:
        """A distribution: a named one, or the bare name of a declared density."""
        if type(law) is not sympy.Symbol or law.name in scope:
            return self.read(law, scope, depth + 1)
        if self.context is not None and law.name not in self.context:
            raise BridgeError(f"{law.name} is not declared; declare it in the context")
        self.note("law", check_name(law.name, CONSTANTS), law, 0)
        return sym(law.name)


def _product(factors: list[Term]) -> Term:
    if not factors:
        return num(1)
    return factors[0] if len(factors) == 1 else mul(*factors)


def _is_inverse(expr: Any) -> bool:
    return type(expr) is sympy.Pow and expr.args[1] == MINUS_ONE


def _is_reciprocal(expr: Any) -> bool:
    """Whether the node is a power with a negative literal exponent, as only SymPy writes it."""
    return (
        type(expr) is sympy.Pow
        and isinstance(expr.args[1], sympy.Rational)
        and bool(expr.args[1].p < 0)
    )


def _is_coefficient(expr: Any) -> bool:
    """Whether the node is a number that only SymPy puts in front of a product."""
    return isinstance(expr, sympy.Rational) and bool(expr.p < 0 or expr.q != 1)


def _steps(derivative: Any) -> list[Any]:
    """The variables of a derivative, innermost first, each as often as it is used."""
    steps: list[Any] = []
    for variable, count in derivative.args[1:]:
        known = isinstance(count, sympy.Integer) and isinstance(variable, sympy.Symbol)
        if not known:
            raise BridgeError(f"{derivative} is not a derivative by symbols to a known order")
        if count > MAX_DEPTH:
            raise BridgeError(f"a derivative of order {count} is more than {MAX_DEPTH} levels deep")
        steps.extend([variable] * int(count))
    return steps


def _range_domain(head: str, low: Any, high: Any) -> Domain:
    """What a bound variable may assume: an integer or a real, between the bounds that are literal.

    The end points of an integral do not count, nor do bounds with nothing between them.
    """
    whole = INTEGER if head in ("sum", "prod") else REAL
    lower, upper = (Fraction(int(e.p), int(e.q)) if e.is_Rational else None for e in (low, high))
    try:
        return Domain(lower, upper, not whole.integer, not whole.integer, whole.integer)
    except ValueError:
        return whole


def _refusal(expr: Any) -> str:
    if isinstance(expr, sympy.Float):
        return f"the floating-point number {expr} is not exact; write it as a Rational"
    if expr in (sympy.oo, -sympy.oo):
        return f"{expr} may only be a bound of a sum, product or integral"
    if expr in (sympy.nan, sympy.zoo):
        return f"the expression contains {expr}: a part of it is undefined"
    return f"{expr} ({type(expr).__name__}) has no counterpart in the language"
