"""Tactics for expectations: integrals over spaces and intervals, and means under named laws.

Each is one step of a textbook: linearity, a normalisation, a change of measure, a bound at every point.
When a tactic fails it names the integral whose existence or value nothing shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.kernel.bounds import Bounds
from derive.kernel.definedness import parts
from derive.kernel.theorem import KernelError, Theorem
from derive.search.order import prove_order
from derive.search.spaces import value
from derive.search.spaces_order import prove_pointwise, prove_space_order
from derive.tactics.registry import Goal, Refused, finished, tactic
from derive.tactics.within import WRITTEN, first_of, has
from derive.terms.context import Context
from derive.terms.term import Term, subterms

SPACES: Final = WRITTEN | {"space", "hypothesis"}
LOGS: Final = SPACES | {"exp", "log", "power", "abs"}
LINEAR: Final = LOGS | {"integral", "law", "matrix", "range"}
MOMENTS: Final = WRITTEN | {"law", "integral", "diff", "exp", "log", "power"}

Q: Final = {"Z": "space", "q(z)": "positive", "f(z)": "real"}


@tactic("lin_E", "primitive", "an integral as a combination of integrals that exist")
def lin_E(goal: Goal) -> Theorem:
    """Factors that are free of the variable come out, sums are split.

    Integrands are compared by algebra and laws of logarithms.

    >>> from derive.tactics.expectation import Q
    >>> from derive.tactics import goal
    >>> mean = "Int(q(z)*f(z), z, Z) = Int(q(z)*f(z), z, Z)"
    >>> split = "Int(q(z)*(2*f(z) + 3), z, Z) = 2*Int(q(z)*f(z), z, Z) + 3"
    >>> lin_E(goal(split, mean, "Int(q(z), z, Z) = 1", **Q))
    ⊢ Int(q(z)*(2*f(z) + 3), z, Z) = 2*Int(q(z)*f(z), z, Z) + 3
    >>> lin_E(goal(split, "Int(q(z), z, Z) = 1", **Q))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: lin_E: nothing shows that Int(q(z)*f(z), z, Z) exists: \
state it, or the integrals it is made of, as h_integrable (Int(...) = Int(...))
    """
    _equation("lin_E", goal)
    _integrals("lin_E", goal)
    return _with_reason("lin_E", goal, LINEAR)


@tactic("norm", "primitive", "normalisations and marginals, as the hypotheses give them")
def norm(goal: Goal) -> Theorem:
    """Every integral of the claim is a number by hypothesis: a mass (h_norm), a marginal, a value.

    >>> from derive.tactics.expectation import Q
    >>> from derive.tactics import goal
    >>> norm(goal("3*Int(q(z), z, Z) = 3", "Int(q(z), z, Z) = 1", **Q))
    ⊢ 3*Int(q(z), z, Z) = 3
    >>> norm(goal("3*Int(q(z), z, Z) = 3", **Q))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: norm: no hypothesis gives the value of Int(q(z), z, Z): state its \
mass or marginal as h_norm or h_marginal
    """
    _equation("norm", goal)
    for node in _integrals("norm", goal):
        known = value(goal.context, node)
        if known is None or any(p.head == "over" for p in subterms(known.claim.rhs)):
            raise Refused(
                f"norm: no hypothesis gives the value of {node}: state its mass or marginal as"
                " h_norm or h_marginal"
            )
    return first_of(goal, (LINEAR,))


@tactic("bayes", "primitive", "a conditional density is the joint density over the marginal")
def bayes(goal: Goal) -> Theorem:
    """Definitions of densities by products and quotients of others, under logarithms and integrals too.

    >>> from derive.tactics import Goal, goal
    >>> from derive.terms import read
    >>> q = {"p(z)": "positive", "P": "positive", "z": "real"}
    >>> g = goal("log(p(z)) = log(P) + log(p(z)/P)", **q)
    >>> bayes(g)
    Traceback (most recent call last):
    derive.tactics.registry.Refused: bayes: no conditional density stands in log(p(z)) = log(P) + \
