"""The family of information theory, and what its modules here share."""

from __future__ import annotations

from derive.library import Family

family = Family("info", "Information theory")


def kl(p: str, q: str, x: str = "x", space: str = "X") -> str:
    """The divergence of two densities on a space, as an integral."""
    return f"Int({p}*log({p}/({q})), {x}, {space})"


def exists(integral: str) -> str:
    """The hypothesis that an integral exists."""
    return f"{integral} = {integral}"
