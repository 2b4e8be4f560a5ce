"""Answers that could earn marks they do not deserve, or lose those they do."""

from __future__ import annotations

from typing import Final

import pytest

from derive.grading.marking import Marker
from derive.grading.model import Target, Task
from derive.grading.target import Checked
from derive.keys.toml_reader import read_key

KEY: Final = """
[exam]
id = "doubtful"
[symbols]
x = "real"
[[question]]
id = "ninths"
kind = "numeric"
model = "5/9"
answer = "0.556"
[[question]]
id = "small"
kind = "numeric"
model = "1/2500"
answer = "1/2500"
[[question]]
id = "root"
kind = "numeric"
model = "sqrt(2)"
answer = "sqrt(2)"
[[question]]
id = "large"
kind = "numeric"
model = "1234567 + sqrt(2)"
answer = "1234568.4"
[[question]]
id = "half"
kind = "numeric"
model = "5/2"
answer = "2.5"
[[question]]
id = "matrix"
kind = "numeric"
model = "Matrix([[1/3, 2], [3, 4]])"
answer = "Matrix([[0.33, 2], [3, 4]])"
[[question]]
id = "inverse"
kind = "numeric"
model = "inv(Matrix([[1, 2], [3, 4]]))"
answer = "Matrix([[-2, 1], [1.5, -0.5]])"
[[question]]
id = "determinant"
kind = "numeric"
model = "det(Matrix([[1, 2], [3, 4]]))"
answer = "-2"
[[question]]
id = "choice"
kind = "mcq"
key = "b"
options = { a = { text = "one", fails = ["x = x"] }, b = { text = "two", holds = ["x = x"] } }
[[question]]
id = "silent"
kind = "symbolic"
answer = "x**2"
claim = ["x**2 >= 0", { theorem = "attn.rnn_gradient" }]
[[question]]
id = "steps"
kind = "derivation"
marks = 10
goal = "V = x**2 - 1"
step = [
  { expr = "(x + 1)*(x - 1)", marks = 1 },
  { expr = "x*(x - 1) + x - 1", marks = 1 },
  { expr = "x**2 - 1", marks = 1 },
]
[[question]]
id = "speaking"
kind = "symbolic"
answer = "x**2 + 1"
claim = ["{answer} > 0", "x**2 >= 0"]
"""


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Marker:
    """Marks answers to the key above, taken to be right."""
    path = tmp_path_factory.mktemp("doubtful") / "key.toml"
    path.write_text(KEY, "utf-8")
    key = read_key(path)
    return Marker(key, {q.id: Checked("correct", q.key) for q in key.questions})


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("small", "0.0", "wrong"),
        ("small", "-0.00", "wrong"),
        ("small", "0.00040", "right"),
        ("root", "1.4", "partial"),
        ("root", "1.41", "right"),
        ("root", "1.4142135623730951", "right"),
        ("root", "1.41428", "wrong"),
        ("large", "1.23e6", "review"),
        ("large", "1.2346 x 10^6", "review"),
        ("large", "1.24e6", "wrong"),
        ("large", "1e6", "wrong"),
        ("half", "2.49999999", "wrong"),
        ("ninths", "0.555...", "review"),
        ("ninths", "0.5…", "review"),
        ("ninths", "0.(5)", "review"),
        ("ninths", "0.556 (5/9)", "review"),
        ("half", "2½", "review"),
        ("half", r"2\frac12", "review"),
        ("half", "0.5 (2 + 3)", "right"),
        ("half", "2, 5", "review"),
        ("half", "2,5", "right"),
        ("matrix", "[[1, 2], [3, 4]] = [[0.33, 2], [3, 4]]", "review"),
        ("matrix", "[[9, 9], [9, 9]]\n[[0.33, 2], [3, 4]]", "review"),
        ("matrix", "[[1/3, 2], [3, 4]] = [[0.33, 2], [3, 4]]", "right"),
        ("inverse", "inv(Matrix([[1, 2], [3, 4]]))", "review"),
        ("inverse", "inv(Matrix([[1, 2], [3, 4]])) = [[-2, 1], [3/2, -1/2]]", "right"),
        ("inverse", "1/(-2)*[[4, -2], [-3, 1]]", "right"),
        ("determinant", "det(Matrix([[1, 2], [3, 4]]))", "review"),
        ("determinant", "1*4 - 2*3", "right"),
        ("choice", "b is false", "review"),
        ("choice", "b: incorrect", "review"),
        ("choice", "no b", "review"),
        ("choice", "no. b", "right"),
        ("choice", "a -> b", "review"),
        ("choice", "b, different gradients", "right"),
        ("steps", "x**2 - 1", "review"),
        ("steps", "V = x**2 - 1 = x**2 - 1", "review"),
        ("steps", "(x + 1)*(x - 1) = 7 = x**2 - 1", "partial"),
        ("steps", "(x + 1)*(x - 1) = x*(x - 1) + x - 1 = x**2 - 1", "right"),
        ("silent", "x", "review"),
        ("speaking", "exp(x)", "right"),
        ("speaking", "x", "wrong"),
    ],
)
def test_doubtful_answers_are_neither_right_nor_wrong(
    marker: Marker, question: str, answer: str, verdict: str
) -> None:
    names = [q.id for q in marker.key.questions]
    assert marker(Task(Target(names.index(question), 0), answer)).verdict == verdict


def test_the_last_line_earns_nothing_where_it_does_not_follow(marker: Marker) -> None:
    names = [q.id for q in marker.key.questions]
    answer = "(x + 1)*(x - 1) = 7 = x**2 - 1"
    assert marker(Task(Target(names.index("steps"), 0), answer)).worth(10) == 1
