"""Claims as JSON objects, one a line: the protocol of ``derive decide --jsonl``.

The format of both directions is in `docs/claim.schema.json` and `docs/verdict.schema.json`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from derive.decision import decide
from derive.declaring import ClaimError, declare
from derive.diagnosis import Slip, diagnose
from derive.keys.links import rules_of
from derive.terms import Context, ContextError, Term, TermError, TextError, read, read_claim
from derive.terms.context import RELATIONS, Claim
from derive.terms.domains import is_matrix
from derive.universal import assumed as assumed_claim
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict

MAX_LINE: Final = 100_000
SLIP_SECONDS: Final = 0.5
MAX_SYMBOLS: Final = 500
MAX_ASSUMED: Final = 100

FIELDS: Final = {"id", "lhs", "rhs", "relation", "symbols", "assume", "syntax"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: its number and bytes, cut off when it is too long."""

    number: int
    data: bytes
    too_long: bool = False


def lines(stream: BinaryIO) -> Iterator[Line]:
    """The non-empty lines of a stream; no more than `MAX_LINE` bytes of one are kept."""
    number = 0
    while chunk := stream.readline(MAX_LINE + 1):
        number += 1
        too_long = len(chunk) > MAX_LINE and not chunk.endswith(b"\n")
        rest = chunk
        while too_long and rest and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE)
        if chunk.strip():
            yield Line(number, chunk[:MAX_LINE], too_long)


def answer(line: Line, seconds: float = SLIP_SECONDS, certify: bool = False) -> dict[str, Any]:
    """The verdict on one line as a JSON object, or an object with ``error`` for a bad line.

    ``seconds`` is the time in which the slip in a refuted claim is looked for; where the verdict alone
    took longer it is not. With ``certify`` the text of a proof's certificate is under ``certificate``.
    """
    start = time.perf_counter()
    name: Any = None
    try:
        data = _object(line)
        name = data.get("id")
        context, claim = read_object(data)
        verdict = decide(claim, context)
        out = verdict_object(verdict)
        if certify:
            out["certificate"] = certificate_text(verdict)
        if isinstance(verdict, Refuted) and time.perf_counter() - start < seconds:
            out["slip"] = slip_object(diagnose(claim, context, seconds=seconds))
    except (ClaimError, ContextError, TermError) as error:
        return {"id": name, "error": f"line {line.number}: {error}"}
    except RecursionError:
        out = verdict_object(Undecided("the expressions are nested too deeply to be checked"))
    return {"id": name, **out, "ms": round(1e3 * (time.perf_counter() - start), 3)}


def certificate_text(verdict: Verdict) -> str | None:
    """The certificate of a proved or conditional claim as one line of JSON.

    None for another verdict, and for a proof that cannot be written down.
    """
    from derive.certificates import certificate
    from derive.kernel.theorem import KernelError

    if not isinstance(verdict, Proved | Conditional):
        return None
    try:
        data = certificate(verdict.theorem)
    except KernelError:
        return None
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def failed(line: Line, reason: str) -> dict[str, Any]:
    """The object for a claim whose check did not come back."""
    try:
        name = _object(line).get("id")
    except ClaimError:
        name = None
    return {"id": name, **verdict_object(Undecided(reason)), "ms": None}


def verdict_object(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the fields of a JSON object."""
    out: dict[str, Any] = {
        "verdict": verdict.name,
        "conditions": [],
        "witness": None,
        "slip": None,
        "reason": "",
        "proof": [],
    }
    if isinstance(verdict, Proved | Conditional):
        out["proof"] = list(rules_of(verdict))
    if isinstance(verdict, Conditional):
        out["conditions"] = [str(c) for c in verdict.conditions]
        out["reason"] = "it holds where the conditions do"
    if isinstance(verdict, Refuted):
        witness = verdict.witness
        out["witness"] = {
            "values": {k: str(v) for k, v in witness.values},
            "lhs": witness.lhs,
            "rhs": witness.rhs,
            "formulas": dict(witness.formulas),
            "entry": witness.entry,
            "undefined": witness.undefined,
        }
        out["reason"] = str(witness)
    if isinstance(verdict, Undecided):
        out["reason"] = verdict.reason
    return out


def slip_object(slip: Slip | None) -> dict[str, str] | None:
    """A slip as a JSON object: its kind, what it is in words, and the side as it should be."""
    if slip is None:
        return None
    return {
        "kind": slip.kind,
        "words": slip.words,
        "side": slip.side,
        "corrected": str(slip.corrected),
        "claim": str(slip.claim),
    }


def _object(line: Line) -> dict[str, Any]:
    if line.too_long:
        raise ClaimError(f"the line is longer than {MAX_LINE} bytes")
    try:
        data = json.loads(
            line.data.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise ClaimError(f"byte {error.start + 1} is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ClaimError(f"column {error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise ClaimError("the JSON values are nested too deeply") from None
    except ClaimError:
        raise
    except ValueError:
        raise ClaimError("a number has too many digits to be read") from None
    if not isinstance(data, dict):
        raise ClaimError("expected a JSON object with lhs, relation and rhs")
    return data


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise ClaimError(f"the key {key[:60]!r} is given twice")
        out[key] = value
    return out


def _no_constant(name: str) -> Any:
    raise ClaimError(f"{name} is not a value; use exact numbers in strings")


def read_object(data: dict[str, Any]) -> tuple[Context, Claim]:
    """The context and the claim of a JSON object. Raises ClaimError."""
    for key in data:
        if key not in FIELDS:
            raise ClaimError(f"unknown key {key[:60]!r}; expected {', '.join(sorted(FIELDS))}")
    if data.get("syntax", "text") != "text":
        raise ClaimError(f"unknown syntax {str(data['syntax'])[:40]!r}; expected 'text'")
    relation = data.get("relation", "=")
    if not isinstance(relation, str) or relation not in RELATIONS:
        raise ClaimError(
            f"unknown relation {str(relation)[:40]!r}; expected one of {' '.join(RELATIONS)}"
        )
    context = _context(data.get("symbols", {}), data.get("assume", []))
    sides = [_side(data, name, context) for name in ("lhs", "rhs")]
    claim = Claim(sides[0], RELATIONS[relation], sides[1])
    context.check_claim(claim)
    return context, claim


def _side(data: dict[str, Any], name: str, context: Context) -> Term:
    text = data.get(name)
    if not isinstance(text, str):
        raise ClaimError(f"{name} must be a string with an expression")
    try:
        return read(text, context)
    except TextError as error:
        raise ClaimError(f"{name}: column {error.column}: {error.message}") from None


def _context(symbols: Any, assumed: Any) -> Context:
    if not isinstance(symbols, dict) or len(symbols) > MAX_SYMBOLS:
        raise ClaimError(f"symbols must be an object of at most {MAX_SYMBOLS} names and domains")
    if not isinstance(assumed, list) or len(assumed) > MAX_ASSUMED:
        raise ClaimError(f"assume must be a list of at most {MAX_ASSUMED} claims")
    context = Context()
    later = {n: d for n, d in symbols.items() if isinstance(d, str) and is_matrix(d)}
    for name, domain in ({n: d for n, d in symbols.items() if n not in later} | later).items():
        context = declare(context, name, domain)
    for number, text in enumerate(assumed, 1):
        if not isinstance(text, str):
            raise ClaimError(f"assume {number} must be a string")
        try:
            context = assumed_claim(context, f"assume {number}", read_claim(text, context))
        except TextError as error:
            raise ClaimError(f"assume {number}: column {error.column}: {error.message}") from None
    return context
