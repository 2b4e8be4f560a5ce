"""Integrals of random matrices over a space: words with an integral that is known inside.

The integrand is read as a sum of words, products of letters, or of traces of these. In each word the
letters that speak of the variable must make up an integrand that a hypothesis speaks of, as they stand
or after a rotation under the trace; the letters around them come out of the integral.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.schemas import Letters, schema
from derive.kernel.theorem import KernelError, Theorem
from derive.search.distribution import factors
from derive.search.limits import tower_of
from derive.search.linearity import ranges
from derive.search.polynomials import scaled
from derive.search.words import letters, parts
from derive.terms.context import Context
from derive.terms.shapes import is_matrix
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, add, call, matmul, mul, num, power, product, rational, sym

if TYPE_CHECKING:
    from derive.search.spaces import Known

ONE = num(1)


@dataclass(frozen=True)
class Piece:
    """A body in the variable, and the theorem that says what its integral is."""

    body: Term
    theorem: Theorem


class Integrand:
    """The integral of a node over its space, taken apart."""

    def __init__(self, context: Context, node: Term, known: Sequence[Known]) -> None:
        self.context, self.node = context, node
        taken = {d.name for d in context}.union(*(a.free for a in node.args))
        self.name = fresh_name(node.payload, taken)
        self.inner = context.declare(self.name)
        self.body = self.at(node)
        self.known = [(self.at(k.node), k) for k in known]
        self.tower = tower_of(self.inner, self.body, *(b for b, _ in self.known))

    def at(self, node: Term) -> Term:
        """The body of an integral in the variable of this one."""
        return substitute(node.args[0], {node.payload: sym(self.name)})

    def value(self) -> Theorem:
        """``node = value``. Raises KernelError when a word is not known."""
        from derive.search.spaces import everywhere

        if is_matrix(self.inner, self.body):
            pieces = [
                self.scaled(c, self.word(letters(w))) for c, w in parts(self.tower, self.body)
            ]
        else:
            pieces = [self.scalar(c, unit) for c, unit in self.tower.form(self.body).summands()]
        if not pieces:
            raise KernelError(f"matrices: nothing is left of {self.node}")
        whole = reduce(self.summed, pieces)
        same = everywhere(self.inner, self.body, whole.body)
        both = self.letters(f=self.body, g=whole.body)
        equal = schema(self.context, "space_equal", both, [same], [whole.theorem])
        return rules.trans(equal, whole.theorem)

    def letters(self, **terms: Term) -> Letters:
        """Letters for the space and, by name, functions f and g and other terms."""
        functions = {k: ((self.name,), t) for k, t in terms.items() if k in "fg"}
        return {
            **ranges(self.node),
            **functions,
            **{k: ((), t) for k, t in terms.items() if k not in "fg"},
        }

    def by(self, fact: str, piece: Piece, body: Term, around: Term, **terms: Term) -> Piece:
        """A piece with something around it: ``around`` holds the old integral, to be replaced."""
        main = schema(self.context, fact, self.letters(f=piece.body, **terms), (), [piece.theorem])
        old = piece.theorem.claim.lhs
        known = [piece.theorem if a == old else rules.refl(self.context, a) for a in around.args]
        return Piece(body, rules.trans(main, rules.congruence(self.context, around, known)))

    def scaled(self, factor: Term, piece: Piece) -> Piece:
        """A multiple of a piece, by a number free of the variable."""
        if self.name in factor.free:
            raise KernelError(f"matrices: {factor} speaks of the variable")
        if rational(factor) == 1:
            return piece
        around = mul(factor, piece.theorem.claim.lhs)
        return self.by("space_multiple", piece, mul(factor, piece.body), around, c=factor)

    def summed(self, a: Piece, b: Piece) -> Piece:
        """The sum of two pieces."""
        both = self.letters(f=a.body, g=b.body)
        main = schema(self.context, "space_sum", both, (), [a.theorem, b.theorem])
        node = main.claim.rhs
        parts_of = rules.congruence(self.context, node, [a.theorem, b.theorem])
        return Piece(add(a.body, b.body), rules.trans(main, parts_of))

    def scalar(self, c: object, unit: Term) -> Piece:
        """A number: a trace of a word times what is free of the variable, or a known integrand."""
        kept: list[Term] = []
        moving: list[Term] = []
        for base, exponent in factors(unit):
            part = base if rational(exponent) == 1 else power(base, exponent)
            (moving if self.name in part.free else kept).append(part)
        factor = scaled(c, product(kept))  # type: ignore[arg-type]
        if len(moving) == 1 and moving[0].head == "call" and moving[0].payload == "trace":
            return self.scaled(factor, self.trace(letters(moving[0].args[0])))
        return self.scaled(factor, self.plain(product(moving)))

    def plain(self, body: Term) -> Piece:
        """A known integrand that is a number."""
        for other, known in self.known:
            if not is_matrix(self.inner, other) and self.alike(other, body):
                return Piece(other, known.theorem())
        raise KernelError(f"matrices: nothing is known of the integral of {body}")

    def alike(self, a: Term, b: Term) -> bool:
        """Whether two numbers have one normal form."""
        self.tower.add(b)
        return self.tower.form(add(a, mul(num(-1), b))).constant == 0

    def word(self, spelled: Sequence[Term]) -> Piece:
        """A product: the letters around those that speak of the variable come out."""
        places = [i for i, letter in enumerate(spelled) if self.name in letter.free]
        if not places:
            return self.fixed(spelled)
        first, last = places[0], places[-1] + 1
        piece = self.matched(spelled[first:last])
        if before := spelled[:first]:
            left = reduce(matmul, before)
            around = matmul(left, piece.theorem.claim.lhs)
            piece = self.by("space_product_left", piece, matmul(left, piece.body), around, A=left)
        if after := spelled[last:]:
            right = reduce(matmul, after)
            around = matmul(piece.theorem.claim.lhs, right)
            piece = self.by(
                "space_product_right", piece, matmul(piece.body, right), around, A=right
            )
        return piece

    def fixed(self, spelled: Sequence[Term]) -> Piece:
        """A matrix free of the variable, times the integral of 1."""
        if not spelled:
            raise KernelError("matrices: the size of an identity is not known")
        one, whole = self.plain(ONE), reduce(matmul, spelled)
        around = mul(one.theorem.claim.lhs, whole)
        return self.by("space_matrix", one, mul(one.body, whole), around, A=whole)

    def matched(self, spelled: Sequence[Term]) -> Piece:
        """A known integrand that is spelled so, or its transpose."""
        for other, known in self.known:
            if not is_matrix(self.inner, other):
                continue
            found = parts(self.tower, other)
            if len(found) == 1 and rational(found[0][0]) == 1:
                if list(letters(found[0][1])) == list(spelled):
                    return Piece(other, known.theorem())
                if self.turns_into(other, spelled):
                    plain, around = Piece(other, known.theorem()), call("transpose", known.node)
                    return self.by("space_transpose", plain, call("transpose", other), around)
        raise KernelError(
            f"matrices: nothing is known of the integral of {reduce(matmul, spelled)}"
        )

    def turns_into(self, other: Term, spelled: Sequence[Term]) -> bool:
        """Whether the transpose of a matrix is the product spelled."""
        turned = call("transpose", other)
        self.tower.add(turned)
        found = parts(self.tower, turned)
        same = len(found) == 1 and rational(found[0][0]) == 1
        return same and list(letters(found[0][1])) == list(spelled)

    def trace(self, spelled: Sequence[Term]) -> Piece:
        """The trace of a product, in the rotation in which its inside is known."""
        for rotated in _rotations(spelled, self.name):
            try:
                piece = self.word(rotated)
            except KernelError:
                continue
            around = call("trace", piece.theorem.claim.lhs)
            return self.by("space_trace", piece, call("trace", piece.body), around)
        raise KernelError(f"matrices: nothing is known of the trace of {reduce(matmul, spelled)}")


def _rotations(spelled: Sequence[Term], name: str) -> Iterator[list[Term]]:
    for i in range(len(spelled)):
        turned = [*spelled[i:], *spelled[:i]]
        if name in turned[0].free:
            yield turned


def matrix_value(context: Context, node: Term, known: Sequence[Known]) -> Theorem:
    """``node = value`` for an integrand made of matrices. Raises KernelError."""
    return Integrand(context, node, known).value()
