"""Integrals of random matrices over a space: words with an integral that is known inside.

An integrand is read as a sum of words, products of letters, or of traces of these. In each word the
letters that speak of the variable, with the numbers that do, are its core: an integrand whose integral
must be known, as it stands or after a rotation under the trace. The letters around it come out of the
integral. What is known of cores is read off the hypotheses; a hypothesis about a sum, such as a
covariance, is solved for the one core in it that no other hypothesis speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.schemas import Letters, schema
from derive.kernel.theorem import KernelError, Theorem
from derive.search.conditions import discharge_all
from derive.search.distribution import factors
from derive.search.limits import tower_of
from derive.search.linearity import ranges
from derive.search.polynomials import scaled
from derive.search.words import letters, parts, size_of
from derive.terms.context import Context
from derive.terms.shapes import is_matrix
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, add, call, div, matmul, mul, num, power, product, rational, sym

if TYPE_CHECKING:
    from derive.search.spaces import Known

ONE = num(1)
Core = tuple[frozenset[Term], tuple[Term, ...] | None]
"""Numbers that speak of the variable, and the letters between the first and last that do."""


@dataclass(frozen=True)
class Piece:
    """A body in the variable, and the theorem that says what its integral is."""

    body: Term
    theorem: Theorem


@dataclass(frozen=True)
class Summand:
    """A multiple, free of the variable, of numbers that speak of it and perhaps a word."""

    factor: Term
    moving: tuple[Term, ...]
    word: tuple[Term, ...] | None

    def core(self, name: str) -> Core:
        """What of the summand speaks of the variable."""
        found = () if self.word is None else self.word
        places = [i for i, letter in enumerate(found) if name in letter.free]
        inside = found[places[0] : places[-1] + 1] if places else None
        return frozenset(self.moving), inside

    def is_core(self, name: str) -> bool:
        """Whether there is nothing around the core but the factor."""
        return self.word == self.core(name)[1]


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
        self.cores: dict[Core, Piece | Callable[[], Piece]] = {}
        self._read_off()

    def at(self, node: Term) -> Term:
        """The body of an integral in the variable of this one."""
        return substitute(node.args[0], {node.payload: sym(self.name)})

    def value(self) -> Theorem:
        """``node = value``. Raises KernelError when a word is not known."""
        pieces = [self.evaluated(s) for s in self.summands(self.body)]
        if not pieces:
            raise KernelError(f"matrices: nothing is left of {self.node}")
        return self.reshaped(self.body, reduce(self.summed, pieces)).theorem

    def reshaped(self, body: Term, piece: Piece) -> Piece:
        """The same with another body, equal at every point."""
        from derive.search.spaces import everywhere

        self.tower.add(piece.body)
        same = discharge_all(self.tower.equation(body, piece.body), self.tower)
        if any(self.name in c.free for c in same.conditions):
            same = everywhere(self.inner, body, piece.body)
        both = self.letters(f=body, g=piece.body)
        equal = schema(self.context, "space_equal", both, [same], [piece.theorem])
        return Piece(body, rules.trans(equal, piece.theorem))

    def summands(self, body: Term) -> list[Summand]:
        """A body as a sum."""
        self.tower.add(body)
        if not is_matrix(self.inner, body):
            return [self._summand(c, u) for c, u in self.tower.form(body).summands()]
        out = []
        for factor, word in parts(self.tower, body):
            spelled = tuple(letters(word))
            if not spelled:
                spelled = (word,)
            if self.name not in factor.free:
                out.append(Summand(factor, (), spelled))
                continue
            for c, unit in self.tower.form(factor).summands():
                one = self._summand(c, unit)
                out.append(Summand(one.factor, one.moving, spelled))
        return out

    def _summand(self, c: object, unit: Term) -> Summand:
        """A number, with the numbers that speak of the variable apart."""
        kept: list[Term] = []
        moving: list[Term] = []
        for base, exponent in factors(unit):
            part = base if rational(exponent) == 1 else power(base, exponent)
            (moving if self.name in part.free else kept).append(part)
        return Summand(scaled(c, product(kept)), tuple(moving), None)  # type: ignore[arg-type]

    def _read_off(self) -> None:
        """What the hypotheses say of cores: one summand each, all others being known before."""
        waiting = [(self.summands(b), b, k) for b, k in self.known]
        found = True
        while found:
            found = False
            for entry in list(waiting):
                unknown = [s for s in entry[0] if s.core(self.name) not in self.cores]
                if not unknown:
                    waiting.remove(entry)
                elif len(unknown) == 1 and self._solvable(unknown[0]):
                    waiting.remove(entry)
                    self._remember(unknown[0], *entry)
                    found = True

    def _solvable(self, one: Summand) -> bool:
        if not one.is_core(self.name):
            return False
        constant = rational(one.factor)
        return constant != 0 if constant is not None else self.tower.sign(one.factor) != 0

    def _remember(self, one: Summand, all_: list[Summand], body: Term, known: Known) -> None:
        core = one.core(self.name)
        others = [s for s in all_ if s is not one]

        def piece() -> Piece:
            whole = Piece(body, known.theorem())
            if not others and rational(one.factor) == 1:
                return whole
            for other in others:
                whole = self.summed(whole, self.scaled(num(-1), self.evaluated(other)))
            inverse = div(ONE, one.factor) if rational(one.factor) != 1 else ONE
            plain = product(one.moving)
            if core[1] is not None:
                plain = mul(plain, reduce(matmul, core[1]))
            return self.reshaped(plain, self.scaled(inverse, whole))

        self.cores[core] = piece
        back = self._transposed(core[1]) if core[1] is not None else ()
        if back:
            self.cores.setdefault((core[0], back), lambda: self._turned(core))

    def _turned(self, core: Core) -> Piece:
        plain = self.of_core(core)
        around = call("transpose", plain.theorem.claim.lhs)
        return self.by("space_transpose", plain, call("transpose", plain.body), around)

    def of_core(self, core: Core) -> Piece:
        """What is known of a core. Raises KernelError when nothing is."""
        if core not in self.cores:
            raise KernelError(f"matrices: nothing is known of the integral of {_text(core)}")
        found = self.cores[core]
        if not isinstance(found, Piece):
            found = self.cores[core] = found()
        return found

    def evaluated(self, one: Summand) -> Piece:
        """The integral of a summand. Raises KernelError."""
        return self.scaled(one.factor, self._of_word(one) if one.word else self._of_number(one))

    def _of_number(self, one: Summand) -> Piece:
        """A number: a core as it stands, or with a trace whose inside is known."""
        if one.core(self.name) in self.cores:
            return self.of_core(one.core(self.name))
        for inner, rest in _traces(one):
            spelled = letters(inner.args[0])
            small = [self._with_one_entry(spelled)] if rest else []
            for turned in (*filter(None, small), *_rotations(spelled, self.name)):
                try:
                    piece = self._of_word(Summand(ONE, rest, tuple(turned)))
                except KernelError:
                    continue
                around = call("trace", piece.theorem.claim.lhs)
                return self.by("space_trace", piece, call("trace", piece.body), around)
        raise KernelError(f"matrices: nothing is known of the integral of {product(one.moving)}")

    def _absorbed(self, one: Summand) -> Iterator[Summand]:
        """The same with a number, the trace of a word with one entry, as letters at an end."""
        word = one.word or ()
        for inner, rest in _traces(one):
            spelled = self._with_one_entry(letters(inner.args[0]))
            if not spelled:
                continue
            for more in (spelled, self._transposed(spelled)):
                if more and self._edges(word)[1] == ONE:
                    yield Summand(ONE, rest, (*word, *more))
                if more and self._edges(word)[0] == ONE:
                    yield Summand(ONE, rest, (*more, *word))

    def _with_one_entry(self, spelled: Sequence[Term]) -> tuple[Term, ...]:
        """The rotation of a word that is a matrix with one entry; no letters when none is."""
        turns = ((*spelled[i:], *spelled[:i]) for i in range(len(spelled)))
        return next((t for t in turns if self._edges(t) == (ONE, ONE)), ())

    def _edges(self, spelled: Sequence[Term]) -> tuple[Term, Term]:
        return size_of(self.inner, spelled[0])[0], size_of(self.inner, spelled[-1])[1]

    def _transposed(self, spelled: Sequence[Term]) -> tuple[Term, ...]:
        """The letters of the transpose of a word; none when it is no word."""
        turned = call("transpose", reduce(matmul, spelled))
        self.tower.add(turned)
        found = parts(self.tower, turned)
        plain = len(found) == 1 and rational(found[0][0]) == 1
        return tuple(letters(found[0][1])) if plain else ()

    def _of_word(self, one: Summand) -> Piece:
        """A product: the letters around those that speak of the variable come out."""
        spelled = one.word or ()
        places = [i for i, letter in enumerate(spelled) if self.name in letter.free]
        if one.core(self.name) not in self.cores:
            for other in self._absorbed(one):
                try:
                    return self._of_word(other)
                except KernelError:
                    continue
        piece = self.of_core(one.core(self.name))
        if not places:
            whole = reduce(matmul, spelled)
            around = mul(piece.theorem.claim.lhs, whole)
            return self.by("space_matrix", piece, mul(piece.body, whole), around, A=whole)
        if before := spelled[: places[0]]:
            left = reduce(matmul, before)
            around = matmul(left, piece.theorem.claim.lhs)
            piece = self.by("space_product_left", piece, matmul(left, piece.body), around, A=left)
        if after := spelled[places[-1] + 1 :]:
            right = reduce(matmul, after)
            around = matmul(piece.theorem.claim.lhs, right)
            body = matmul(piece.body, right)
            piece = self.by("space_product_right", piece, body, around, A=right)
        return piece

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


def _traces(one: Summand) -> Iterator[tuple[Term, tuple[Term, ...]]]:
    """The traces among the numbers of a summand, each with the other numbers."""
    for i, inner in enumerate(one.moving):
        if inner.head == "call" and inner.payload == "trace":
            yield inner, (*one.moving[:i], *one.moving[i + 1 :])


def _text(core: Core) -> str:
    numbers = product(sorted(core[0], key=str))
    return str(numbers if core[1] is None else mul(numbers, reduce(matmul, core[1])))


def _rotations(spelled: Sequence[Term], name: str) -> Iterator[list[Term]]:
    for i in range(len(spelled)):
        turned = [*spelled[i:], *spelled[:i]]
        if name in turned[0].free:
            yield turned


def matrix_value(context: Context, node: Term, known: Sequence[Known]) -> Theorem:
    """``node = value`` for an integrand made of matrices. Raises KernelError."""
    return Integrand(context, node, known).value()
