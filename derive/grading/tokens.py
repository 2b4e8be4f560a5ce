"""Pieces of an answer as students write it: tokens, and the sides of a displayed line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from derive.grading.model import Unreadable
from derive.terms import Context

MAX_LENGTH: Final = 4_000

TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<command>\\(?:[A-Za-z]+|.))"
    r"|(?P<name>[^\W\d_]+\d*(?:_[^\W_]+)*)|(?P<sign>\*\*|<=|>=|!=|~=|\|\||.))",
    re.DOTALL,
)

RELATIONS: Final = {
    "=": "=", "≈": "≈", "~=": "≈", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=",
    "\\approx": "≈", "\\simeq": "≈", "\\cong": "≈", "\\doteq": "≈", "\\le": "<=", "\\leq": "<=",
    "\\ge": ">=", "\\geq": ">=", "\\lt": "<", "\\gt": ">", "\\equiv": "=", "\\Rightarrow": "=",
    "\\implies": "=", "\\to": "=", "\\neq": "!=", "\\ne": "!=",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer; ``start`` and ``end`` are its place in the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of a text. Raises Unreadable when there are too many characters."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"a formula of {len(text)} characters; at most {MAX_LENGTH} are read")
    out = []
    for match in TOKEN.finditer(text.rstrip()):
        kind = match.lastgroup or "sign"
        out.append(Token(kind, match[kind], match.start(kind), match.end(kind)))
    return out


def split_relations(text: str) -> tuple[list[str], list[str]]:
    """The pieces of a displayed line and the relations between them, those in brackets aside.

    >>> split_relations("z = 2.5 - 3.338 \\\\approx -0.838")
    (['z', '2.5 - 3.338', '-0.838'], ['=', '≈'])
    """
    depth, start, pieces, relations = 0, 0, [], []
    for token in tokens(text):
        if token.text in ("(", "[", "{"):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth -= 1
        elif depth <= 0 and token.text in RELATIONS:
            pieces.append(text[start : token.start].strip())
            relations.append(RELATIONS[token.text])
            start = token.end
    pieces.append(text[start:].strip())
    return pieces, relations


class Names:
    """Which names an answer may use: those of a context that ``allowed`` lets through.

    ``numbers`` says that an answer is a number, so that an e in it is the constant.
    """

    def __init__(
        self,
        context: Context,
        allowed: Callable[[str], bool] = lambda name: True,
        numbers: bool = False,
    ) -> None:
        self.context = context
        self.allowed = allowed
        self.numbers = numbers

    def kind(self, name: str) -> str:
        """``scalar``, ``function``, ``family``, … or an empty text for an unknown name."""
        if name in self.context and self.allowed(name):
            return self.context[name].kind
        return ""

    def is_doubtful(self, letter: str) -> bool:
        """Whether a letter may be short for a name that begins with it."""
        return not self.numbers and any(
            d.name.startswith(letter) and self.allowed(d.name) for d in self.context
        )

    def first(self, candidates: list[str]) -> str:
        """The first candidate that is known; empty when none is."""
        return next((name for name in candidates if self.kind(name)), "")
