"""The family of the probability calculus, and what its modules here share."""

from __future__ import annotations

from derive.library import Family

family = Family("prob", "Probability calculus")


def exists(integral: str) -> str:
    """The hypothesis that an integral exists."""
    return f"{integral} = {integral}"
