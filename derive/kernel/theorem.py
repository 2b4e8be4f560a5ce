"""Theorems, and the one door through which they come into being.

A theorem is a sequent ``Γ ; Δ ⊢ a ⋈ b``. It says: for every assignment in the declared domains of Γ
that satisfies its hypotheses and every condition in Δ, both sides are defined and the relation holds.
Only the rules of this package call `conclude`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, cast

from derive.terms.context import Claim, Context


class KernelError(ValueError):
    """A rule that does not apply. The message starts with the rule's own name."""


class Theorem:
    """A proved sequent. It cannot be constructed, changed, copied or unpickled, only concluded.

    ``context`` is Γ, ``conditions`` is Δ, ``claim`` what is proved, ``rule`` the rule that concluded
    it from ``premises`` and ``data``, ``axioms`` the names of the facts taken without proof.
    """

    __slots__ = ("axioms", "claim", "conditions", "context", "data", "premises", "rule")
    context: Context
    conditions: frozenset[Claim]
    claim: Claim
    rule: str
    premises: tuple[Theorem, ...]
    data: tuple[Any, ...]
    axioms: frozenset[str]

    def __new__(cls, *_: object, **__: object) -> NoReturn:
        raise TypeError("a theorem is concluded by a rule of derive.kernel, never constructed")

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("Theorem cannot be subclassed")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a theorem cannot be changed (tried to set {name})")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a theorem cannot be changed (tried to delete {name})")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a theorem cannot be copied or pickled; prove it again")

    def __bool__(self) -> NoReturn:
        raise TypeError("a theorem has no truth value; look at its conditions")

    def __repr__(self) -> str:
        delta = ", ".join(sorted(map(str, self.conditions)))
        return f"[{delta}] ⊢ {self.claim}" if delta else f"⊢ {self.claim}"


def conclude(
    rule: str,
    context: Context,
    claim: Claim,
    premises: Iterable[Theorem] = (),
    conditions: Iterable[Claim] = (),
    *,
    data: tuple[Any, ...] = (),
    axioms: Iterable[str] = (),
    restated: bool = False,
    discharged: Claim | None = None,
) -> Theorem:
    """Make the theorem that ``rule`` concludes. For the rules of this package alone.

    The conditions and axioms of the premises are carried over, and a premise must live in the same
    context; unless ``restated``, by which a rule says that ``conditions`` already restates theirs.
    ``discharged`` is the condition of the first premise that the others prove. Raises KernelError
    when the claim is not well-formed in the context.
    """
    given = tuple(premises)
    if not restated and any(p.context is not context and p.context != context for p in given):
        raise KernelError(f"{rule}: the premises live in different contexts")
    carried = [p.conditions for p in given] if not restated else []
    if discharged is not None:
        carried[0] = carried[0] - {discharged}
    own = frozenset(conditions)
    try:
        for stated in (claim, *own):
            context.check_claim(stated)
    except ValueError as error:
        raise KernelError(f"{rule}: {error}") from None
    theorem: Theorem = object.__new__(cast(Any, Theorem))
    put = object.__setattr__
    put(theorem, "context", context)
    put(theorem, "conditions", own.union(*carried))
    put(theorem, "claim", claim)
    put(theorem, "rule", rule)
    put(theorem, "premises", given)
    put(theorem, "data", data)
    put(theorem, "axioms", frozenset(axioms).union(*(p.axioms for p in given)))
    return theorem
