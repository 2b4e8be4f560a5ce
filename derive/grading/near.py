"""What went wrong with a number: the slip in the formula that gives just this value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from typing import Final

from derive.diagnosis.slips import SLIPS
from derive.grading.numbers import Decimal
from derive.keys.rounding import NoValue, Value
from derive.refute.elaborate import elaborate
from derive.terms import Context, Term, rational, substitute
from derive.terms.lower import LoweringError
from derive.terms.term import TermError

KINDS: Final = (
    "sign", "log variance", "factor", "variance", "square", "root", "log base", "inverted", "exchanged",
    "complement", "degrees", "function", "extra", "constant",
)  # fmt: skip
"""The kinds of slips that are tried on numbers, the likeliest first."""

MOST: Final = 400
LARGEST: Final = 250
NEEDED: Final = re.compile(r"(.*): (.*) where (.*) is needed((?:, throughout)?)", re.DOTALL)
DIGITS: Final = 3
"""With fewer significant digits, too many slips explain an answer."""

Numbers = dict[str, float]
FLOATS: Final[dict[str, Callable[[float], float]]] = {
    "exp": math.exp, "log": math.log, "log2": math.log2, "log10": math.log10, "sqrt": math.sqrt,
    "abs": abs, "sin": math.sin, "cos": math.cos, "tan": math.tan, "tanh": math.tanh, "sg": float,
}  # fmt: skip


class NearMisses:
    """The values that a formula takes when one slip is made in it."""

    def __init__(self, model: Term, context: Context) -> None:
        self.context = context
        self.found: list[tuple[float, Term, str]] | None = None
        self.model = _written_out(model, context)

    def of(self, answer: Decimal, value: Value) -> str:
        """The slip that leads to this answer, in words; empty when none is found."""
        if answer.digits < DIGITS:
            return ""
        if value.place(-answer.value, answer.half) == "inside":
            return "it has the wrong sign"
        for shift in (Fraction(10), Fraction(100), Fraction(1, 10), Fraction(1, 100)):
            if value.place(answer.value * shift, answer.half * shift) == "inside":
                return "the decimal point is in the wrong place"
        rough = float(answer.value)
        slack = float(answer.half) * 1.001 + 1e-9 * abs(rough)
        for guess, term, words in self._all():
            if abs(guess - rough) <= slack and self._confirmed(term, answer):
                return words
        return ""

    def _confirmed(self, term: Term, answer: Decimal) -> bool:
        try:
            return Value(term, self.context).place(answer.value, answer.half) == "inside"
        except NoValue:
            return False

    def _all(self) -> list[tuple[float, Term, str]]:
        if self.found is None:
            self.found = []
            if self.model.size <= LARGEST:
                self._collect(self.found)
        return self.found

    def _collect(self, out: list[tuple[float, Term, str]]) -> None:
        kinds = {kind.name: kind.edits for kind in reversed(SLIPS)}
        numbers = _numbers(self.context)
        for name in KINDS:
            edits = kinds[name](self.model, self.model, self.context)
            for edit in islice(edits, min(MOST // 4, MOST - len(out))):
                guess = _float(edit.term, self.context, numbers)
                if guess is not None:
                    out.append((guess, edit.term, _said(edit.words)))


def _said(words: str) -> str:
    match = NEEDED.fullmatch(words)
    if match is None:
        return f"it is what comes out with {words}"
    what, right, used, where = match.groups()
    return f"it is what comes out with {used} in place of {right}{where} ({what})"


def _written_out(term: Term, context: Context) -> Term:
    """The model with its definitions written out, the givens aside; densities too when it can be."""
    for _ in range(20):
        bodies: dict[str, Term] = {}
        for name in sorted(term.free):
            definition = context.definition(name)
            if (
                definition is not None
                and not definition.parameters
                and rational(definition.body) is None
            ):
                bodies[name] = definition.body
        if not bodies:
            break
        term = substitute(term, bodies)
    return term


def _numbers(context: Context) -> Numbers:
    out: Numbers = {}
    for definition in context.definitions:
        value = rational(definition.body) if not definition.parameters else None
        if value is not None:
            out[definition.name] = float(value)
    return out


def _float(term: Term, context: Context, numbers: Numbers) -> float | None:
    """A first guess at a value, to be confirmed by an enclosure; None when there is none."""
    try:
        value = _eval(term, numbers)
    except (ValueError, OverflowError, ZeroDivisionError, KeyError):
        return _enclosed(term, context)
    return value if math.isfinite(value) else None


def _enclosed(term: Term, context: Context) -> float | None:
    if not any(t in ("dens", "call") for t in (term.head, *(a.head for a in term.args))):
        return None
    try:
        plain = elaborate([term], context).terms[0]
        return _eval(plain, _numbers(context))
    except (ValueError, OverflowError, ZeroDivisionError, KeyError, LoweringError, TermError):
        return None


def _eval(term: Term, numbers: Numbers) -> float:
    head, args = term.head, term.args
    if head == "num":
        return float(term.payload[0])
    if head == "sym":
        return numbers[term.payload]
    if head == "call" and term.payload == "pi":
        return math.pi
    if head == "dens" and term.payload == "Normal":
        x, m, v = (_eval(a, numbers) for a in args)
        return math.exp(-((x - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
    values = [_eval(a, numbers) for a in args]
    if head == "add":
        return math.fsum(values)
    if head == "mul":
        return math.prod(values)
    if head == "neg":
        return -values[0]
    if head == "div":
        return values[0] / values[1]
    if head == "pow":
        return math.pow(values[0], values[1])
    if head == "call":
        return FLOATS[term.payload](values[0])
    raise KeyError(head)
