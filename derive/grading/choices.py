"""Multiple choice: which options an answer names, and whether they are the right ones."""

from __future__ import annotations

import re
from typing import Final

from derive.grading.cleaning import cleaned, plain
from derive.grading.model import Marking, Unreadable, review, right, wrong
from derive.grading.target import Checked
from derive.grading.values import near_miss
from derive.keys.choices import chosen_label
from derive.keys.model import Option, Question

NOISE: Final = re.compile(
    r"\b(?:(?:the|option|options|choice|answer|nr|number|letter)\b\.?|no(?:\.|(?=\s*\d)))\s*",
    re.IGNORECASE,
)
LABEL: Final = r"[(\[{]?\s*([A-Za-z]|\d{1,2})\s*(?:[)\]}.:]+|(?=$|[\s,;/&+]))"
LIST: Final = re.compile(
    rf"\s*{LABEL}(?:\s*(?:,|;|/|&|\+|\band\b|\bor\b|\bund\b|\boder\b)?\s*{LABEL})*\s*"
)
FIRST: Final = re.compile(rf"\s*{LABEL}[\s:.\-–—,=]*(.*)", re.DOTALL)
DOUBTFUL: Final = re.compile(
    r"\b(?:not?|nor|or|oder|nicht|kein\w*|nein|maybe|either|both|except|neither|all|none|never|cannot"
    r"|\w+n['’]t|(?:is|are|do|does|was|ca)nt|wrong|false|falsch|untrue|incorrect\w*|unlikely|impossible|out)\b",
    re.IGNORECASE,
)
NONE: Final = re.compile(r"\b(?:not|never|none|neither|nicht)\b", re.IGNORECASE)
WRAPPED: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf|boxed)\{([^{}]*)\}")
MOST: Final = 500


def mark_choice(text: str, question: Question, checked: Checked) -> Marking:
    """The marking of an answer to a multiple-choice question. Raises Unreadable."""
    labels = chosen(text, question)
    holding = [name.strip() for name in checked.right.split(",") if name.strip()]
    printed = chosen_label(question)
    if checked.verdict not in ("correct", "wrong") or not holding:
        return review(f"which option is right was not decided ({checked.verdict})")
    unknown = [label for label in labels if not any(o.label == label for o in question.options)]
    if unknown:
        return wrong(f"there is no option {unknown[0]}")
    if checked.verdict == "wrong":
        if len(holding) > 1:
            return review(f"options {', '.join(holding)} hold, and the key has one")
        if printed in labels:
            return review(f"the key prints {printed}; what was checked is {', '.join(holding)}")
    if len(labels) > 1 and question.exactly_one:
        return wrong(f"several options are given: {', '.join(labels)}")
    if all(label in holding for label in labels):
        return right("the right option" if labels[0] in text else f"taken as option {labels[0]}")
    bad = next(label for label in labels if label not in holding)
    for entry in question.feedback:
        if entry.when.value.strip("() ").casefold() == bad.casefold():
            return near_miss(entry.say, entry.marks)
    return wrong(f"option {bad} is not the right one")


def chosen(text: str, question: Question) -> list[str]:
    """The labels of the options that an answer names, in order. Raises Unreadable.

    A label that no option has is returned as it stands.
    """
    bare = WRAPPED.sub(r"\1", text)
    line = NOISE.sub("", cleaned(bare)).strip() or plain(bare).strip()
    if len(line) > MOST:
        raise Unreadable(f"an answer of {len(line)} characters where an option is asked for")
    by_words = _by_words(line, question)
    if len(by_words) == 1 and not re.fullmatch(LABEL, line):
        return by_words
    match = LIST.fullmatch(line)
    if match is not None:
        found = [
            a
            for a in re.findall(r"[A-Za-z]+|\d+", line)
            if a.casefold() not in ("and", "or", "und", "oder")
        ]
        labels = [_label(name, question) for name in found]
        if by_words and by_words != labels[:1]:
            raise Unreadable(f"{line!r} is an option's label, and another option's text")
        return list(dict.fromkeys(labels))
    first = FIRST.fullmatch(line)
    if first is None:
        raise Unreadable("it names no option")
    return [_with_words(_label(first[1], question), first[2], question)]


def _label(name: str, question: Question) -> str:
    """The label that is meant: by itself, by its place, or by a letter where options have numbers."""
    for option in question.options:
        if option.label.casefold() == name.casefold():
            return option.label
    place = int(name) - 1 if name.isdecimal() else ord(name.casefold()) - ord("a")
    numbered = question.options[place : place + 1] if place >= 0 else ()
    return numbered[0].label if numbered else name


def _with_words(label: str, words: str, question: Question) -> str:
    """The label, once the words after it agree with it or at least with no other option."""
    said = _folded(words)
    own = next((o for o in question.options if o.label == label), None)
    if own is None or not said:
        return label
    if DOUBTFUL.search(words) and said not in _folded(_text(own)):
        raise Unreadable("the words beside the option's letter may say something else")
    if said in _folded(_text(own)):
        return label
    others = [o.label for o in question.options if o is not own and said in _folded(_text(o))]
    if others:
        raise Unreadable(f"the letter says {label}, the words say {' or '.join(others)}")
    other = rf"(?:^|[\s,;/&+(>→])[(]?[{_letters(question, own)}](?:[).]|\s*$)"
    if len(said) > 1 and re.search(other, words):
        raise Unreadable("two letters stand in the answer")
    return label


def _letters(question: Question, own: Option) -> str:
    letters = "".join(
        re.escape(o.label) for o in question.options if o is not own and len(o.label) == 1
    )
    return letters + letters.swapcase() or "\0"


def _by_words(line: str, question: Question) -> list[str]:
    """The option whose text the answer is; empty when none is."""
    said = _folded(line)
    if not said or NONE.search(line):
        return []
    same = [o.label for o in question.options if _folded(_text(o)) == said]
    if same or len(said) < 5:
        return same
    inside = [o.label for o in question.options if said in _folded(_text(o))]
    return inside if len(inside) == 1 else []


def _text(option: Option) -> str:
    return option.text or option.latex


def _folded(text: str) -> str:
    """Text as it is compared: letters, digits and signs alone, in small letters."""
    bare = re.sub(r"\\(?:left|right|[,;:! ])|[{}$]|\\", "", text.casefold())
    return "".join(bare.split()).strip(".,;:()")
