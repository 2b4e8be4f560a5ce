"""Certificates: theorems as JSON objects that `derive.recheck` checks again.

`derive.certifying` takes the steps of the kernel apart into those that the second program knows; here
they are put into one object. The same theorem gives the same text. The ``seal`` is the SHA-256 digest of
the rest, as JSON with sorted keys.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from derive.kernel.theorem import Theorem

FORMAT: Final = "derive-certificate"
VERSION: Final = 2
DEPTH: Final = 20_000

Json = Any


def certificate(theorem: Theorem) -> dict[str, Json]:
    """The certificate of a theorem. Raises KernelError when a step cannot be written down."""
    from derive.certifying.rules import rewritten
    from derive.certifying.serialising import Serialiser, reachable

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        last = rewritten(theorem)
        serialiser = Serialiser()
        for step in reachable(last):
            serialiser.add(step)
        content: dict[str, Json] = {
            "format": FORMAT,
            "version": VERSION,
            "claim": serialiser.statement(last),
            "terms": serialiser.terms,
            "contexts": serialiser.contexts,
            "steps": serialiser.steps,
        }
    finally:
        sys.setrecursionlimit(limit)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {**content, "seal": digest}
