"""An answer to terms: the last side of a displayed line, and what stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from derive.grading.cleaning import cleaned
from derive.grading.model import Unreadable
from derive.grading.notation import to_infix
from derive.grading.numbers import NUMBER, SIZE, tidied
from derive.grading.tokens import Names, split_relations
from derive.terms import Context, ContextError, Term, TermError, TextError, read, subterms

SEVERAL: Final = re.compile(
    r"\b(?:or|oder|either|bzw)\b|±|\+/?-|\\pm(?![A-Za-z])|\bto\b", re.IGNORECASE
)
BESIDE: Final = re.compile(rf"{NUMBER}\s*(?:[(\[].*[)\]]|\\[dt]?frac(?![A-Za-z]).*)", re.DOTALL)
"""A number with no sign before a bracket, which may be a note, or before a fraction, as in 2 1/2."""

DOTS: Final = re.compile(r"\d\s*(?:\.{2,}|…|⋯|\\[cl]?dots(?![A-Za-z]))")
"""Digits that go on, and do not say how."""

BETWEEN: Final = re.compile(r"(?<=\d)\s*[xX]\s*(?=\d)")
FIRST_POWER: Final = re.compile(r"(?<!10)(?:\^|\*\*)\s*-?\s*1\s*/")
UNDONE: Final = frozenset({"diff", "int", "sum", "prod", "mean", "over", "dens", "dist"})
LAWS: Final = frozenset({"KL", "JSD", "H", "CE"})
OF_MATRICES: Final = {
    "det": "a determinant", "inv": "an inverse", "trace": "a trace", "trace_root": "a root",
    "transpose": "a transpose",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer as a term, the sides before it that could be read, and the relation before it.

    ``size`` marks a product such as 8 x 8, which may be meant as a size, and ``beside`` one without a
    sign, such as 0.5 (1/2), in which the bracket may be a note.
    """

    term: Term
    earlier: tuple[Term, ...] = ()
    relation: str = ""
    size: bool = False
    beside: bool = False


class Reader:
    """Reads the answers to one question in its context."""

    def __init__(
        self,
        context: Context,
        allowed: frozenset[str],
        words: frozenset[str] = frozenset(),
        *,
        numbers: bool = False,
    ) -> None:
        self.context = context
        self.allowed = allowed
        self.words = words
        self.names = Names(context, allowed.__contains__, numbers)

    def answer(self, text: str) -> Reading:
        """The reading of an answer. Raises Unreadable."""
        lines = whole_lines(text)
        if DOTS.search(lines[-1]):
            raise Unreadable("dots stand for digits; write a fraction, or a rounded number")
        line = cleaned(lines[-1])
        if SEVERAL.search(line):
            raise Unreadable("several answers, or a range, where one is asked for")
        pieces, relations = split_relations(line)
        other = next((r for r in relations if r not in ("=", "≈")), "")
        if other:
            raise Unreadable(f"an answer with {other!r} where a value is asked for")
        term = self.term(pieces[-1])
        before = [cleaned(one) for one in lines[:-1]]
        bare = [one for one in before if not split_relations(one)[1]]
        earlier = [t for p in (*bare, *pieces[:-1]) if (t := self._maybe(p)) is not None]
        size, beside = (p.fullmatch(pieces[-1]) is not None for p in (SIZE, BESIDE))
        return Reading(term, tuple(earlier), relations[-1] if relations else "", size, beside)

    def term(self, text: str) -> Term:
        """One side as a term. Raises Unreadable."""
        text = tidied(text, self.words)
        if not text:
            raise Unreadable("nothing stands after the last relation")
        if FIRST_POWER.search(text):
            raise Unreadable("a power of 1 before a division; write brackets around the exponent")
        try:
            return self._typed(text)
        except (TextError, TermError, ContextError):
            infix = to_infix(BETWEEN.sub(" x ", text), self.names)
        try:
            return self._typed(infix)
        except (TextError, TermError, ContextError) as error:
            message = error.message if isinstance(error, TextError) else str(error)
            raise Unreadable(message) from None

    def _typed(self, text: str) -> Term:
        """Text in the notation of keys."""
        if "\\" in text:
            raise TextError("LaTeX")
        term = read(text, self.context)
        self.context.check(term)
        unknown = sorted(term.free - self.allowed)
        if unknown:
            raise Unreadable(f"the name {unknown[0]!r} is not one of the question's")
        return term

    def _maybe(self, text: str) -> Term | None:
        try:
            return self.term(text)
        except Unreadable:
            return None


def whole_lines(text: str) -> list[str]:
    """The lines with something on them; those that begin with a relation belong to the one before."""
    lines = [line.strip() for line in re.split(r"\r?\n|\\\\(?![A-Za-z])", text) if line.strip()]
    out: list[str] = []
    for line in lines:
        if out and re.match(r"&?\s*(=|≈|\\approx)", line):
            out[-1] += f" {line}"
        else:
            out.append(line)
    return [line.replace("&", " ") for line in out] or [""]


def undone(term: Term, printed: list[Term]) -> str:
    """What an answer leaves to be worked out that the printed answers do not; empty when nothing."""
    have = {_kind(part) for answer in printed for part in subterms(answer)}
    left = {_kind(part) for part in subterms(term)} - have - {""}
    return min(left) if left else ""


def _kind(term: Term) -> str:
    if term.head in UNDONE:
        return {"diff": "a derivative", "int": "an integral", "dens": "a density"}.get(
            term.head, f"a {term.head}"
        )
    if term.head == "call" and term.payload in LAWS:
        return f"a divergence {term.payload}"
    if term.head == "matmul" and not term.free:
        return "a product of matrices"
    if term.head == "call" and not term.free:
        return OF_MATRICES.get(term.payload, "")
    return ""
