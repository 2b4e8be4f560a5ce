"""Why a line holds or does not, in the words that stand at the right margin."""

from __future__ import annotations

import re
from typing import Final

from derive.keys.results import Check
from derive.sheets.escaping import breakable
from derive.sheets.formulas import chain_math, math, reading
from derive.sheets.wording import STATUSES, rule_words
from derive.terms import Context, Term, read_chain
from derive.terms.latex import name_latex
from derive.terms.shapes import is_matrix

MINUS: Final = re.compile(r"(?<![\w)\]-])-(?=\d)")
VALUE: Final = re.compile(r"\b([^\W\d]\w*) = (-?\d+(?:[./]\d+)?)(?![\w*/.]\d|[*/(\w])")
"""A name with its value, as in a witness."""


def prose(text: str) -> str:
    r"""A message as LaTeX: ``name = number`` as mathematics, long words with places to break.

    >>> print(prose("at sigma = -1/2: left 1"))
    at $\sigma = -1/2$: left 1
    """
    out, at = [], 0
    for match in VALUE.finditer(text):
        out += [_words(text[at : match.start()]), f"${math(name_latex(match[1]))} = {match[2]}$"]
        at = match.end()
    return "".join([*out, _words(text[at:])])


def _words(text: str) -> str:
    return breakable(MINUS.sub("\u2212", text))


def marked(check: Check, text: str) -> str:
    """A reason with the mark of its check at the right end."""
    return rf"{text}\Mark{{{STATUSES[check.status].mark}}}"


def link_reason(check: Check | None, rhs: Term, context: Context | None, by: str = "") -> str:
    """The reason of one link of a displayed line; ``by`` is what the author gives as the reason."""
    if check is None:
        return prose(by) if by else ""
    found = _found(check, rhs, context, by)
    return marked(check, f"{prose(by)}: {found}" if by and found else found or prose(by))


def _found(check: Check, rhs: Term, context: Context | None, by: str) -> str:
    match check.status:
        case "proved" if by:
            return prose(rule_words(check.rules, by))
        case "proved":
            rules = rule_words(check.rules)
            return "exact" if rules in ("", "algebra") else f"exact ({prose(rules)})"
        case "enclosed":
            matrix = context is not None and is_matrix(context, rhs)
            return prose(check.reason if matrix else f"rounds to {rhs}")
        case "rounded":
            return "by rounding of displayed decimals"
        case _:
            return other(check, context)


def fact_reason(check: Check, context: Context | None) -> str:
    """How a claim came out: a premise, an audit, an option or an answer."""
    if check.status == "proved":
        said = check.reason.removesuffix(": ")
        return marked(
            check, prose("; ".join(filter(None, (said, rule_words(check.rules) or "proved"))))
        )
    if check.held:
        return marked(check, prose(check.reason) or STATUSES[check.status].word)
    return marked(check, other(check, context))


def other(check: Check, context: Context | None) -> str:
    """What stands in the way of a check that does not hold."""
    word = STATUSES[check.status].word
    if check.status == "conditional":
        return conditions(check.reason, context)
    found = f"{word}: {prose(cut(check.reason))}" if check.reason else word
    return f"{found}; the slip: {prose(cut(check.slip.words))}" if check.slip else found


def cut(text: str, length: int = 160) -> str:
    """A message that fits a margin: the start of a long one."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " \u2026"


def conditions(reason: str, context: Context | None) -> str:
    """``holds if a, b`` with the conditions as mathematics, where they can be read."""
    before, found, listed = reason.partition("holds if ")
    chains = [reading(read_chain, part, context) for part in _parts(listed)]
    if not found or any(chain is None or not chain.relations for chain in chains):
        return prose(reason)
    shown = ", ".join(f"${chain_math(chain)}$" for chain in chains if chain is not None)
    return f"{prose(before)} holds if {shown}".strip()


def _parts(text: str) -> list[str]:
    """Text cut at the commas outside brackets."""
    out, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            out.append("")
        else:
            out[-1] += character
    return out
