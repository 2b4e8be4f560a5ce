"""Terms as text: exactly what is there, in the notation that `derive.terms.reader` reads back."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.terms.term import Term

SUM, PRODUCT, SIGNED, POWER, ATOM = range(5)
"""How tightly a piece of text holds together; a looser piece goes in brackets."""

MAX_KEPT: Final = 200
"""Size of the terms whose texts are kept."""

NAMES: Final = {"sum": "Sum", "prod": "Prod", "int": "Int"}


def to_text(term: Term) -> str:
    """The term in infix notation.

    >>> from derive.terms import add, sym, neg, mul
    >>> to_text(add(sym("a"), neg(mul(sym("b"), sym("c")))))
    'a - b*c'
    """
    return _text(term)[0]


def decimal(value: Fraction, places: int) -> str:
    """A non-negative rational with the given number of decimals; it must have such an expansion."""
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _text(term: Term) -> tuple[str, int]:
    try:
        return term._text
    except AttributeError:
        text = _written(term)
        if term.size <= MAX_KEPT:
            object.__setattr__(term, "_text", text)
        return text


def _written(term: Term) -> tuple[str, int]:
    match term.head:
        case "num":
            value, places = term.payload
            return (str(value) if places is None else decimal(value, places)), ATOM
        case "sym" | "bound":
            return str(term.payload), ATOM
        case "oo":
            return "oo", ATOM
        case "add":
            return _sum(term), SUM
        case "neg":
            return "-" + _at_least(term.args[0], PRODUCT, strict=term.args[0].head == "neg"), SIGNED
        case "mul" | "div":
            return _product(term), PRODUCT
        case "matmul":
            left, right = term.args
            first = to_text(left) if left.head == "matmul" else _at_least(left, POWER)
            return f"{first} @ {_at_least(right, POWER)}", PRODUCT
        case "pow":
            base, exponent = term.args
            return f"{_at_least(base, ATOM)}**{_at_least(exponent, ATOM)}", POWER
        case "index":
            return f"{term.payload}[{_list(term.args)}]", ATOM
        case _:
            return _application(term), ATOM


def _application(term: Term) -> str:
    match term.head:
        case "call" if term.payload == "pi":
            return "pi"
        case "matrix":
            columns = term.payload[1]
            starts = range(0, len(term.args), columns)
            rows = ", ".join(f"[{_list(term.args[i : i + columns])}]" for i in starts)
            return f"Matrix([{rows}])"
        case "call" | "dist":
            return f"{term.payload}({_list(term.args)})"
        case "dens":
            return f"{term.payload}({to_text(term.args[0])}; {_list(term.args[1:])})"
        case "diff":
            body, point = term.args
            at = (
                ""
                if point.head == "sym" and point.payload == term.payload
                else f"; {to_text(point)}"
            )
            return f"diff({to_text(body)}, {term.payload}{at})"
        case "mean":
            law, body = term.args
            return f"E[{term.payload} ~ {to_text(law)}]({to_text(body)})"
        case "fun":
            return f"Fun({to_text(term.args[0])}, {term.payload})"
        case "over":
            return f"Int({to_text(term.args[0])}, {term.payload}, {term.args[1]})"
        case _:
            body, low, high = term.args
            return f"{NAMES[term.head]}({to_text(body)}, {term.payload}, {to_text(low)}, {to_text(high)})"


def _sum(term: Term) -> str:
    first, *rest = term.args
    out = [_at_least(first, PRODUCT)]
    for part in rest:
        if part.head == "neg":
            inner = part.args[0]
            out.append(" - " + _at_least(inner, PRODUCT, strict=inner.head == "neg"))
        else:
            out.append(" + " + _at_least(part, PRODUCT))
    return "".join(out)


def _product(term: Term) -> str:
    first, *rest = term.args
    sign = "*" if term.head == "mul" else "/"
    chained = first.head in ("mul", "div") and not (term.head == "mul" and first.head == "mul")
    head = to_text(first) if chained else _at_least(first, POWER)
    return sign.join([head, *(_at_least(part, POWER) for part in rest)])


def _at_least(term: Term, level: int, *, strict: bool = False) -> str:
    text, own = _text(term)
    return f"({text})" if strict or own < level else text


def _list(terms: tuple[Term, ...]) -> str:
    return ", ".join(map(to_text, terms))
