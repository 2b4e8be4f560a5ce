"""The steps of a proof, in an order in which they can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.kernel.theorem import Theorem


def steps(theorem: Theorem) -> Iterator[Theorem]:
    """Every theorem that one rests on, premises first, itself last, each once."""
    seen: set[int] = set()
    stack: list[tuple[Theorem, bool]] = [(theorem, False)]
    while stack:
        step, done = stack.pop()
        if done:
            yield step
        elif id(step) not in seen:
            seen.add(id(step))
            stack.append((step, True))
            stack.extend((premise, False) for premise in reversed(step.premises))
