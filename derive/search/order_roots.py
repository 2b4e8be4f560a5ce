"""Inequalities with roots: what stands under them, and the sign of what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.kernel import rules
from derive.kernel.normal import literal_exponent
from derive.kernel.theorem import KernelError, Theorem
from derive.search.order_cases import MAX_SPLITS, core_claim, split_on
from derive.search.order_core import Core
from derive.search.order_space import ZERO
from derive.terms.context import Claim
from derive.terms.term import Term, rational, subterms, sym

MAX_SYMBOLS: Final = 2


def by_positive_bases(core: Core) -> Theorem | None:
    """Show that what stands under the roots is positive; bounds then see the roots."""
    lemmas = []
    for base in dict.fromkeys(_bases(core.term)):
        if not core.tower.sign(base):
            lemma = core.positive(base, strict=True)
            if lemma is None:
                return None
            lemmas.append(lemma)
    if not lemmas:
        return None
    try:
        known = rules.bound(core.context, core_claim(core), [lemma.claim for lemma in lemmas])
    except KernelError:
        return None
    for lemma in lemmas:
        if lemma.claim in known.conditions:
            known = rules.discharge(known, lemma)
    return known


def _bases(term: Term) -> Iterator[Term]:
    """The bases of the roots in a term."""
    for part in subterms(term):
        if part.head == "pow" and literal_exponent(part) is None and rational(part.args[1]):
            yield part.args[0]


def by_signs_beside_roots(core: Core) -> Theorem | None:
    """Split on the sign of a symbol that stands beside a root, as x does in ``sqrt(x**2 + 1) + x``."""
    splits = sum(name.startswith("case ") for name, _ in core.context.hypotheses)
    if splits >= MAX_SPLITS or not any(True for _ in _bases(core.term)):
        return None
    symbols = [sym(name) for name in sorted(core.term.free) if name in core.context]
    for symbol in symbols[:MAX_SYMBOLS]:
        if core.samples.signs(symbol) == (True, True):
            low, high = Claim(symbol, "<", ZERO), Claim(ZERO, "<=", symbol)
            theorem = split_on(core, low, high)
            if theorem is not None:
                return theorem
    return None
