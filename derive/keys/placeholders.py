r"""Numbers in a question's text that come from its givens: ``\given{x_0}`` prints what x_0 is.

``\fixed{2}`` prints 2: a number that stays when a given with the same number varies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from derive.keys.model import Feedback, Part, Premise, Question
from derive.keys.toml_values import Values

PLACEHOLDER: Final = re.compile(r"(?P<before>[_^]?)\\(?P<command>given|fixed)\{(?P<name>[^{}]*)\}")
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+)?")


class PlaceholderError(ValueError):
    """A placeholder that stands for nothing; ``written`` is how it stands in the text."""

    def __init__(self, message: str, written: str) -> None:
        super().__init__(message)
        self.written = written


def filled(text: str, givens: Mapping[str, str]) -> str:
    r"""The text with its placeholders replaced. Raises PlaceholderError.

    >>> filled(r"Let $x = \given{x}$ and $y = z^\given{x}$.", {"x": "-0.50"})
    'Let $x = -0.50$ and $y = z^{-0.50}$.'
    """

    def number(match: re.Match[str]) -> str:
        name, written = match["name"].strip(), match[0].lstrip("_^")
        if match["command"] == "given" and name not in givens:
            known = ", ".join(givens) or "none"
            raise PlaceholderError(f"{written}: {name!r} is not among the givens: {known}", written)
        value = givens[name].strip() if match["command"] == "given" else name
        if not NUMBER.fullmatch(value):
            raise PlaceholderError(f"{written}: {value[:60]!r} is not a number", written)
        inside = f"{{{value}}}" if match["before"] and len(value) > 1 else value
        return match["before"] + inside

    return PLACEHOLDER.sub(number, text)


def with_numbers(values: Values, question: Question) -> Question:
    """The question with its givens' numbers in all that it says in words. Raises Bad."""
    givens = {name.value: value.value for name, value in question.given}

    def said(text: str) -> str:
        if "\\given{" not in text and "\\fixed{" not in text:
            return text
        try:
            return filled(text, givens)
        except PlaceholderError as error:
            raise values._bad(str(error), error.written) from None

    def near(miss: Feedback) -> Feedback:
        return replace(miss, say=said(miss.say))

    def part(one: Part) -> Part:
        return replace(one, text=said(one.text), feedback=tuple(map(near, one.feedback)))

    def premise(one: Premise) -> Premise:
        return replace(one, say=said(one.say))

    return replace(
        question,
        text=said(question.text),
        note=said(question.note),
        parts=tuple(map(part, question.parts)),
        premises=tuple(map(premise, question.premises)),
        audits=tuple(map(premise, question.audits)),
        rubric=tuple(map(said, question.rubric)),
        feedback=tuple(map(near, question.feedback)),
    )
