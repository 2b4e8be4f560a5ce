"""Diagnosis: true statements with one slip in them, and the slip found again."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from helpers import ROOT, claims_in, jsonl, run
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.claims import read_object
from derive.decision import decide
from derive.diagnosis import Slip, diagnose
from derive.diagnosis.places import negated, places
from derive.diagnosis.slips import SLIPS
from derive.terms import Context
from derive.terms.context import Claim, ContextError

GAUSS = {"x": "real", "m": "real", "s": "positive", "v": "positive"}
PAIR = {"a": "real", "b": "real"}
POS = {"a": "positive", "b": "positive", "x": "positive"}
UNIT = {"p": "in (0, 1)", "q": "in (0, 1)"}
STEPS = {"abar(t)": "in (0, 1)", "alpha(t)": "in (0, 1)", "t": "integer >= 1", "x[i]": "real"}

BROKEN: dict[str, list[tuple[str, dict[str, str]]]] = {
    "strict": [
        ("(a - b)**2 > 0", PAIR),
        ("a**2 + b**2 > 0", PAIR),
        ("0 < (a + 1)**2", PAIR),
    ],
    "reversed": [
        ("p*q > p", UNIT),
        ("a**2 + 1 <= 0", PAIR),
        ("exp(a) < 0", PAIR),
    ],
    "sign": [
        ("(a - b)**2 = a**2 + 2*a*b + b**2", PAIR),
        ("diff(log(Normal(x; m, v)), x) = (x - m)/v", GAUSS),
        ("exp(a)*exp(b) = exp(a - b)", PAIR),
        ("log(sigmoid(a)) = -softplus(a)", PAIR),
    ],
    "factor": [
        ("log(Normal(x; m, v)) = -(x - m)**2/(2*v) - log(2*pi*v)", GAUSS),
        ("diff(x**2/2, x) = 2*x", GAUSS),
        ("KL(Normal(m, v), Normal(0, v)) = m**2/v", GAUSS),
        ("tanh(a) = 2*sigmoid(a) - 1", PAIR),
    ],
    "log variance": [
        ("log(a**2*b**2) = log(a) + log(b**2)", POS),
        ("(m**2 + s**2 - log(s**2) - 1)/2 = (m**2 + s**2 - log(s) - 1)/2", GAUSS),
        ("log(x**2) = log(x)", POS),
    ],
    "variance": [
        ("KL(Normal(m, s**2), Normal(0, 1)) = (m**2 + s - log(s**2) - 1)/2", GAUSS),
        ("log(Normal(x; m, s**2)) = -(x - m)**2/(2*s) - log(s) - log(2*pi)/2", GAUSS),
        ("diff(log(Normal(x; m, s**2)), x) = -(x - m)/s", GAUSS),
        ("KL(Normal(m, v), Normal(0, 1)) = (m**2 + v**2 - log(v) - 1)/2", GAUSS),
    ],
    "square": [
        ("log(Normal(x; m, v)) = -(x - m)/(2*v) - log(2*pi*v)/2", GAUSS),
        ("KL(Normal(m, v), Normal(x, v)) = (m - x)/(2*v)", GAUSS),
        ("diff(tanh(a), a) = 1 - tanh(a)", PAIR),
    ],
    "root": [
        ("Normal(x; x, v) = 1/(2*pi*v)", GAUSS),
        ("sqrt(p)*sqrt(q) = p*q", UNIT),
        ("sqrt(p)*x + sqrt(1 - p)*m = sqrt(p)*x + (1 - p)*m", {**GAUSS, **UNIT}),
    ],
    "swapped arguments": [
        ("KL(Normal(m, v), Normal(0, s)) = KL(Normal(0, s), Normal(m, v))", GAUSS),
        ("k(a, b) + 1 = 1 + k(b, a)", {**PAIR, "k(x, y)": "real"}),
        ("2*KL(Normal(m, 1), Normal(0, v)) = KL(Normal(0, v), Normal(m, 1))*2", GAUSS),
    ],
    "exchanged": [
        ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) = q*log(q/p) + (1 - q)*log((1 - q)/(1 - p))", UNIT),
        ("1 - a/(a + b) = a/(b + a)", POS),
        ("log(s2/s1) + (s1**2 + (m1 - m2)**2)/(2*s2**2) = log(s1/s2) + (s2**2 + (m1 - m2)**2)/(2*s1**2)",
         {"s1": "positive", "s2": "positive", "m1": "real", "m2": "real"}),
    ],
    "jacobian": [
        ("Normal(log(x); m, v)/x = Normal(log(x); m, v)", {**GAUSS, "x": "positive"}),
        ("Normal(a*x; a*m, a**2*v) = Normal(x; m, v)", {**GAUSS, "a": "positive"}),
        ("log(Normal(log(x); m, v)) - log(x) = log(Normal(log(x); m, v))", {**GAUSS, "x": "positive"}),
    ],
    "index": [
        ("abar(t - 1)*alpha(t) = abar(t)*alpha(t)", STEPS),
        ("1 - alpha(t)*abar(t - 1) = 1 - alpha(t - 1)*abar(t - 1)", STEPS),
        ("(x[t] - x[t + 1])**2 = x[t]**2 - 2*x[t]*x[t + 1] + x[t]**2", STEPS),
    ],
    "dropped": [
        ("(a + b + 1)*2 = 2*a + 2*b", PAIR),
        ("KL(Normal(m, v), Normal(0, 1)) = (m**2 - log(v) - 1)/2", GAUSS),
        ("(log(a/b) + x - 1)/2 = log(a/b)/2 + x/2", POS),
        ("diff(exp(s*x + m), s) = exp(s*x + m)", GAUSS),
    ],
    "extra": [
        ("(a + b)**2 = a**2 + 2*a*b + b**2 + a", PAIR),
        ("p*(1 - p)/p = (1 - p)*q", UNIT),
        ("diff(x**2 + m, x) = 2*x + m", GAUSS),
    ],
    "log base": [
        ("log2(a*b) = log2(a) + log(b)", POS),
        ("-p*log2(p) = -p*log(p)", UNIT),
        ("log10(x**2) = 2*log(x)", POS),
        ("2**(log(x)) = x", POS),
    ],
    "degrees": [
        ("sin(90) = 1", {}),
        ("cos(180) = -1", {}),
        ("sin(pi/5)**2 + cos(36)**2 = 1", {}),
    ],
    "bound": [
        ("Sum(k, k, 1, 4) = Sum(k, k, 1, 5)", {}),
        ("1 + x + x**2 = 1 + Sum(x**k, k, 1, 3)", GAUSS),
        ("6 = Prod(k, k, 1, 4)", {}),
    ],
    "constant": [
        ("(a + 1)*(a - 1) = a**2 - 2", PAIR),
        ("diff(x**3, x) = 3*x**3", {"x": "real"}),
        ("4/(1 + a**2)*(1 + a**2) = 5", PAIR),
    ],
    "inverted": [
        ("diff(log(p/(1 - p)), p) = p*(1 - p)", UNIT),
        ("1/(1/a + 1/b) = (a + b)/(a*b)", POS),
        ("exp(a/x)/(exp(a/x) + exp(b/x)) = sigmoid(x*(a - b))", POS),
    ],
    "complement": [
        ("sigmoid(log(1 - p) - log(p)) = p", UNIT),
        ("p + (1 - p)*q = p + p*q", UNIT),
        ("1 - (1 - p)*q = 1 - p*q", UNIT),
    ],
    "function": [
        ("diff(sin(a), a) = sin(a)", PAIR),
        ("diff(sinh(a), a) = sinh(a)", PAIR),
        ("max(a, b) + 1 = 1 + min(a, b)", PAIR),
    ],
    "name": [
        ("(a + b)*x = a*x + m*x", {**PAIR, "x": "real", "m": "real"}),
        ("exp(a + b) = exp(a)*exp(x)", {**PAIR, "x": "real"}),
        ("a*b - b*x = b*(a - a)", {**PAIR, "x": "real"}),
    ],
}  # fmt: skip

CASES = [(kind, text, symbols) for kind, cases in BROKEN.items() for text, symbols in cases]


def stated(text: str, symbols: dict[str, str]) -> tuple[Context, Claim]:
    """The context and claim of a text with one relation."""
    for relation in ("<=", ">=", "<", ">", "="):
        lhs, found, rhs = text.partition(relation)
        if found:
            data = {"lhs": lhs, "relation": relation, "rhs": rhs, "symbols": symbols}
            return read_object(data)
    raise AssertionError(text)


@pytest.mark.parametrize(("kind", "text", "symbols"), CASES, ids=[f"{k}: {t}" for k, t, _ in CASES])
def test_the_slip_is_found(kind: str, text: str, symbols: dict[str, str]) -> None:
    context, claim = stated(text, symbols)
    assert decide(claim, context).name == "refuted"
    slip = diagnose(claim, context, seconds=10)
    assert slip is not None
    assert slip.kind == kind, f"{slip.kind}: {slip.words}"
    _check(slip, claim, context)


def _check(slip: Slip, claim: Claim, context: Context) -> None:
    """The correction is one edit away, is proved, and has words."""
    assert decide(slip.claim, context).name == "proved"
    assert slip.claim != claim
    assert slip.words
    changed = {
        "left": slip.claim.lhs != claim.lhs,
        "right": slip.claim.rhs != claim.rhs,
        "relation": slip.claim.relation != claim.relation,
    }
    assert [name for name, moved in changed.items() if moved] == [slip.side]


def test_every_kind_of_slip_is_tried_three_times() -> None:
    kinds = {kind.name for kind in SLIPS} | {"strict", "reversed"}
    assert kinds == set(BROKEN)
    assert all(len(cases) >= 3 for cases in BROKEN.values())


def test_words() -> None:
    def words(text: str, **symbols: str) -> str:
        slip = diagnose(*reversed(stated(text, symbols)))
        assert slip is not None
        return str(slip)

    assert words("(a - x)**2 = (a + x)**2", a="real", x="real") == "a sign: x where -x is needed"
    assert (
        words(
            "KL(Normal(m, s**2), Normal(0, 1)) = (m**2 + s - log(s**2) - 1)/2",
            m="real",
            s="positive",
        )
        == "a square: s where s**2 is needed"
    )
    assert words("x**2 > 0", x="real") == "> where only >= holds"


TRUE = [
    claim
    for claim in claims_in(Path(__file__).parent.parent / "data" / "claims.jsonl")
    if claim["truth"] == "true"
]


def _read(data: dict[str, object]) -> tuple[Context, Claim]:
    return read_object({k: v for k, v in data.items() if k not in ("id", "truth")})


@pytest.mark.parametrize("data", TRUE, ids=[c["id"] for c in TRUE])
def test_a_true_claim_is_never_diagnosed(data: dict[str, object]) -> None:
    context, claim = _read(data)
    assert diagnose(claim, context) is None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_sign_changed_anywhere_is_mended(data: st.DataObject) -> None:
    plain = [c for c in TRUE if c["relation"] == "=" and len(c["rhs"]) < 80]
    context, claim = _read(data.draw(st.sampled_from(plain)))
    if decide(claim, context).name != "proved":
        return
    spots = [p for p in places(claim.rhs) if p.parent is None or p.parent.head == "add"]
    spot = data.draw(st.sampled_from(spots))
    broken = Claim(claim.lhs, "=", spot.put(negated(spot.term)))
    try:
        refuted = decide(broken, context).name == "refuted"
    except ContextError:
        return
    if refuted:
        slip = diagnose(broken, context, seconds=10)
        assert slip is not None
        _check(slip, broken, context)


def test_nothing_is_guessed() -> None:
    for text in ("a**2 + b = exp(a)*b", "sqrt(a**2 + b**2) + 1 = a*b + 7", "a = 17*b**3"):
        context, claim = stated(text, PAIR)
        assert diagnose(claim, context) is None


def test_the_time_is_kept() -> None:
    context, claim = stated("(a + b + 1)*2 = 2*a + 2*b", PAIR)
    assert diagnose(claim, context, seconds=0) is None


def test_decide_names_the_slip() -> None:
    out = run(["decide", "(a - b)**2 = a**2 + b**2 + 2*a*b"]).stdout.decode()
    assert "the slip is a sign: 2*a*b where -2*a*b is needed" in out
    assert "proved: (a - b)**2 = " in out


def test_json_carries_the_slip() -> None:
    line = {"lhs": "log(x**2)", "rhs": "log(x)", "symbols": {"x": "positive"}}
    _, (out, plain) = jsonl([line, {**line, "rhs": "x**7 + exp(x)"}])
    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
    jsonschema.validate(out, schema)
    jsonschema.validate(plain, schema)
    assert out["slip"]["kind"] == "log variance"
    assert out["slip"]["corrected"] == "log(x**2)"
    assert plain["slip"] is None


KEY = """[exam]
id = "t"
title = "A test"
[symbols]
x = "real"
s = "positive"
[[question]]
id = "answer"
kind = "symbolic"
model = "2*log(s)"
answer = "log(s)"
[[question]]
id = "steps"
kind = "derivation"
goal = "(x + 1)**2 = x**2 - 2*x + 1"
  [[question.step]]
  expr = "(x + 1)**2"
  [[question.step]]
  expr = "x**2 - 2*x + 1"
"""


def test_reports_name_the_slip(tmp_path: Path) -> None:
    path = tmp_path / "key.toml"
    path.write_text(KEY, "utf-8")
    text = run(["check", str(path)]).stdout.decode()
    assert "answer: the slip is " in text
    assert "a sign: " in text
    report = json.loads(run(["check", str(path), "--format", "json"]).stdout)
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    jsonschema.validate(report, schema)
    slips = [
        check["slip"]["kind"]
        for question in report["reports"][0]["questions"]
        for check in question["checks"]
        if "slip" in check
    ]
    assert slips == ["log variance", "sign"]


def test_the_sheet_names_the_slip(tmp_path: Path) -> None:
    path, sheet = tmp_path / "key.toml", tmp_path / "sheet.tex"
    path.write_text(KEY, "utf-8")
    assert run(["sheet", str(path), "-o", str(sheet)]).returncode == 0
    assert "the slip: a sign: " in sheet.read_text("utf-8")
