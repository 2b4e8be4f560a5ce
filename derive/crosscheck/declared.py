"""What a context declares without defining it, as inputs of a program."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from derive.crosscheck import matrices
from derive.crosscheck.layout import Key, Layout, Point, Whole
from derive.crosscheck.matrices import Grid
from derive.crosscheck.slots import POSITIVE, REAL, Slots
from derive.crosscheck.survey import Cannot, Place, Survey
from derive.terms.context import Claim, Context, Declaration
from derive.terms.term import Term
from numeric.builder import Builder

Value = int | Grid
"""A register, or the registers of a matrix row by row."""

Bound = Mapping[str, object]
"""Bound variables: a Fraction for an integer, a Point of a space, a register for a real number."""

MOST: Final = 30_000
CHANGES: Final = ("scale", "shift", "without", "linear")
PROBES: Final = (Fraction(1), Fraction(2))


class Need(NamedTuple):
    """``left relation right``, which an instance has to satisfy."""

    left: int
    relation: str
    right: int
    why: str


@dataclass(frozen=True, slots=True)
class Scaling:
    """An equation that fixes the scale of a function at every value of its parameters.

    ``parameters`` has, for each argument of the function, the symbol that stands there in the equation,
    or None where the equation sums over the argument.
    """

    claim: Claim
    parameters: tuple[str | None, ...]


class Declared(ABC):
    """Symbols, matrices, tables, functions and spaces of a context, with their inputs.

    ``changed`` says what stands in for a symbol, an entry of a table, or a whole function, so that the
    hypotheses hold; `derive.crosscheck.unknowns` fills it. ``shown`` has the registers that say what an
    instance is, by the names a reader knows.
    """

    def __init__(self, context: Context, survey: Survey, layout: Layout) -> None:
        self.context = context
        self.survey = survey
        self.layout = layout
        self.builder = Builder(MOST)
        self.slots = Slots(self.builder)
        self.whole = Whole(context, layout)
        self.changed: dict[tuple[object, ...], Any] = {}
        self.shown: dict[str, int] = {}
        self.needs: list[Need] = []
        self.points: dict[str, int] = {}
        self.locals = 0
        self.roots: dict[tuple[object, ...], int] = {}

    @abstractmethod
    def value(self, term: Term, bound: Bound) -> Value:
        """The registers of a number or a matrix. Raises Cannot, NeedsInteger."""

    @abstractmethod
    def number(self, term: Term, bound: Bound) -> int:
        """The register of a number. Raises Cannot for a term without one."""

    def gap(self, claim: Claim, bound: Bound) -> Value:
        """Right minus left of a claim."""
        left, right = self.value(claim.lhs, bound), self.value(claim.rhs, bound)
        minus = matrices.scaled(self.builder, self.builder.const(-1), left)
        return matrices.total(self.builder, [right, minus], "add")

    def every(self, names: tuple[str, ...]) -> list[dict[str, object]]:
        """What names stand for that a claim holds for all of: each point, or any real number."""
        out: list[dict[str, object]] = [{}]
        for name in names:
            home = self.survey.homes.get(name)
            if home is None:
                values: list[object] = [self.slots.input(f"any {name}", REAL, "value")]
            else:
                values = list(self.layout.points(home))
            out = [{**bound, name: value} for bound in out for value in values]
        return out

    def probed(self, place: tuple[str, str], claim: Claim, bound: Bound) -> tuple[int, int]:
        """Right minus left of a claim with 1 and with 2 for what is looked for. Raises Cannot."""
        before, gaps = len(self.needs), list[int]()
        kept = self.changed.get(place)
        for probe in PROBES:
            self.changed[place] = self.builder.const(probe)
            gap = self.gap(claim, bound)
            if not isinstance(gap, int):
                raise Cannot(f"{claim} is an equation between matrices")
            gaps.append(gap)
        del self.needs[before:]
        self.changed[place] = kept
        return gaps[0], gaps[1]

    def root(self, one: int, two: int) -> int:
        """Where a line is zero, from its values at 1 and at 2."""
        b = self.builder
        return b.op("sub", b.const(1), b.op("div", one, b.op("sub", two, one)))

    def _show(self, label: str, register: int) -> int:
        self.shown.setdefault(label, register)
        return register

    def _shown(self, label: str, value: Value) -> Value:
        if isinstance(value, int):
            return self._show(label, value)
        for i, row in enumerate(value, 1):
            for j, entry in enumerate(row, 1):
                self._show(f"{label}[{i}, {j}]", entry)
        return value

    def sides(self, declared: Declaration) -> tuple[int, int]:
        """The numbers of rows and columns of a declared matrix."""
        assert declared.shape is not None
        return self.size(declared.shape[0]), self.size(declared.shape[1])

    def size(self, term: Term) -> int:
        """The value of a dimension. Raises NeedsInteger, Cannot."""
        value = self.whole.value(term, {})
        if value is None:
            raise Cannot(f"the dimension {term} is not a known integer")
        return int(value)

    def _matrix(self, declared: Declaration) -> Grid:
        rows, columns = self.sides(declared)
        b, name = self.builder, declared.name
        if declared.form == "spd":

            def factor(i: int, j: int) -> int:
                domain = POSITIVE if i == j else REAL
                return self.slots.input(f"{name}#{i},{j}", domain, "entry")

            made = matrices.gram(b, rows, factor)
        else:

            def entry(i: int, j: int) -> int:
                if declared.form:
                    i, j = min(i, j), max(i, j)
                return self.slots.input(f"{name}[{i}, {j}]", REAL, "entry")

            made = matrices.filled(rows, columns, entry)
        return self._shown(name, made)  # type: ignore[return-value]

    def weight(self, point: Point) -> int:
        """The weight of a point of a space."""
        label = f"weight of {point}"
        weight = self.slots.input(label, POSITIVE, "weight")
        scale = self.changed.get(("weights", point.space))
        if scale is not None:
            weight = self.builder.op("mul", weight, scale)
        return self._show(label, weight)

    def _application(self, term: Term, bound: Bound) -> Value:
        """A declared function or family at its arguments."""
        kinds = self.survey.kinds(term.payload)
        pairs = zip(term.args, kinds, strict=True)
        actual = [self._argument(term, arg, place, bound) for arg, place in pairs]
        return self._at(self.context[term.payload], actual)

    def _argument(self, term: Term, arg: Term, place: Place, bound: Bound) -> object:
        """A register for a real number, else an integer, a point, or the name of a number."""
        if place == "real":
            return self.number(arg, bound)
        whole = self.whole.value(arg, bound)
        if whole is not None:
            return whole
        if place == "whole":
            raise Cannot(f"the argument {arg} of {term.payload} is not a known integer")
        point = bound.get(arg.payload)
        return point if isinstance(point, Point | str) else arg.payload

    def _at(self, declared: Declaration, actual: list[object]) -> Value:
        """A function at arguments that have been read."""
        pairs = list(zip(actual, self.survey.kinds(declared.name), strict=True))
        key = tuple(a for a, place in pairs if place != "real")
        reals = [a for a, place in pairs if place == "real" and isinstance(a, int)]
        return self._applied(declared, key, reals, actual)

    def _applied(
        self, declared: Declaration, key: Key, reals: list[int], actual: list[object]
    ) -> Value:
        name = declared.name
        text = ", ".join(map(str, (*key, *("…" for _ in reals))))
        label = f"{name}[{text}]" if declared.kind == "family" else f"{name}({text})"
        if ("entry", name, key) in self.changed and not reals:
            return self._shown(label, self.changed["entry", name, key])
        if declared.shape is None:
            made: Value = self._entry(declared, label, key, reals)
        else:
            rows, columns = self.sides(declared)
            made = matrices.filled(
                rows, columns, lambda i, j: self._entry(declared, f"{label}[{i}, {j}]", key, reals)
            )
        made = self._adjusted(declared, made, actual, bool(reals))
        return made if reals else self._shown(label, made)

    def _entry(self, declared: Declaration, label: str, key: Key, reals: list[int]) -> int:
        domain = declared.domain
        if reals:
            if domain.integer:
                raise Cannot(f"{declared.name} takes real numbers to integers")
            return self.slots.formula(label, domain, reals, declared.name in self.survey.wide)
        if domain.integer:
            return self.builder.const(self.layout.entry(declared.name, key, domain))
        return self.slots.input(label, domain, "entry")

    def _adjusted(
        self, declared: Declaration, made: Value, actual: list[object], formula: bool
    ) -> Value:
        """A value of a function with the changes that the hypotheses ask for."""
        b, name = self.builder, declared.name
        scale, shift, without, linear = (self.changed.get((k, name)) for k in CHANGES)
        if isinstance(scale, Scaling):
            scale = self._scale(declared, scale, actual)
        if scale is not None:
            made = matrices.scaled(b, scale, made)
        if shift is not None:
            made = matrices.total(b, [made, shift], "add")
        if without is not None:
            made = self._without(made, without, actual)
        if linear is not None:
            factor, centre = linear
            made = matrices.mapped(b, factor, made, centre)
        if (
            isinstance(made, int)
            and not formula
            and any(c is not None for c in (scale, shift, linear))
        ):
            self.member(made, declared)
        return made

    def _without(self, made: Value, without: tuple[str, Value], actual: list[object]) -> Value:
        """A value of a function less a multiple of the value of another one."""
        b, (other, factor) = self.builder, without
        value = self._at(self.context[other], actual)
        if isinstance(factor, int):
            part = matrices.scaled(b, factor, value)
        else:
            assert not isinstance(value, int)
            part = matrices.product(b, factor, value)
        return matrices.total(b, [made, matrices.scaled(b, b.const(-1), part)], "add")

    def _scale(self, declared: Declaration, scaling: Scaling, actual: list[object]) -> int:
        """The scale of a function at the values that its parameters have in an application."""
        pairs = zip(scaling.parameters, actual, strict=True)
        bound = {p: a for p, a in pairs if p is not None and p != a}
        key = (declared.name, *bound.items())
        if key not in self.roots:
            root = self.root(*self.probed(("scale", declared.name), scaling.claim, bound))
            self.roots[key] = root
            if not any(isinstance(a, int) for a in bound.values()):
                self.sensible_scale(declared, root)
        return self.roots[key]

    def sensible_scale(self, declared: Declaration, root: int) -> None:
        """Ask that a scale is positive where the domain has a sign, and never 0."""
        signed = declared.domain.lower == 0 or declared.domain.upper == 0
        relation, why = "<" if signed else "!=", f"the scale of {declared.name}"
        self.needs.append(Need(self.builder.const(0), relation, root, why))

    def member(self, register: int, declared: Declaration) -> None:
        """Ask that a value lies in the domain of what it is a value of."""
        b, domain, why = self.builder, declared.domain, f"the domain of {declared.name}"
        if domain.lower is not None:
            relation = "<" if domain.lower_open else "<="
            self.needs.append(Need(b.const(domain.lower), relation, register, why))
        if domain.upper is not None:
            relation = "<" if domain.upper_open else "<="
            self.needs.append(Need(register, relation, b.const(domain.upper), why))
        if domain.nonzero:
            self.needs.append(Need(register, "!=", b.const(0), why))
