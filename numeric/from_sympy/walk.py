"""The walk over a SymPy expression: what each kind of node needs, and what it becomes.

A `Rule` says which nodes must be lowered first and how the node is then emitted. A `Scope` walks
with a stack of its own, so depth is not limited by recursion, and lowers each node object once;
equal nodes that are different objects meet again in the builder. The body of a sum, a product
or an integral has a scope of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import sympy as sp

from numeric.builder import Builder
from numeric.from_sympy.sharing import share
from numeric.operations import TRUTHS

Node: TypeAlias = Any  # SymPy has no types; every Node is a sympy.Basic


class UnsupportedExpression(ValueError):
    """A SymPy node has no numeric form here; the message names it, and so does `node`."""

    def __init__(self, node: str, reason: str) -> None:
        super().__init__(f"cannot lower {node}: {reason}")
        self.node = node


class NotAnInteger(UnsupportedExpression):
    """An index of a family, or of a matrix, is not a known integer in this scope."""


class Rule(NamedTuple):
    """How to lower one class of nodes: first what `needs` gives, then the node by `emit`.

    `reads` is what the needed nodes must be, "numbers", "truths" or "either"; `truth` says that
    the node itself is a truth value.
    """

    needs: Callable[[Scope, Node], Sequence[Node]]
    emit: Callable[[Scope, Node], int]
    reads: str = "numbers"
    truth: bool = False


Rules: TypeAlias = Mapping[type, Rule]


def no_needs(_scope: Scope, _node: Node) -> Sequence[Node]:
    """The needs of a leaf, and of a node whose rule lowers its own parts."""
    return ()


def all_args(_scope: Scope, node: Node) -> Sequence[Node]:
    """The needs of a node that reads all its arguments."""
    args: tuple[Node, ...] = node.args
    return args


class Scope:
    """A builder, and the meaning of the symbols in it.

    `integers` holds the symbols that stand for a known integer here, as SymPy integers. In the
    body of a binder (`parent` is not None) every symbol but the bound one is captured from outside.
    `names` holds the inputs by what they stand for, and `copies` how often this part is repeated.
    """

    def __init__(
        self, rules: Rules, parent: Scope | None = None, variable: Node | None = None
    ) -> None:
        self.rules = rules
        self.parent = parent
        self.variable = variable
        self.builder = Builder()
        self.op = self.builder.op
        self.constants: dict[Fraction | int, int] = {}
        self.done: dict[int, int] = {}
        self.plans: dict[int, Any] = {}
        self.truths: set[int] = set()
        self.kept: list[Node] = []
        self.names: dict[Node, str] = {}
        self.taken: dict[str, Node] = {}
        self.integers: dict[Node, Node] = {}
        self.copies = 1
        if variable is not None:
            self.names[variable] = variable.name
            self.taken[variable.name] = variable

    def index(self, root: Node) -> int:
        """The index of `root`, lowered now with all it needs."""
        done, rules = self.done, self.rules
        self.kept.append(root)
        stack = [root]
        while stack:
            node = stack[-1]
            key = id(node)
            if key in done:
                stack.pop()
                continue
            rule = rules.get(type(node)) or self._inherited(node)
            needs = rule.needs(self, node)
            missing = [need for need in needs if id(need) not in done]
            if missing:
                missing.reverse()
                stack += missing
                continue
            stack.pop()
            if self.truths or rule.reads == "truths":
                self._check_kinds(node, rule, needs)
            done[key] = rule.emit(self, node)
            if rule.truth:
                self.truths.add(key)
        return done[id(root)]

    def number(self, root: Node) -> int:
        """The index of `root`, which must be a number; lowered now if need be."""
        index = self.index(root)
        if self.builder[index].op in TRUTHS:
            raise UnsupportedExpression(
                type(root).__name__,
                f"{root} is a condition and a number is wanted here; "
                f"write Piecewise((1, {root}), (0, True)) for the number",
            )
        return index

    def truth(self, root: Node) -> int:
        """The index of `root`, which must be a condition; lowered now if need be."""
        index = self.index(root)
        if self.builder[index].op not in TRUTHS:
            raise UnsupportedExpression(
                type(root).__name__,
                f"{root} is not a condition and one is wanted here; compare it with something",
            )
        return index

    def _check_kinds(self, node: Node, rule: Rule, needs: Sequence[Node]) -> None:
        if rule.reads != "either":
            for need in needs:
                (self.truth if rule.reads == "truths" else self.number)(need)

    def _inherited(self, node: Node) -> Rule:
        """The rule of the nearest base class that has one. Raises `UnsupportedExpression`."""
        for base in type(node).__mro__:
            if base in self.rules:
                return self.rules[base]
        raise unsupported(node)

    def const(self, value: Fraction | int) -> int:
        """The index of an exact constant."""
        index = self.constants.get(value)
        if index is None:
            index = self.constants[value] = self.builder.const(value)
        return index

    def fold(self, name: str, indices: Iterable[int]) -> int:
        """The operation applied from the left: `((a, b), c)`."""
        op, rest = self.op, iter(indices)
        result = next(rest)
        for index in rest:
            result = op(name, result, index)
        return result

    def leaf(self, node: Node, name: str) -> int:
        """The index of an input: of the program, or of the body and then captured from outside."""
        if node in self.integers:
            return self.const(int(self.integers[node]))
        local = self.names.get(node)
        if local is None:
            local = self._claim(node, name)
        return self.builder.input(local)

    def _claim(self, node: Node, name: str) -> str:
        if self.parent is None:
            if name in self.taken:
                raise UnsupportedExpression(
                    f"Symbol {name}",
                    "two different symbols (other assumptions, or a Dummy) have this name; "
                    "rename one",
                )
        else:
            while name in self.taken:
                name += "_"
        self.names[node], self.taken[name] = name, node
        return name

    def with_value(self, variable: Node, value: int, copies: int) -> Scope:
        """This scope with `variable` standing for an integer, in the same builder."""
        inner = Scope(self.rules, self.parent, self.variable)
        inner.builder, inner.op = self.builder, self.op
        inner.names, inner.taken, inner.constants = self.names, self.taken, self.constants
        inner.integers = {**self.integers, variable: sp.Integer(value)}
        inner.copies = self.copies * copies
        return inner

    def bind(
        self,
        name: str,
        variable: Node,
        body: Callable[[Scope], int],
        *bounds: tuple[int | None, int | None],
    ) -> list[int]:
        """A "sum", "prod" or "integral" of one body over each of the ranges; None is infinite.

        `body` emits the body in the scope that it is given, and returns its index.
        """
        inner = Scope(self.rules, self, variable)
        inner.copies = self.copies
        inner.integers = {k: v for k, v in self.integers.items() if k != variable}
        program = share(inner.builder.build(body(inner)))
        captured = {
            local: self._captured(node)
            for node, local in inner.names.items()
            if local in program.inputs and node != variable
        }
        bind, local = self.builder.bind, inner.names[variable]
        return [
            bind(name, low, high, body=program, variable=local, captured=captured)
            for low, high in bounds
        ]

    def _captured(self, node: Node) -> int:
        self.kept.append(node)
        return self.index(node)

    def integer(self, node: Node) -> int | None:
        """The value of a node that is a known integer in this scope, else None."""
        if self.integers:
            node = node.xreplace(self.integers)
        return int(node) if node.is_Integer else None


_HINTS = {
    "Heaviside": "its value at 0 is a convention; write Piecewise((0, x < 0), (1, True)) or the like",
    "DiracDelta": "it is not a function; integrate it first, with .doit()",
    "LambertW": "there is no such operation; solve the equation w*exp(w) = x numerically instead",
    "erfinv": "there is no such operation; solve the equation erf(y) = x numerically instead",
    "erfcinv": "there is no such operation; solve the equation erfc(y) = x numerically instead",
    "Derivative": "a derivative is not evaluated here; call .doit(), or use Program.gradient",
    "Subs": "a substitution is not carried out here; call .doit()",
    "Limit": "a limit is not evaluated here; call .doit()",
    "ImaginaryUnit": "a program computes with real numbers; lower the real and imaginary parts",
    "Infinity": "infinity is not a number; it may only be a bound of an integral or a comparison",
    "NegativeInfinity": "infinity is not a number; it may only be a bound of an integral "
    "or a comparison",
    "ComplexInfinity": "an earlier step of SymPy has divided by zero",
    "NaN": "an earlier step of SymPy has no value",
}
_REWRITE = "rewrite it with the operations of numeric.operations.OPS"


def unsupported(node: Node) -> UnsupportedExpression:
    """The refusal of a node without a rule: which it is, why, and what to do."""
    name = type(node).__name__
    if isinstance(node, sp.Float):
        return UnsupportedExpression(
            f"Float {node}", "no float is exact; write it as a Rational, such as Rational(1, 2)"
        )
    return UnsupportedExpression(
        name, f"{short(node)} has no numeric form; {_HINTS.get(name, _REWRITE)}"
    )


def short(node: Node, most: int = 80) -> str:
    """A node as text, cut off when it is long; only its kind when it is very deep."""
    try:
        text = str(node)
    except RecursionError:
        return f"a deep {type(node).__name__}"
    return text if len(text) <= most else f"{text[:most]}..."
