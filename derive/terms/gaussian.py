"""The closed form of a divergence between normal laws, as text: for evaluation, and to be derived."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from derive.terms.context import Claim

GAUSSIAN_KL: Final = "KL(Normal(m, v), Normal(n, w)) = (log(w/v) + (v + (m - n)**2)/w - 1)/2"
"""The divergence between two normal laws (PRML, exercise 2.13); `derive.search.laws` derives it."""


@lru_cache(maxsize=1)
def gaussian_kl() -> Claim:
    """`GAUSSIAN_KL` as a claim in the letters m, v, n, w."""
    from derive.terms.reader import read_claim

    return read_claim(GAUSSIAN_KL)
