"""Named laws, written from their definitions as terms: densities, divergences and means.

The densities are those of docs/key-format.md; a divergence is the integral that defines it.
"""

from __future__ import annotations

from typing import Final

from derive.crosscheck.survey import Cannot
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, add, binder, call, div, mul, neg, num, oo, power, sub, sym

HALF: Final = div(num(1), num(2))


def log_density(name: str, point: Term, parameters: tuple[Term, ...]) -> Term:
    """The logarithm of a density inside its support."""
    place, scale = parameters
    if name == "Laplace":
        far = div(call("abs", sub(point, place)), scale)
        return neg(add(far, call("log", mul(num(2), scale))))
    seen = call("log", point) if name == "LogNormal" else point
    far = div(power(sub(seen, place), num(2)), mul(num(2), scale))
    out = neg(add(far, mul(HALF, call("log", mul(num(2), call("pi"), scale)))))
    return sub(out, seen) if name == "LogNormal" else out


def density_of(name: str, point: Term, parameters: tuple[Term, ...]) -> Term:
    """A density inside its support; undefined unless the scale is positive."""
    return call("exp", log_density(name, point, parameters))


def mean(term: Term) -> Term:
    """``E[x ~ q](f)`` for a named law as an integral over a standard variable.

    Raises Cannot for the name of a density, since the space it lives on is not said.
    """
    law, body = term.args
    if law.head != "dist":
        raise Cannot(f"{term}: the space of {law} is not said")
    name = fresh_name(term.payload, body.free | law.free)
    place, scale = law.args
    unit = sym(name)
    size = scale if law.payload == "Laplace" else call("sqrt", scale)
    point = add(place, mul(size, unit))
    if law.payload == "LogNormal":
        point = call("exp", point)
    standard = "Laplace" if law.payload == "Laplace" else "Normal"
    weight = density_of(standard, unit, (num(0), num(1)))
    value = mul(weight, substitute(body, {term.payload: point}))
    return binder("int", name, value, neg(oo()), oo())


def divergence(term: Term) -> Term:
    """A divergence between named laws, or an entropy, as the mean that defines it."""
    first, *rest = term.args
    if any(law.head != "dist" for law in term.args):
        raise Cannot(f"{term}: the space of a density in it is not said")
    if term.payload == "JSD":
        return _jensen_shannon(first, rest[0])
    name = fresh_name("x", term.free)
    own, other = (log_density(q.payload, sym(name), q.args) for q in (first, (rest or [first])[0]))
    body = {"KL": sub(own, other), "H": neg(own), "CE": neg(other)}[term.payload]
    return binder("mean", name, first, body)


def _jensen_shannon(first: Term, second: Term) -> Term:
    name = fresh_name("x", first.free | second.free)
    logs = [log_density(q.payload, sym(name), q.args) for q in (first, second)]
    middle = call("log", mul(HALF, add(*(call("exp", a) for a in logs))))
    parts = [
        mul(HALF, binder("mean", name, q, sub(own, middle)))
        for q, own in zip((first, second), logs, strict=True)
    ]
    return add(*parts)
