"""Terms for a terminal: the infix notation with Greek letters, raised exponents and signs of sums."""

from __future__ import annotations

import re
from typing import Final

from derive.terms.latex import LETTERS
from derive.terms.printer import to_text
from derive.terms.term import Term

GREEK: Final = {word: letter for letter, word in LETTERS.items() if letter != "µ"}
RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
WORD: Final = re.compile(r"[^\W\d]\w*")
POWER: Final = re.compile(r"\*\*(\d+)(?![\w.])")
TIMES: Final = re.compile(r"(?<=[\w)\]⁰¹²³⁴⁵⁶⁷⁸⁹])\*(?=[\w(])")
HEADS: Final = {"Sum(": "Σ(", "Prod(": "Π(", "Int(": "∫("}


def pretty(term: Term) -> str:
    """The term on one line for a person to read.

    >>> from derive.terms import read
    >>> print(pretty(read("Int(x**2*Normal(x; mu, sigma_1**2), x, -oo, oo)")))
    ∫(x²·Normal(x; μ, σ_1²), x, -∞, ∞)
    """
    text = WORD.sub(_word, to_text(term))
    for plain, sign in HEADS.items():
        text = re.sub(rf"(?<!\w){re.escape(plain)}", sign, text)
    text = POWER.sub(lambda m: m[1].translate(RAISED), text)
    return TIMES.sub("·", text)


def _word(match: re.Match[str]) -> str:
    head, *rest = match[0].split("_")
    if match[0] == "oo":
        return "∞"
    following = match.string[match.end() : match.end() + 1]
    if match[0] in ("Gamma", "Beta") and following == "(":
        return match[0]
    return "_".join([GREEK.get(head, head), *(GREEK.get(r, r) for r in rest)])
