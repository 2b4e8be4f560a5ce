"""Steps of the tower for matrices: products over sums, transposes inside, inverses cancelled.

Each step rewrites one product, transpose, inverse, trace or determinant into sums of words (see
`derive.search.words`) by facts of the kernel. Inverses of sums cancel against the longest word of the
sum; a trace takes the first of its rotations; a determinant splits over the square factors of a word.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from derive.kernel import rules, unfolding
from derive.kernel.facts import fact
from derive.kernel.theorem import KernelError, Theorem
from derive.search.words import (
    MAX_LETTERS,
    ONE,
    ZERO,
    Cancellation,
    Part,
    cancellations,
    is_square,
    letters,
    parts,
    product_is_one,
    regrouped,
    scaled_word,
    size_of,
    spelt,
)
from derive.terms.context import Context
from derive.terms.shapes import MATRIX_FUNCTIONS, is_matrix
from derive.terms.term import Term, call, div, mul, num, rational, subterms, total

if TYPE_CHECKING:
    from derive.search.tower import Tower

Step = Callable[["Tower", Term], None]
Letters = dict[str, Term]


def adopt(tower: Tower, term: Term, rhs: Term, known: Theorem | None = None) -> None:
    """Rewrite ``term`` to ``rhs``, by a fact about an equal term or because the arguments are equal."""
    source = rhs if known is None else known.claim.lhs
    theorem = known
    if term != source or known is None:
        theorem = _alike(tower, term, source)
        theorem = theorem if known is None else rules.trans(theorem, known)
    assert theorem is not None
    if theorem.claim.rhs != rhs:
        theorem = rules.trans(theorem, tower.equation(theorem.claim.rhs, rhs))
    tower.rewrite(theorem)


def _alike(tower: Tower, term: Term, other: Term) -> Theorem:
    """The same operation on equal arguments."""
    if term.head != other.head or term.payload != other.payload:
        return tower.equation(term, other)
    pairs = zip(term.args, other.args, strict=True)
    return rules.congruence(tower.context, term, [_same(tower, a, b) for a, b in pairs])


def _same(tower: Tower, a: Term, b: Term) -> Theorem:
    return rules.refl(tower.context, a) if a == b else tower.equation(a, b)


def over_sums(
    tower: Tower,
    term: Term,
    place: int,
    names: tuple[str, str],
    given: Callable[[Term, Term], tuple[Letters, Letters]],
) -> Term | None:
    """Rewrite a linear operation over the summands of one argument.

    ``given`` says what the letters of the facts for a sum and for a multiple are. The one word that the
    argument is, or None when the operation was rewritten.
    """
    summands = parts(tower, term.args[place])
    if len(summands) == 1 and rational(summands[0][0]) == 1:
        return summands[0][1]
    if len(summands) > 1:
        first = scaled_word(summands[0])
        rest = total([scaled_word(p) for p in summands[1:]])
        theorem = fact(tower.context, names[0], given(first, rest)[0])
    else:
        c, word = summands[0] if summands else (ZERO, term.args[place])
        theorem = fact(tower.context, names[1], given(c, word)[1])
    adopt(tower, term, theorem.claim.rhs, theorem)
    return None


def product(tower: Tower, term: Term) -> None:
    """A product: over sums, associated to the left, with identities and inverses cancelled."""
    left, right = term.args
    word = over_sums(
        tower, term, 0, ("product_sum_left", "product_multiple_left"),
        lambda a, b: ({"A": a, "B": b, "C": right}, {"c": a, "A": b, "B": right}),
    )  # fmt: skip
    if word is None:
        return
    last = over_sums(
        tower, term, 1, ("product_sum_right", "product_multiple_right"),
        lambda a, b: ({"A": left, "B": a, "C": b}, {"c": a, "A": left, "B": b}),
    )  # fmt: skip
    if last is not None:
        _join(tower, term, word, last)


def _join(tower: Tower, term: Term, word: Term, last: Term) -> None:
    """A product of two words."""
    context = tower.context
    if not letters(last):
        n = size_of(context, last)[0]
        adopt(tower, term, word, fact(context, "identity_right", {"A": word, "n": n}))
    elif not letters(word):
        n = size_of(context, word)[0]
        adopt(tower, term, last, fact(context, "identity_left", {"A": last, "n": n}))
    elif last.head == "matmul":
        inner, letter = last.args
        known = fact(context, "associative", {"A": word, "B": inner, "C": letter})
        adopt(tower, term, known.claim.lhs, rules.symmetry(known))
    else:
        _cancel(tower, term, [*letters(word), last])


def _cancel(tower: Tower, term: Term, spelling: list[Term]) -> None:
    """A word whose last letter is new: cancel an inverse or take a number out, if there is one."""
    if len(spelling) > MAX_LETTERS:
        raise KernelError("matrices: a product has too many factors")
    last = spelling[-1]
    for start, letter in enumerate(spelling[:-1]):
        for rule in tower.given:
            if rule[0] == spelling[start:]:
                _replace_end(tower, term, spelling[:start], rule)
                return
        for inverse, other, on_left in ((letter, last, True), (last, letter, False)):
            if is_inverse(inverse):
                for found in cancellations(tower, inverse, other, on_left=on_left):
                    if found[0] == spelling[start:]:
                        _replace_end(tower, term, spelling[:start], found)
                        return
    known = _number_inside(tower.context, spelling)
    if known is not None:
        adopt(tower, term, known.claim.rhs, known)
    elif term != spelt(spelling):
        adopt(tower, term, spelt(spelling))


def _replace_end(tower: Tower, term: Term, first: list[Term], found: Cancellation) -> None:
    pattern, out, known = found
    if not first:
        adopt(tower, term, out, known)
        return
    split = regrouped(tower.context, first, pattern)
    same = rules.refl(tower.context, split.claim.rhs.args[0])
    inside = rules.congruence(tower.context, split.claim.rhs, [same, known])
    adopt(tower, term, inside.claim.rhs, rules.trans(split, inside))


def _number_inside(context: Context, spelling: list[Term]) -> Theorem | None:
    """``word = A @ (trace(B)*eye(1))`` or ``(trace(B)*eye(1)) @ A``, for a part B with one entry."""
    edges = [size_of(context, letter)[0] for letter in spelling]
    edges.append(size_of(context, spelling[-1])[1])
    ones = [i for i, edge in enumerate(edges) if edge == ONE]
    last = len(spelling)
    for i, j in pairwise(ones):
        if (i == 0) == (j == last):
            continue
        at = j if i == 0 else i
        split = regrouped(context, spelling[:at], spelling[at:])
        place = 0 if i == 0 else 1
        whole, small = split.claim.rhs, split.claim.rhs.args[place]
        sides = [rules.refl(context, a) for a in whole.args]
        sides[place] = fact(context, "single_entry", {"A": small})
        return rules.trans(split, rules.congruence(context, whole, sides))
    return None


def is_inverse(term: Term) -> bool:
    return term.head == "call" and term.payload == "inv"


def transpose(tower: Tower, term: Term) -> None:
    """A transpose: over sums and products, undone by another, inside an inverse."""
    context = tower.context
    word = over_sums(
        tower, term, 0, ("transpose_sum", "transpose_multiple"),
        lambda a, b: ({"A": a, "B": b}, {"c": a, "A": b}),
    )  # fmt: skip
    if word is None:
        return
    if word.head == "matmul":
        left, right = word.args
        known = fact(context, "transpose_product", {"A": left, "B": right})
    elif not letters(word):
        known = fact(context, "transpose_identity", {"n": size_of(context, word)[0]})
    elif word.head == "call" and word.payload in ("transpose", "inv"):
        name = "transpose" if word.payload == "transpose" else "inverse"
        known = fact(context, f"transpose_{name}", {"A": word.args[0]})
    elif word.head == "matrix" or (word.head == "sym" and context[word.payload].form):
        known = unfolding.unfold(context, call("transpose", word))
    else:
        if term.args[0] != word:
            adopt(tower, term, call("transpose", word))
        return
    adopt(tower, term, known.claim.rhs, known)


def inverse(tower: Tower, term: Term) -> None:
    """An inverse: of a multiple, of a product of square matrices, of an inverse, of a sum."""
    context, (inner,) = tower.context, term.args
    summands = parts(tower, inner)
    if not summands:
        zero = call("zeros", *size_of(context, inner))
        if inner != zero:
            tower.add(zero)
            adopt(tower, term, call("inv", zero))
        return
    if size_of(context, inner)[0] == ONE and any(letters(word) for _, word in summands):
        small = fact(context, "single_entry", {"A": inner})
        known = rules.congruence(context, term, [small])
        adopt(tower, term, known.claim.rhs, known)
        return
    scale = leading(tower, summands)
    if rational(scale) != 1:
        rest = divided(summands, scale)
        tower.add(rest)
        known = fact(context, "inverse_multiple", {"c": scale, "A": rest})
        adopt(tower, term, known.claim.rhs, known)
    elif len(summands) > 1:
        plain = total([scaled_word(p) for p in summands])
        if plain != inner:
            adopt(tower, term, call("inv", plain))
        elif not any(rational(c) for c, _ in summands):
            for on_left in (True, False):
                tower.relations.append(product_is_one(tower, term, on_left=on_left)[0])
    else:
        _inverse_of_word(tower, term, summands[0][1])


def leading(tower: Tower, summands: list[Part]) -> Term:
    """What to take out of a sum: the coefficient of the only word, of the identity, or of the first.

    One that may be 0 stays where it is.
    """
    ones = [c for c, word in summands if not letters(word)]
    c = ones[0] if ones else summands[0][0]
    if len(summands) == 1 or rational(c) is not None or (ones and tower.sign(c)):
        return c
    return ONE


def divided(summands: list[Part], scale: Term) -> Term:
    """The sum with a coefficient taken out."""
    if len(summands) == 1:
        return summands[0][1]
    return total([word if c == scale else mul(div(c, scale), word) for c, word in summands])


def _inverse_of_word(tower: Tower, term: Term, word: Term) -> None:
    context = tower.context
    if not letters(word):
        known = fact(context, "inverse_identity", {"n": size_of(context, word)[0]})
    elif word.head == "matmul":
        split = square_split(context, word)
        if split is None:
            if term.args[0] != word:
                adopt(tower, term, call("inv", word))
            return
        known = carried_over(call("inv", word), split, "inverse_product")
    elif is_inverse(word):
        known = fact(context, "inverse_inverse", {"A": word.args[0]})
    elif word.head == "matrix":
        known = unfolding.unfold(context, call("inv", word))
    else:
        if term.args[0] != word:
            adopt(tower, term, call("inv", word))
        return
    adopt(tower, term, known.claim.rhs, known)


def square_split(context: Context, word: Term) -> Theorem | None:
    """``word = A @ B`` with square factors, the first that there is."""
    spelling = letters(word)
    for i in range(1, len(spelling)):
        if is_square(context, spelt(spelling[:i])):
            return regrouped(context, spelling[:i], spelling[i:])
    return None


def carried_over(term: Term, split: Theorem, name: str) -> Theorem:
    """``f(w) = …`` by the fact ``name`` for ``f(A @ B)``, where ``split`` says ``w = A @ B``."""
    left, right = split.claim.rhs.args
    same = rules.congruence(split.context, term, [split])
    return rules.trans(same, fact(split.context, name, {"A": left, "B": right}))


def zero_matrix(tower: Tower, term: Term) -> None:
    """A zero matrix is 0 times itself, which algebra drops."""
    tower.rewrite(fact(tower.context, "zero_matrix", {"n": term.args[0], "m": term.args[1]}))


def written(tower: Tower, term: Term) -> None:
    """An operation on matrices that are written out: carried out."""
    tower.rewrite(unfolding.unfold(tower.context, term))


def identity_written(tower: Tower, term: Term) -> None:
    """The identity written out is the identity."""
    rows, columns = term.payload
    if rows != columns:
        return
    known = unfolding.unfold(tower.context, call("eye", num(rows)))
    pairs = list(zip(term.args, known.claim.rhs.args, strict=True))
    if all(tower.form(a).constant == rational(b) for a, b in pairs):
        same = rules.congruence(tower.context, term, [_same(tower, a, b) for a, b in pairs])
        tower.rewrite(rules.trans(same, rules.symmetry(known)))


def is_written(context: Context, term: Term) -> bool:
    """Whether a term is built of matrices that are written out, and literal identities, alone."""
    some = False
    for part in subterms(term):
        some = some or part.head == "matrix"
        literal = all(rational(a) is not None for a in part.args)
        if part.head == "sym" and part.payload in context and context[part.payload].shape:
            return False
        if part.head == "call" and part.payload in ("eye", "zeros") and not literal:
            return False
    return some


@cache
def steps() -> dict[str, Step]:
    """The step for each function of matrices."""
    from derive.search.determinants import determinant
    from derive.search.traces import trace

    return {
        "transpose": transpose,
        "inv": inverse,
        "trace": trace,
        "det": determinant,
        "zeros": zero_matrix,
    }


def matrix_step(context: Context, term: Term) -> Step | None:
    """The step for an operation on matrices, None for any other term."""
    if term.head == "matrix":
        return identity_written
    concerns = term.head == "call" and term.payload in MATRIX_FUNCTIONS
    if not concerns and not (term.args and is_matrix(context, term)):
        return None
    if is_written(context, term):
        return written
    if term.head == "matmul":
        return product
    return steps().get(term.payload) if term.head == "call" else None
