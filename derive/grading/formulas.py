"""Answers where the model is a formula: proved equal is right, refuted is wrong, else a person looks."""

from __future__ import annotations

from typing import Final

from derive.decision import decide
from derive.diagnosis import diagnose
from derive.grading.model import Marking, review, right, wrong
from derive.grading.near import NEEDED
from derive.grading.reading import Reading, undone
from derive.grading.target import Prepared
from derive.grading.values import near_miss
from derive.keys.contexts import claim_of
from derive.keys.model import Text
from derive.keys.stated import is_about_answer
from derive.terms import Context, Term
from derive.terms.context import Claim
from derive.verdict import Conditional, Proved, Refuted, Witness

SLIP_SECONDS: Final = 0.5


def mark_formula(reading: Reading, ready: Prepared) -> Marking:
    """The marking of an answer to a question whose model is a formula."""
    term, model = reading.term, ready.model
    if ready.part.claims and ready.part.model is None:
        return _by_claims(term, ready)
    if model is None:
        return review("the key has no checked answer to compare with")
    left = undone(term, ready.printed)
    if left:
        return review(f"{left} is left to be worked out")
    claim = Claim(model, "=", term)
    verdict = decide(claim, ready.context)
    if isinstance(verdict, Proved):
        same = any(term == printed for printed in ready.printed)
        return right("as in the key" if same else "another form of the answer, proved equal")
    if isinstance(verdict, Conditional):
        missing = ", ".join(map(str, verdict.conditions))
        return review(f"equal to the answer only if {missing}")
    if not isinstance(verdict, Refuted):
        return review("neither proved equal to the answer nor refuted")
    for entry, miss in ready.feedback:
        if isinstance(decide(Claim(miss, "=", term), ready.context), Proved):
            return near_miss(entry.say, entry.marks)
    words = "" if verdict.witness.undefined else slip_words(claim, ready.context)
    return wrong(words or _differs(verdict.witness))


def _differs(witness: Witness) -> str:
    """Where a refuted answer differs, with both values."""
    if witness.undefined:
        return str(witness)
    at = ", ".join(f"{name} = {value}" for name, value in witness.values)
    where = f"at {at} " if at else ""
    return f"{where}the answer comes to {witness.rhs}, the right one to {witness.lhs}"


def slip_words(claim: Claim, context: Context) -> str:
    """The slip on the right of a refuted claim, in words; empty when none is found."""
    slip = diagnose(claim, context, seconds=SLIP_SECONDS)
    if slip is None:
        return ""
    return slip.words if slip.side == "right" else turned(slip.words)


def turned(words: str) -> str:
    """A slip of the one side told as one of the other.

    >>> turned("a square: s where s**2 is needed"), turned("an extra term: x")
    ('a square: s**2 where s is needed', 'a dropped term: x')
    """
    match = NEEDED.fullmatch(words)
    if match is not None:
        what, old, new, where = match.groups()
        return f"{what}: {new} where {old} is needed{where}"
    for one, other in (("an extra ", "a dropped "), ("a dropped ", "an extra ")):
        if words.startswith(one):
            return other + words.removeprefix(one)
    return f"the right answer with {words}"


def _by_claims(term: Term, ready: Prepared) -> Marking:
    """An answer that is judged by the claims in which it stands as ``{answer}``."""
    about = [text for text in ready.part.claims if is_about_answer(text)]
    if not about:
        return review("no claim of the key says anything of the answer")
    for text in about:
        filled = Text(text.value.replace("{answer}", f"({term})"), text.line, text.column)
        verdict = decide(claim_of(filled, ready.context), ready.context)
        if isinstance(verdict, Refuted):
            if ready.value is not None and not term.free:
                return review(
                    f"{text.value} does not hold exactly for it; it may be a rounded number"
                )
            return wrong(f"{text.value} does not hold for it")
        if not isinstance(verdict, Proved):
            return review(f"whether {text.value} holds for it is not decided")
    return right("it has every property asked for")
