"""Sample points in floating point: what a search may look at before it tries to prove.

A claim that fails at a sample is not worth a proof, and a factor that is positive at every sample is
worth trying to prove positive. Nothing here is evidence: the kernel never sees these numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from derive.kernel.calculus import derivative
from derive.kernel.definitions import DEFINITIONS, is_short_range, written_out
from derive.kernel.theorem import KernelError
from derive.kernel.unfolding import unfolded
from derive.search.scopes import left_aside
from derive.terms.context import Claim, Context, ContextError, Declaration
from derive.terms.gaussian import gaussian_kl
from derive.terms.heads import FUNCTIONS
from derive.terms.matching import match
from derive.terms.substitution import substitute
from derive.terms.term import Term, TermError, add, neg, rational, subterms, sym

Values = NDArray[np.float64]

DRAWN: Final = 600
KEPT: Final = 60
TOLERANCE: Final = 1e-10
ELEMENTARY: Final[dict[str, Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "sin": np.sin,
    "cos": np.cos,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "tanh": np.tanh,
    "max": np.maximum,
    "min": np.minimum,
    "sg": lambda x: x,
}


def in_floats(value: Fraction) -> float:
    """The nearest float, infinite for a number beyond them."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


class Unsampled(ValueError):
    """A term that has no value in floating point here."""


def _elementwise(function: Any) -> Any:
    def at(x: float) -> float:
        try:
            return float(function(x))
        except (ValueError, OverflowError):
            return math.nan

    return np.vectorize(at, otypes=[float])


def _digamma(x: float) -> float:
    if x <= 0:
        return math.nan
    out = 0.0
    while x < 10:
        out -= 1 / x
        x += 1
    square = 1 / (x * x)
    return out + math.log(x) - 0.5 / x - square * (1 / 12 - square * (1 / 120 - square / 252))


SPECIAL: Final[dict[str, Any]] = {
    "erf": _elementwise(math.erf),
    "erfc": _elementwise(math.erfc),
    "Gamma": _elementwise(math.gamma),
    "loggamma": _elementwise(math.lgamma),
    "digamma": _elementwise(_digamma),
}


def sampled(context: Context) -> Samples:
    """The samples of a context, the same ones every time."""
    key = Samples, left_aside()
    found: Samples | None = context._memo.get(key)
    if found is None:
        found = context._memo[key] = Samples(context)
    return found


