"""Statements evaluated on random instances that are made from the statements alone.

A theorem says that a claim holds for every assignment in its context. `cross_check` makes assignments:
numbers from their domains, smooth functions or tables for what is declared as a function, finite sets of
weighted points for spaces, and whatever the hypotheses ask for; and computes both sides with `numeric`.
It shares no code with the kernel that proved the theorem. It can only disagree: agreement proves nothing.
"""

from derive.crosscheck.check import CrossCheck, cross_check, cross_check_all
from derive.crosscheck.survey import Cannot

__all__ = ["Cannot", "CrossCheck", "cross_check", "cross_check_all"]
