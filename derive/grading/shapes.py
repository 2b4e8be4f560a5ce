"""When two lines of a derivation are the same line: sums and products in any order, signs gathered.

Nothing is multiplied out and no denominators are joined: those are steps, and not ways of writing.
"""

from __future__ import annotations

from fractions import Fraction

from derive.terms import Term, rational

Shape = tuple[object, ...]
MAX_SIZE = 2_000


def shape(term: Term) -> str:
    """A text that two terms share when one is the other rearranged.

    >>> from derive.terms import read
    >>> shape(read("(a - b)**2/(2*c**2)")) == shape(read("1/2*(-b + a)**2/c/c"))
    True
    >>> shape(read("a*(b + c)")) == shape(read("a*b + a*c"))
    False
    """
    if term.size > MAX_SIZE:
        return str(term)
    number, factors = _product(term)
    return _shown(number, factors)


def _shown(number: Fraction, factors: dict[str, Fraction]) -> str:
    parts = [f"{base}^{power}" for base, power in sorted(factors.items()) if power]
    return "*".join([str(number), *parts])


def _product(term: Term) -> tuple[Fraction, dict[str, Fraction]]:
    """A term as a number times powers of shapes."""
    value = rational(term)
    if value is not None:
        return value, {}
    head, args = term.head, term.args
    if head == "neg":
        number, factors = _product(args[0])
        return -number, factors
    if head in ("mul", "div"):
        number = Fraction(1)
        out: dict[str, Fraction] = {}
        for i, arg in enumerate(args):
            n, factors = _product(arg)
            turned = head == "div" and i == 1
            if turned and n == 0:
                return Fraction(1), {str(term): Fraction(1)}
            number *= 1 / n if turned else n
            for base, power in factors.items():
                out[base] = out.get(base, Fraction(0)) + (-power if turned else power)
        return number, out
    if head == "pow":
        exponent = rational(args[1])
        if exponent is not None and exponent.denominator == 1 and abs(exponent) <= 64:
            return _power(args[0], int(exponent), term)
    if head == "add":
        return _sum(term)
    if head == "call" and term.payload == "sqrt":
        return Fraction(1), {shape(args[0]): Fraction(1, 2)}
    inner = ", ".join(shape(arg) for arg in args)
    return Fraction(1), {f"{head}:{term.payload}({inner})": Fraction(1)}


def _power(base: Term, exponent: int, whole: Term) -> tuple[Fraction, dict[str, Fraction]]:
    number, factors = _product(base)
    if number == 0:
        return Fraction(1), {str(whole): Fraction(1)}
    return number**exponent, {name: power * exponent for name, power in factors.items()}


def _sum(term: Term) -> tuple[Fraction, dict[str, Fraction]]:
    """A sum by its summands in order, equal ones gathered; its sign is that of the first."""
    total: dict[str, Fraction] = {}
    for arg in _summands(term):
        number, factors = _product(arg)
        name = _shown(Fraction(1), factors)
        total[name] = total.get(name, Fraction(0)) + number
    left = sorted((name, number) for name, number in total.items() if number)
    if len(left) < 2:
        return (left[0][1], {left[0][0]: Fraction(1)}) if left else (Fraction(0), {})
    sign = 1 if left[0][1] > 0 else -1
    text = " + ".join(f"{sign * number} {name}" for name, number in left)
    return Fraction(sign), {f"({text})": Fraction(1)}


def _summands(term: Term) -> list[Term]:
    if term.head != "add":
        return [term]
    return [part for arg in term.args for part in _summands(arg)]
