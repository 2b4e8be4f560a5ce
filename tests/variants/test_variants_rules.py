"""What is no good variant, what `vary` may say, and texts that cannot be varied."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from variants_making import key_text, of_text

from derive.cli import main
from derive.keys.check import check_question
from derive.keys.contexts import QuestionError
from derive.keys.source import Source
from derive.keys.toml_reader import key_in
from derive.variants.question import TooFew, Variant
from derive.variants.ranges import VaryError, read_ranges
from derive.variants.toml_writer import to_toml


def only(text: str, count: int = 1) -> list[Variant] | TooFew:
    return of_text(text).make(count, 7)


NO_GOOD = [
    ({"vary": '{ a = "choice(3.0, 1.0)" }'}, "the answer is zero"),
    ({"vary": '{ a = "choice(3.0, 2.0)" }'}, "the answer is one of the givens"),
    ({"vary": '{ a = "choice(4.0, 5.0)", b = "a - 2" }'}, "the answer is the printed one"),
    ({"vary": '{ a = "choice(3.0, 23.0)" }'}, "the answer is more than 10 times larger or smaller"),
    ({"vary": '{ a = "choice(3.00, 3.05)" }'}, "the exact answer does not end by the decimals"),
    (
        {"model": '"a*10**9/b"', "answer": '"3000000000"', "vary": '{ a = "choice(3.0, 3.12345)" }'},
        "the exact answer has too many digits",
    ),
    ({"model": '"a/(b - 1.5) + 8"', "vary": '{ b = "choice(1.0, 1.5)" }'}, "has no value"),
    ({"model": '"2*log(a - 2)/log(b) + 2"', "given": '{ a = "3.0", b = "2.0" }',
      "vary": '{ a = "choice(3.0, 1.0)" }'}, "has no value"),
    (
        {"accept": "{ decimals = 1 }", "vary": '{ a = "choice(3.0, 3.352)" }'},
        "the answer is at the edge of rounding",
    ),
    (
        {"premises": '["a > b"]', "model": '"abs(a - b)"', "vary": '{ a = "choice(3.0, 0.3)" }'},
        "premise 1 does not hold",
    ),
    ({"audits": '["a > 2*b"]', "vary": '{ a = "choice(3.0, 1.7)" }'}, "audit 1 does not hold"),
    (
        {"feedback": '[{ when = "a*b - b", say = "no" }]', "given": '{ a = "3.0", b = "2.0" }',
         "answer": '"1.0"', "vary": '{ b = "choice(1.0, 2.0)" }'},
        "the mistake a*b - b gives the answer, too",
    ),
    (
        {"text": r"'$a = \given{a}$, $b = \given{b}$'", "model": '"a**2/4"', "answer": '"2.25"',
         "vary": '{ b = "choice(1.0, 2.0, 5.0)" , a = "b/b + 2" }'},
        "its givens are those of another variant or the printed ones",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "reason"), NO_GOOD)
def test_a_draw_that_is_no_good_is_thrown_away(fields: dict[str, str], reason: str) -> None:
    found = only(key_text(**fields))
    assert isinstance(found, TooFew)
    assert found.found == 0 and found.exhausted
    assert any(reason in said for said, _ in found.reasons), found


def test_a_good_draw_is_taken() -> None:
    (variant,) = only(key_text(vary='{ a = "choice(3.0, 4.5)" }', note='"as printed"'))
    assert variant.data["given"] == {"a": "4.5", "b": "1.0"}
    assert variant.data["answer"] == "3.5"
    assert variant.data["text"] == "Let $a = 4.5$ and $b = 1.0$."
    assert not {"vary", "note"} & variant.data.keys()


def test_a_large_range_without_good_numbers_is_given_up() -> None:
    text = key_text(model='"a - a + b"', answer='"1.0"', vary='{ a = "uniform(0, 900, step 0.1)" }')
    found = only(text)
    assert isinstance(found, TooFew) and found.draws == 400 and not found.exhausted


def test_answers_repeat_only_when_no_other_is_left() -> None:
    text = key_text(vary='{ a = "choice(4.0, 5.0, 6.0)", b = "choice(1.0, 2.0)" }')
    found = only(text, 5)
    assert not isinstance(found, TooFew)
    answers = [v.data["answer"] for v in found]
    assert len({tuple(v.data["given"].items()) for v in found}) == 5
    assert sorted(answers[:3]) == ["3.0", "4.0", "5.0"] and len(set(answers)) == 3


def test_an_audit_that_failed_in_the_printed_paper_is_left_out() -> None:
    text = key_text(audits='["a > 100", "a > b"]', vary='{ a = "choice(3.0, 4.5)" }')
    (variant,) = only(text)
    assert variant.data["audits"] == ["a > b"]


HOSTILE = [
    "__import__('os').system('true')", "uniform(0, 1)", "uniform(0, 1, step 0)",
    "uniform(1, 0, step 0.1)", "uniform(0, 1, step 0.3)", "uniform(0, 1e9, step 1)",
    "uniform(0, 1000000, step 0.001)", "uniform(-oo, oo, step 1)", "integers(1, 999999999)",
    "integers(9, 3)", "integers(1, 2.5)", "choice()", "choice(1)", "choice(2.0, 2)", "choice(1, b)",
    "choice(1, 9**9**9)", "9**9**9**9", "", "   ", "a + 1", "exec(b)", "b +", "c", "b; b",
    "uniform(0, 1, step 0.1) + b", "0" * 100_000, "(" * 5_000 + "b",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_vary_cannot_say_is_refused_with_its_place(text: str) -> None:
    key = key_text(vary=f"{{ b = 'choice(1.0, 2.0, 4.0)', a = {text!r} }}")
    line = next(n for n, row in enumerate(key.splitlines(), 1) if row.startswith("vary"))
    with pytest.raises((VaryError, QuestionError)) as error:
        of_text(key).make(1, 7)
    place = error.value.at if isinstance(error.value, VaryError) else error.value
    assert place.line == line, error.value


@pytest.mark.parametrize("text", ["b**b**b**b**b", "b/0", "log(-b)", "sqrt(0 - b)"])
def test_a_formula_without_a_value_gives_no_variants(text: str) -> None:
    key = key_text(vary=f"{{ b = 'choice(99.0, 98.0)', a = {text!r} }}")
    assert isinstance(of_text(key).make(1, 7), TooFew)


TEXTS = [
    (r"'Let $a = 3.0$ and $b = \given{b}$.'", 6, r"write \given{a}, or \fixed{3.0}"),
    (r"'Let $a = 3$, so $a = \given{a}$.'", 0, ""),
    (r"'Let $a_3 = \given{a}$, $x_{3.0}$ and \fixed{3.0}.'", 0, ""),
    ("'''\nLet\n$b = 1$ and $a = 3.00$.'''", 8, r"write \given{a}"),
    ("'Let $b = 1$.'", 0, "the text does not say what a is"),
]


@pytest.mark.parametrize(("text", "line", "reason"), TEXTS)
def test_a_varied_number_stands_in_the_text_by_its_name(text: str, line: int, reason: str) -> None:
    key = key_text(text=text, vary='{ a = "choice(4.0, 5.0)" }')
    if not reason:
        assert isinstance(only(key), list)
        return
    with pytest.raises(VaryError) as error:
        of_text(key)
    assert reason in str(error.value)
    if line:
        row = key.splitlines()[error.value.at.line - 1]
        assert row[error.value.at.column - 1 :].startswith("3")


def test_a_formula_has_the_name_of_a_varied_given() -> None:
    key = key_text(
        model='"2.5 - b"', given='{ a = "2.5", b = "0.5" }', vary='{ a = "integers(3, 9)" }'
    )
    with pytest.raises(VaryError, match="the formula has the number"):
        of_text(key)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"answer": '"1 + sqrt(1)"'}, "is not a number"),
        ({"model": "", "claim": '"{answer} = a - b"'}, "has no model"),
        ({"kind": '"symbolic"'}, ""),
        ({"given": '{ a = "3", b = "1.0", c = "sqrt(2)" }', "vary": '{ c = "choice(1, 2)" }'},
         "is not a decimal number"),
        ({"vary": '{ d = "choice(1, 2)" }'}, "is not among the givens: a, b"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_vary(fields: dict[str, str], reason: str) -> None:
    text = key_text(**{"vary": '{ a = "choice(4.0, 5.0)" }', **fields})
    if "kind" in fields:
        text = text.replace('kind = "numeric"\n', "", 1)
    with pytest.raises(VaryError, match=reason or "only numeric questions"):
        of_text(text)


def test_matrices_and_parts() -> None:
    text = r"""
