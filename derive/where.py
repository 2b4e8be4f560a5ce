"""Declarations on the command line: ``sigma > 0``, ``b in (0, 1)``, ``n: integer``, ``a + b = 1``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from derive.declaring import ClaimError, declare
from derive.terms import Context, TextError, rational, read_chain, read_claim
from derive.terms.context import Claim
from derive.terms.domains import is_matrix, read_domain
from derive.terms.reader import Chain
from derive.universal import assumed as assumed_claim
from numeric.domain import Domain

HEAD: Final = r"[^\W\d]\w*(?:\([\w\s,]*\)|\[[\w\s,]*\])?"
DECLARED: Final = re.compile(rf"\s*({HEAD}(?:\s*,\s*{HEAD})*)\s*(?::|\s)\s*([a-z].*)")
SHOWN: Final = 80
SPLIT: Final = re.compile(r",\s*(?![^(\[]*[)\]])")


def read_where(conditions: Sequence[str], claim: str) -> tuple[Context, Claim, list[str]]:
    """The context and claim of a command line, and the names taken as real for want of a word.

    Raises ClaimError, with the text that is at fault, when something cannot be read.
    """
    context = Context()
    rest = []
    for text in sorted(conditions, key=_declares_matrix):
        declared = _declaration(context, text)
        if declared is None:
            rest.append(text)
        else:
            context = declared
    context, rest = _ranges(context, rest)
    context, assumed = _with_reals(context, [*rest, claim])
    for number, text in enumerate(rest, 1):
        context = assumed_claim(context, f"where {number}", _read(text, context))
    return context, _read(claim, context), assumed


def _declares_matrix(text: str) -> bool:
    """Whether a text declares matrices, whose dimensions must be declared before."""
    match = DECLARED.fullmatch(text)
    return match is not None and is_matrix(match[2])


def _declaration(context: Context, text: str) -> Context | None:
    match = DECLARED.fullmatch(text)
    if match is None:
        return None
    try:
        if not is_matrix(match[2]):
            read_domain(match[2])
    except ValueError as error:
        raise ClaimError(f"--where {_quoted(text)}: {error}") from None
    for name in SPLIT.split(match[1]):
        context = declare(context, name, match[2])
    return context


def _ranges(context: Context, texts: list[str]) -> tuple[Context, list[str]]:
    """Declare the names whose range is stated, as in ``sigma > 0`` or ``0 < b < 1``."""
    ranges: dict[str, Domain] = {}
    rest = []
    for text in texts:
        found = _range(_chain(text))
        if found is None or found[0] in context:
            rest.append(text)
        else:
            ranges[found[0]] = _meet(ranges.get(found[0], Domain()), found[1], text)
    for name, domain in ranges.items():
        context = context.declare(name, domain)
    return context, rest


def _range(chain: Chain) -> tuple[str, Domain] | None:
    """The name and the range in a chain of one symbol and literal numbers."""
    names = [t.payload for t in chain.terms if t.head == "sym"]
    if len(names) != 1 or len(chain.terms) > 3 or not chain.relations:
        return None
    domain = Domain()
    for lhs, relation, rhs in chain.links():
        flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}.get(relation)
        low = rational(lhs)
        number, sign = (low, flipped) if low is not None else (rational(rhs), relation)
        if number is None or sign is None or sign not in ("<", "<=", ">", ">=", "!="):
            return None
        if sign == "!=" and number != 0:
            return None
        domain = _meet(domain, _half_line(sign, number), "")
    return names[0], domain


def _half_line(sign: str, number: Fraction) -> Domain:
    if sign == "!=":
        return Domain(nonzero=True)
    if sign.startswith(">"):
        return Domain(lower=number, lower_open=sign == ">")
    return Domain(upper=number, upper_open=sign == "<")


def _meet(a: Domain, b: Domain, text: str) -> Domain:
    """The members of both; at equal ends the open one counts."""
    low = max(
        (d for d in (a, b) if d.lower is not None), key=lambda d: (d.lower, d.lower_open), default=a
    )
    up = min(
        (d for d in (a, b) if d.upper is not None),
        key=lambda d: (d.upper, not d.upper_open),
        default=a,
    )
    try:
        return Domain(
            low.lower,
            up.upper,
            low.lower_open,
            up.upper_open,
            a.integer or b.integer,
            a.nonzero or b.nonzero,
        )
    except ValueError as error:
        raise ClaimError(f"--where {_quoted(text)}: {error}") from None


def _with_reals(context: Context, texts: list[str]) -> tuple[Context, list[str]]:
    """Declare as real what is used and not declared."""
    free = {n for text in texts for term in _chain(text).terms for n in term.free}
    assumed = sorted(n for n in free if n not in context)
    for name in assumed:
        context = context.declare(name)
    return replace(context), assumed


def _quoted(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")


def _chain(text: str) -> Chain:
    try:
        return read_chain(text)
    except TextError as error:
        raise ClaimError(f"{_quoted(text)}: column {error.column}: {error.message}") from None


def _read(text: str, context: Context) -> Claim:
    try:
        claim = read_claim(text, context)
        context.check_claim(claim)
        return claim
    except TextError as error:
        raise ClaimError(f"{_quoted(text)}: column {error.column}: {error.message}") from None
