r"""Whether the text of a question takes its numbers from its givens, by ``\given{x_0}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from derive.keys.contexts import term_of
from derive.keys.model import Question, Text
from derive.keys.placeholders import PLACEHOLDER
from derive.keys.source import Source
from derive.terms import Context, Term, rational
from derive.terms.term import subterms
from derive.variants.answers import reached
from derive.variants.ranges import Ranges, VaryError

SUBSCRIPT: Final = re.compile(r"_(?:\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z0-9])")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")


def check_texts(
    source: Source, number: int, data: Mapping[str, Any], question: Question, ranges: Ranges
) -> None:
    """See that no number of a varied given stands in the texts of question ``number`` as it is.

    ``data`` is its table, where the placeholders still stand.
    Raises VaryError: also when a given that is drawn is not in the text at all.
    """
    givens: Mapping[str, str] = data["given"]
    texts = [*_texts(data)]
    for name, text in texts:
        _check_literals(source, number, name, text, {n: givens[n] for n in ranges.names})
    used = {m["name"].strip() for name, t in texts if name == "text" for m in _placeholders(t)}
    for given, how in question.vary:
        if given.value in ranges.drawn and given.value not in used:
            raise VaryError(
                f"the text does not say what {given} is, and it varies; write \\given{{{given}}} "
                "where its number belongs",
                how,
            )


def _placeholders(text: str) -> Iterator[re.Match[str]]:
    return (m for m in PLACEHOLDER.finditer(text) if m["command"] == "given")


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a varied question says to students: its texts, its marking, its words on near misses."""
    for table in (data, *data.get("part", [])):
        if isinstance(table.get("text"), str):
            yield "text", table["text"]
        rubric = table.get("rubric", [])
        for line in [rubric] if isinstance(rubric, str) else rubric:
            yield "rubric", line
        for miss in table.get("feedback", []):
            if "say" in miss:
                yield "say", miss["say"]


def _check_literals(
    source: Source, number: int, name: str, text: str, givens: Mapping[str, str]
) -> None:
    hidden = text
    for pattern in (PLACEHOLDER, SUBSCRIPT):
        hidden = pattern.sub(lambda m: " " * len(m[0]), hidden)
    for found in NUMBER.finditer(hidden):
        for given, value in givens.items():
            plain = "." not in found[0] and "." in value
            if Fraction(found[0]) == abs(Fraction(value)) and not plain:
                raise VaryError(
                    f"the text says {found[0]}, which is the given {given}, and that varies; write "
                    f"\\given{{{given}}}, or \\fixed{{{found[0]}}} for a number that stays",
                    _place(source, number, name, text, found.start()),
                )


def _place(source: Source, number: int, name: str, text: str, offset: int) -> Text:
    """Where a character of a text stands in the file."""
    start = text.rfind("\n", 0, offset) + 1
    line = text[start:].split("\n", 1)[0]
    at = source.locate(line, number, name)
    return Text(line, at.line, at.column + offset - start)


def check_formulas(question: Question, context: Context, ranges: Ranges) -> None:
    """See that models and near misses have the names of varied givens, and not their numbers.

    Raises VaryError.
    """
    values = {n.value: abs(Fraction(v.value)) for n, v in question.given if n.value in ranges.names}
    for part in question.parts:
        for formula in (part.model, *(miss.when for miss in part.feedback)):
            if formula is not None:
                _check_numbers(formula, term_of(formula, context), context, values)


def _check_numbers(
    formula: Text, term: Term, context: Context, values: Mapping[str, Fraction]
) -> None:
    names = reached(term, context)
    for one in subterms(term):
        value = rational(one)
        telling = value is not None and (value.denominator > 1 or abs(value) >= 10)
        for name, number in values.items() if telling else ():
            if value is not None and abs(value) == number and name not in names:
                raise VaryError(
                    f"the formula has the number {one} of {name}, and that varies; write {name}",
                    formula,
                )
