"""Certificates written by hand, sealed as a forger would seal them."""

from __future__ import annotations

from typing import Any

from derive.recheck import recheck
from derive.recheck.replay import Report, seal

Json = Any
DOMAIN = {"lower": None, "upper": None, "lower_open": True, "upper_open": True}
REALS = {**DOMAIN, "integer": False, "nonzero": False}
POSITIVE_INTEGERS = {**REALS, "lower": "1", "lower_open": False, "integer": True}


class Forger:
    """Collects terms, contexts and steps by their numbers."""

    def __init__(self) -> None:
        self.terms: list[Json] = []
        self.contexts: list[Json] = []
        self.steps: list[Json] = []

    def term(self, head: str, payload: Json = None, *args: int) -> int:
        """The number of a term; equal terms have one number."""
        row = [head, payload, list(args)]
        if row not in self.terms:
            self.terms.append(row)
        return self.terms.index(row)

    def num(self, value: int) -> int:
        """A literal number."""
        return self.term("num", [str(value), None])

    def sym(self, name: str) -> int:
        """A symbol."""
        return self.term("sym", name)

    def minus(self, a: int, b: int) -> int:
        """A difference."""
        return self.term("add", None, a, self.term("neg", None, b))

    def context(self, *symbols: Json, hypotheses: Json = ()) -> int:
        """A context of symbols, each a name or ``(name, kind, domain, arity)``."""
        rows = [
            [s, "scalar", REALS, 0, None] if isinstance(s, str) else [*s, None] for s in symbols
        ]
        claims = [["", list(h)] for h in hypotheses]
        self.contexts.append({"symbols": rows, "hypotheses": claims, "definitions": []})
        return len(self.contexts) - 1

    def step(
        self, rule: str, context: int, premises: Json, claim: Json, *data: Json, given: Json = ()
    ) -> int:
        """A step; ``given`` are its conditions."""
        row = {"rule": rule, "context": context, "premises": list(premises), "claim": list(claim)}
        row |= {"conditions": [list(c) for c in given], "axioms": [], "data": list(data)}
        self.steps.append(row)
        return len(self.steps) - 1

    def submit(self) -> Report:
        """What the second program says of the certificate that ends with the last step."""
        header = {k: self.steps[-1][k] for k in ("context", "claim", "conditions", "axioms")}
        cert = {"format": "derive-certificate", "version": 1, "claim": header}
        cert |= {"terms": self.terms, "contexts": self.contexts, "steps": self.steps}
        return recheck({**cert, "seal": seal(cert)})


def at(term: int) -> Json:
    """A term in the data of a step."""
    return {"t": term}
