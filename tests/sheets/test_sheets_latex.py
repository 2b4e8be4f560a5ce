"""The solution sheet: its pages, and that no key can spoil them."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheet_data import GOLDEN, RESULTS, balanced

import derive.kernel
from derive.kernel import facts
from derive.keys.check import check_question
from derive.keys.model import Key, Question, Text
from derive.keys.results import MEANING, Check, Result, Status
from derive.keys.toml_reader import read_key
from derive.sheets import escape, sheet
from derive.sheets.formulas import pieces
from derive.sheets.reasons import cut, fact_reason, prose
from derive.sheets.style import HEAD
from derive.sheets.wording import FACTS, GROUPS, RULES, STATUSES, STRUCTURAL, VERDICTS, rule_words


def small() -> Key:
    return read_key(GOLDEN / "small.toml")


def test_golden() -> None:
    assert sheet(small(), RESULTS) == (GOLDEN / "small.tex").read_text("utf-8")


def body(key: Key, results: tuple[Result, ...] = ()) -> str:
    return sheet(key, results).removeprefix(HEAD)


def test_every_rule_of_the_kernel_has_words() -> None:
    named = set()
    for path in Path(derive.kernel.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "conclude":
                assert isinstance(node.args[0], ast.Constant), path
                named.add(node.args[0].value)
    assert len(named) > 15
    assert named <= RULES.keys()
    assert RULES.keys() >= STRUCTURAL


def test_every_fact_of_the_kernel_has_words() -> None:
    for name in facts.FACTS:
        assert name in FACTS or name.endswith(tuple(GROUPS)), name


def test_every_verdict_and_status_has_a_mark_and_a_word() -> None:
    assert VERDICTS.keys() == MEANING.keys()
    assert STATUSES.keys() == set(get_args(Status))
    assert len({label.word for label in VERDICTS.values()}) == len(VERDICTS)
    assert len({label.mark for label in VERDICTS.values()}) == len(VERDICTS)


def test_a_long_proof_is_named_by_its_telling_rules() -> None:
    assert (
        rule_words(("unfold", "ring", "exp_sum", "trans"))
        == "laws of exponents, definition, algebra"
    )
    assert rule_words(("ring", "log_product"), said="algebra") == "laws of logarithms"
    assert rule_words(("trans",)) == "chaining"
    assert rule_words(("cos_even", "pythagoras", "sin_sum", "cos_sum", "ring")).endswith(", …")
    assert rule_words(()) == ""


def test_the_summary_counts_and_explains_every_verdict() -> None:
    page = body(small(), RESULTS)
    for name, meaning in MEANING.items():
        count = sum(r.verdict == name for r in RESULTS)
        assert rf"{VERDICTS[name].latex} & {count} & {escape(meaning)}\\" in page


def test_a_wrong_answer_stands_beside_the_right_one() -> None:
    page = body(small(), RESULTS)
    assert r"\Mark{\boldsymbol{\times}}~wrong & A & B\\" in page
    assert r"\Row{\Label{Right value}}{option B}" in page


def test_a_right_answer_with_a_wrong_line_says_so() -> None:
    page = body(small(), RESULTS)
    assert r"\Mark{\approx}~rounding\enspace{\footnotesize a line fails}" in page
    assert "working 2, link 2 does not hold" in page


def test_a_question_without_a_result_is_not_called_right() -> None:
    page = body(small())
    assert "not checked" in page
    assert rf"{VERDICTS['undecided'].latex} & 3 &" in page


def test_each_part_has_its_own_checks(tmp_path: Path) -> None:
    path = tmp_path / "parts.toml"
    path.write_text(
        '[exam]\nid = "p"\n[[question]]\nid = "1"\nkind = "numeric"\n'
        '[[question.part]]\nid = "a"\nanswer = ["3.0", "3.1"]\nmodel = "3"\nworking = ["1 + 2 = 3"]\n'
        '[[question.part]]\nid = "b"\nanswer = "2.718"\nmodel = "exp(1)"\n'
        'working = ["exp(1) ≈ 2.72", "exp(1) ≈ 2.7"]\n',
        "utf-8",
    )
    key = read_key(path)
    page = body(key, (check_question(key, key.questions[0]),))
    first, second = page.split(r"\Part{(b)}")
    assert "exact" in first and "rounds to 2.72" not in first
    assert "rounds to 2.72" in second and "rounds to 2.7\\Mark" in second
    assert "the value is 2.71828" in second


def test_conditions_are_printed_as_mathematics() -> None:
    check = Check("premise 1", "x/x = 1", "conditional", "holds if f(x, y) != 0, sigma > 1")
    assert fact_reason(check, None) == (r"holds if $f(x, y) \neq 0$, $\sigma > 1$\Mark{\mathbf{?}}")


def test_messages() -> None:
    assert prose("at mu = -1/2: left 1, right -2") == (
        r"at $\mu = -1/2$: left 1, right \ensuremath{-}2"
    )
    assert len(cut("word " * 100)) < 170


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("a + b", ["a", "{} + b"]),
        (r"\frac{a + b}{c} - d", [r"\frac{a + b}{c}", "{} - d"]),
        (r"\left[a + b\right] + c", [r"\left[a + b\right]", "{} + c"]),
        (r"\left|a - b\right|", [r"\left|a - b\right|"]),
        (r"\left\lfloor a + b\right\rfloor", [r"\left\lfloor a + b\right\rfloor"]),
    ],
)
def test_lines_break_only_outside_brackets(latex: str, expected: list[str]) -> None:
    assert pieces(latex) == expected


FIELD = st.text(alphabet=st.sampled_from("\\{}$%#&_^~ab1 éμ\n中[]"), max_size=12)


@settings(max_examples=60)
@given(FIELD, FIELD, FIELD, FIELD)
def test_no_field_can_unbalance_the_page(one: str, two: str, three: str, four: str) -> None:
    key = small()
    first, second, third = key.questions
    part = dataclasses.replace(
        first.parts[0], id=two, answers=(Text(three),), working=(Text(one),), model=Text(four)
    )
    option = dataclasses.replace(second.options[0], label=two, latex=three, text=four)
    first = dataclasses.replace(first, id=one, text=two, note=three, topic=four, parts=(part,))
    second = dataclasses.replace(second, key=one, text=four, options=(option, second.options[1]))
    step = dataclasses.replace(third.steps[1], tag=one, by=two, rubric=three, expr=Text(four))
    third = dataclasses.replace(third, steps=(third.steps[0], step))
    key = dataclasses.replace(
        key, title=one, course=two, note=three, questions=(first, second, third)
    )
    results = tuple(
        Result(
            q.id, q.kind, "wrong", four, right=three, checks=(Check("answer", one, "refuted", two),)
        )
        for q in key.questions
    )
    page = body(key, results)
    assert balanced(page)
    assert page.count(r"\begin{solution}") == page.count(r"\end{solution}") == 3


def test_an_unreadable_question_is_shown_with_its_error() -> None:
    broken = Question("7", "?", Text(""), error="the id is missing")
    key = dataclasses.replace(small(), questions=(broken,))
    page = body(key, (check_question(key, broken),))
    assert "the id is missing" in page
    assert VERDICTS["undecided"].latex in page
