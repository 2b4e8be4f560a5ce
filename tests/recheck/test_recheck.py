"""The second program accepts what the kernel proves, rejects what is damaged, and stands alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT, run
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.certificates import certificate
from derive.certifying.translation import Translation
from derive.kernel.calculus import DERIVATIVES
from derive.kernel.definitions import DEFINITIONS, DENSITIES
from derive.kernel.facts import FACTS, schema
from derive.kernel.schemas import schemas
from derive.recheck import Rejected, recheck
from derive.recheck.language import arities, table
from derive.recheck.replay import VERSION, seal
from derive.recheck.terms import SCOPE, Term, make, put, text
from derive.refute.witness import Refuter
from derive.terms import Context, read
from derive.terms import read_claim as read_text
from derive.terms.context import Claim
from derive.terms.heads import FUNCTIONS
from derive.terms.shapes import ENCLOSED
from derive.terms.term import sym
from numeric.domain import POSITIVE, Domain
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
        ["sum", "x", "num", "=", "<", "scalar", "combine"]
    )
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=12,
    )


FIELDS = ("format", "version", "terms", "contexts", "steps", "claims")


@settings(deadline=None, max_examples=150)
@given(st.fixed_dictionaries({name: _json() for name in FIELDS}) | _json(), st.booleans())
def test_any_json_is_rejected_and_nothing_else(data: Any, headed: bool) -> None:
    if headed and isinstance(data, dict):
        data = {**data, "format": "derive-certificate", "version": VERSION}
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
    from derive.verdict import Conditional, Proved

    context = Context().declare("x", POSITIVE).declare("y", POSITIVE)
    verdict = decide(read_text(text), context)
    assert isinstance(verdict, Proved | Conditional)
    return json.loads(json.dumps(certificate(verdict.theorem)))


def _ours(*claims_of_kernel: Claim) -> list[Any]:
    translation = Translation()
    return [translation.claim(c) for c in claims_of_kernel]


def test_the_two_tables_state_the_same_facts() -> None:
    for name, fact in FACTS.items():
        entry = table()[f"fact {name}"]
        claim, hypotheses = schema(name)
        stated = [n.claim for n in entry.needs[0] if n.kind == "claim"]
        assert entry.statement == _ours(claim)[0], name
        assert stated == _ours(*hypotheses), name
        assert "defined" not in entry.marks or name == "power_zero", name
        integers = {n.claim.lhs.payload for n in entry.needs[0] if n.kind == "integer"}
        assert integers == set(fact.integers), name
        assert "".join(entry.marks.get("axiom", [])) == fact.axiom


def test_the_two_tables_state_the_same_facts_about_functions() -> None:
    for name, (claim, about, plain, marks) in schemas().items():
        entry = table()[f"fact {name}"]
        assert entry.statement == _ours(claim)[0], name
        ours = [_ours(stated)[0] for _, stated in about]
        assert [n.claim for n in entry.needs[0] if n.kind == "all"] == ours, name
        for (words, _), need in zip(
            about, (n for n in entry.needs[0] if n.kind == "all"), strict=True
        ):
            x, ends = make("sym", words[-1]), [make("sym", e) for e in words[:-1]]
            inside = [(ends[0], "<", x), (x, "<", ends[1])] if ends else [(x, "=", x)]
            assert list(need.around) == inside and need.variable == words[-1], name
        theirs = {n.claim for n in entry.needs[0] if n.kind == "claim"}
        assert theirs >= set(_ours(*plain)), name
        assert all(c.lhs is c.rhs for c in theirs.difference(_ours(*plain))), name
        kinds = {n.kind for n in entry.needs[0]} - {"all", "claim"}
        assert kinds == ({"continuous"} if "continuous f" in marks else set()), name
        stronger = {"defined left": ["left"], "defined both": ["left", "right"]}
        said = [side for m in marks for side in stronger.get(m, [])]
        given = entry.marks.get("defined", [])
        assert set(said) == set(given) or name in MADE_OF_RANGES, name


RANGES = ("split", "empty", "move", "turn", "exchange")
MADE_OF_RANGES = [*(f"{head}_{kind}" for head in ("sum", "prod") for kind in RANGES), "exp_range"]
"""Where the kernel sees that both sides are defined, and the re-checker takes one from the other."""


def test_the_two_tables_have_the_same_functions() -> None:
    provable = {name: arity for name, arity in FUNCTIONS.items() if name not in ENCLOSED}
    assert arities() == {**provable, "least_quadratic_form": 1}
    for name, define in (*DEFINITIONS.items(), *DENSITIES.items()):
        statement = table()[f"fact is_{name}"].statement
        assert statement is not None
        out = define(*(sym(x.payload) for x in statement.lhs.args))
        assert statement.rhs is _ours(Claim(out, "=", out))[0].lhs, name


def test_the_two_tables_have_the_same_derivatives() -> None:
    for name, line in DERIVATIVES.items():
        formula, *conditions = line.split("; ")
        entry = table()[f"fact diff_{name}"]
        x, u = make("sym", "x"), {"p": make("sym", "u")}
        assert entry.statement is not None
        assert text(entry.statement.lhs) == f"diff({name}(i0), i0, p)", x
        slope = _ours(Claim(read(formula), "=", read(formula)))[0].lhs
        assert put(entry.statement.rhs, u) is slope, name
        needed = [n.claim.put(u) for n in entry.needs[0] if n.claim.lhs is not n.claim.rhs]
        assert needed == _ours(*map(read_text, conditions)), name


MATRICES = ("transpose", "inv", "det", "trace", "eye", "zeros", "least_quadratic_form")


def _plain(t: Term) -> bool:
    """Whether a term is one of numbers, without binders and without letters that take arguments."""
    known = t.head != "call" or (t.payload in arities() and t.payload not in MATRICES)
    return t.head not in (*SCOPE, "matmul", "dist") and known and all(map(_plain, t.args))


OWN = [
    name[5:]
    for name, entry in table().items()
    if name.startswith("fact ")
    and name[5:] not in FACTS
    and all(_plain(t) for n in entry.needs[0] for t in n.claim[::2])
    and all(map(_plain, (entry.statement or ("", "", ""))[::2]))
]


def test_the_re_checker_has_facts_of_its_own() -> None:
    assert len(OWN) > 70


@pytest.mark.parametrize("name", OWN)
def test_a_fact_of_the_re_checker_is_false_nowhere(name: str) -> None:
    entry = table()[f"fact {name}"]
    assert entry.statement is not None
    claims_of = [entry.statement, *(n.claim for n in entry.needs[0] if n.kind == "claim")]
    integers = {n.claim.lhs.payload for n in entry.needs[0] if n.kind == "integer"}
    context = Context()
    for letter in sorted(frozenset[str]().union(*(c.free for c in claims_of))):
        context = context.declare(letter, Domain(integer=letter in integers))
    spelt = (re.sub(r"(Normal|Laplace)\((\w+),", r"\1(\2;", text(c)) for c in claims_of)
    statement, *hypotheses = map(read_text, spelt)
    for i, hypothesis in enumerate(hypotheses):
        context = context.assume(f"h{i}", hypothesis)
    false, _ = Refuter(context, points=60).search(statement)
    assert false is None, f"{name}: {false}"


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
    code += "print(apart.recheck(json.load(open(sys.argv[2]))).claims)"
    arguments = [sys.executable, "-I", "-c", code, str(tmp_path), str(tmp_path / "one.json")]
    out = subprocess.run(arguments, capture_output=True, check=True)
    assert out.stdout.strip()


HUGE = {
    "tower": [["num", "10", []], *([["pow", None, [i, 0]] for i in range(60)])],
    "doubled": [["num", "2", []], *([["add", None, [i, i]] for i in range(100)])],
    "deep": [["num", "2", []], *([["neg", None, [i]] for i in range(5000)])],
}


@pytest.mark.parametrize("terms", HUGE.values(), ids=HUGE)
@pytest.mark.parametrize("rule", ["assume", "combine", "unfold"])
def test_hostile_terms_cost_little(terms: list[Any], rule: str) -> None:
    last = len(terms)
    zero = ["num", "0", []]
    header = {"context": 0, "claim": [last - 1, "=", last - 1], "conditions": [], "axioms": []}
    data = [[], {"t": last}] if rule == "combine" else []
    step = {**header, "rule": rule, "premises": [], "shown": [], "data": data}
    context: dict[str, Any] = {"symbols": [], "hypotheses": []}
    cert = {"format": "derive-certificate", "version": VERSION, "terms": [*terms, zero]}
    cert |= {"contexts": [context], "steps": [step], "claims": [0]}
    cert["seal"] = seal(cert)
    try:
        recheck(cert)
    except Rejected as error:
        assert any(word in str(error) for word in ("large", "does not follow", "cannot be written"))


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
        "space_at_most",
        "KL_Normal",
        "derive/recheck",
    ):
        assert name in shown, name