class Samples:
    """Assignments in a context's domains that satisfy its hypotheses, one column of numbers a symbol."""

    def __init__(self, context: Context, seed: int = 20_240_229) -> None:
        self.context = context
        self.memo: dict[Term, Values] = {}
        self.sizes: dict[Term, Values] = {}
        self.rng = np.random.default_rng(seed)
        self.count = DRAWN
        self.columns: dict[Term, Values] = {}
        aside = left_aside()
        self.stated = [claim for name, claim in context.hypotheses if name not in aside]
        for d in context:
            if d.kind == "scalar" and context.definition(d.name) is None:
                self.columns[sym(d.name)] = _drawn(d, self.rng, DRAWN)
        for claim in self.stated:
            for part in (*subterms(claim.lhs), *subterms(claim.rhs)):
                if self._is_opaque(part):
                    self.columns[part] = _drawn(context[part.payload], self.rng, DRAWN)
        self._satisfy()

    def _is_opaque(self, term: Term) -> bool:
        """Whether a term is an entry of a family or a value of a function without a definition."""
        applied = term.head == "index" or (term.head == "call" and term.payload not in FUNCTIONS)
        if not applied or term.payload not in self.context:
            return False
        return self.context.definition_of(term) is None

    def _satisfy(self) -> None:
        """Move the columns onto the equations and keep the points where every hypothesis holds."""
        with np.errstate(all="ignore"):
            kept = np.ones(DRAWN, dtype=bool)
            for claim in self.stated:
                if claim.relation == "=":
                    self._solve(claim)
            self.memo.clear()
            for atom, column in self.columns.items():
                kept &= _inside(self.context[atom.payload], column)
            for claim in self.stated:
                try:
                    kept &= self._holds(claim)
                except Unsampled:
                    continue
        chosen = np.flatnonzero(kept)[:KEPT]
        self.columns = {n: c[chosen] for n, c in self.columns.items()}
        self.count = len(chosen)
        self.memo.clear()
        self.sizes.clear()

    def near(self, name: str, value: float, width: float) -> Samples:
        """The same points with one symbol spread evenly about a value, inside its domain."""
        out = Samples.__new__(Samples)
        out.context, out.memo, out.sizes, out.rng = self.context, {}, {}, self.rng
        out.stated = self.stated
        out.columns, out.count = dict(self.columns), self.count
        spread = np.linspace(value - width, value + width, self.count)
        inside = _inside(self.context[name], spread)
        out.columns[sym(name)] = np.where(inside, spread, value)
        return out

    def _holds(self, claim: Claim) -> NDArray[np.bool_]:
        gap = self.of(claim.rhs) - self.of(claim.lhs)
        wide = 1e-9 * (1 + np.abs(self.of(claim.lhs)))
        return {
            "=": np.abs(gap) <= wide,
            "!=": np.abs(gap) > wide,
            "<": gap > 0,
            "<=": gap >= 0,
            ">": gap < 0,
            ">=": gap <= 0,
        }[claim.relation]

    def _solve(self, claim: Claim) -> None:
        """Solve an equation for the last symbol in which it is affine and whose domain that leaves open.

        Where every solution leaves the domain, the last one is taken, and no sample is kept.
        """
        gap = add(claim.lhs, neg(claim.rhs))
        parts = {p for side in (claim.lhs, claim.rhs) for p in subterms(side)}
        solutions: list[tuple[Term, Values]] = []
        for atom in sorted(parts & self.columns.keys(), key=str, reverse=True):
            before = self.columns[atom]
            values = []
            for probe in (0.0, 1.0, 2.0):
                self.memo.clear()
                self.columns[atom] = np.full(DRAWN, probe)
                try:
                    values.append(self.of(gap))
                except Unsampled:
                    break
            self.columns[atom] = before
            self.memo.clear()
            if len(values) < 3:
                continue
            slope = values[1] - values[0]
            if np.allclose(values[2] - values[1], slope) and np.all(slope != 0):
                solutions.append((atom, -values[0] / slope))
                if np.any(_inside(self.context[atom.payload], solutions[-1][1])):
                    break
        if solutions:
            atom, column = solutions[-1]
            self.columns[atom] = column

    def of(self, term: Term) -> Values:
        """The values of a term, ``nan`` where it has none. Raises Unsampled."""
        found = self.memo.get(term)
        if found is None:
            with np.errstate(all="ignore"):
                found = self.memo[term] = self._of(term)
        return found

    def _of(self, term: Term) -> Values:
        if (value := rational(term)) is not None:
            return np.full(self.count, in_floats(value))
        args = term.args
        if term in self.columns:
            return self.columns[term]
        if self._is_opaque(term):
            declared = self.context[term.payload]
            self.columns[term] = _drawn(declared, self.rng, self.count)
            return self.columns[term]
        match term.head:
            case "add":
                return np.asarray(np.sum([self.of(a) for a in args], axis=0))
            case "mul":
                return np.asarray(np.prod([self.of(a) for a in args], axis=0))
            case "neg":
                return -self.of(args[0])
            case "div":
                return self.of(args[0]) / self.of(args[1])
            case "pow":
                return np.asarray(np.power(self.of(args[0]), self.of(args[1])))
            case "call":
                return self._call(term)
        return self.of(self._unfolded(term))

    def _call(self, term: Term) -> Values:
        name = term.payload
        if name == "pi":
            return np.full(self.count, math.pi)
        for table in (ELEMENTARY, SPECIAL):
            if name in table:
                return np.asarray(table[name](*(self.of(a) for a in term.args)))
        if name in DEFINITIONS:
            return self.of(DEFINITIONS[name](*term.args))
        return self.of(self._unfolded(term))

    def _unfolded(self, term: Term) -> Term:
        try:
            if term.head == "call" and term.payload == "KL":
                statement = gaussian_kl()
                letters = match(statement.lhs, term)
                if letters is not None:
                    return substitute(statement.rhs, letters)
            if term.head == "diff":
                return derivative(term, self.context)[0]
            if term.head in ("sum", "prod") and is_short_range(term):
                return written_out(term)
            return unfolded(self.context, term)
        except (KernelError, TermError, ContextError, KeyError) as error:
            raise Unsampled(str(error)) from None

    def size(self, term: Term) -> Values:
        """How large the numbers are that a term's value is summed up from."""
        found = self.sizes.get(term)
        if found is None:
            with np.errstate(all="ignore"):
                found = self.sizes[term] = self._size(term)
        return found

    def _size(self, term: Term) -> Values:
        match term.head:
            case "add":
                return np.asarray(np.sum([self.size(a) for a in term.args], axis=0))
            case "mul":
                return np.asarray(np.prod([self.size(a) for a in term.args], axis=0))
            case "neg":
                return self.size(term.args[0])
            case "div":
                below = np.abs(self.of(term.args[1]))
                return np.asarray(
                    self.size(term.args[0]) * self.size(term.args[1]) / (below * below)
                )
            case "pow" if (value := rational(term.args[1])) is not None and value >= 0:
                return np.asarray(np.power(self.size(term.args[0]), in_floats(value)))
        return np.abs(self.of(term))

    def signs(self, term: Term) -> tuple[bool, bool] | None:
        """Whether the term is negative, and positive, at some sample; None when it has no values."""
        try:
            values, wide = self.of(term), TOLERANCE * self.size(term)
        except Unsampled:
            return None
        with np.errstate(all="ignore"):
            return bool(np.any(values < -wide)), bool(np.any(values > wide))

    def refutes(self, claim: Claim) -> bool:
        """Whether ``<`` or ``<=`` fails clearly at some sample."""
        claim = claim.oriented()
        found = self.signs(add(claim.rhs, neg(claim.lhs)))
        return found is not None and found[0] and claim.relation in ("<", "<=")

    def allow(self, claims: Iterable[Claim]) -> bool:
        """Whether some sample satisfies all the claims, equations aside, as far as they have values."""
        left = np.ones(self.count, dtype=bool)
        for claim in claims:
            if claim.relation == "=" or not self.count:
                continue
            try:
                with np.errstate(all="ignore"):
                    left &= self._holds(claim)
            except Unsampled:
                continue
        return not self.count or bool(np.any(left))


