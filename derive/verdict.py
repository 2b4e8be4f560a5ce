"""The four verdicts on a claim. None of them has a truth value: a decline is not a denial."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from derive.terms.context import Claim

if TYPE_CHECKING:
    from derive.kernel.theorem import Theorem


class _NoTruthValue:
    """A verdict must be looked at, not tested: ``if verdict`` would hide two of the four cases."""

    __slots__ = ()
    name = ""

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a verdict has no truth value; this one is {self.name}: compare its name")


@dataclass(frozen=True, slots=True)
class Proved(_NoTruthValue):
    """The claim holds at every assignment of the context; ``theorem`` says so without conditions."""

    theorem: Theorem
    name = "proved"


@dataclass(frozen=True, slots=True)
class Conditional(_NoTruthValue):
    """The claim holds where the theorem's conditions do, and these were not stated."""

    theorem: Theorem
    name = "conditional"

    @property
    def conditions(self) -> list[Claim]:
        """The missing hypotheses, simplest first."""
        return sorted(self.theorem.conditions, key=lambda c: (c.lhs.size + c.rhs.size, str(c)))


@dataclass(frozen=True, slots=True)
class Witness:
    """An assignment at which a claim fails, with both sides enclosed there.

    ``values`` holds symbols, entries ``p[1]`` of families and values ``f(1)`` of functions of integers;
    ``formulas`` the formulas that other functions were given, as ``f(x)`` with ``x**2``. ``undefined`` is
    empty when both sides have a value, else it says which operation has none; ``entry`` says which
    entry of two matrices differs.
    """

    values: tuple[tuple[str, Fraction], ...]
    lhs: str
    rhs: str
    undefined: str = ""
    formulas: tuple[tuple[str, str], ...] = ()
    entry: str = ""

    def __str__(self) -> str:
        said = ", ".join(f"{head} = {body}" for head, body in self.formulas)
        where = ", ".join(f"{name} = {value}" for name, value in self.values)
        parts = [f"with {said}"] if said else []
        parts += [f"at {where}"] if where else []
        at = f"{', '.join(parts)}: " if parts else ""
        if self.undefined:
            return f"{at}{self.undefined}"
        entry = f"entry {self.entry}: " if self.entry else ""
        return f"{at}{entry}left {self.lhs}, right {self.rhs}"


@dataclass(frozen=True, slots=True)
class Refuted(_NoTruthValue):
    """The claim fails at the witness."""

    witness: Witness
    name = "refuted"


@dataclass(frozen=True, slots=True)
class Undecided(_NoTruthValue):
    """Neither proved nor refuted; ``reason`` says what stood in the way."""

    reason: str
    name = "undecided"


Verdict = Proved | Conditional | Refuted | Undecided
