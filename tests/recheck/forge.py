"""Certificates written by hand, sealed as a forger would seal them."""

from __future__ import annotations

from typing import Any

from derive.recheck import recheck
from derive.recheck.replay import VERSION, Report, seal

Json = Any


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
        return self.term("num", str(value))

    def sym(self, name: str) -> int:
        """A symbol."""
        return self.term("sym", name)

    def minus(self, a: int, b: int) -> int:
        """A difference."""
        return self.term("add", None, a, self.term("neg", None, b))

    def context(self, *symbols: Json, hypotheses: Json = ()) -> int:
        """A context of symbols, each a name or a row ``name, kind, domain, integer, arity, …``."""
        rows = [
            [s, "scalar", [], False, 0, None, None] if isinstance(s, str) else s for s in symbols
        ]
        self.contexts.append({"symbols": rows, "hypotheses": [list(h) for h in hypotheses]})
        return len(self.contexts) - 1

    def count(self, name: str) -> Json:
        """A symbol for a positive integer."""
        return [name, "scalar", [[self.num(1), "<=", self.sym(name)]], True, 0, None, None]

    def step(
        self,
        rule: str,
        context: int,
        claim: Json,
        *data: Json,
        premises: Json = (),
        shown: Json = (),
        given: Json = (),
    ) -> int:
        """A step; ``given`` are its conditions."""
        row = {"rule": rule, "context": context, "claim": list(claim), "data": list(data)}
        row |= {"premises": list(premises), "shown": list(shown)}
        row |= {"conditions": [list(c) for c in given], "axioms": []}
        self.steps.append(row)
        return len(self.steps) - 1

    def combine(self, context: int, claim: Json, *shown: int, by: Json = (), slack: int = 0) -> int:
        """A step of algebra."""
        factors = [at(self.num(m) if m >= 0 else self.term("neg", None, self.num(-m))) for m in by]
        return self.step("combine", context, claim, factors, at(self.num(slack)), shown=shown)

    def fact(self, context: int, claim: Json, name: str, letters: Json, **parts: Json) -> int:
        """An instance of a fact; the letters are rows ``letter, its arguments, term``."""
        rows = [[letter, list(given), at(t)] for letter, given, t in letters]
        return self.step("fact", context, claim, name, rows, **parts)

    def submit(self) -> Report:
        """What the second program says of the certificate that shows what the last step says."""
        return self.submit_claims([len(self.steps) - 1])

    def submit_claims(self, claims: Json) -> Report:
        """The same of one that shows what several steps say, by their numbers."""
        return recheck(self.certificate(claims))

    def certificate(self, claims: Json) -> Json:
        """The certificate that shows what these steps say."""
        cert = {"format": "derive-certificate", "version": VERSION, "claims": claims}
        cert |= {"terms": self.terms, "contexts": self.contexts, "steps": self.steps}
        return {**cert, "seal": seal(cert)}


def at(term: int) -> Json:
    """A term in the data of a step."""
    return {"t": term}
