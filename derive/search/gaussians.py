"""Integrals over all numbers in which normal densities stand, by theorems proved once.

The densities are left as they are. The integrand is written over them as a sum of polynomials, each
times one density, a density and ``exp(t*x)``, or two densities; the integral of each is an instance of
a theorem of `derive.search.bells`. Where the integrand has another form, the attempts of
`derive.search.integrals` take over, which write densities out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from math import comb
from typing import TYPE_CHECKING, Any, Final

from derive.kernel import rules
from derive.kernel.integrals import ENDS
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search import bells
from derive.search.antiderivatives import in_powers, plain
from derive.search.choices import Choices, Refine
from derive.search.conditions import discharge_all
from derive.search.linearity import linear, transferred
from derive.search.polynomials import monomial_term, to_fraction
from derive.search.steps import differentiation_of_the_body
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Context
from derive.terms.substitution import substitute
from derive.terms.term import (
    Term,
    add,
    call,
    density,
    div,
    mul,
    neg,
    num,
    power,
    rational,
    sub,
    subterms,
    sym,
    total,
)

if TYPE_CHECKING:
    from derive.search.integrals import Work

ZERO, ONE = num(0), num(1)
MAX_DEGREE: Final = 12
MAX_GROUPS: Final = 8


class Densities(Tower):
    """A tower in which normal densities are generators, and their logarithms are written out.

    ``variable`` is the name over which is integrated. A density of it is brought to the form
    ``Normal(x; m, v)`` where it is one.
    """

    def __init__(
        self, context: Context, choices: Choices, variable: str, *, logs: bool, split: bool = False
    ) -> None:
        self.variable, self.with_logs = variable, logs
        super().__init__(context, choices, split=split, nested=True)

    def manner(self) -> object:
        return super().manner(), type(self), self.variable, self.with_logs

    def add(self, term: Term) -> None:
        """A density is made from nothing but itself."""
        if term in self.done:
            return
        if term.head == "dens" and term.payload in ("Normal", "LogNormal"):
            for arg in term.args:
                self.add(arg)
            if term.payload == "Normal":
                self._normal(term)
                return
            known = self._of_logarithm(term)
            if known is not None:
                self.rewrite(known)
                return
        elif term.head == "diff" and any(p.head == "dens" for p in subterms(term.args[0])):
            self.done.add(term)
            self.add(term.args[1])
            differentiation_of_the_body(self, term)
            return
        super().add(term)

    def inside(self, context: Context, choices: Choices | None = None) -> Tower:
        return Densities(
            context, choices or self.choices, self.variable, logs=True, split=self.split
        )

    def _normal(self, term: Term) -> None:
        self.done.add(term)
        point, m, v = term.args
        x = sym(self.variable)
        if point != x and self.variable not in v.free:
            line = _line(self.form(sub(point, m)).term(), x)
            if max(line, default=0) == 1 and rational(line[1]) in (1, -1):
                middle = plain(neg(div(line.get(0, ZERO), line[1])))
                self.rewrite(same_density(self.context, term, density("Normal", x, middle, v)))
                return
        if self.with_logs:
            self.rewrite(
                rules.instantiate(
                    self.context, bells.log_density(), {"x_of": point, "m_of": m, "v_of": v}
                )
            )

    def _of_logarithm(self, term: Term) -> Theorem | None:
        point, m, v = term.args
        if point.head == "call" and point.payload == "exp":
            theorem, point = bells.of_exponential(), point.args[0]
        elif self.sign(point) > 0:
            theorem = bells.of_positive()
        else:
            return None
        return rules.instantiate(self.context, theorem, {"x_of": point, "m_of": m, "v_of": v})


def _line(term: Term, x: Term) -> dict[int, Term]:
    """The coefficients of a polynomial in x, none for another term."""
    try:
        return in_powers(term, x)
    except KernelError:
        return {}


def same_density(context: Context, first: Term, second: Term) -> Theorem:
    """That two normal densities are equal, their formulas being so. Raises KernelError."""
    return rules.ring(context, first, second, [unfold(context, t) for t in (first, second)])


@dataclass
class Group:
    """A polynomial in x, by its coefficients, times some densities and ``exp(tilt*x)``."""

    densities: tuple[Term, ...]
    tilt: Term
    parts: dict[int, list[Term]] = field(default_factory=dict)


def by_normals(work: Work) -> Theorem | None:
    """As polynomials times normal densities of x."""
    if tuple(work.ends) != ENDS or not _has_density(work.context, work.body):
        return None
    choices = Choices()
    for _ in range(MAX_RESTARTS):
        try:
            return _combined(work, densities(work, work.body, choices=choices))
        except Refine:
            continue
    raise KernelError("gaussians: the terms have no normal form")


def _combined(work: Work, tower: Densities) -> Theorem | None:
    """The value, when the integrand has the form in the tower."""
    groups = _groups(tower, work.body, work.name)
    if not 0 < len(groups) <= MAX_GROUPS:
        return None
    known, values = zip(*(_instance(work, tower, group) for group in groups), strict=True)
    bodies = [substitute(t.claim.lhs.args[0], {t.claim.lhs.payload: work.x}) for t in known]
    if len(groups) > 1:
        bodies = [mul(ONE, body) for body in bodies]
    whole = reduce(add, bodies)
    tower.add(whole)
    same = work.within(discharge_all(tower.equation(work.body, whole), tower))
    if len(groups) > 1:
        found = linear(work.node, same, known, [ONE] * len(known))
        return rules.trans(found, rules.ring(work.context, found.claim.rhs, total(values)))
    main = transferred(work.context, work.node, same, known[0])
    return rules.ring(work.context, work.node, values[0], [known[0], main])


def _has_density(context: Context, body: Term) -> bool:
    return any(
        p.head == "dens" or (p.head == "call" and context.definition_of(p) is not None)
        for p in subterms(body)
    )


def densities(work: Work, *terms: Term, choices: Choices | None = None) -> Densities:
    """The tower for some terms in the variable of an integral, densities left as they are."""
    choices = choices or Choices()
    logs = any(p.head == "call" and p.payload == "log" for t in terms for p in subterms(t))
    for _ in range(MAX_RESTARTS):
        try:
            tower = Densities(work.inner, choices, work.name, logs=logs)
            for term in terms:
                tower.add(term)
            return tower
        except Refine:
            continue
    raise KernelError("gaussians: the terms have no normal form")


def _groups(tower: Densities, body: Term, name: str) -> list[Group]:
    """The summands of the integrand by their densities. Raises KernelError for another form."""
    form = tower.form(body)
    found: dict[Any, Group] = {}
    items = form.bottom.to_dict().items()
    lead = next(iter(items)) if len(items) == 1 else None
    if lead is None and any(
        e and name in a.free for a, e in zip(form.atoms, form.bottom.degrees(), strict=True)
    ):
        raise KernelError("gaussians: the denominator is not in the table")
    for exponents, c in form.top.to_dict().items():
        under, scale = lead if lead is not None else ((0,) * len(exponents), 1)
        left = [int(e) - int(b) for e, b in zip(exponents, under, strict=True)]
        degree, densities, tilt, fixed = _monomial(left, form.atoms, name)
        coefficient = mul(num(to_fraction(c / scale)), fixed)
        if lead is None:
            from derive.search.polynomials import polynomial_term

            coefficient = div(coefficient, polynomial_term(form.bottom, form.atoms))
        group = found.setdefault((densities, tilt), Group(densities, tilt))
        group.parts.setdefault(degree, []).append(coefficient)
    return list(found.values())


def _monomial(
    exponents: list[int], atoms: tuple[Term, ...], name: str
) -> tuple[int, tuple[Term, ...], Term, Term]:
    """A monomial as a power of x, densities of x, the t of ``exp(t*x)``, and what is free of x."""
    x, degree, inside = sym(name), 0, []
    densities: list[Term] = []
    fixed = [0 if name in a.free else e for a, e in zip(atoms, exponents, strict=True)]
    for atom, e in zip(atoms, exponents, strict=True):
        if not e or name not in atom.free:
            continue
        if atom == x and 0 < e <= MAX_DEGREE:
            degree = e
        elif atom.head == "dens" and atom.payload == "Normal" and 0 < e <= 2:
            densities += [atom] * e
        elif atom.head == "call" and atom.payload == "exp":
            inside.append(mul(num(e), atom.args[0]))
        else:
            raise KernelError(f"gaussians: {atom} is not in the table")
    line = in_powers(total(inside), x) if inside else {}
    if not 0 < len(densities) <= 2 or max(line, default=0) > 1 or (inside and len(densities) > 1):
        raise KernelError("gaussians: the integrand is not in the table")
    top = monomial_term([max(e, 0) for e in fixed], atoms)
    bottom = monomial_term([max(-e, 0) for e in fixed], atoms)
    rest = top if rational(bottom) == 1 else div(top, bottom)
    if 0 in line and rational(line[0]) != 0:
        rest = mul(rest, call("exp", line[0]))
    return degree, tuple(densities), line.get(1, ZERO), rest


def _instance(work: Work, tower: Densities, group: Group) -> tuple[Theorem, Term]:
    """The theorem for a group, and the value with the coefficients that are not 0."""
    first, last = group.densities[0], group.densities[-1]
    x, weight = work.x, ONE
    if not _canonical(last, x):
        first, last = last, first
    if not _canonical(last, x):
        raise KernelError(f"gaussians: {last} is no density of {x}")
    _, m, v = last.args
    table = {"m_of": m, "v_of": v}
    middle, spread = m, v
    if len(group.densities) > 1:
        theorems = bells.products
        point, centre, w = first.args
        line = _line(tower.form(sub(point, centre)).term(), x)
        if work.name in w.free or max(line, default=0) != 1:
            raise KernelError(f"gaussians: {first} is not in the table")
        b = plain(neg(line.get(1, ZERO)))
        r = tower.form(sub(line.get(0, ZERO), mul(b, m))).term()
        table |= {"r_of": r, "b_of": b, "w_of": w}
        turned = density("Normal", sub(r, mul(b, sub(x, m))), ZERO, w)
        tower.rewrite(same_density(tower.context, first, turned))
    elif rational(group.tilt) != 0:
        theorems = bells.tilted
        table["t_of"] = group.tilt
    else:
        theorems = bells.moments
    if theorems is not bells.moments:
        weight, middle, spread = (
            substitute(t, table) for t in bells.parameters(theorems is bells.tilted)
        )
    found = _about(tower, {k: total(c) for k, c in group.parts.items()}, middle)
    powers = bells.powers_up_to(set(found))
    own = {c.payload: found.get(k, ZERO) for k, c in bells.letters(powers).items()}
    value = bells.mean(found, spread)
    if weight != ONE:
        value = mul(weight, value)
    return rules.instantiate(work.context, theorems(powers), {**table, **own}), value


def _canonical(d: Term, x: Term) -> bool:
    return d.args[0] == x and all(x.payload not in a.free for a in d.args[1:])


def _about(tower: Densities, parts: dict[int, Term], m: Term) -> dict[int, Term]:
    """The coefficients of a polynomial in x as one in ``x - m``, those that are not 0."""
    out: dict[int, list[Term]] = {}
    for k, c in parts.items():
        for j in range(k + 1):
            if j < k and rational(m) == 0:
                continue
            rest = mul(num(comb(k, j)), power(m, num(k - j))) if j < k else ONE
            out.setdefault(j, []).append(mul(c, rest) if j < k else c)
    tower.add(m)
    found = {j: tower.form(total(terms)).term() for j, terms in out.items()}
    return {j: c for j, c in sorted(found.items()) if rational(c) != 0} or {0: ZERO}
