"""Every fact about matrices, at every way to give small shapes to its letters that passes the check."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from matrix_values import holds

from derive.kernel.facts import fact, schema
from derive.kernel.matrix_facts import MATRICES
from derive.kernel.theorem import KernelError, Theorem
from derive.terms import Context, Term, num, sym

NAMES = [line.partition(":")[0] for line in MATRICES.splitlines()]
Sort = tuple[int, int] | int | None
"""A shape, a dimension, or None for a number."""


def sorts(largest: int) -> list[Sort]:
    """A number, the dimensions and the shapes up to a size."""
    sizes = range(1, largest + 1)
    return [None, *sizes, *product(sizes, sizes)]


def letters_of(name: str) -> list[str]:
    """The letters of a fact and of its hypotheses."""
    claim, hypotheses = schema(name)
    return sorted(claim.free.union(*(h.free for h in hypotheses)))


def instances(name: str) -> Iterator[tuple[Theorem, dict[str, Sort]]]:
    """The fact for fresh symbols of every sort that the kernel accepts."""
    letters = letters_of(name)
    for chosen in product(sorts(3 if len(letters) < 4 else 2), repeat=len(letters)):
        named = dict(zip(letters, chosen, strict=True))
        try:
            yield instance(name, named), named
        except KernelError:
            continue


def instance(name: str, chosen: dict[str, Sort]) -> Theorem:
    """The fact for fresh symbols of the given sorts. Raises KernelError."""
    context, table = Context(), {}
    for letter, sort in chosen.items():
        if isinstance(sort, int):
            table[letter] = num(sort)
            continue
        table[letter] = sym(letter)
        shape: tuple[Term, Term] | None = (num(sort[0]), num(sort[1])) if sort else None
        context = context.declare(letter, None, "matrix" if shape else "scalar", 0, shape)
    return fact(context, name, table)


def drawn(sorts_of: dict[str, Sort], rng: np.random.Generator) -> dict[str, Any]:
    """Random values; now and then a matrix without full rank, or the inverse of another."""
    at: dict[str, Any] = {}
    for letter, sort in sorts_of.items():
        if isinstance(sort, tuple):
            at[letter] = rng.normal(size=sort)
            if rng.random() < 0.2:
                at[letter][0] = 0
        elif sort is None:
            at[letter] = rng.normal()
    if rng.random() < 0.5 and "B" in at and np.shape(at.get("A")) == np.shape(at["B"]) != ():
        square = at["A"].shape[0] == at["A"].shape[1]
        if square and abs(np.linalg.det(at["A"])) > 1e-3:
            at["B"] = np.linalg.inv(at["A"])
    return at


def satisfied(theorem: Theorem, at: dict[str, Any]) -> bool:
    """Whether every condition of a theorem holds."""
    try:
        return all(holds(c, at) for c in theorem.conditions)
    except np.linalg.LinAlgError:
        return False


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_is_true_for_all_shapes_that_pass_the_check(name: str) -> None:
    rng = np.random.default_rng(7)
    checked = 0
    for theorem, chosen in instances(name):
        for _ in range(12 if schema(name)[1] or len(chosen) < 3 else 4):
            at = drawn(chosen, rng)
            if satisfied(theorem, at):
                assert holds(theorem.claim, at), f"{theorem} at {at}"
                checked += 1
    assert checked >= 5


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("det_product", {"A": (1, 2), "B": (2, 1)}),
        ("det_product", {"A": (2, 1), "B": (1, 2)}),
        ("inverse_product", {"A": (1, 2), "B": (2, 1)}),
        ("inverse_left", {"A": (2, 3), "n": 3}),
        ("inverse_unique", {"A": (1, 2), "B": (2, 1), "n": 1}),
        ("invertible", {"A": (1, 2), "B": (2, 1), "n": 1}),
        ("identity_left", {"A": (2, 3), "n": 3}),
        ("det_multiple", {"A": (2, 2), "c": None, "n": 3}),
        ("single_entry", {"A": (2, 2)}),
        ("trace_identity", {"n": (2, 2)}),
        ("trace_multiple", {"A": (2, 2), "c": (2, 2)}),
        ("associative", {"A": (2, 2), "B": None, "C": (2, 2)}),
        ("det_sylvester", {"A": (1, 2), "B": (2, 1), "n": 2, "m": 2}),
    ],
)
def test_what_the_shapes_of_a_statement_refuse(name: str, chosen: dict[str, Sort]) -> None:
    with pytest.raises(KernelError):
        instance(name, chosen)


def test_the_conditions_of_the_named_identities() -> None:
    context = Context()
    for name in ("A", "U", "C", "V"):
        context = context.declare(name, None, "matrix", 0, (num(2), num(2)))
    same = {name: sym(name) for name in ("A", "U", "C", "V")}
    lemma, woodbury = (fact(context, name, same) for name in ("det_lemma", "woodbury"))
    assert sorted(map(str, lemma.conditions)) == ["det(A) != 0", "det(C) != 0"]
    assert sorted(map(str, woodbury.conditions)) == [
        "det(A + U @ C @ V) != 0",
        "det(A) != 0",
        "det(C) != 0",
        "det(inv(C) + V @ inv(A) @ U) != 0",
    ]
