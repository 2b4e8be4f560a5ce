"""What SymPy may assume of a symbol, and the domain that says the same."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import sympy

from derive.terms.context import Context, Kind
from numeric.domain import Domain

FACTS: Final = (
    "commutative",
    "complex",
    "real",
    "imaginary",
    "finite",
    "infinite",
    "zero",
    "nonzero",
    "positive",
    "negative",
    "nonnegative",
    "nonpositive",
    "integer",
    "noninteger",
    "rational",
    "irrational",
    "algebraic",
    "transcendental",
    "even",
    "odd",
    "prime",
    "composite",
    "hermitian",
    "antihermitian",
    "polar",
    "extended_real",
    "extended_positive",
    "extended_negative",
    "extended_nonnegative",
    "extended_nonpositive",
    "extended_nonzero",
)
"""Everything SymPy may have been told about a symbol."""


class BridgeError(ValueError):
    """An expression with no counterpart on the other side; the message names the part."""


def assumptions(domain: Domain) -> dict[str, bool]:
    """What SymPy may assume of a member of the domain."""
    low, high = domain.integer_range() if domain.integer else (domain.lower, domain.upper)
    open_low = domain.nonzero or (not domain.integer and domain.lower_open)
    open_high = domain.nonzero or (not domain.integer and domain.upper_open)
    said = {"real": True, "integer": domain.integer, "nonzero": domain.nonzero}
    said["nonnegative"] = low is not None and low >= 0
    said["positive"] = low is not None and (low > 0 or (low == 0 and open_low))
    said["nonpositive"] = high is not None and high <= 0
    said["negative"] = high is not None and (high < 0 or (high == 0 and open_high))
    return {fact: True for fact, holds in said.items() if holds}


def _claims(thing: Any) -> dict[str, bool]:
    found = {fact: getattr(thing, f"is_{fact}") for fact in FACTS}
    return {fact: value for fact, value in found.items() if value is not None}


def check_claims(name: str, thing: Any, domain: Domain) -> None:
    """Refuse a SymPy object that assumes more than membership in the domain."""
    allowed = _claims(sympy.Symbol(name, **assumptions(domain)))
    for fact, value in _claims(thing).items():
        if allowed.get(fact) is not value:
            raise BridgeError(
                f"{name} was made with {fact}={value}, and its domain here is {domain}; SymPy may "
                f"have rewritten the expression with it, so build it again without that assumption"
            )


def domain_of(name: str, thing: Any) -> Domain:
    """The domain that the assumptions of a SymPy symbol describe."""
    if not thing.is_real:
        raise BridgeError(
            f"nothing says where the values of {name} lie: give it assumptions, such as "
            f"Symbol('{name}', real=True) or Symbol('{name}', positive=True)"
        )
    zero = Fraction(0)
    domain = Domain(
        lower=zero if thing.is_nonnegative else None,
        upper=zero if thing.is_nonpositive else None,
        lower_open=not thing.is_nonnegative or bool(thing.is_positive),
        upper_open=not thing.is_nonpositive or bool(thing.is_negative),
        integer=bool(thing.is_integer),
        nonzero=bool(thing.is_nonzero) and not thing.is_positive and not thing.is_negative,
    )
    check_claims(name, thing, domain)
    return domain


def check_name(name: str, taken: frozenset[str]) -> str:
    """The name itself. Raises BridgeError when no symbol of the language can be called so."""
    if not name.isidentifier() or name in taken:
        raise BridgeError(f"{name!r} cannot be a name in a term; choose another")
    return name


def check_use(context: Context, name: str, kind: Kind, arity: int) -> None:
    """Raise BridgeError unless the name is declared as this kind with so many arguments."""
    if name not in context:
        raise BridgeError(f"{name} is not declared; declare it in the context")
    declared = context[name]
    if (declared.kind, declared.arity) != (kind, arity):
        raise BridgeError(
            f"{name} is declared as a {declared.kind} with {declared.arity} arguments, and used as "
            f"a {kind} with {arity}"
        )
