"""The claims whose certificates are tested, and what a certificate states, for an evaluator.

``python tests/recheck/corpora.py`` rechecks the certificate of every proof in the corpora.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from derive.certificates import certificate
from derive.claims import read_object
from derive.decision import decide
from derive.terms.context import Claim, Context, Declaration, Definition
from derive.terms.term import Term, _make, binder
from derive.verdict import Conditional, Proved
from numeric.domain import Domain

TESTS = Path(__file__).resolve().parents[1]
FIELDS = ("lhs", "rhs", "relation", "symbols", "assume", "syntax")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def claims() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every claim of the corpora: the claims of the field, the traps and the statements."""
    for data in _lines(TESTS / "data" / "claims.jsonl"):
        yield f"claims/{data['id']}", data
    for path in sorted((TESTS / "traps").glob("*.jsonl")):
        for pair in _lines(path):
            yield f"{path.stem}/{pair['id']}/control", pair["control"]
            yield f"{path.stem}/{pair['id']}/trap", pair["trap"]
    for data in _lines(TESTS / "field" / "statements.jsonl"):
        yield f"field/{data['id']}", data


def certified(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The certificate of a claim, through its text; None when there is no proof."""
    context, claim = read_object({k: v for k, v in data.items() if k in FIELDS})
    verdict = decide(claim, context)
    if not isinstance(verdict, Proved | Conditional):
        return None
    out: dict[str, Any] = json.loads(json.dumps(certificate(verdict.theorem)))
    return out


def stated(data: Mapping[str, Any]) -> tuple[Context, Claim, list[Claim]]:
    """The context, claim and conditions that a well-formed certificate states."""
    terms: list[Term] = []
    for row in data["terms"]:
        terms.append(_term(row, terms))
    header = data["claim"]
    context = _context(data["contexts"][header["context"]], terms)
    return context, _claim(header["claim"], terms), [_claim(c, terms) for c in header["conditions"]]


def _term(row: list[Any], terms: list[Term]) -> Term:
    head, payload, places = row
    args = tuple(terms[i] for i in places)
    if head in ("sum", "prod", "int", "diff", "mean"):
        return binder(head, payload, *args)
    if head == "num":
        payload = Fraction(payload[0]), payload[1]
    return _make(head, tuple(payload) if head == "matrix" else payload, args)


def _claim(row: list[Any], terms: list[Term]) -> Claim:
    return Claim(terms[row[0]], row[1], terms[row[2]])


def _context(data: Mapping[str, Any], terms: list[Term]) -> Context:
    symbols = []
    for name, kind, domain, arity, extra in data["symbols"]:
        ends = {k: None if domain[k] is None else Fraction(domain[k]) for k in ("lower", "upper")}
        matrix = kind == "matrix"
        shape = (terms[extra[0]], terms[extra[1]]) if matrix else None
        form = extra[2] if matrix else ""
        symbols.append(Declaration(name, kind, Domain(**{**domain, **ends}), arity, shape, form))
    definitions = (Definition(n, tuple(p), terms[b], i) for n, p, b, i in data["definitions"])
    hypotheses = ((name, _claim(c, terms)) for name, c in data["hypotheses"])
    return Context(tuple(symbols), tuple(hypotheses), tuple(definitions))


def main() -> int:
    """Recheck the certificate of every proof in the corpora; 1 when one is rejected."""
    from derive.recheck import Rejected, recheck

    accepted, rejected = 0, 0
    for name, data in claims():
        cert = certified(data)
        try:
            accepted += cert is not None and recheck(cert) is not None
        except Rejected as error:
            rejected += 1
            print(f"{name}: {error}")
    print(f"{accepted} accepted, {rejected} rejected")
    return 1 if rejected else 0


if __name__ == "__main__":
    raise SystemExit(main())
