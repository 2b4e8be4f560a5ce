"""Numbers as students write them: decimals with their places, percentages, decimal commas, units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from derive.grading.model import Unreadable
from derive.keys.rounding import decimals_shown, half_unit
from derive.terms import Term, rational

NUMBER: Final = r"[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
COMMA: Final = re.compile(r"([-+]?)\s*(\d+)(?:,|\s*\{,\}\s*)(\d+)((?:[eE][-+]?\d+)?\s*\\?%?)")
GROUPED: Final = re.compile(
    r"[-+]?\d{1,3}(?:(?:,\d{3}){2,}|(?:,\d{3})+(?=\.)|(?:['’]\d{3})+)(?:\.\d+)?"
)
GERMAN: Final = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+")
SPACED: Final = re.compile(r"[-+]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
PERCENT: Final = re.compile(rf"({NUMBER})\s*(?:\\?%|percent|per cent)")
SCALED: Final = re.compile(
    rf"({NUMBER})\s*(?:\*|x|X|\\times|\\cdot)\s*10\s*(?:\^|\*\*)\s*[({{]?\s*([-+]?\d{{1,3}})\s*[)}}]?"
)
WITH_UNIT: Final = re.compile(
    rf"({NUMBER}|[^A-Za-z\\]*\d)\s*"
    r"((?:\\(?:text|mathrm|textrm|operatorname)\{\s*[A-Za-z ]+\}|[A-Za-z ]+))\.?"
)
SIZE: Final = re.compile(r"\d+\s*(?:[xX*]|\\times)\s*\d+")
NO_UNITS: Final = frozenset(
    "not no or and over percent thousand million hundred dozen degree degrees minus plus times half "
    "per e x to by squared cubed root infinity".split()
)


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number as written: its value and decimals; ``places`` is None when it has none, and is exact."""

    value: Fraction
    places: int | None

    @property
    def half(self) -> Fraction:
        """Half a unit of the last place shown; 0 for an exact number."""
        return half_unit(self.places) if self.places else Fraction(0)

    @property
    def digits(self) -> int:
        """How many significant digits are shown."""
        scaled = abs(self.value) * 10 ** (self.places or 0)
        return len(str(int(scaled))) if scaled else 0


def decimal_of(term: Term) -> Decimal | None:
    """The number that a term writes: a literal, or one times a power of ten. None for other terms.

    >>> from derive.terms import read
    >>> decimal_of(read("-1.20*10**(-3)"))
    Decimal(value=Fraction(-3, 2500), places=5)
    """
    if term.head == "neg":
        inner = decimal_of(term.args[0])
        return None if inner is None else Decimal(-inner.value, inner.places)
    if term.head == "num":
        return Decimal(rational(term) or Fraction(0), decimals_shown(term) or None)
    if term.head == "mul" and len(term.args) == 2 and term.args[1].head == "pow":
        base, exponent = map(rational, term.args[1].args)
        first = decimal_of(term.args[0])
        if base == 10 and exponent is not None and exponent.denominator == 1 and first is not None:
            if abs(exponent) > 300:
                return None
            places = max(0, (first.places or 0) - int(exponent)) or None
            return Decimal(first.value * Fraction(10) ** int(exponent), places)
    return None


def tidied(text: str, words: frozenset[str]) -> str:
    """A number without its unit, percent sign and foreign decimal comma; other text as it is.

    ``words`` are the units that may follow. Raises Unreadable for a number with two readings.

    >>> bits = frozenset({"bits"})
    >>> tidied("0,556", bits), tidied("55.6 %", bits), tidied("2048 bits", bits)
    ('0.556', '55.6e-2', '2048')
    """
    text = _without_unit(text.strip(), words)
    if (match := PERCENT.fullmatch(text)) is not None:
        return f"{match[1].replace(' ', '')}e-2"
    if (match := SCALED.fullmatch(text)) is not None and "e" not in match[1].lower():
        return f"{match[1].replace(' ', '')}e{match[2].lstrip('+')}"
    if GROUPED.fullmatch(text):
        return re.sub(r"[,'’]", "", text)
    if GERMAN.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if SPACED.fullmatch(text):
        raise Unreadable(f"{text} can be one number or several")
    if (match := COMMA.fullmatch(text)) is not None:
        return tidied(_with_point(match), words)
    if re.search(r"\d,\d", _outside_brackets(text)):
        raise Unreadable("a comma between digits can be a decimal sign, or separate two answers")
    return text


def _with_point(match: re.Match[str]) -> str:
    sign, whole, rest, tail = match.groups()
    grouping = len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")
    if grouping or (len(whole) > 1 and whole.startswith("0")):
        raise Unreadable(f"{whole},{rest} can be {whole}.{rest} or {whole}{rest}")
    return f"{sign}{whole}.{rest}{tail}"


def _outside_brackets(text: str) -> str:
    depth, out = 0, []
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        out.append(char if depth <= 0 else " ")
    return "".join(out)


def _without_unit(text: str, words: frozenset[str]) -> str:
    match = WITH_UNIT.fullmatch(text)
    if match is None:
        return text
    unit = re.sub(r"\\[a-z]+\{|\}", "", match[2]).casefold().split()
    known = words - NO_UNITS
    if not unit or unit[0] in ("x", "e", "percent", "per") or len(unit) > 4:
        return text
    if all(word in known or f"{word}s" in known or word.rstrip("s") in known for word in unit):
        return match[1].strip()
    return text
