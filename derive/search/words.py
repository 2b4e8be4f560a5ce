"""Matrix terms as sums of words: products of letters, associated to the left, with coefficients.

A letter is a matrix that is no product: a symbol, a transpose, an inverse, a matrix written out. The
identity is the empty word. All equations here are theorems of the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from flint import fmpq, fmpq_mpoly

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import Fractional
from derive.terms.context import Context
from derive.terms.printer import to_text
from derive.terms.shapes import is_matrix
from derive.terms.term import Term, add, call, div, matmul, mul, neg, num, rational, total

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO, ONE = num(0), num(1)
Part = tuple[Term, Term]
"""A coefficient and a word."""

MAX_PARTS: Final = 60
MAX_LETTERS: Final = 40


def parts(tower: Tower, term: Term) -> list[Part]:
    """The words of a matrix term with their coefficients, in the order of their texts."""
    form = tower.form(term)
    matrices = [i for i, a in enumerate(form.atoms) if is_matrix(tower.context, a)]
    grouped: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for exponents, c in form.top.to_dict().items():
        places = [i for i in matrices if exponents[i]]
        if len(places) != 1:
            raise KernelError(f"matrices: {term} is no sum of matrices")
        rest = tuple(0 if j == places[0] else int(e) for j, e in enumerate(exponents))
        grouped.setdefault(places[0], {})[rest] = c
    if len(grouped) > MAX_PARTS:
        raise KernelError("matrices: a product has too many summands")
    out = []
    for i, coefficients in grouped.items():
        top: fmpq_mpoly = form.top.context().from_dict(coefficients)
        common = top.gcd(form.bottom)
        top, bottom = divmod(top, common)[0], divmod(form.bottom, common)[0]
        scale = Fractional(
            top * (1 / bottom.leading_coefficient()),
            bottom * (1 / bottom.leading_coefficient()),
            form.atoms,
        )
        out.append((scale.term(), form.atoms[i]))
    return sorted(out, key=lambda part: to_text(part[1]))


def scaled_word(part: Part) -> Term:
    """The coefficient times the word, as plainly as can be."""
    coefficient, word = part
    if rational(coefficient) == 1:
        return word
    return neg(word) if rational(coefficient) == -1 else mul(coefficient, word)


def sum_of(context: Context, summands: Sequence[Part], shape: tuple[Term, Term]) -> Term:
    """The sum of some words, a zero matrix of the given shape when there are none."""
    return total([scaled_word(p) for p in summands]) if summands else call("zeros", *shape)


def letters(word: Term) -> list[Term]:
    """The letters of a word; none of the identity."""
    if word.head == "matmul":
        return [letter for a in word.args for letter in letters(a)]
    return [] if word.head == "call" and word.payload == "eye" else [word]


def spelt(some: Sequence[Term]) -> Term:
    """The word of one or more letters."""
    out = some[0]
    for letter in some[1:]:
        out = matmul(out, letter)
    return out


def size_of(context: Context, term: Term) -> tuple[Term, Term]:
    """The shape of a matrix. Raises KernelError for a number."""
    shape = context.shape(term)
    if shape is None:
        raise KernelError(f"matrices: {term} is a number")
    return shape


def is_square(context: Context, term: Term) -> bool:
    """Whether a matrix has as many rows as columns by its form."""
    rows, columns = size_of(context, term)
    return rows == columns


def regrouped(context: Context, first: Sequence[Term], last: Sequence[Term]) -> Theorem:
    """``first.last = (first) @ (last)`` for the word of all the letters."""
    head, out = spelt(first), rules.refl(context, matmul(spelt(first), last[0]))
    for i in range(1, len(last)):
        inside, letter = spelt(last[:i]), last[i]
        moved = matmul(out.claim.lhs, letter)
        step = rules.congruence(context, moved, [out, rules.refl(context, letter)])
        out = rules.trans(step, fact(context, "associative", {"A": head, "B": inside, "C": letter}))
    return out


def expansion(tower: Tower, left: Term, right: Sequence[Part]) -> tuple[Theorem, list[Part]]:
    """``left @ (c1*w1 + (c2*w2 + ...)) = c1*left.w1 + c2*left.w2 + ...`` for a letter on the left."""
    context, facts = tower.context, []
    done: list[Part] = []
    rest = _nested(right)
    whole = matmul(left, rest)
    for i, (c, word) in enumerate(right):
        first = mul(c, word)
        if i < len(right) - 1:
            after = _nested(right[i + 1 :])
            facts.append(fact(context, "product_sum_right", {"A": left, "B": first, "C": after}))
        facts.append(fact(context, "product_multiple_right", {"c": c, "A": left, "B": word}))
        new = [left, *letters(word)]
        if len(new) == 1:
            n = size_of(context, word)[0]
            facts.append(fact(context, "identity_right", {"A": left, "n": n}))
        else:
            facts.append(rules.symmetry(regrouped(context, new[:1], new[1:])))
        done.append((c, spelt(new)))
    out = total([mul(c, word) for c, word in done])
    own = [f for f in reversed(facts) if f.claim.lhs != f.claim.rhs]
    return rules.ring(context, whole, out, own), done


def expansion_right(tower: Tower, right: Term, left: Sequence[Part]) -> tuple[Theorem, list[Part]]:
    """``(c1*w1 + (c2*w2 + ...)) @ right = c1*w1.right + c2*w2.right + ...`` for a letter."""
    context, facts = tower.context, []
    done: list[Part] = []
    for i, (c, word) in enumerate(left):
        first = mul(c, word)
        if i < len(left) - 1:
            after = _nested(left[i + 1 :])
            facts.append(fact(context, "product_sum_left", {"A": first, "B": after, "C": right}))
        facts.append(fact(context, "product_multiple_left", {"c": c, "A": word, "B": right}))
        new = [*letters(word), right]
        if len(new) == 1:
            n = size_of(context, word)[0]
            facts.append(fact(context, "identity_left", {"A": right, "n": n}))
        done.append((c, spelt(new)))
    out = total([mul(c, word) for c, word in done])
    whole = matmul(_nested(left), right)
    return rules.ring(context, whole, out, list(reversed(facts))), done


def _nested(summands: Sequence[Part]) -> Term:
    """``c1*w1 + (c2*w2 + (...))``."""
    (c, word), rest = summands[0], summands[1:]
    return add(mul(c, word), _nested(rest)) if rest else mul(c, word)


def product_is_one(tower: Tower, inverse: Term, *, on_left: bool) -> tuple[Theorem, list[Part]]:
    """``inv(M) @ M = eye(n)``, or ``M @ inv(M) = eye(n)``, with the product expanded over M."""
    context, (inner,) = tower.context, inverse.args
    n = size_of(context, inner)[0]
    known = fact(context, "inverse_left" if on_left else "inverse_right", {"A": inner, "n": n})
    summands = parts(tower, inner)
    expand = expansion if on_left else expansion_right
    made, words = expand(tower, inverse, summands)
    whole = made.claim.lhs
    sides = [
        rules.refl(context, a) if a == b else tower.equation(a, b)
        for a, b in zip(whole.args, known.claim.lhs.args, strict=True)
    ]
    same = rules.congruence(context, whole, sides)
    return rules.trans(rules.symmetry(made), rules.trans(same, known)), words


Cancellation = tuple[list[Term], Term, Theorem]
"""Letters, what their word equals, and the theorem that says so."""


def cancellations(tower: Tower, inverse: Term, other: Term, *, on_left: bool) -> list[Cancellation]:
    """How a word that has an inverse at one end, and ``other`` at the other, may become simpler.

    With ``on_left`` the inverse begins the word. `product_is_one` is solved for the longest of its
    words, or, when ``other`` cancels the far end of that one, multiplied by it and solved for another.
    """
    key = (inverse, other, on_left)
    if key not in tower.cancellations:
        tower.cancellations[key] = list(_cancellations(tower, inverse, other, on_left=on_left))
    return tower.cancellations[key]


def _cancellations(
    tower: Tower, inverse: Term, other: Term, *, on_left: bool
) -> Iterator[Cancellation]:
    if not parts(tower, inverse.args[0]):
        return
    one, words = product_is_one(tower, inverse, on_left=on_left)
    lead = _longest(tower, words)
    if lead is None:
        return
    yield _solved(tower.context, one, words, lead)
    end = letters(lead[1])[-1 if on_left else 0]
    rest = [p for p in words if p is not lead]
    if other in (call("inv", end), *(end.args if end.payload == "inv" else ())) and rest:
        expand = expansion_right if on_left else expansion
        made, longer = expand(tower, other, words)
        second = _longest(tower, [p for p, w in zip(longer, words, strict=True) if w is not lead])
        if second is not None:
            yield _solved(tower.context, _times(made, one, other, on_left=on_left), longer, second)


def _longest(tower: Tower, words: Sequence[Part]) -> Part | None:
    """The longest word if its coefficient is not 0; of several the last, or the first on a second try."""
    longest = max(len(letters(word)) for _, word in words)
    leads = [
        (c, w) for c, w in words if len(letters(w)) == longest and tower.bounds.of(c).excludes_zero
    ]
    if not leads:
        return None
    plain = [p for p in leads if rational(p[0])] or leads
    chosen = (min if tower.split else max)(plain, key=lambda p: to_text(p[1]))
    return next(p for p in words if p[1] is chosen[1])


def _times(made: Theorem, one: Theorem, other: Term, *, on_left: bool) -> Theorem:
    """From ``sum = eye(n)`` and an expansion of ``other @ sum`` infer ``expansion = other``."""
    context, whole = made.context, made.claim.lhs
    place = 0 if on_left else 1
    nested = whole.args[place]
    same = rules.trans(rules.ring(context, nested, one.claim.lhs), one)
    sides = [rules.refl(context, a) for a in whole.args]
    sides[place] = same
    inside = rules.congruence(context, whole, sides)
    name, n = ("left" if on_left else "right"), one.claim.rhs.args[0]
    plain = fact(context, f"identity_{name}", {"A": other, "n": n})
    return rules.trans(rules.symmetry(made), rules.trans(inside, plain))


def _solved(context: Context, known: Theorem, words: Sequence[Part], lead: Part) -> Cancellation:
    """An equation ``c1*w1 + c2*w2 + ... = M`` solved for one of the words."""
    others = [neg(mul(k, word)) for k, word in words if word is not lead[1]]
    out = total([known.claim.rhs, *others])
    out = out if rational(lead[0]) == 1 else div(out, lead[0])
    return letters(lead[1]), out, rules.ring(context, lead[1], out, (), [known])
