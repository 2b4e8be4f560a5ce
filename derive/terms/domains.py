"""Domains in words: ``real``, ``positive``, ``integer >= 1``, ``in (0, 1)``, ``in [1/100, 3/2]``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

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
