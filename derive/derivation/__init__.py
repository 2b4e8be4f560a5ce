"""Derivations: chains of relations that a person writes, and that `check` proves link by link.

A derivation declares its symbols, names its hypotheses, and then states chains ``a = b <= c``. Building
one only reads; `Derivation.check` proves each link on its own and joins the links of a chain into one
theorem, the chain's statement.

>>> d = Derivation("demo.square")
>>> _ = d.declare(x="real").start("(x + 1)**2 - 2*x").eq("x**2 + 1").gt("0")
>>> report = d.check()
>>> report.proved, report.theorems["1"]
(True, ⊢ 0 < (x + 1)**2 - 2*x)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from derive.derivation.stating import DerivationError, Statement
from derive.terms import ContextError, Term
from derive.terms.context import RELATIONS, Claim, Relation

if TYPE_CHECKING:
    from derive.derivation.proving import Report

UP: Final = frozenset({"<", "<="})
DOWN: Final = frozenset({">", ">="})

__all__ = ["Chain", "Citation", "Derivation", "DerivationError", "Link", "Using", "Wrong"]

Using = str | Iterable[str | tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Citation:
    """An earlier chain that a link rests on, with terms in place of some of its symbols."""

    label: str
    mapping: tuple[tuple[str, Term], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain, from the line before to the line ``rhs``."""

    claim: Claim
    by: str | None
    using: tuple[Citation, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A statement that must not be provable, and what is wrong with it."""

    claim: Claim
    why: str


class Chain:
    """Lines joined by relations; each method adds a line and returns the chain.

    ``by`` names a tactic of `derive.tactics`, ``using`` earlier chains by their labels, and ``because``
    is the reason in words.
    """

    def __init__(self, derivation: Derivation, first: Term, label: str) -> None:
        self.derivation = derivation
        self.first = first
        self.label = label
        self.links: list[Link] = []

    @property
    def last(self) -> Term:
        """The last line."""
        return self.links[-1].claim.rhs if self.links else self.first

    @property
    def relation(self) -> Relation:
        """The strongest relation that the links give between the first line and the last."""
        return _composed([link.claim.relation for link in self.links]) or "="

    @property
    def statement(self) -> Claim:
        """What the chain shows: its first line, the composed relation, its last line."""
        return Claim(self.first, self.relation, self.last)

    def __str__(self) -> str:
        from derive.derivation.shown import chain_text

        return chain_text(self)

    def __repr__(self) -> str:
        from derive.derivation.shown import plain_chain

        return f"<chain {self.label}: {plain_chain(self)}>"

    def _repr_latex_(self) -> str:
        from derive.derivation.shown import chain_latex

        return f"$$\n{chain_latex(self)}\n$$"

    def eq(
        self, text: str, *, by: str | None = None, using: Using = (), because: str = ""
    ) -> Chain:
        """A line equal to the one before."""
        return self._add("=", text, by, using, because)

    def le(
        self, text: str, *, by: str | None = None, using: Using = (), because: str = ""
    ) -> Chain:
        """A line that the one before is at most."""
        return self._add("<=", text, by, using, because)

    def lt(
        self, text: str, *, by: str | None = None, using: Using = (), because: str = ""
    ) -> Chain:
        """A line that the one before is less than."""
        return self._add("<", text, by, using, because)

    def ge(
        self, text: str, *, by: str | None = None, using: Using = (), because: str = ""
    ) -> Chain:
        """A line that the one before is at least."""
        return self._add(">=", text, by, using, because)

    def gt(
        self, text: str, *, by: str | None = None, using: Using = (), because: str = ""
    ) -> Chain:
        """A line that the one before is greater than."""
        return self._add(">", text, by, using, because)

    def ne(
        self, text: str, *, by: str | None = None, using: Using = (), because: str = ""
    ) -> Chain:
        """A line that the one before is never equal to."""
        return self._add("!=", text, by, using, because)

    def _add(self, relation: str, text: str, by: str | None, using: Using, because: str) -> Chain:
        where = f"chain {self.label}, line {len(self.links) + 2}"
        term = self.derivation._term(text, where)
        self._join(Claim(self.last, RELATIONS[relation], term), by, using, because, where)
        return self

    def _join(self, claim: Claim, by: str | None, using: Using, because: str, where: str) -> None:
        derivation = self.derivation
        if _composed([*(k.claim.relation for k in self.links), claim.relation]) is None:
            raise derivation._error(where, f"{claim.relation} cannot follow {self.relation}: "
                                    "the chain would show nothing; start a new one")  # fmt: skip
        try:
            derivation.context.check_claim(claim)
        except ContextError as error:
            raise derivation._error(where, str(error)) from None
        cited = derivation._citations(using, self, where)
        self.links.append(Link(claim, by, cited, because))


@dataclass
class Derivation(Statement):
    """A statement with its proof as a person writes it: symbols, hypotheses, chains, wrong variants."""

    chains: list[Chain] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)

    def start(self, text: str, label: str = "") -> Chain:
        """Begin a chain with its first line; without a label it is called by its number."""
        label = self._label(label)
        chain = Chain(self, self._term(text, f"chain {label}, line 1"), label)
        self.chains.append(chain)
        return chain

    def claim(
        self,
        text: str,
        label: str = "",
        *,
        by: str | None = None,
        using: Using = (),
        because: str = "",
    ) -> Chain:
        """A chain with one link, written as a whole: ``claim("0 < x**2 + 1")``."""
        label = self._label(label)
        where = f"chain {label}"
        claim = self._claim(text, where)
        chain = Chain(self, claim.lhs, label)
        chain._join(claim, by, using, because, where)
        self.chains.append(chain)
        return chain

    def wrong(self, text: str, why: str = "") -> Derivation:
        """A wrong variant of the statement, which must be refused."""
        claim = self._claim(text, f"wrong variant {len(self.wrongs) + 1}")
        self.wrongs.append(Wrong(claim, why))
        return self

    def check(self) -> Report:
        """Prove every link, join the links of each chain, and try the wrong variants."""
        from derive.derivation.proving import check

        return check(self)

    def __str__(self) -> str:
        from derive.derivation.shown import derivation_text

        return derivation_text(self)

    def _repr_latex_(self) -> str:
        from derive.derivation.shown import derivation_latex

        return derivation_latex(self)

    def _label(self, label: str) -> str:
        label = label or str(len(self.chains) + 1)
        if any(chain.label == label for chain in self.chains):
            raise self._error(f"chain {label}", "another chain has this label already")
        return label

    def _citations(self, using: Using, citing: Chain, where: str) -> tuple[Citation, ...]:
        """The earlier chains that a link names. Raises DerivationError for one that is not there."""
        known = [chain.label for chain in self.chains if chain is not citing]
        out = []
        for entry in [using] if isinstance(using, str) else using:
            label, terms = (entry, {}) if isinstance(entry, str) else entry
            if label not in known:
                there = ", ".join(known) or "none"
                raise self._error(where, f"there is no earlier chain {label!r}; there are: {there}")
            mapping = tuple(
                (name, self._term(str(text), f"{where}, {name} in {label}"))
                for name, text in terms.items()
            )
            out.append(Citation(label, mapping))
        return tuple(out)


def _composed(relations: Sequence[str]) -> Relation | None:
    """The strongest relation that a chain of relations gives; None when it gives none."""
    kinds = set(relations) - {"="}
    if not kinds:
        return "="
    if kinds <= UP:
        return "<" if "<" in kinds else "<="
    if kinds <= DOWN:
        return ">" if ">" in kinds else ">="
    return "!=" if kinds == {"!="} and list(relations).count("!=") == 1 else None
