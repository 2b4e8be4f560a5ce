"""Hypothesis strategies for points of a domain. Needs Hypothesis, an extra for tests."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import strategies as st

from numeric.domain import Domain

_SIMPLE = 24
_MAX_DENOMINATOR = 1000


def rationals(domain: Domain) -> st.SearchStrategy[Fraction]:
    """Members of the domain; failures shrink to the simplest of them.

    Half the draws come from the first entries of `domain.points`, half from all over.
    """
    simple = st.sampled_from(domain.points(_SIMPLE))
    return st.one_of(simple, _anywhere(domain).filter(domain.contains))


def points(domains: Mapping[str, Domain]) -> st.SearchStrategy[dict[str, Fraction]]:
    """An assignment: one member of its own domain for each name."""
    return st.fixed_dictionaries({name: rationals(domain) for name, domain in domains.items()})


def _anywhere(domain: Domain) -> st.SearchStrategy[Fraction]:
    low, high = domain.lower, domain.upper
    if domain.integer:
        return st.integers(*domain.integer_range()).map(Fraction)
    if low is not None and high is not None:
        width = high - low
        share = st.fractions(0, 1, max_denominator=_MAX_DENOMINATOR)
        return share.map(lambda t: low + t * width)
    if low is None and high is None:
        return st.fractions(max_denominator=_MAX_DENOMINATOR)
    distance = st.fractions(min_value=0, max_denominator=_MAX_DENOMINATOR)
    return distance.map(lambda t: low + t if low is not None else (high or Fraction(0)) - t)
