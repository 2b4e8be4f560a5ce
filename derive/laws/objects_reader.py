"""SymPy expressions with laws and notions to terms over a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sympy
from sympy.core.function import AppliedUndef

from derive.laws import objects
from derive.laws.declared import DeclaredLaw
from derive.laws.law import Law, drawn_names
from derive.laws.model import Model, Reading
from derive.laws.session import Session
from derive.laws.slots import Argument, assigned
from derive.laws.spaces import LawError, Space, read_space
from derive.terms.context import Claim, Context, Relation
from derive.terms.printer import to_text
from derive.terms.sympy_bridge import Reader
from derive.terms.sympy_domains import BridgeError, domain_of
from derive.terms.sympy_writer import Scope
from derive.terms.term import Term

RELATIONS: Final[dict[Any, Relation]] = {
    sympy.Eq: "=", sympy.Ne: "!=", sympy.Le: "<=", sympy.Lt: "<", sympy.Ge: ">=", sympy.Gt: ">",
}  # fmt: skip


class PointReader(Reader):
    """Reads the points of laws as the symbols that they are, everything else as the bridge does."""

    def read(self, expr: Any, scope: Scope, depth: int) -> Term:
        if isinstance(expr, objects.Point):
            return self.symbol(expr, scope)
        return super().read(expr, scope, depth)

    def bind(self, variable: Any, domain: Any) -> str:
        if isinstance(variable, objects.Point):
            return str(variable.name)
        return super().bind(variable, domain)


class ObjectReader(PointReader):
    """Reads vocabulary nodes through a session."""

    def __init__(self, model: Model) -> None:
        super().__init__(model.context)
        self.session = Session(model)

    def read(self, expr: Any, scope: Scope, depth: int) -> Term:
        if isinstance(expr, objects.Value | objects.Notion):
            before = self.session.bound
            self.session.bound = list(scope)
            try:
                return self._vocabulary(expr, scope, depth + 1)
            finally:
                self.session.bound = before
                self.context = self.session.context
        return super().read(expr, scope, depth)

    def symbol(self, symbol: Any, scope: Scope) -> Term:
        name = symbol.name
        if name not in scope and self.session.model.range_of(name) is not None:
            self.session.model = self.session.model.free_point(name)
            self.context = self.session.context
        return super().symbol(symbol, scope)

    def _vocabulary(self, expr: Any, scope: Scope, depth: int) -> Term:
        session, args = self.session, expr.args
        if isinstance(expr, objects.Value):
            law, left, right = self._slots(expr)
            sides = [
                {s: self.read(a.raw, scope, depth + 1) for s, a in side.items()}
                for side in (left, right)
            ]
            return session.value(law, sides[0], sides[1], ())
        if isinstance(expr, objects.Mean):
            return self._mean(expr, scope, depth)
        if isinstance(expr, objects.ELBO):
            return self._elbo(args, scope, depth)
        if isinstance(expr, objects.MI):
            source = args[0].law if isinstance(args[0], objects.Value) else args[0]
            return session.mutual_information(self._declared(source), self.law_of(args[0], scope))
        name = type(expr).__name__
        number = args[2:] if name == "JSD" else ()
        laws = [self.law_of(a, scope) for a in args[: len(args) - len(number)]]
        weight = self.read(number[0], scope, depth + 1) if number else None
        return session.notion(name, laws, weight)

    def _mean(self, expr: Any, scope: Scope, depth: int) -> Term:
        *bodies, draw = expr.args
        *variables, law = draw
        if any(not isinstance(v, sympy.Symbol) for v in variables):
            raise LawError(f"{draw}: symbols stand before the law, as in E(f, (x, q))")
        found = self.law_of(law, scope)
        names = drawn_names(found, [v.name for v in variables])
        inner = {**scope, **{v.name: v for v in variables}}
        parts = [self.read(b, inner, depth + 1) for b in bodies]
        if isinstance(expr, objects.E):
            return self.session.mean(found, names, parts[0])
        return self.session.covariance(found, names, parts[0], parts[-1])

    def _elbo(self, args: Sequence[Any], scope: Scope, depth: int) -> Term:
        if len(args) < 3 or not isinstance(args[1], objects.Law):
            raise LawError("write ELBO(q, p, x): a law, a joint law, what is observed")
        joint = self._declared(args[1])
        slots = assigned(joint, [self._argument(a) for a in args[2:]], [])
        observed = {s: self.read(a.raw, scope, depth + 1) for s, a in slots.left.items()}
        return self.session.elbo(self.law_of(args[0], scope), joint, observed, ())

    def law_of(self, expr: Any, scope: Scope) -> Law:
        """The law that stands in the place of one."""
        if isinstance(expr, objects.Law):
            return self.session.given(self._declared(expr), None, {}, ())
        if isinstance(expr, objects.Value):
            law, left, right = self._slots(expr)
            known = {s: self.read(a.raw, scope, 1) for s, a in right.items()}
            if any(not isinstance(a.raw, sympy.Symbol) for a in left.values()):
                raise LawError(f"{expr}: in a law only variables stand before the bar")
            return self.session.given(law, [*left], known, ())
        if isinstance(expr, objects.Named):
            args = [self.read(a, scope, 1) for a in expr.args]
            return self.session.family(type(expr).__name__, args)
        found: dict[str, Any] = {}
        for value in _values(expr):
            for argument in value.args[1]:
                found[str(argument)] = argument
        if not found or any(not isinstance(a, objects.Point) for a in found.values()):
            raise LawError(f"{expr} is not a law")
        body = self.read(expr, {**scope, **found}, 1)
        spaces = [self._space(a) for a in found.values()]
        names = dict.fromkeys(v.law.name for v in _values(expr))
        return self.session.formula([*found], spaces, body, "_".join(["mix", *names]))

    def _slots(self, value: Any) -> tuple[DeclaredLaw, dict[str, Argument], dict[str, Argument]]:
        law = self._declared(value.law)
        sides = ([self._argument(a) for a in side] for side in value.args[1:])
        slots = assigned(law, *sides)
        return law, slots.left, slots.right

    def _argument(self, expr: Any) -> Argument:
        name = expr.name if isinstance(expr, sympy.Symbol) else ""
        space = self._space(expr) if isinstance(expr, objects.Point) else None
        return Argument(expr, name, space)

    def _space(self, point: Any) -> Space:
        return read_space(point.space, self.session.context)

    def _declared(self, law: Any) -> DeclaredLaw:
        found = self.session.model.find(law.name) if isinstance(law, objects.Law) else None
        if found is None:
            raise LawError(f"{law} is not a declared law")
        return found


def _values(expr: Any) -> Iterator[Any]:
    for node in sympy.preorder_traversal(expr):
        if isinstance(node, objects.Value):
            yield node


def model_of(*exprs: Any) -> Model:
    """The model that declares what occurs in SymPy expressions: symbols, functions, points, laws.

    A symbol lies where its assumptions say. Raises BridgeError or LawError for what cannot be declared.
    """
    nodes = [n for expr in exprs for n in sympy.preorder_traversal(expr)]
    model = Model(_plain_context(nodes))
    points = {n.name: n for n in nodes if isinstance(n, objects.Point)}
    for point in points.values():
        if point.space.isidentifier() and point.space not in ("real", "positive"):
            known = point.space in model.context
            model = model if known else model.space(point.space)
        model = model.variables(**{point.name: point.space})
    for law in dict.fromkeys(n for n in nodes if isinstance(n, objects.Law)):
        model = _with_law(model, law)
    return model


def _with_law(model: Model, law: Any) -> Model:
    behind = f" | {', '.join(map(str, law.right))}" if law.right else ""
    head = f"{law.name}({', '.join(map(str, law.left))}{behind})"
    return model.law(head, None if law.density is None else _density_text(law.density, model))


def _density_text(density: Any, model: Model) -> str:
    """A density as text: a named law with its parameters, another law, or a formula."""
    reader = PointReader(None)
    if isinstance(density, objects.Named):
        args = ", ".join(to_text(reader.start(a)) for a in density.args)
        return f"{type(density).__name__}({args})"
    if isinstance(density, objects.Law | objects.Value):
        return str(density)
    return to_text(ObjectReader(model).start(density))


def _plain_context(nodes: Sequence[Any]) -> Context:
    """The declarations of symbols, families and functions by their assumptions."""
    context = Context()
    for node in nodes:
        kind: Any = "scalar"
        if isinstance(node, AppliedUndef):
            kind, name, count = "function", node.func.__name__, len(node.args)
        elif isinstance(node, sympy.Indexed):
            kind, name, count = "family", str(node.base.label), len(node.args) - 1
        elif type(node) is sympy.Symbol:
            name, count = node.name, 0
        else:
            continue
        if name in context:
            continue
        try:
            context = context.declare(name, domain_of(name, node), kind, count)
        except (BridgeError, ValueError):
            continue
    return context


def reading_of(statement: Any, model: Model | None = None) -> Reading:
    """The claim of a SymPy relation, such as ``Eq(lhs, rhs, evaluate=False)``, over its model.

    Raises BridgeError or LawError when it is no relation, or holds what the language has no word for.
    """
    relation = RELATIONS.get(type(statement))
    if relation is None:
        raise BridgeError(f"{statement!r} is not a relation; write Eq(a, b, evaluate=False) or Le")
    reader = ObjectReader(model_of(*statement.args) if model is None else model)
    left, right = (reader.start(side) for side in statement.args)
    claim = Claim(left, relation, right)
    reader.session.context.check_claim(claim)
    return Reading(reader.session.model, claim)
