"""Claims as a key states them: a formula, perhaps with words, or a theorem of the library."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from derive.derivation import Derivation
from derive.derivation.proving import Report
from derive.derivation.shown import claim_text, unicode_printer
from derive.keys.contexts import QuestionError, claim_of
from derive.keys.instances import looked_at
from derive.keys.links import check_claim, rules_of
from derive.keys.model import Stated, Text
from derive.keys.results import Check
from derive.library import LibraryError, families, theorem
from derive.terms import Context, call, subterms, sym
from derive.terms.context import Claim
from derive.verdict import Proved

MAX_SHOWN: Final = 700
"""Characters of a theorem's statement that a report shows; its hypotheses are never cut off."""


def check_stated(
    where: str, text: Text, context: Context, shown: str = "", filled: Text | None = None
) -> Check:
    """Decide a claim of a key, or prove the theorem that it cites.

    ``filled`` is the formula to read, if not the text itself, and ``shown`` what the report prints
    for it. Raises QuestionError.
    """
    if isinstance(text, Stated) and text.theorem:
        return check_theorem(where, text)
    claim = claim_of(filled or text, context)
    check = looked_at(check_claim(where, shown or str(text), claim, context), claim, context)
    said = text.say if isinstance(text, Stated) else ""
    return replace(check, reason=": ".join(p for p in (said, check.reason) if p))


def is_about_answer(text: Text) -> bool:
    """Whether a claim speaks of the printed answer, as ``{answer}``."""
    return "{answer}" in text.value and not (isinstance(text, Stated) and text.theorem)


def check_theorem(where: str, cited: Stated) -> Check:
    """Prove a theorem of the library again. Raises QuestionError when there is none of that name."""
    try:
        derivation, report = _proved(cited.value, cited.chain)
    except LibraryError as error:
        message = _near(cited.value, str(error)) if "." in cited.value else str(error)
        raise QuestionError(message, cited.line, cited.column) from None
    except ValueError as error:
        raise QuestionError(str(error), cited.line, cited.column) from None
    text = f"theorem {cited.value}: {statement_of(derivation, cited.chain)}"
    words = ": ".join(part for part in (cited.say, derivation.title) if part)
    if not report.proved:
        fault = next(iter(report.faults()), "it is not proved")
        return Check(where, text, "undecided", f"{words}: {fault}")
    verdicts = [link.verdict for link in report.links]
    rules = [rule for v in verdicts if isinstance(v, Proved) for rule in rules_of(v)]
    return Check(where, text, "proved", words, tuple(dict.fromkeys(rules)))


@lru_cache(maxsize=64)
def _proved(name: str, chain: str) -> tuple[Derivation, Report]:
    """A theorem, as far as a chain of it when one is named, and how proving it came out.

    The wrong variants are left aside. Raises LibraryError and DerivationError.
    """
    derivation = theorem(name).derivation()
    derivation.wrongs.clear()
    if chain:
        labels = [c.label for c in derivation.chains]
        if chain not in labels:
            near = get_close_matches(chain, labels, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(labels)}"
            raise LibraryError(f"the theorem {name} has no chain {chain!r}; {hint}")
        del derivation.chains[labels.index(chain) + 1 :]
    return derivation, derivation.check()


def _near(name: str, message: str) -> str:
    """The message about a missing theorem or chain, with the nearest name of all theorems."""
    names = [entry.name for family in families() for entry in family]
    near = get_close_matches(name, set(names) - {name}, 1) if name not in names else []
    return f"there is no theorem {name}; did you mean {near[0]}?" if near else message


def statement_of(derivation: Derivation, chain: str) -> str:
    """What a theorem states, cut off where it is very long, and all hypotheses that speak of it."""
    printer = unicode_printer(derivation.model)
    stated = [c.statement for c in derivation.chains if c.links and chain in ("", c.label)]
    given = _hypotheses(derivation.context, stated)
    under = f"; given {', '.join(claim_text(claim, printer) for claim in given)}" if given else ""
    room = max(MAX_SHOWN - len(under), MAX_SHOWN // 2)
    out = _cut("; ".join(claim_text(claim, printer) for claim in stated), room) + under
    where = _definitions(derivation, [*stated, *given])
    return _cut(out + f"; where {', '.join(where)}" if where else out, max(MAX_SHOWN, len(out) + 1))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _definitions(derivation: Derivation, claims: list[Claim]) -> list[str]:
    """The definitions that the claims use, each in one line."""
    names = set[str]().union(*(_names(derivation.context, claim) for claim in claims))
    names -= {name for name, _ in derivation.model.forms}
    printer, out = unicode_printer(derivation.model), []
    for definition in derivation.context.definitions:
        if definition.name in names:
            points = map(sym, definition.parameters)
            head = call(definition.name, *points) if definition.parameters else sym(definition.name)
            out.append(f"{printer(head)} = {printer(definition.body)}")
    return out


def _hypotheses(context: Context, claims: list[Claim]) -> list[Claim]:
    """The hypotheses that share a name with the claims, or with another one that does."""
    names = set[str]().union(*(_names(context, claim) for claim in claims))
    left = [claim for _, claim in context.hypotheses]
    found: list[Claim] = []
    while near := [claim for claim in left if _names(context, claim) & names]:
        found += near
        names = names.union(*(_names(context, claim) for claim in near))
        left = [claim for claim in left if claim not in near]
    return [claim for _, claim in context.hypotheses if claim in found]


def _names(context: Context, claim: Claim) -> set[str]:
    applied = {
        part.payload
        for side in (claim.lhs, claim.rhs)
        for part in subterms(side)
        if part.head in ("call", "index") and part.payload in context
    }
    found = {*claim.free, *applied}
    return found.union(*(_depends(context, name) for name in found))


def _depends(context: Context, name: str) -> set[str]:
    definition = context.definition(name)
    if definition is None:
        return set()
    return _names(context, Claim(definition.body, "=", definition.body)) - {*definition.parameters}
