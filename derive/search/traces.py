"""The step of the tower for traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.kernel import rules, unfolding
from derive.kernel.facts import fact
from derive.search.matrices import adopt, carried_over, over_sums
from derive.search.words import ONE, letters, parts, regrouped, size_of, spelt
from derive.terms.printer import to_text
from derive.terms.term import Term, call, rational

if TYPE_CHECKING:
    from derive.search.tower import Tower


def trace(tower: Tower, term: Term) -> None:
    """A trace: over sums; of a word, the first of its rotations and those of its transpose."""
    context = tower.context
    word = over_sums(
        tower, term, 0, ("trace_sum", "trace_multiple"),
        lambda a, b: ({"A": a, "B": b}, {"c": a, "A": b}),
    )  # fmt: skip
    if word is None:
        return
    if not letters(word):
        known = fact(context, "trace_identity", {"n": size_of(context, word)[0]})
        adopt(tower, term, known.claim.rhs, known)
        return
    if word.head == "matrix":
        known = unfolding.unfold(context, call("trace", word))
        adopt(tower, term, known.claim.rhs, known)
        return
    if term.args[0] != word:
        adopt(tower, term, call("trace", word))
        return
    _first_rotation(tower, term, word)


def _first_rotation(tower: Tower, term: Term, word: Term) -> None:
    """Rewrite to the first rotation; one that makes the word shorter comes before all."""
    context, best = tower.context, _turned(letters(word))
    other = call("transpose", word)
    tower.add(other)
    turned = parts(tower, other)
    plain = len(turned) == 1 and rational(turned[0][0]) == 1
    if plain and _turned(letters(turned[0][1])) < best:
        known = rules.symmetry(fact(context, "trace_transpose", {"A": word}))
        adopt(tower, term, known.claim.rhs, known)
        return
    spelling = letters(word)
    for i in range(1, len(spelling)):
        split = regrouped(context, spelling[:i], spelling[i:])
        known = carried_over(call("trace", word), split, "trace_product")
        (moved,) = known.claim.rhs.args
        tower.add(moved)
        rotated = spelt([*spelling[i:], *spelling[:i]])
        if parts(tower, moved) != [(ONE, rotated)] or rank(rotated) == best < rank(word):
            adopt(tower, term, known.claim.rhs, known)
            return


def _turned(spelling: list[Term]) -> tuple[int, int, str]:
    """The rank of the first rotation of a word."""
    count = len(spelling)
    return min(
        (rank(spelt([*spelling[i:], *spelling[:i]])) for i in range(count)), default=(0, 0, "")
    )


def rank(word: Term) -> tuple[int, int, str]:
    text = to_text(word)
    return len(letters(word)), text.count("transpose"), text