log(p(z)/P): define one as joint over marginal, post(z, x) := p(x, z)/px(x)
    """
    _equation("bayes", goal)
    if not any(_is_ratio(goal.context, part) for part in _written(goal)):
        raise Refused(
            f"bayes: no conditional density stands in {goal.claim}: define one as joint over"
            " marginal, post(z, x) := p(x, z)/px(x)"
        )
    return _with_reason("bayes", goal, LOGS)


@tactic("com", "derived", "change of measure: a density over itself is 1 under the integral")
def com(goal: Goal) -> Theorem:
    """A mean under q of (p/q)*f is the integral of p*f where q is positive.

    >>> from derive.tactics.expectation import Q
    >>> from derive.tactics import goal
    >>> swap = "Int(q(z)*(p(z)/q(z)), z, Z) = Int(p(z), z, Z)"
    >>> com(goal(swap, "Int(p(z), z, Z) = 1", **Q, **{"p(z)": ">= 0"}))
    ⊢ Int(q(z)*(p(z)/q(z)), z, Z) = Int(p(z), z, Z)
    >>> com(goal(swap, **Q, **{"p(z)": ">= 0"}))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: com: nothing shows that Int(p(z), z, Z) exists: \
state it, or the integrals it is made of, as h_integrable (Int(...) = Int(...))
    >>> com(goal(swap, "Int(p(z), z, Z) = 1", **{**Q, "p(z)": ">= 0", "q(z)": "real"}))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: com: a denominator may be 0: com holds on the support of the \
second density, on which it is positive
    """
    _equation("com", goal)
    nodes = _integrals("com", goal)
    bodies = [b for node in nodes for b in _opened(goal.context, node.args[0])]
    if not any(part.head == "div" for part in bodies):
        raise Refused(f"com: no integrand of {goal.claim} has a ratio of densities")
    bounds = Bounds(goal.context)
    below = [p.args[1] for p in bodies if p.head == "div" and p.args[1].head == "call"]
    plain = [t for t in below if goal.context.definition_of(t) is None]
    if not all(bounds.of(t).excludes_zero for t in plain):
        raise Refused(
            "com: a denominator may be 0: com holds on the support of the second density, on which"
            " it is positive"
        )
    return _with_reason("com", goal, SPACES)


@tactic("lotus", "primitive", "the law of a mapped variable, by the hypothesis that defines it")
def lotus(goal: Goal) -> Theorem:
    """A hypothesis equates integrals over two spaces, such as h_pushforward: the mean of h(f(z)) over the
    noise is the integral of h against the density of f(z).

    >>> from derive.tactics.expectation import Q
    >>> from derive.tactics import goal
    >>> q = {**Q, "X": "space", "g(x)": "positive", "h(x)": "real"}
    >>> push = "Int(q(z)*h(f(z)), z, Z) = Int(g(x)*h(x), x, X)"
    >>> lotus(goal("2*Int(q(z)*h(f(z)), z, Z) = 2*Int(g(x)*h(x), x, X)", push, **q))
    ⊢ 2*Int(q(z)*h(f(z)), z, Z) = 2*Int(g(x)*h(x), x, X)
    >>> lotus(goal(push, **q))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: lotus: no hypothesis equates integrals over two spaces: state \
h_pushforward for the integrand at hand
    """
    _equation("lotus", goal)
    sides = [(c.lhs, c.rhs) for _, c in goal.context.hypotheses if c.relation == "="]
    pairs = [(a, b) for a, b in sides if a.head == b.head == "over"]
    if all(a.args[1] == b.args[1] for a, b in pairs):
        raise Refused(
            "lotus: no hypothesis equates integrals over two spaces: state h_pushforward for the"
            " integrand at hand"
        )
    return _with_reason("lotus", goal, SPACES)


@tactic("gibbs", "derived", "-log(t) >= 1 - t under the integral, t a ratio of densities")
def gibbs(goal: Goal) -> Theorem:
    """The tangent of the logarithm at every point, integrated; what is left follows from the masses.

    >>> from derive.tactics import goal
    >>> pq = {"X": "space", "p(x)": "positive", "q(x)": "positive"}
    >>> kl = "Int(p(x)*log(p(x)/q(x)), x, X)"
    >>> masses = ["Int(p(x), x, X) = 1", "Int(q(x), x, X) <= 1"]
    >>> gibbs(goal(f"0 <= {kl}", *masses, f"{kl} = {kl}", **pq))
    ⊢ 0 <= Int(p(x)*log(p(x)/q(x)), x, X)
    >>> gibbs(goal(f"0 <= {kl}", *masses, **pq))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: gibbs: nothing shows that Int(p(x)*log(p(x)/q(x)), x, X) exists: \