[exam]
id = "m"
[[question]]
id = "1"
kind = "numeric"
text = 'Let $a = \given{a}$ and $c = \given{c}$.'
given = { a = "3.0", c = "7" }
vary = { a = "integers(4, 9)" }
  [[question.part]]
  id = "a"
  text = 'Scale the rows by \given{a}.'
  model = "a*Matrix([[1, 1/3]])"
  answer = "Matrix([[3.00, 1.00]])"
  accept = { decimals = 2 }
  [[question.part]]
  id = "b"
  model = "c + 1"
  answer = "8"
"""
    (variant,) = only(text)
    first, second = variant.data["part"]
    a = int(variant.data["given"]["a"])
    assert first["answer"] == f"Matrix([[{a}.00, {a / 3:.2f}]])"
    assert first["text"] == f"Scale the rows by {variant.data['given']['a']}."
    assert second["answer"] == "8" and variant.result.verdict == "correct"


def test_lines_are_worked_out_again_or_left_out() -> None:
    text = key_text(
        working='["a - b = 3.0 - 1.0 = 2.0", "2 + 2 = 4", "2.0*1.7 = 3.4", "exp(b) ≈ 2.72", "2.72 < a"]',
        vary='{ a = "choice(3.0, 4.5)" }',
    )
    (variant,) = only(text)
    assert variant.data["working"] == ["a - b = 4.5 - 1.0 = 3.5", "2 + 2 = 4", "exp(b) ≈ 2.72"]
    assert variant.data["note"].endswith(": line 3, line 5.")


def test_a_placeholder_prints_its_number_in_every_question() -> None:
    key = key_in(Source("key.toml", key_text(note=r"'\given{b}'")))
    assert (
        key.questions[0].text == "Let $a = 3.0$ and $b = 1.0$." and key.questions[0].note == "1.0"
    )
    bad = key_in(Source("key.toml", key_text(text=r"'Let $c = \given{c}$.'")))
    result = check_question(bad, bad.questions[0])
    assert result.unreadable and result.place == "key.toml:7:18"
    assert "'c' is not among the givens: a, b" in result.message


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        (
            {"vary": '{ a = "choice(3.0, 4.5)" }'},
            1,
            "2 are asked for, and 1 good one was found among",
        ),
        ({"vary": '{ a = "choice(3.0, oh)" }'}, 2, "key.toml:11:15: question 1: vary.a: 'oh'"),
        ({}, 2, "no question has `vary`"),
        (
            {"model": '"a - zeta"', "vary": '{ a = "integers(4, 9)" }'},
            2,
            "key.toml:9:14: question 1",
        ),
    ],
)
def test_the_command_says_what_is_wrong(
    fields: dict[str, str],
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("key.toml").write_text(key_text(**fields), "utf-8")
    assert main(["variants", "key.toml", "--n", "2", "--jobs", "1"]) == status
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["key.toml"]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    key = tmp_path / "key.toml"
    key.write_text(key_text(vary='{ a = "uniform(4, 9, step 0.1)" }'), "utf-8")
    for folder, count in (("one", "2"), ("two", "3")):
        options = ["--n", count, "--seed", "5", "--jobs", "1", "-o", str(tmp_path / folder)]
        assert main(["variants", str(key), *options]) == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("'\"\\\n\t#$")
)
PLAIN = st.one_of(WORDS, st.integers(-99, 99), st.booleans(), st.floats(0, 9))
INNER = st.recursive(
    PLAIN, lambda v: st.lists(v, max_size=3) | st.dictionaries(WORDS, v, max_size=3), max_leaves=6
)
TABLES = st.dictionaries(WORDS, INNER, max_size=4)


@given(TABLES, st.lists(TABLES, min_size=1, max_size=3), st.lists(TABLES, max_size=2))
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read_again(exam: Any, questions: Any, parts: Any) -> None:
    questions[0]["part"] = parts
    data = {"exam": exam, "question": questions}
    read = tomllib.loads(to_toml(data))
    for old, new in zip([exam, *questions], [read["exam"], *read["question"]], strict=True):
        if not parts:
            old.pop("part", None)
            new.pop("part", None)
        assert new == old
        for name, value in old.items():
            if isinstance(value, dict):
                assert [*new[name]] == [*value]


@given(st.integers(1, 6), st.integers(2, 5), st.text(max_size=5))
@settings(max_examples=15, deadline=None)
def test_the_order_of_a_small_range_has_everything_once(n: int, m: int, seed: str) -> None:
    vary = f'{{ a = "integers(0, {n})", b = "uniform(0, {m}, step 0.5)" }}'
    question = key_in(Source("key.toml", key_text(vary=vary))).questions[0]
    ranges = read_ranges(question)
    draws = [tuple(ranges.draw(k).values()) for k in ranges.order(seed)]
    assert len(draws) == len(set(draws)) == (n + 1) * (2 * m + 1)
