"""Domains in words: ``real``, ``positive``, ``integer >= 1``, ``in (0, 1)``, ``in [1/100, 3/2]``.

A matrix is declared by its shape: ``matrix n x m``, ``vector d``, ``symmetric d x d``, ``spd 2 x 2``; so
is a function whose values are matrices. A space to integrate over is declared as ``space``.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from derive.terms.context import Context, Form, Kind
from derive.terms.term import Term, num, sym
from numeric.domain import Domain

WORDS: Final = {
    "real": Domain(),
    "positive": Domain(lower=Fraction(0)),
    "nonnegative": Domain(lower=Fraction(0), lower_open=False),
    "negative": Domain(upper=Fraction(0)),
    "nonzero": Domain(nonzero=True),
    "integer": Domain(integer=True),
    "natural": Domain(lower=Fraction(0), lower_open=False, integer=True),
}

NUMBER: Final = r"\s*(-?(?:oo|\d{1,30}(?:\.\d{1,30}|/\d{1,30})?))\s*"
INTERVAL: Final = re.compile(rf"(?:(integer|nonzero)\s+)?in\s*([\[(]){NUMBER},{NUMBER}([\])])")
COMPARED: Final = re.compile(rf"(?:(integer|real)\s*)?(>=|>|<=|<){NUMBER}")

SIZE: Final = r"([^\W\d]\w*|[1-9]\d{0,8})"
SHAPED: Final = re.compile(
    rf"(matrix|symmetric|spd)\s+{SIZE}\s*(?:\s[x×]\s|(?<=\d)[x×](?=\d))\s*{SIZE}"
)
COLUMN: Final = re.compile(rf"vector\s+{SIZE}")
FORMS: Final[dict[str, Form]] = {"matrix": "", "symmetric": "symmetric", "spd": "spd"}


def is_matrix(text: str) -> bool:
    """Whether a phrase declares a matrix: it has to be read after the names of its dimensions."""
    return text.split()[:1] in (["matrix"], ["vector"], ["symmetric"], ["spd"])


def declared(
    context: Context, name: str, text: str, kind: Kind = "scalar", arity: int = 0
) -> Context:
    """The context with ``name`` declared by a phrase, which may be that of a matrix.

    Raises ValueError for a phrase that is not understood, ContextError for a name that is taken.

    >>> ctx = declared(declared(Context(), "d", "integer >= 1"), "S", "spd d x d")
    >>> ctx["S"].shape, ctx["S"].form
    ((Term(d), Term(d)), 'spd')
    """
    if text.strip() == "space" and kind == "scalar":
        return context.declare(name, None, "space")
    if not is_matrix(text):
        return context.declare(name, read_domain(text), kind, arity)
    phrase = " ".join(text.split())
    square, column = SHAPED.fullmatch(phrase), COLUMN.fullmatch(phrase)
    if kind == "family" or (square is None and column is None):
        raise ValueError(
            f"unknown matrix {phrase[:60]!r}; expected 'matrix n x m', 'vector d', 'symmetric d x d' "
            "or 'spd d x d' for a plain name, 'matrix n x m' or 'vector d' for the values of a function"
        )
    whole: Kind = "function" if kind == "function" else "matrix"
    if square is not None:
        word, rows, columns = square.groups()
        shape = (_size(rows), _size(columns))
        return context.declare(name, None, whole, arity, shape, FORMS[word])
    assert column is not None
    return context.declare(name, None, whole, arity, (_size(column[1]), num(1)))


def _size(text: str) -> Term:
    return num(int(text)) if text.isdigit() else sym(text)


def read_domain(text: str) -> Domain:
    """The domain that a phrase describes.

    >>> read_domain("integer >= 1").contains(Fraction(1)), str(read_domain("in (0, 1]"))
    (True, 'in (0, 1]')
    >>> read_domain("natural numbers")
    Traceback (most recent call last):
    ValueError: unknown domain 'natural numbers'; expected real, positive, nonnegative, negative, \
nonzero, integer, natural, 'integer >= 1' or 'in (0, 1)'
    """
    phrase = " ".join(text.split())
    if phrase in WORDS:
        return WORDS[phrase]
    if (match := INTERVAL.fullmatch(phrase)) is not None:
        word, left, low, high, right = match.groups()
        ends = _end(low), _end(high)
        return Domain(
            ends[0], ends[1], left == "(", right == ")", word == "integer", word == "nonzero"
        )
    if (match := COMPARED.fullmatch(phrase)) is not None:
        word, sign, number = match.groups()
        end, is_open = _end(number), sign in (">", "<")
        low, up = (end, None) if sign.startswith(">") else (None, end)
        return Domain(low, up, is_open or low is None, is_open or up is None, word == "integer")
    shown = phrase if len(phrase) < 60 else phrase[:57] + "..."
    raise ValueError(
        f"unknown domain {shown!r}; expected {', '.join(WORDS)}, 'integer >= 1' or 'in (0, 1)'"
    )


def _end(text: str) -> Fraction | None:
    if text.endswith("oo"):
        return None
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text} is not a number") from None