state it, or the integrals it is made of, as h_integrable (Int(...) = Int(...))
    >>> gibbs(goal(f"0 <= {kl}", masses[0], f"{kl} = {kl}", "q(0) = 1", **pq))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: gibbs: the tangent at every point does not give 0 <= \
Int(p(x)*log(p(x)/q(x)), x, X): state the masses of both densities (h_norm, h_mass)
    """
    _order("gibbs", goal)
    logs = [p for n in _integrals("gibbs", goal) for p in _opened(goal.context, n.args[0])]
    if not any(p.head == "call" and p.payload == "log" for p in logs):
        raise Refused(f"gibbs: there is no logarithm under an integral in {goal.claim}")
    hint = "state the masses of both densities (h_norm, h_mass)"
    return _bounded("gibbs", goal, f"the tangent at every point does not give {goal.claim}: {hint}")


@tactic("jensen", "derived", "the log of a mean is at least the mean of the log")
def jensen(goal: Goal) -> Theorem:
    """By the tangent of the logarithm at the mean, integrated against a density with the mass 1.

    >>> from derive.tactics import goal
    >>> y = {"X": "space", "p(x)": "positive", "y(x)": "positive", "M": "positive"}
    >>> claim, log = "Int(p(x)*log(y(x)), x, X) <= log(M)", "Int(p(x)*log(y(x)), x, X)"
    >>> facts = ["Int(p(x)*y(x), x, X) = M", f"{log} = {log}"]
    >>> jensen(goal(claim, "Int(p(x), x, X) = 1", *facts, **y))
    ⊢ Int(p(x)*log(y(x)), x, X) <= log(M)
    >>> jensen(goal(claim, *facts, **y))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: jensen: the tangent at the mean does not give \
Int(p(x)*log(y(x)), x, X) <= log(M): state that the density has the mass 1 (h_norm) and what the mean is
    """
    _order("jensen", goal)
    nodes = _integrals("jensen", goal)
    whole = [p for side in (goal.claim.lhs, goal.claim.rhs) for p in parts(side)]
    if not any(p.head == "call" and p.payload == "log" for p in whole) or not nodes:
        raise Refused(f"jensen: {goal.claim} does not compare an integral with a logarithm")
    hint = "state that the density has the mass 1 (h_norm) and what the mean is"
    return _bounded("jensen", goal, f"the tangent at the mean does not give {goal.claim}: {hint}")


@tactic("pointwise_opt", "primitive", "a bound of the integrands at every point, integrated")
def pointwise_opt(goal: Goal) -> Theorem:
    """The difference of the sides is one integral of what is not negative at any point.

    >>> from derive.tactics import goal
    >>> f = {"X": "space", "f(x)": "real", "p(x)": "positive"}
    >>> facts = [f"{i} = {i}" for i in ("Int(p(x)*f(x)**2, x, X)", "Int(p(x)*f(x), x, X)")]
    >>> claim = "Int(p(x)*(2*f(x) - 1), x, X) <= Int(p(x)*f(x)**2, x, X)"
    >>> pointwise_opt(goal(claim, "Int(p(x), x, X) = 1", *facts, **f))
    ⊢ Int(p(x)*(2*f(x) - 1), x, X) <= Int(p(x)*f(x)**2, x, X)
    >>> pointwise_opt(goal("Int(p(x)*f(x), x, X) <= Int(p(x)*f(x)**2, x, X)", *facts, **f))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: pointwise_opt: at a point, Int(p(x)*f(x), x, X) <= \
