"""The second program accepts what the kernel proves, rejects what is damaged, and stands alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT, run
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.certificates import _Writer, certificate
from derive.kernel.calculus import DERIVATIVES
from derive.kernel.definitions import DEFINITIONS, DENSITIES
from derive.kernel.facts import FACTS, schema
from derive.recheck import Rejected, recheck
from derive.recheck.language import arities, table
from derive.recheck.replay import seal
from derive.recheck.terms import read_claim, read_term
from derive.terms import read
from derive.terms import read_claim as read_text
from derive.terms.context import Claim
from derive.terms.term import FUNCTIONS, sym
from recheck import damage
from recheck.corpora import certified, claims

SLOW = 25
"""Every second claim of the first corpus is rechecked here, and one in so many of the others."""

EVERY = list(claims())
SAMPLE = [
    (n, d)
    for i, (n, d) in enumerate(EVERY)
    if (i % 2 if n.startswith("claims/") else i % SLOW) == 0
]


@pytest.fixture(scope="module")
def certificates() -> dict[str, Any]:
    found = {name: certified(data) for name, data in SAMPLE}
    return {name: cert for name, cert in found.items() if cert is not None}


def test_every_proof_of_the_corpora_is_accepted(certificates: dict[str, Any]) -> None:
    assert len(certificates) >= 60
    for name, cert in certificates.items():
        report = recheck(cert)
        assert report.steps == len(cert["steps"]), name


def test_the_same_theorem_gives_the_same_text(certificates: dict[str, Any]) -> None:
    name, data = next((n, d) for n, d in SAMPLE if n in certificates)
    assert certified(data) == certificates[name]


def test_damaged_certificates_are_rejected(certificates: dict[str, Any]) -> None:
    counts, faults = damage.run(list(certificates.values()), 300, seed=5, resealed=False)
    assert faults == []
    assert counts == {"rejected": 300}


def test_forged_certificates_are_rejected_or_say_something_true(
    certificates: dict[str, Any],
) -> None:
    small = [c for c in certificates.values() if len(c["steps"]) < 60]
    counts, faults = damage.run(small, 300, seed=7, resealed=True)
    assert faults == []
    assert counts["rejected"] >= 200


def _json() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    plain |= st.floats(allow_nan=True) | st.sampled_from(
        ["sum", "x", "num", "=", "<", "scalar", "ring"]
    )
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=12,
    )


FIELDS = ("format", "version", "claim", "terms", "contexts", "steps")


@settings(deadline=None, max_examples=150)
@given(st.fixed_dictionaries({name: _json() for name in FIELDS}) | _json(), st.booleans())
def test_any_json_is_rejected_and_nothing_else(data: Any, headed: bool) -> None:
    if headed and isinstance(data, dict):
        data = {**data, "format": "derive-certificate", "version": 1}
        data["seal"] = seal(data)
    with pytest.raises(Rejected):
        recheck(data)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_certificate_with_any_part_replaced_raises_nothing_else(data: st.DataObject) -> None:
    cert = certificate_of("log(x**2*y) = 2*log(x) + log(y)")
    holder: Any = cert
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        key = data.draw(st.sampled_from(list(keys)))
        inner = holder[key]
        if not isinstance(inner, list | dict) or not inner or data.draw(st.integers(0, 4)) == 0:
            holder[key] = data.draw(_json())
            break
        holder = inner
    if isinstance(cert, dict):
        cert["seal"] = seal(cert)
    try:
        recheck(cert)
    except Rejected as error:
        assert str(error)


def certificate_of(text: str) -> Any:
    from derive.decision import decide
    from derive.terms import Context
    from derive.verdict import Conditional, Proved
    from numeric.domain import POSITIVE

    context = Context().declare("x", POSITIVE).declare("y", POSITIVE)
    verdict = decide(read_text(text), context)
    assert isinstance(verdict, Proved | Conditional)
    return json.loads(json.dumps(certificate(verdict.theorem)))


def _converted(*given_claims: Claim) -> list[Any]:
    writer, terms = _Writer(), []
    rows = [writer.claim(c) for c in given_claims]
    for row in writer.terms:
        terms.append(read_term(row, terms, arities()))
    return [read_claim(row, terms) for row in rows]


def test_the_two_tables_state_the_same_facts() -> None:
    entries = {k[5:]: e for k, e in table().items() if k.startswith("fact ")}
    assert entries.keys() == FACTS.keys()
    for name, entry in entries.items():
        claim, hypotheses = schema(name)
        assert list(entry.claims) == _converted(claim, *hypotheses), name
        assert {t.payload for t in entry.parts.get("integers", [])} == set(FACTS[name].integers)
        assert "".join(t.payload for t in entry.parts.get("axiom", [])) == FACTS[name].axiom


def test_the_two_tables_have_the_same_functions() -> None:
    assert arities() == FUNCTIONS
    for name, define in (*DEFINITIONS.items(), *DENSITIES.items()):
        entry = table()[f"{'density' if name in DENSITIES else 'function'} {name}"]
        out = define(*map(sym, entry.letters))
        assert entry.parts["is"][0] is _converted(Claim(out, "=", out))[0].lhs, name
    for name, entry in table().items():
        if "slope" in entry.parts:
            formula, *conditions = DERIVATIVES[name[9:]].split("; ")
            (letter,) = entry.letters
            slope = _converted(Claim(read(formula), "=", read(formula)))[0].lhs
            assert entry.term("slope", sym_of("u")) is slope, letter
            needed = _converted(*map(read_text, conditions))
            assert entry.needs("slope", sym_of("u")) == needed, name
    assert {k[9:] for k, e in table().items() if "slope" in e.parts} == DERIVATIVES.keys()


def sym_of(name: str) -> Any:
    from derive.recheck.terms import make

    return make("sym", name)


LOADED = """
import sys
before = set(sys.modules)
import {package}
print(*sorted(set(sys.modules) - before))
"""


def test_it_imports_the_standard_library_alone() -> None:
    code = LOADED.format(package="derive.recheck")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    loaded = out.stdout.decode().split()
    assert "derive.recheck.replay" in loaded
    for name in loaded:
        top = name.partition(".")[0]
        assert (
            name == "derive" or name.startswith("derive.recheck") or top in sys.stdlib_module_names
        ), name


def test_it_works_apart_from_the_project(tmp_path: Path, certificates: dict[str, Any]) -> None:
    shutil.copytree(ROOT / "derive" / "recheck", tmp_path / "apart")
    (tmp_path / "one.json").write_text(json.dumps(next(iter(certificates.values()))), "utf-8")
    code = "import json, sys; sys.path.insert(0, sys.argv[1]); import apart;"
    code += "print(apart.recheck(json.load(open(sys.argv[2]))).claim)"
    arguments = [sys.executable, "-I", "-c", code, str(tmp_path), str(tmp_path / "one.json")]
    out = subprocess.run(arguments, capture_output=True, check=True)
    assert out.stdout.strip()


HUGE = {
    "tower": [["num", ["10", None], []], *([["pow", None, [i, 0]] for i in range(60)])],
    "doubled": [["num", ["2", None], []], *([["add", None, [i, i]] for i in range(100)])],
    "deep": [["num", ["2", None], []], *([["neg", None, [i]] for i in range(5000)])],
}


@pytest.mark.parametrize("terms", HUGE.values(), ids=HUGE)
@pytest.mark.parametrize("rule", ["refl", "ring", "bound"])
def test_hostile_terms_cost_little(terms: list[Any], rule: str) -> None:
    last = len(terms) - 1
    header = {"context": 0, "claim": [last, "<=" if rule == "bound" else "=", last]}
    header |= {"conditions": [], "axioms": []}
    step = {
        **header,
        "rule": rule,
        "premises": [],
        "data": [{"q": "0"}, []] if rule == "ring" else [],
    }
    context: dict[str, Any] = {"symbols": [], "hypotheses": [], "definitions": []}
    cert = {"format": "derive-certificate", "version": 1, "claim": header, "terms": terms}
    cert |= {"contexts": [context], "steps": [step]}
    cert["seal"] = seal(cert)
    try:
        recheck(cert)
    except Rejected as error:
        assert "large" in str(error) or "does not follow" in str(error)


def test_the_command_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    out = run(["decide", "x/y = 1/(y/x)", "--where", "x > 0", "--certificate", str(good)])
    assert out.returncode == 1
    assert f"wrote {good}" in out.stdout.decode()
    shown = run(["recheck", str(good)])
    assert shown.returncode == 0
    assert shown.stdout.decode().splitlines()[0] == f"{good}: accepted: x/y = 1/(y/x)"
    assert "if y != 0" in shown.stdout.decode()
    bad.write_text(good.read_text("utf-8").replace('"<"', '"!="').replace('"!="', '"="'), "utf-8")
    shown = run(["recheck", str(good), str(bad)])
    assert shown.returncode == 1
    assert f"{bad}: rejected: " in shown.stdout.decode()
    assert run(["recheck", str(tmp_path / "none.json")]).returncode == 2
    bad.write_text("{", "utf-8")
    assert run(["recheck", str(bad)]).returncode == 2


def test_a_stream_writes_one_certificate_a_line(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    lines = [
        {"id": 1, "lhs": "x + x", "rhs": "2*x", "symbols": {"x": "real"}},
        {"id": 2, "lhs": "x", "rhs": "2*x", "symbols": {"x": "real"}},
        {"id": 3, "lhs": "x/x", "rhs": "1", "symbols": {"x": "real"}},
    ]
    data = b"\n".join(json.dumps(line).encode() for line in lines)
    assert run(["decide", "--jsonl", "--certificate", str(path)], data).returncode == 0
    shown = run(["recheck", str(path)])
    assert shown.returncode == 0
    assert shown.stdout.decode().count("accepted") == 2


def test_the_trusted_surface_is_printed_whole() -> None:
    shown = run(["trust"]).stdout.decode()
    for name in (
        *FACTS,
        *DERIVATIVES,
        "antiderivative",
        "congruence_inside",
        "gauss.kl_1d",
        "derive/recheck",
    ):
        assert name in shown, name
