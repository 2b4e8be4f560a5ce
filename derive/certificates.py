"""Certificates: theorems as JSON objects that `derive.recheck` checks again.

`derive.certifying` takes the steps of the kernel apart into those that the second program knows; here
they are put into one object. The same theorems give the same text. The ``seal`` is the SHA-256 digest of
the rest, as JSON with sorted keys.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from derive.kernel.theorem import Theorem
    from derive.recheck.steps import Step

FORMAT: Final = "derive-certificate"
VERSION: Final = 3
DEPTH: Final = 20_000

Json = Any


def certificate(theorem: Theorem) -> dict[str, Json]:
    """The certificate of a theorem. Raises KernelError when a step cannot be written down."""
    return certificates({"": theorem})[0]


def certificates(theorems: Mapping[str, Theorem]) -> list[dict[str, Json]]:
    """Certificates that together show some theorems: one for those alike in all but their claims.

    What the theorems share is written once. Raises Unwritten, a KernelError whose ``name`` is the name of
    the theorem, when a step cannot be written down.
    """
    with _much_made():
        return _contents(theorems)


def _contents(theorems: Mapping[str, Theorem]) -> list[dict[str, Json]]:
    from derive.certifying.rules import rewritten

    groups: dict[Any, list[Step]] = {}
    for step in rewritten(theorems):
        alike = step.context, step.conditions, step.axioms
        groups.setdefault(alike, []).append(step)
    return [_content(group) for group in groups.values()]


@contextmanager
def _much_made() -> Iterator[None]:
    """Deep terms, and no search for garbage: nearly all that is made is kept until the end."""
    limit, before = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, DEPTH))
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
        sys.setrecursionlimit(limit)


def _content(claims: list[Step]) -> dict[str, Json]:
    from derive.certifying.serialising import Serialiser, reachable

    serialiser = Serialiser()
    for step in reachable(claims):
        serialiser.add(step)
    content: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "terms": serialiser.terms,
        "contexts": serialiser.contexts,
        "steps": serialiser.steps,
        "claims": [serialiser.number(step) for step in claims],
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {**content, "seal": digest}