Int(p(x)*f(x)**2, x, X) is not shown for the integrands
    """
    _order("pointwise_opt", goal)
    _integrals("pointwise_opt", goal)
    _all_exist("pointwise_opt", goal)
    try:
        return finished(prove_pointwise(goal.context, goal.claim, prove_order)[0])
    except KernelError:
        raise Refused(
            f"pointwise_opt: at a point, {goal.claim} is not shown for the integrands"
        ) from None


@tactic("gauss_moments", "primitive", "means under named laws, by the integrals that define them")
def gauss_moments(goal: Goal) -> Theorem:
    """Means of polynomials, exponentials and log densities under a normal, log-normal or Laplace law.

    >>> from derive.tactics import goal
    >>> mv = {"m": "real", "v": "positive"}
    >>> gauss_moments(goal("E[x ~ Normal(m, v)](x**2) = m**2 + v", **mv))
    ⊢ E[x ~ Normal(m, v)](x**2) = m**2 + v
    >>> gauss_moments(goal("E[x ~ Normal(m, v)](x**2) = m**2 + v**2", **mv))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: E[x ~ Normal(m, v)](x**2) and m**2 + v**2 have different \
normal forms
    >>> gauss_moments(goal("m + m = 2*m", **mv))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: gauss_moments: there is no named law in m + m = 2*m
    """
    _equation("gauss_moments", goal)
    if not has(goal, "mean", "dens", "KL", "CE", "H"):
        raise Refused(f"gauss_moments: there is no named law in {goal.claim}")
    return first_of(goal, (MOMENTS,))


def _equation(name: str, goal: Goal) -> None:
    if goal.claim.relation != "=":
        raise Refused(f"{name}: it shows equations, and {goal.claim} is none")


def _order(name: str, goal: Goal) -> None:
    if goal.claim.oriented().relation != "<=":
        raise Refused(f"{name}: it shows claims with <= or >=, and {goal.claim} is none")


def _opened(context: Context, term: Term) -> Iterator[Term]:
    """The parts of a term, and those of the definitions in it."""
    for part in subterms(term):
        yield part
        definition = context.definition_of(part)
        if definition is not None:
            yield from _opened(context, definition.apply(part.args))


def _written(goal: Goal) -> Iterator[Term]:
    """The parts of both sides."""
    for side in (goal.claim.lhs, goal.claim.rhs):
        yield from subterms(side)


def _is_ratio(context: Context, part: Term) -> bool:
    definition = context.definition_of(part)
    return definition is not None and bool(part.args) and definition.body.head in ("div", "mul")


def _integrals(name: str, goal: Goal) -> list[Term]:
    """The outermost integrals over spaces, definitions written out. Refused when there is none at all."""
    found = list(dict.fromkeys(_outermost(goal)))
    if not found and not has(goal, "over", "int", "mean"):
        raise Refused(f"{name}: there is no integral and no mean in {goal.claim}")
    return found


def _outermost(goal: Goal) -> Iterator[Term]:
    left = [goal.claim.lhs, goal.claim.rhs]
    while left:
        for part in parts(left.pop()):
            definition = goal.context.definition_of(part)
            if part.head == "over":
                yield part
            elif definition is not None:
                left.append(definition.apply(part.args))


def _all_exist(name: str, goal: Goal) -> None:
    """Refused when nothing shows that some integral exists."""
    for node in _outermost(goal):
        if value(goal.context, node) is None:
            raise Refused(
                f"{name}: nothing shows that {node} exists: state it, or the integrals it is made"
                " of, as h_integrable (Int(...) = Int(...))"
            )


def _with_reason(name: str, goal: Goal, kinds: frozenset[str]) -> Theorem:
    """The goal by steps of some kinds. Refused with the integral that is not known to exist."""
    try:
        return first_of(goal, (kinds,))
    except KernelError:
        _all_exist(name, goal)
        raise


def _bounded(name: str, goal: Goal, failure: str) -> Theorem:
    """The goal by a tangent of the logarithm, integrated. Refused with what is missing."""
    _all_exist(name, goal)
    try:
        return finished(prove_space_order(goal.context, goal.claim, prove_order)[0])
    except KernelError:
        raise Refused(f"{name}: {failure}") from None
