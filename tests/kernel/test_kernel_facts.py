"""Every fact of the kernel, held against values in balls at many points, thin ones included."""

from __future__ import annotations

import pytest

from derive.kernel.facts import FACTS, fact, schema
from derive.kernel.matrix_facts import MATRICES
from derive.refute.witness import Refuter
from derive.terms import Context, sym
from numeric.domain import Domain

MATRIX = {line.partition(":")[0] for line in MATRICES.splitlines()}
SCALAR = [name for name in FACTS if name not in MATRIX]
POINTS = 250


def letters(name: str) -> Context:
    """The letters of a fact as reals, or integers where it asks for them, under its hypotheses."""
    claim, hypotheses = schema(name)
    context = Context()
    for letter in sorted(claim.free.union(*(h.free for h in hypotheses))):
        context = context.declare(letter, Domain(integer=letter in FACTS[name].integers))
    for i, hypothesis in enumerate(hypotheses):
        context = context.assume(f"h{i}", hypothesis)
    return context


@pytest.mark.parametrize("name", SCALAR)
def test_a_fact_is_false_nowhere(name: str) -> None:
    refuter = Refuter(letters(name), points=POINTS)
    false, _ = refuter.search(schema(name)[0])
    assert false is None, f"{name}: {false}"
    assert refuter.consistent()


@pytest.mark.parametrize("name", [n for n in SCALAR if FACTS[n].hypotheses])
def test_the_hypotheses_of_a_fact_become_conditions(name: str) -> None:
    context = letters(name)
    theorem = fact(context, name, {d.name: sym(d.name) for d in context})
    assert theorem.conditions.issuperset(schema(name)[1])
    assert theorem.claim == schema(name)[0]
