"""What a key does not say of an answer, assumptions that nothing meets, and hypotheses of theorems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from derive.derivation.shown import claim_text, unicode_printer
from derive.keys.check import check_question
from derive.keys.results import Verdict
from derive.keys.stated import statement_of
from derive.keys.toml_reader import read_key
from derive.library import theorem

Check = Callable[[str], Verdict]


@pytest.fixture
def verdict(tmp_path: Path) -> Check:
    """The verdict on the one question of a key, given by its lines."""

    def run(lines: str) -> Verdict:
        path = tmp_path / "key.toml"
        path.write_text(f'[exam]\nid = "k"\n[[question]]\nid = "1"\n{lines}', "utf-8")
        (question,) = (key := read_key(path)).questions
        return check_question(key, question).verdict

    return run


@pytest.mark.parametrize("kind", ["numeric", "symbolic"])
def test_claims_that_do_not_speak_of_the_answer_say_nothing_of_it(
    verdict: Check, kind: str
) -> None:
    silent = f'kind = "{kind}"\nanswer = "7"\n'
    cited = '{ theorem = "attn.rnn_gradient" }'
    assert verdict(f'{silent}claim = ["1 + 1 = 2", {cited}]') == "undecided"
    assert verdict(f'{silent}claim = ["3 + 4 = {{answer}}", {cited}]') == "correct"
    assert verdict(f'{silent}claim = ["1 + 1 = 3"]') == "undecided"
    assert verdict(f'{silent}claim = ["1 + 1 = 2"]\nmodel = "3 + 4"') == "correct"


@pytest.mark.parametrize(
    ("density", "expected"), [("2*Normal(x; m, v)", "undecided"), ("Normal(x; m, v)", "correct")]
)
def test_a_mass_that_no_parameters_give_is_not_assumed(
    verdict: Check, density: str, expected: str
) -> None:
    laws = f'{{ variables = {{ x = "real" }}, densities = {{ "p(x)" = "{density}" }}, '
    found = verdict(
        'kind = "statement"\nsymbols = { m = "real", v = "positive" }\n'
        f'laws = {laws}mass_one = ["p"] }}\nholds = ["E[p](1) = 1"]'
    )
    assert found == expected


@pytest.mark.parametrize("name", ["vae.linear_gradients", "gan.optimal_d"])
def test_the_hypotheses_of_a_theorem_are_never_cut_off(name: str) -> None:
    derivation = theorem(name).derivation()
    shown = statement_of(derivation, "")
    assert "…" in shown
    printer = unicode_printer(derivation.model)
    given = shown.partition("; given ")[2]
    assert all(claim_text(claim, printer) in given for _, claim in derivation.context.hypotheses)
