"""The printed answers of the example keys: right ones are never marked wrong."""

from __future__ import annotations

from typing import Final

import pytest
from helpers import ROOT

from derive.grading.marking import Marker
from derive.grading.model import Target, Task
from derive.grading.target import Checked
from derive.keys.choices import chosen_label
from derive.keys.toml_reader import read_key

KEYS: Final = ROOT / "examples" / "keys"
MISPRINTED: Final = {("quiz2", "q17"), ("midterm", "q2c")}


@pytest.mark.parametrize("name", ["quiz2", "lognormal", "midterm", "tum", "ie643", "week6"])
def test_a_printed_answer_is_right_or_for_a_person(name: str) -> None:
    key = read_key(KEYS / f"{name}.toml")
    checked = {
        q.id: Checked("correct", chosen_label(q) if q.options else "") for q in key.questions
    }
    marker = Marker(key, checked)
    wrong = {
        (name, question.id)
        for q, question in enumerate(key.questions)
        for p, part in enumerate(question.parts or (None,))
        for answer in ([a.value for a in part.answers] if part else [question.key or "x"])
        if marker(Task(Target(q, p), answer)).verdict not in ("right", "review")
        and question.kind != "derivation"
    }
    assert wrong == {entry for entry in MISPRINTED if entry[0] == name}
