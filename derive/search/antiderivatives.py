"""Antiderivatives by table: an integrand in normal form as a combination of known derivatives.

Each summand of the integrand becomes a combination of pieces, functions of x whose derivatives and whose
limits are understood; see `derive.search.limits` for the limits. Nothing here is trusted: the kernel
differentiates the pieces, and checks that the integrand is the combination of their derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Final

from flint import fmpq, fmpq_mpoly

from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError
from derive.search.polynomials import (
    Fractional,
    monomial_term,
    normal_form,
    polynomial_term,
    to_fraction,
)
from derive.terms.term import (
    Term,
    add,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    sub,
    sym,
)

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO, ONE, TWO = num(0), num(1), num(2)
MAX_POWER: Final = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A function of x with a ``kind`` that says what its limits are, and the numbers of that kind.

    ``shift`` is the point t, in ``y = x - t``. The kinds, with ``order`` an integer, are ``gauss``:
    ``y**order*exp(-rate*y**2)``; ``erf``: ``erf(sqrt(rate)*y)``; ``exp``: ``x**order*exp(-rate*x)``;
    ``power``: ``y**exponent*log(y)**order``; ``atan``: ``atan(rate*y)``; ``plain``: anything else.
    """

    kind: str
    term: Term
    shift: Term = ZERO
    order: int = 0
    rate: Term = ONE
    exponent: Term = ZERO


Combination = list[tuple[Term, Piece]]


def combination(tower: Tower, body: Term, name: str) -> Combination | None:
    """Coefficients and pieces whose derivatives add up to ``body``; None when the table has none."""
    try:
        tower.add(body)
        form = tower.form(body)
        found: dict[Term, tuple[Term, Piece]] = {}
        for coefficient, piece in _combination(tower, form, sym(name)):
            old = found.get(piece.term)
            found[piece.term] = (add(old[0], coefficient) if old else coefficient, piece)
    except KernelError:
        return None
    return list(found.values())


def _combination(tower: Tower, form: Fractional, x: Term) -> Combination:
    name, below = x.payload, tower.bounds.of(x).negative
    if all(x.payload not in form.atoms[i].free for i in _used(form.bottom)):
        bottom = polynomial_term(form.bottom, form.atoms)
        parts = [(mono, to_fraction(c)) for mono, c in _monomials(form.top)]
        return [
            (div(c, bottom), piece)
            for mono, value in parts
            for c, piece in _summand(_monomial(mono, value, form.atoms, name), x, below)
        ]
    if len(form.bottom) == 1:
        ((under, scale),) = _monomials(form.bottom)
        out = []
        for mono, c in _monomials(form.top):
            exponents = tuple(e - b for e, b in zip(mono, under, strict=True))
            out += _summand(
                _monomial(exponents, to_fraction(c / scale), form.atoms, name), x, below
            )
        return out
    return _over_affine(tower, form, x)


def _used(poly: fmpq_mpoly) -> list[int]:
    return [i for i, d in enumerate(poly.degrees()) if d]


def _monomials(poly: fmpq_mpoly) -> list[tuple[tuple[int, ...], fmpq]]:
    items = poly.to_dict().items()
    return [(tuple(int(e) for e in mono), c) for mono, c in items]


@dataclass(frozen=True, slots=True)
class _Summand:
    """``factor * x**power * log(x)**logs * exp(exponent) * wave``, the factor free of x."""

    factor: Term
    power: Fraction
    logs: int
    exponent: Term
    wave: Term | None


def _monomial(
    exponents: tuple[int, ...], value: Fraction, atoms: tuple[Term, ...], name: str
) -> _Summand:
    x, log = sym(name), call("log", sym(name))
    kept: list[int] = []
    degree, logs, inside, wave = Fraction(0), 0, [], None
    for atom, e in zip(atoms, exponents, strict=True):
        kept.append(e if name not in atom.free else 0)
        if not e or name not in atom.free:
            continue
        root = rational(atom.args[1]) if atom.head == "pow" and atom.args[0] == x else None
        if atom == x or root is not None:
            degree += e * (root if root is not None else 1)
        elif atom == log and e > 0:
            logs = e
        elif atom.head == "call" and atom.payload == "exp":
            inside.append(mul(num(e), atom.args[0]))
        elif atom.head == "call" and atom.payload in ("sin", "cos") and e == 1 and wave is None:
            wave = atom
        else:
            raise KernelError(f"antiderivatives: {atom} is not in the table")
    top = monomial_term([max(e, 0) for e in kept], atoms)
    bottom = monomial_term([max(-e, 0) for e in kept], atoms)
    factor = div(mul(num(value), top), bottom)
    return _Summand(factor, degree, logs, add(ZERO, ZERO, *inside), wave)


