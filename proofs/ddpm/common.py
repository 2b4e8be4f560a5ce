"""The family of denoising diffusion, and what its modules here share: the schedule and its
lemmas.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("ddpm", "Denoising diffusion")


def schedule(d: Derivation, **symbols: str) -> None:
    """Declare a schedule with values in (0, 1) and its products, beside other symbols."""
    d.declare({"alpha(t)": "in (0, 1)", **symbols})
    d.define("beta(t)", "1 - alpha(t)")
    d.define("abar(t)", "Prod(alpha(s), s, 1, t)")


def range_of_abar(d: Derivation) -> None:
    """The lemmas 0 < abar_k < 1 for k >= 1, for use at k = n and k = n - 1."""
    d.claim("abar(k) > 0", label="positive", because="every factor is positive")
    d.start("abar(k)", label="below").eq("Prod(alpha(s), s, 1, k)", because="definition").lt(
        "1", because="a product of k >= 1 factors in (0, 1)"
    )


def at(k: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The lemmas of `range_of_abar` at an index."""
    return ("positive", {"k": k}), ("below", {"k": k})
