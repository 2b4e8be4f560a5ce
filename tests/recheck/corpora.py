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
from derive.terms.term import Term, _make, binder, num, rational
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


def stated(data: Mapping[str, Any]) -> tuple[Context, list[Claim], list[Claim]]:
    """The context, claims and conditions that a well-formed certificate states.

    Raises ValueError for what an evaluator does not know, and for a domain without values.
    """
    terms: list[Term] = []
    needed = _stating(data)
    for place, row in enumerate(data["terms"]):
        terms.append(_term(row, terms) if place in needed else num(0))
    shown = [data["steps"][n] for n in data["claims"]]
    context = _context(data["contexts"][shown[0]["context"]], terms)
    conditions = [_claim(c, terms) for c in shown[0]["conditions"]]
    return context, [_claim(s["claim"], terms) for s in shown], conditions


def _stating(data: Mapping[str, Any]) -> set[int]:
    """The places of the terms of which the statement is made; -1 is the last one."""
    shown = [data["steps"][n] for n in data["claims"]]
    context = data["contexts"][shown[0]["context"]]
    rows = [*(s["claim"] for s in shown), *shown[0]["conditions"], *context["hypotheses"]]
    stack = [place for row in rows for place in (row[0], row[2])]
    for _, kind, domain, _, _, sides, defined in context["symbols"]:
        stack += [] if kind == "matrix" else [place for row in domain for place in (row[0], row[2])]
        stack += [*(sides or ()), *([defined[1]] if defined else [])]
    out: set[int] = set()
    while stack:
        place = stack.pop() % len(data["terms"])
        if place not in out:
            out.add(place)
            stack += data["terms"][place][2]
    return out


def _term(row: list[Any], terms: list[Term]) -> Term:
    head, payload, places = row
    args = tuple(terms[i] for i in places)
    if payload == "least_quadratic_form":
        raise ValueError("the evaluator does not know quadratic forms")
    if head in ("sum", "prod", "int", "diff", "mean"):
        return binder(head, payload, *args)
    if head == "num":
        payload = Fraction(payload), None
    return _make(head, tuple(payload) if head == "matrix" else payload, args)


def _claim(row: list[Any], terms: list[Term]) -> Claim:
    return Claim(terms[row[0]], row[1], terms[row[2]])


def _domain(claims: list[Claim], integer: bool) -> Domain:
    """The domain that claims between a name and numbers describe. Raises ValueError for another one."""
    ends: dict[str, Any] = {}
    for claim in claims:
        low, high = map(rational, (claim.lhs, claim.rhs))
        if claim.relation == "!=" and 0 in (low, high):
            ends["nonzero"] = True
            continue
        if claim.relation == "!=":
            raise ValueError("a domain with a hole besides 0")
        for side, value, sign in (("lower", low, 1), ("upper", high, -1)):
            value = low if value is None and claim.relation == "=" else value
            value = high if value is None and claim.relation == "=" else value
            known = ends.get(side)
            if value is not None and (known is None or value * sign >= known * sign):
                ends |= {side: value, f"{side}_open": claim.relation == "<"}
    return Domain(**ends, integer=integer)


def _context(data: Mapping[str, Any], terms: list[Term]) -> Context:
    symbols, definitions = [], []
    for name, kind, domain, integer, arity, sides, defined in data["symbols"]:
        if kind == "matrix":
            shape = terms[sides[0]], terms[sides[1]]
            form = ("", "symmetric", "spd")[min(2, len(domain))]
            symbols.append(Declaration(name, kind, Domain(), arity, shape, form))
        else:
            own = _domain([_claim(c, terms) for c in domain], integer)
            symbols.append(Declaration(name, kind, own, arity))
        if defined is not None:
            parameters, body, integers = defined
            definitions.append(Definition(name, tuple(parameters), terms[body], integers))
    hypotheses = ((str(n), _claim(c, terms)) for n, c in enumerate(data["hypotheses"]))
    return Context(tuple(symbols), tuple(hypotheses), tuple(definitions))


def main() -> int:
    """Recheck the certificate of every proof in the corpora; 1 when one is rejected or not written."""
    from derive.kernel.theorem import KernelError
    from derive.recheck import Rejected, recheck

    accepted, rejected = 0, 0
    for name, data in claims():
        try:
            cert = certified(data)
            accepted += cert is not None and recheck(cert) is not None
        except (KernelError, Rejected) as error:
            rejected += 1
            print(f"{name}: {error}")
    print(f"{accepted} accepted, {rejected} rejected or not written")
    return 1 if rejected else 0


if __name__ == "__main__":
    raise SystemExit(main())