def in_powers(term: Term, atom: Term) -> dict[int, Term]:
    """The coefficients of the powers of an atom in a polynomial. Raises KernelError for another term."""
    ring = Ring()
    form = normal_form(ring, term)
    place = form.atoms.index(atom) if atom in form.atoms else -1
    name = atom.payload if atom.head == "sym" else None
    for i, other in enumerate(form.atoms):
        if i != place and (name in other.free if name else atom in other.args):
            raise KernelError(f"antiderivatives: {term} is no polynomial in {atom}")
    if place >= 0 and int(form.bottom.degrees()[place]):
        raise KernelError(f"antiderivatives: {term} is no polynomial in {atom}")
    bottom = polynomial_term(form.bottom, form.atoms)
    rows: dict[int, list[Term]] = {}
    for mono, c in form.top.to_dict().items():
        degree = int(mono[place]) if place >= 0 else 0
        rest = [0 if i == place else int(e) for i, e in enumerate(mono)]
        rows.setdefault(degree, []).append(
            mul(num(to_fraction(c)), monomial_term(rest, form.atoms))
        )
    return {d: plain(div(add(ZERO, ZERO, *parts), bottom)) for d, parts in rows.items()}


def plain(term: Term) -> Term:
    """The term in normal form."""
    return normal_form(Ring(), term).term()


def _summand(s: _Summand, x: Term, below: bool) -> Combination:
    """The pieces of one summand; ``below`` says that x is negative."""
    log = call("log", neg(x) if below else x)
    if s.wave is not None:
        return _waves(s, x)
    logs = in_powers_of_log(s.exponent, x)
    if logs is not None:
        rest, slope = logs
        exponent = plain(add(num(s.power), slope))
        return _scaled(mul(s.factor, call("exp", rest)), _powers(x, exponent, s.logs, ZERO, log))
    q = in_powers(s.exponent, x)
    if s.logs or s.power.denominator != 1 or not 0 <= s.power <= MAX_POWER or max(q) > 2:
        raise KernelError("antiderivatives: not in the table")
    constant = q.get(0, ZERO)
    if 2 in q:
        rate = plain(neg(q[2]))
        shift = plain(div(q.get(1, ZERO), mul(TWO, rate)))
        lift = add(constant, mul(rate, power(shift, TWO)))
        out = []
        n = int(s.power)
        for j in range(n + 1):
            c = mul(num(comb(n, j)), power(shift, num(n - j)) if n > j else ONE)
            out += _scaled(c, _gauss(x, j, rate, shift))
        return _scaled(mul(s.factor, call("exp", lift)), out)
    rate = plain(neg(q[1]))
    return _scaled(mul(s.factor, call("exp", constant)), _exponential(x, int(s.power), rate))


def in_powers_of_log(exponent: Term, x: Term) -> tuple[Term, Term] | None:
    """``(p, c)`` when an exponent is ``p + c*log(x)`` with p and c free of x, else None."""
    try:
        q = in_powers(exponent, call("log", x))
    except KernelError:
        return None
    if max(q, default=0) > 1 or any(x.payload in c.free for c in q.values()):
        return None
    return q.get(0, ZERO), q.get(1, ZERO)


def _scaled(factor: Term, parts: Combination) -> Combination:
    return [(mul(factor, c), piece) for c, piece in parts]


def _powers(y: Term, exponent: Term, logs: int, shift: Term, log: Term) -> Combination:
    """``∫ y**p*log(y)**q``: by parts, or a power of the logarithm for p = -1."""
    value = rational(exponent)
    if value == -1:
        term = power(log, num(logs + 1)) if logs else log
        return [(num(Fraction(1, logs + 1)), Piece("power", term, shift, logs + 1))]
    up = num(value + 1) if value is not None else plain(add(exponent, ONE))
    raised = y if value == 0 else power(y, up)
    term = mul(raised, power(log, num(logs))) if logs else raised
    out = [(div(ONE, up), Piece("power", term, shift, logs, exponent=up))]
    if logs:
        rest = _powers(y, exponent, logs - 1, shift, log)
        out += _scaled(div(num(-logs), up), rest)
    return out


def _exponential(x: Term, n: int, rate: Term) -> Combination:
    """``∫ x**n*exp(-rate*x)`` by parts."""
    decay = call("exp", neg(mul(rate, x)))
    term = mul(power(x, num(n)), decay) if n else decay
    out = [(neg(div(ONE, rate)), Piece("exp", term, ZERO, n, rate))]
    return out + (_scaled(div(num(n), rate), _exponential(x, n - 1, rate)) if n else [])


