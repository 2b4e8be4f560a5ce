"""Rewriting steps that look like identities: some hold everywhere, some on a part of the domain."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from derive.terms.substitution import substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    div,
    mul,
    neg,
    num,
    power,
    rational,
    rebuild,
    sub,
    sym,
)

HALF, ZERO, ONE, TWO, THREE = (num(Fraction(v)) for v in (Fraction(1, 2), 0, 1, 2, 3))


class Rewriter:
    """Changes terms by steps chosen with ``rng``; ``leaf`` gives a symbol or a small number."""

    def __init__(self, rng: random.Random, leaf: Callable[[], Term]) -> None:
        self.rng = rng
        self.leaf = leaf

    def somewhere(self, t: Term, change: Callable[[Term], Term]) -> Term:
        """The term with a change at one place. Under a binder the variable may be captured."""
        if not t.args or self.rng.random() < 0.4:
            return change(t)
        i = self.rng.randrange(len(t.args))
        args = list(t.args)
        args[i] = self.somewhere(args[i], change)
        return rebuild(t, tuple(args))

    def rewritten(self, t: Term) -> Term:
        """A step that is an identity, at least on part of the domain."""
        return self.rng.choice([*self._by_head(t), *self._anywhere(t)])

    def step(self, t: Term) -> Term:
        """`rewritten` at one place in the term."""
        return self.somewhere(t, self.rewritten)

    def _anywhere(self, t: Term) -> list[Term]:
        s = self.leaf()
        return [
            add(t, ZERO),
            mul(ONE, t),
            div(mul(t, s), s),
            sub(add(t, s), s),
            neg(neg(t)),
            power(t, ONE),
            call("log", call("exp", t)),
            call("exp", call("log", t)),
            power(power(t, TWO), HALF),
            power(call("sqrt", t), TWO),
            call("abs", t),
            mul(call("sign", t), call("abs", t)),
            call("max", t, t),
            add(t, mul(ZERO, s)),
            mul(t, power(s, ZERO)),
            sub(t, add(s, neg(s))),
            power(power(t, num(Fraction(1, 3))), THREE),
            power(power(t, THREE), num(Fraction(1, 3))),
            binder("sum", "i", t, ONE, ONE),
            binder("diff", "u", mul(t, sym("u")), num(2)),
            div(t, div(s, s)),
            call("max", t, s),
            call("sg", t),
            div(ONE, div(ONE, t)),
        ]

    def _by_head(self, t: Term) -> list[Term]:
        match t.head:
            case "add":
                return [self._shuffled(t)]
            case "mul":
                return [self._shuffled(t), *_distributed(t)]
            case "div":
                return _fraction(*t.args)
            case "pow":
                return _power(t)
            case "call":
                return _function(t.payload, t.args)
            case "sum" | "prod":
                return self._range(t)
            case "diff":
                return self._derivative(t)
        return []

    def _shuffled(self, t: Term) -> Term:
        return rebuild(t, tuple(self.rng.sample(t.args, len(t.args))))

    def _range(self, t: Term) -> list[Term]:
        """The first or the last term of a range split off, or a step in the body."""
        body, low, high = t.args
        join = add if t.head == "sum" else mul
        first, last = (substitute(body, {t.payload: end}) for end in (low, high))
        return [
            join(first, binder(t.head, t.payload, body, add(low, ONE), high)),
            join(binder(t.head, t.payload, body, low, sub(high, ONE)), last),
            binder(t.head, t.payload, self.step(body), low, high),
        ]

    def _derivative(self, t: Term) -> list[Term]:
        body, point = t.args
        out = [binder("diff", t.payload, self.step(body), point)]
        if body.head == "add":
            out.append(add(*(binder("diff", t.payload, u, point) for u in body.args)))
        return out


def _distributed(t: Term) -> list[Term]:
    out = []
    for i, factor in enumerate(t.args):
        if factor.head == "add":
            rest = [v for j, v in enumerate(t.args) if j != i]
            out.append(add(*(mul(*rest, v) for v in factor.args)))
    return out


def _fraction(top: Term, bottom: Term) -> list[Term]:
    split = [add(*(div(u, bottom) for u in top.args))] if top.head == "add" else []
    return [*split, mul(top, power(bottom, num(-1)))]


def _power(t: Term) -> list[Term]:
    base, exponent = t.args
    out = [call("exp", mul(exponent, call("log", base))), call("abs", t)]
    if base.head == "mul":
        out.append(mul(*(power(u, exponent) for u in base.args)))
    if base.head == "pow":
        out.append(power(base.args[0], mul(*map(_plain, (base.args[1], exponent)))))
    value = rational(exponent)
    if value is not None:
        out.append(mul(base, power(base, num(value - 1))))
        out.append(power(power(base, num(value / 2)), TWO))
    return out


def _plain(t: Term) -> Term:
    value = rational(t)
    return t if value is None else num(value)


def _function(name: str, args: tuple[Term, ...]) -> list[Term]:
    if not args:
        return []
    if name in ("max", "min"):
        return [call(name, args[1], args[0])]
    u = args[0]
    match name, u.head:
        case "log", "mul":
            return [add(*(call("log", v) for v in u.args))]
        case "log", "div":
            return [sub(call("log", u.args[0]), call("log", u.args[1]))]
        case "log", "pow":
            base, exponent = u.args
            return [mul(exponent, call("log", v)) for v in (base, call("abs", base))]
        case "exp", "add":
            return [mul(*(call("exp", v) for v in u.args))]
        case "exp", "mul":
            rest = u.args[1] if len(u.args) == 2 else mul(*u.args[1:])
            return [power(call("exp", u.args[0]), rest)]
        case ("sqrt", "mul" | "div") | ("abs", "mul" | "div" | "add"):
            return [rebuild(u, tuple(call(name, v) for v in u.args))]
    return _identities(name, u)


def _identities(name: str, u: Term) -> list[Term]:
    """Other ways to write a function of any argument."""
    minus = neg(u)
    return {
        "sqrt": [power(u, HALF)],
        "abs": [call("sqrt", power(u, TWO)), call("max", u, minus)],
        "log2": [div(call("log", u), call("log", TWO))],
        "tanh": [sub(mul(TWO, call("sigmoid", mul(TWO, u))), ONE)],
        "sigmoid": [div(ONE, add(ONE, call("exp", minus))), sub(ONE, call("sigmoid", minus))],
        "softplus": [neg(call("log", call("sigmoid", minus))), add(u, call("softplus", minus))],
        "erf": [neg(call("erf", minus)), sub(ONE, call("erfc", u))],
        "sin": [neg(call("sin", minus))],
        "cos": [call("cos", minus)],
        "sign": [div(u, call("abs", u))],
        "tan": [div(call("sin", u), call("cos", u))],
    }.get(name, [])