def _drawn(declared: Declaration, rng: np.random.Generator, count: int) -> Values:
    """Numbers in a symbol's domain: near its ends, of middling size, and large."""
    domain = declared.domain
    unit = rng.uniform(0.001, 0.999, count)
    wide = np.exp(rng.normal(0, 1.2, count))
    low = None if domain.lower is None else in_floats(domain.lower)
    high = None if domain.upper is None else in_floats(domain.upper)
    if low is not None and high is not None:
        out = low + (high - low) * unit
        near = rng.uniform(0, 1, count) < 0.2
        edge = (high - low) * np.minimum(1e-3, wide * 1e-4)
        out = np.where(near, np.where(unit < 0.5, low + edge, high - edge), out)
    elif low is not None:
        out = low + wide
    elif high is not None:
        out = high - wide
    else:
        out = rng.normal(0, 2, count)
    if domain.integer:
        out = np.round(out)
        if low is not None:
            out = np.where(out < low, low, out)
            if domain.lower_open:
                out = np.where(out <= low, low + 1, out)
    return np.asarray(out)


def _inside(declared: Declaration, column: Values) -> NDArray[np.bool_]:
    domain = declared.domain
    out = np.isfinite(column)
    if domain.lower is not None:
        low = in_floats(domain.lower)
        out &= column > low if domain.lower_open else column >= low
    if domain.upper is not None:
        high = in_floats(domain.upper)
        out &= column < high if domain.upper_open else column <= high
    return out & (column != 0) if domain.nonzero else out