def _gauss(x: Term, n: int, rate: Term, shift: Term) -> Combination:
    """``∫ y**n*exp(-rate*y**2)`` by parts, down to the error function."""
    y = x if rational(shift) == 0 else sub(x, shift)
    root = call("sqrt", rate)
    if n == 0:
        half = div(call("sqrt", call("pi")), mul(TWO, root))
        return [(half, Piece("erf", call("erf", mul(root, y)), shift, 0, rate))]
    bell = call("exp", neg(mul(rate, power(y, TWO))))
    term = mul(power(y, num(n - 1)), bell) if n > 1 else bell
    out = [(neg(div(ONE, mul(TWO, rate))), Piece("gauss", term, shift, n - 1, rate))]
    if n > 1:
        out += _scaled(div(num(n - 1), mul(TWO, rate)), _gauss(x, n - 2, rate, shift))
    return out


def _waves(s: _Summand, x: Term) -> Combination:
    """``∫ x**n*sin(w*x)`` and the like by parts."""
    assert s.wave is not None
    angle = in_powers(s.wave.args[0], x)
    if (
        set(angle) != {1}
        or s.logs
        or s.power.denominator != 1
        or not 0 <= s.power <= MAX_POWER
        or x.payload in s.exponent.free
    ):
        raise KernelError("antiderivatives: not in the table")
    out, factor, n = [], mul(s.factor, call("exp", s.exponent)), int(s.power)
    kind = s.wave.payload
    while True:
        turned = "cos" if kind == "sin" else "sin"
        sign = neg(ONE) if kind == "sin" else ONE
        wave = call(turned, s.wave.args[0])
        factor = div(factor, angle[1])
        term = mul(power(x, num(n)), wave) if n else wave
        out.append((mul(factor, sign), Piece("plain", term)))
        if n == 0:
            return out
        factor, kind, n = mul(factor, sign, num(-n)), turned, n - 1


def _over_affine(tower: Tower, form: Fractional, x: Term) -> Combination:
    """A polynomial over a power of one affine factor ``α*x + β``, in powers of ``y = x + β/α``."""
    below = [(b, -e) for b, e in form.factors() if e < 0]
    moving = [(b, e) for b, e in below if x.payload in b.free]
    if len(moving) != 1:
        raise KernelError("antiderivatives: not in the table")
    (base, degree), fixed = (
        moving[0],
        [power(b, num(e)) for b, e in below if x.payload not in b.free],
    )
    line = in_powers(base, x)
    if max(line) == 2 and degree == 1:
        return _over_quadratic(form, fixed, line, x)
    if max(line) != 1:
        raise KernelError("antiderivatives: not in the table")
    shift = plain(neg(div(line.get(0, ZERO), line[1])))
    y = x if rational(shift) == 0 else sub(x, shift)
    sign = tower.bounds.of(y)
    log = call("log", neg(y) if sign.negative else y)
    ups = [power(b, num(e)) for b, e in form.factors() if e > 0 or rational(b) == -1]
    top = in_powers(product(ups), x)
    scale = mul(*fixed, power(line[1], num(degree)), ONE)
    out = []
    for n, c in top.items():
        for j in range(n + 1):
            part = mul(div(c, scale), num(comb(n, j)), power(shift, num(n - j)) if n > j else ONE)
            out += _scaled(part, _powers(y, num(j - degree), 0, shift, log))
    return out


def _over_quadratic(
    form: Fractional, fixed: list[Term], q: dict[int, Term], x: Term
) -> Combination:
    """``(A*x + B)/(α*x**2 + β*x + γ)``: a logarithm and an arctangent."""
    ups = [power(b, num(e)) for b, e in form.factors() if e > 0 or rational(b) == -1]
    top = in_powers(product(ups), x)
    if max(top) > 1:
        raise KernelError("antiderivatives: not in the table")
    shift = plain(neg(div(q.get(1, ZERO), mul(TWO, q[2]))))
    rest = plain(sub(div(q[0], q[2]), power(shift, TWO)))
    scale = mul(*fixed, q[2], ONE)
    y = x if rational(shift) == 0 else sub(x, shift)
    root = call("sqrt", rest)
    rate = div(ONE, root)
    slope, level = top.get(1, ZERO), plain(add(top.get(0, ZERO), mul(top.get(1, ZERO), shift)))
    out: Combination = []
    if rational(level) != 0:
        piece = Piece("atan", call("atan", mul(rate, y)), shift, 0, rate)
        out.append((div(level, mul(scale, root)), piece))
    if rational(slope) != 0:
        term = call("log", add(power(y, TWO), rest))
        out.append((div(slope, mul(TWO, scale)), Piece("plain", term)))
    return out
