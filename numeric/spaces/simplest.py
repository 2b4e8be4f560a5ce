"""Simple rationals: the simplest of an interval, and those on the way to a given one.

In the Stern-Brocot tree every rational stands below the simpler ones that approach it, and the
simplest rational of an interval stands above all the others in it.

>>> simplest(Domain(Fraction(31, 10), Fraction(32, 10)))
Fraction(19, 6)
>>> [str(descended(Domain(), runs)) for runs in ([3], [3, -1], [3, -7], [3, -7, 15], [-1000])]
['3', '5/2', '17/8', '242/113', '-1000']
>>> unit = Domain(Fraction(0), Fraction(1))
>>> [str(descended(unit, [run])) for run in (0, 1, 2, -1, 998)]
['1/2', '2/3', '3/4', '1/3', '999/1000']
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from numeric.domain import Domain


def descended(domain: Domain, runs: Iterable[int]) -> Fraction:
    """The rational reached from the simplest one between the bounds of a domain.

    Each run leads to larger ones, or if negative to smaller ones, for that many steps, or to the
    end of the domain. Every rational between the bounds is reached, by runs of changing sign.
    """
    node = simplest(domain)
    for run in runs:
        if run > 0:
            domain, node = _larger(domain, node, run)
        elif run < 0:
            domain, node = _larger(_mirrored(domain), -node, -run)
            domain, node = _mirrored(domain), -node
    return node


def _larger(domain: Domain, node: Fraction, steps: int) -> tuple[Domain, Fraction]:
    """What is left above the steps taken upwards, as far as there are any, and the last node."""
    low, low_open, high, high_open = (
        domain.lower,
        domain.lower_open,
        domain.upper,
        domain.upper_open,
    )
    top, bottom = (1, 0) if high is None else (high.numerator, high.denominator)
    while steps and node != high:
        beyond = Domain(node, high, True, high_open)
        above = simplest(beyond)
        low, low_open, taken = node, True, 1
        if (above.numerator, above.denominator) == (
            node.numerator + top,
            node.denominator + bottom,
        ):
            taken = steps  # every later step adds the upper end as this one does
            low = Fraction(
                above.numerator + (taken - 2) * top, above.denominator + (taken - 2) * bottom
            )
            above = Fraction(low.numerator + top, low.denominator + bottom)
        node = above
        steps -= taken
    return Domain(low, high, low_open, high_open), node


def _mirrored(domain: Domain) -> Domain:
    """The negatives of all that lies between the bounds."""
    low = None if domain.upper is None else -domain.upper
    high = None if domain.lower is None else -domain.lower
    return Domain(low, high, domain.upper_open, domain.lower_open)


def simplest(domain: Domain) -> Fraction:
    """The simplest rational between the bounds of a domain, which may be 0 even in a nonzero one."""
    low, high = domain.lower, domain.upper
    up = low is not None and (low > 0 or (low == 0 and domain.lower_open))
    down = high is not None and (high < 0 or (high == 0 and domain.upper_open))
    if not up and not down:
        return Fraction(0)
    if not up or low is None:
        assert high is not None
        end = None if low is None else -low
        return -_positive(-high, end, domain.upper_open, domain.lower_open)
    return _positive(low, high, domain.lower_open, domain.upper_open)


def _positive(low: Fraction, high: Fraction | None, low_open: bool, high_open: bool) -> Fraction:
    """By continued fractions: the first whole number there, or one over the simplest beyond."""
    below = math.floor(low)
    first = below if low == below and not low_open else below + 1
    if high is None or first < high or (first == high and not high_open):
        return Fraction(first)
    end = None if low == below else 1 / (low - below)
    return below + 1 / _positive(1 / (high - below), end, high_open, low_open)
