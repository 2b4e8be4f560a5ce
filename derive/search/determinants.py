"""The step of the tower for determinants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.kernel import rules, unfolding
from derive.kernel.facts import fact
from derive.search.matrices import adopt, carried_over, divided, leading, square_split
from derive.search.traces import rank
from derive.search.words import ONE, ZERO, Part, letters, parts, scaled_word, size_of, spelt
from derive.terms.term import Term, add, call, matmul, mul, power, rational, total

if TYPE_CHECKING:
    from derive.search.tower import Tower


def determinant(tower: Tower, term: Term) -> None:
    """A determinant: of a multiple, of a product of square matrices, of a transpose or inverse."""
    context, (inner,) = tower.context, term.args
    summands = parts(tower, inner)
    n = size_of(context, inner)[0]
    scale = leading(tower, summands) if summands else ZERO
    if rational(scale) != 1:
        rest = divided(summands, scale) if summands else inner
        same = matmul(rest, call("eye", n))
        tower.add(same)
        known = fact(context, "det_multiple", {"c": scale, "A": rest, "n": n})
        adopt(tower, term, mul(power(scale, n), call("det", rest)), known)
    elif n == ONE and any(letters(word) for _, word in summands):
        small = fact(context, "single_entry", {"A": inner})
        known = rules.congruence(context, term, [small])
        adopt(tower, term, known.claim.rhs, known)
    elif len(summands) > 1:
        _determinant_of_sum(tower, term, summands)
    else:
        _determinant_of_word(tower, term, summands[0][1])


def _determinant_of_word(tower: Tower, term: Term, word: Term) -> None:
    context = tower.context
    if not letters(word):
        known = fact(context, "det_identity", {"n": size_of(context, word)[0]})
    elif word.head == "matmul":
        split = square_split(context, word)
        if split is None:
            if term.args[0] != word:
                adopt(tower, term, call("det", word))
            return
        known = carried_over(call("det", word), split, "det_product")
    elif word.head == "call" and word.payload in ("transpose", "inv"):
        name = "det_transpose" if word.payload == "transpose" else "det_inverse"
        known = fact(context, name, {"A": word.args[0]})
    elif word.head == "matrix":
        known = unfolding.unfold(context, call("det", word))
    else:
        if term.args[0] != word:
            adopt(tower, term, call("det", word))
        return
    adopt(tower, term, known.claim.rhs, known)


def _determinant_of_sum(tower: Tower, term: Term, summands: list[Part]) -> None:
    """A determinant of a sum: the first among those that Sylvester's theorem and transposes give."""
    context, plain = tower.context, total([scaled_word(p) for p in summands])
    if plain != term.args[0]:
        adopt(tower, term, call("det", plain))
        return
    turned = call("transpose", plain)
    tower.add(turned)
    other = total([scaled_word(p) for p in parts(tower, turned)])
    if other.size <= plain.size and str(other) < str(plain):
        known = fact(context, "det_transpose", {"A": plain})
        adopt(tower, term, call("det", other), known)
        return
    ones = [p for p in summands if not letters(p[1])]
    others = [p for p in summands if letters(p[1])]
    if len(ones) == 1 and len(others) == 1 and rational(ones[0][0]) == 1:
        _sylvester(tower, term, others[0])
    elif tower.split and not ones:
        _letter_taken_out(tower, term, summands)


def _sylvester(tower: Tower, term: Term, part: Part) -> None:
    """``det(eye(n) + A @ B) = det(eye(m) + B @ A)`` for the split of a word that comes first."""
    context, (c, word) = tower.context, part
    spelling, n = letters(word), size_of(context, word)[0]
    best = _place(n, word), 0
    for i in range(1, len(spelling)):
        turned = spelt([*spelling[i:], *spelling[:i]])
        best = min(best, (_place(size_of(context, turned)[0], turned), i))
    i = best[1]
    if i:
        first, last = mul(c, spelt(spelling[:i])), spelt(spelling[i:])
        tower.add(matmul(first, last))
        m = size_of(context, last)[0]
        known = fact(context, "det_sylvester", {"A": first, "B": last, "n": n, "m": m})
        adopt(tower, term, known.claim.rhs, known)


def _place(n: Term, word: Term) -> tuple[bool, int, tuple[int, int, str]]:
    """Small literal dimensions first, then words by their rank."""
    value = rational(n)
    return value is None, int(value or 0), rank(word)


def _letter_taken_out(tower: Tower, term: Term, summands: list[Part]) -> None:
    """``det(A + M) = det(A)*det(eye(n) + inv(A) @ M)`` for a letter A, the most surely invertible."""
    single = [w for c, w in summands if rational(c) == 1 and len(letters(w)) == 1]
    if not single:
        return
    sure = [w for w in single if tower.sign(call("det", w))]
    letter = (sure or single)[0]
    rest = total([scaled_word(p) for p in summands if p[1] is not letter])
    one = call("eye", size_of(tower.context, letter)[0])
    other = add(one, matmul(call("inv", letter), rest))
    tower.add(matmul(letter, other))
    known = fact(tower.context, "det_product", {"A": letter, "B": other})
    adopt(tower, term, known.claim.rhs, known)
