"""A theorem comes from a rule, or not at all."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
from pathlib import Path

import pytest
from helpers import judge

import derive.kernel
from derive.kernel import facts, rules
from derive.kernel.theorem import KernelError, Theorem
from derive.terms import Context, num, read, read_claim

KERNEL = Path(derive.kernel.__file__).parent


@pytest.fixture
def theorem() -> Theorem:
    return rules.refl(Context().declare("x"), read("1/x"))


def test_cannot_be_constructed_or_subclassed() -> None:
    with pytest.raises(TypeError):
        Theorem()
    with pytest.raises(TypeError):
        type("Fake", (Theorem,), {})


def test_cannot_be_changed_copied_or_pickled(theorem: Theorem) -> None:
    with pytest.raises(AttributeError):
        theorem.conditions = frozenset()
    with pytest.raises(AttributeError):
        del theorem.conditions
    with pytest.raises(TypeError):
        copy.copy(theorem)
    with pytest.raises(TypeError):
        copy.deepcopy(theorem)
    with pytest.raises(TypeError):
        pickle.dumps(theorem)
    with pytest.raises(TypeError):
        dataclasses.replace(theorem, conditions=frozenset())  # type: ignore[type-var]


def test_theorems_and_verdicts_have_no_truth_value(theorem: Theorem) -> None:
    with pytest.raises(TypeError):
        bool(theorem)
    for claim in ("x = x", "x/x = 1", "x = x + 1", "x < exp(x)"):
        with pytest.raises(TypeError):
            bool(judge(claim, x="real"))


def test_premises_of_two_contexts_do_not_combine() -> None:
    one = Context().declare("x").assume("h", read_claim("x = 1"))
    two = Context().declare("x").assume("h", read_claim("x = 2"))
    first = rules.hypothesis(one, "h")
    second = rules.symmetry(rules.hypothesis(two, "h"))
    with pytest.raises(KernelError, match="different contexts"):
        rules.trans(rules.symmetry(first), rules.ring(two, read("x"), read("x"), [second]))


def test_conditions_are_inherited(theorem: Theorem) -> None:
    context = theorem.context
    same = rules.congruence(context, read("exp(1/x)"), [theorem])
    assert [str(c) for c in same.conditions] == ["x != 0"]
    both = rules.trans(same, rules.symmetry(same))
    assert both.conditions == same.conditions


def test_axioms_are_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = facts.Fact("log(1) = 0", axiom="test.log_one")
    monkeypatch.setitem(facts.FACTS, "log_one", taken)
    context = Context()
    one = facts.fact(context, "log_one", {})
    doubled = rules.congruence(context, read("2*log(1)"), [rules.refl(context, num(2)), one])
    assert rules.symmetry(doubled).axioms == {"test.log_one"}


def test_there_are_no_axioms() -> None:
    assert not any(fact.axiom for fact in facts.FACTS.values())


def test_the_kernel_imports_no_sympy_and_no_search() -> None:
    allowed = (
        "derive.kernel",
        "derive.terms",
        "numeric",
        "flint",
        "collections",
        "typing",
        "fractions",
        "functools",
        "math",
        "dataclasses",
        "__future__",
    )
    for path in KERNEL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                assert name.startswith(allowed), f"{path.name} imports {name}"


def test_every_rule_says_its_contract_and_shows_a_refusal_or_condition() -> None:
    public = 0
    for name in ("rules", "facts", "unfolding", "monotone", "sums", "integrals"):
        tree = ast.parse((KERNEL / f"{name}.py").read_text("utf-8"))
        for node in tree.body:
            returns = isinstance(node, ast.FunctionDef) and ast.unparse(
                node.returns or ast.Constant(0)
            )
            if returns != "Theorem" or not isinstance(node, ast.FunctionDef):
                continue
            public += 1
            text = ast.get_docstring(node) or ""
            assert ">>>" in text, f"{node.name} has no doctest"
            shows = "KernelError" in text or "] ⊢" in text
            assert shows, f"{node.name} shows neither a refusal nor a condition"
    assert public >= 20


def test_rules_refuse_with_their_own_name() -> None:
    context = Context().declare("x")
    with pytest.raises(KernelError, match=r"^ring: "):
        rules.ring(context, read("x"), read("x + 1"))
    with pytest.raises(KernelError, match=r"^refl: "):
        rules.refl(context, read("y"))
    with pytest.raises(KernelError, match=r"^bound: "):
        rules.bound(context, read_claim("0 < x"))
