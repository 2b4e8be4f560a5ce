"""The example keys: a real exam with its mistakes, a short key without any, and those in the docs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from mpmath import mp, mpf

from derive.keys.check import check_question
from derive.keys.model import Key
from derive.keys.results import FINE, Result
from derive.keys.toml_reader import read_key

if TYPE_CHECKING:
    from conftest import Papers

ROOT: Final = Path(__file__).parents[2]
QUIZ: Final = ROOT / "examples" / "keys" / "quiz2.toml"
DOCS: Final = ROOT / "docs" / "key-format.md"

mp.dps = 40

VERDICTS: Final = {
    "q01": "correct", "q02": "correct", "q03": "correct", "q04": "correct", "q05": "correct",
    "q06": "correct", "q07": "correct", "q08": "correct", "q09": "correct", "q10": "premise",
    "q11": "correct", "q12": "correct", "q13": "correct", "q14": "correct", "q15": "correct",
    "q16": "correct", "q17": "inconsistent", "q18": "correct", "q19": "correct", "q20": "correct",
    "q21": "correct", "q22": "attested", "q23": "attested", "q24": "correct", "q25": "attested",
}  # fmt: skip

FLAWS: Final = {
    ("q02", "working 3, link 3"),  # 16/4 + 256*3/4 is 196, and 4 + 125*3/4 is not
    ("q11", "audit 1"),
    ("q11", "audit 2"),  # (0.75/0.979)**(1/200) < (0.7/0.75)**(1/100)
    ("q12", "audit 1"),
    ("q13", "audit 1"),
    ("q13", "audit 2"),  # 0.7/0.75 > 0.99**100
    ("q17", "working 1, link 2"),  # 10000**(1/64) is 1.1548, printed 1.154
    ("q20", "audit 1"),  # 15 + 6 > 17.5 + 2
}


def q(text: str) -> Fraction:
    """The rational that a decimal writes."""
    return Fraction(text)


def f(text: str) -> mpf:
    """The same, for mpmath."""
    value = Fraction(text)
    return mpf(value.numerator) / value.denominator


def abar(t: int) -> Fraction:
    """Cumulative products of the linear schedule of question 10, exactly."""
    first, last = Fraction(1, 10_000), Fraction(2, 100)
    out = Fraction(1)
    for s in range(t):
        out *= 1 - first - (last - first) * s / 999
    return out


def responsibility() -> mpf:
    weights = [
        f(pi) * mp.npdf(7, mean, spread) for pi, mean, spread in (("0.6", 5, 1), ("0.4", 10, 2))
    ]
    return weights[0] / sum(weights)


def elbo() -> mpf:
    table = (("0.8", "-3.5"), ("0.2", "-5.0"))
    return sum(f(w) * (f(logp) - mp.log(f(w))) for w, logp in table)


def gaussian_kl(mean: mpf, variance: mpf) -> mpf:
    """The divergence to N(0, 1) by numerical integration of its definition."""
    spread = mp.sqrt(variance)

    def integrand(x: mpf) -> mpf:
        log_ratio = -((x - mean) ** 2) / (2 * variance) + x**2 / 2 - mp.log(spread)
        return mp.npdf(x, mean, spread) * log_ratio

    return mp.quad(integrand, mp.linspace(mean - 14 * spread, mean + 14 * spread, 9))


RIGHT: Final[dict[str, Callable[[], mpf | Fraction]]] = {
    "q01": responsibility,
    "q02": lambda: (q("0.75") * 4 - q("0.25") * 2) ** 4 - (q("0.25") * 16 + q("0.75") * 256),
    "q03": elbo,
    "q04": lambda: (
        gaussian_kl(f("0.4"), mp.exp(f("-1.8"))) + gaussian_kl(f("-0.3"), mp.exp(f("-0.4")))
    ),
    "q05": lambda: (q("0.1") * 5 + q("0.8") * 15) / (q("0.1") + q("0.8")),
    "q06": lambda: f("2.5") - f("1.5") * mp.exp(f("1.6") / 2),
    "q07": lambda: q("12.4") + 8 * q("2.1"),
    "q08": lambda: Fraction(16 * 16 * ((256).bit_length() - 1)),
    "q09": lambda: (q("0.2") ** 2 + q("0.4") ** 2 + q("0.3") ** 2) / 4,
    "q10": lambda: mp.sqrt(f("0.979")) * f("0.8") - mp.sqrt(f("0.021")) * f("1.2"),
    "q11": lambda: (f("0.5") + mp.sqrt(f("0.3")) * f("0.2")) / mp.sqrt(f("0.7")),
    "q12": lambda: q("0.2") ** 2,
    "q13": lambda: (
        (f("0.7") + f("0.01") / mp.sqrt(f("0.2")) * f("0.4")) / mp.sqrt(f("0.99")) + f("0.1")
    ),
    "q14": lambda: Fraction(128, 16),
    "q15": lambda: Fraction(401 * 20),
    "q17": lambda: mp.sin(f("0.1") / mp.root(10_000, 64)),
    "q20": lambda: q("27.5") - 5 * 2,
    "q24": lambda: (f("0.6") + f("0.01") * f("0.3")) / mp.sqrt(f("0.9999")),
}


@pytest.fixture(scope="module")
def key(papers: Papers) -> Key:
    return papers.key("quiz2")


@pytest.fixture(scope="module")
def results(papers: Papers) -> dict[str, Result]:
    return papers.results("quiz2")


def test_every_question_has_the_verdict_worked_out_by_hand(results: Mapping[str, Result]) -> None:
    assert {name: r.verdict for name, r in results.items()} == VERDICTS


def test_the_flaws_are_the_known_ones(results: Mapping[str, Result]) -> None:
    assert {(name, c.where) for name, r in results.items() for c in r.flaws} == FLAWS


def test_every_check_is_decided(results: Mapping[str, Result]) -> None:
    open_ = [
        c for r in results.values() for c in r.checks if c.status in ("undecided", "conditional")
    ]
    assert open_ == []


@pytest.mark.parametrize("name", RIGHT)
def test_right_values_agree_with_an_independent_computation(
    name: str, results: Mapping[str, Result]
) -> None:
    shown = results[name].right
    places = len(shown.partition(".")[2])
    value = RIGHT[name]()
    gap = (
        abs(mpf(value.numerator) / value.denominator - f(shown))
        if isinstance(value, Fraction)
        else abs(value - f(shown))
    )
    assert gap <= mpf(10) ** -places / 2 + mpf(10) ** -30


def test_every_numeric_question_has_an_independent_value(key: Key) -> None:
    assert set(RIGHT) == {question.id for question in key.questions if question.kind == "numeric"}


@pytest.mark.parametrize(("name", "t", "printed"), [
    ("q10", 200, "0.979"), ("q11", 500, "0.7"), ("q12", 400, "0.75"), ("q13", 498, "0.80"),
])  # fmt: skip
def test_the_schedule_contradicts_the_printed_products(
    name: str, t: int, printed: str, results: Mapping[str, Result]
) -> None:
    check = next(c for c in results[name].checks if f"abar_at({t})" in c.claim)
    assert abs(abar(t) - q(printed)) > Fraction(1, 10)
    assert check.status == "refuted"


def test_the_message_of_question_10_says_what_the_schedule_gives(
    results: Mapping[str, Result],
) -> None:
    share = mpf(abar(200).numerator) / abar(200).denominator
    there = mp.sqrt(share) * f("0.8") - mp.sqrt(1 - share) * f("1.2")
    assert mp.nstr(there, 2) == "-0.051"
    assert mp.nstr(share, 3) == "0.659"
    assert "-0.051" in results["q10"].message
    assert "0.659" in results["q10"].message


@pytest.mark.parametrize(
    ("name", "right"), [("q16", "b"), ("q18", "c"), ("q19", "d"), ("q21", "b")]
)
def test_one_option_is_proved_and_three_are_refuted(
    name: str, right: str, results: Mapping[str, Result]
) -> None:
    found: dict[str, set[str]] = {}
    for check in results[name].checks:
        if check.where.startswith("option"):
            found.setdefault(check.where[-1], set()).add(check.status)
    assert results[name].right == right
    assert found.pop(right) <= {"proved", "enclosed"}
    assert len(found) == 3
    assert all("refuted" in statuses for statuses in found.values())


def kl(first: list[mpf], second: list[mpf]) -> mpf:
    return sum(a * mp.log(a / b) for a, b in zip(first, second, strict=True))


def test_the_gap_of_question_19_on_random_tables() -> None:
    rng = Random(2)
    misses = {"a": mpf(0), "b": mpf(0), "c": mpf(0), "d": mpf(0)}
    for _ in range(20):
        r, s = (mpf(rng.randint(1, 9)) / 10 for _ in range(2))
        q_z, prior = [1 - r, r], [1 - s, s]
        joint = [p * rng.randint(1, 9) for p in prior]
        posterior = [j / sum(joint) for j in joint]
        bound = sum(w * mp.log(j / w) for w, j in zip(q_z, joint, strict=True))
        options = kl(prior, q_z), kl(q_z, prior), kl(posterior, q_z), kl(q_z, posterior)
        for label, value in zip("abcd", options, strict=True):
            misses[label] = max(misses[label], abs(mp.log(sum(joint)) - bound - value))
    assert misses.pop("d") < mpf(10) ** -30
    assert all(miss > f("0.01") for miss in misses.values())


DAMAGE: Final = [
    ("q01", '"0.556"', '"0.566"', "wrong"),
    ("q01", 'pi_2 = "0.4"', 'pi_2 = "0.5"', "premise"),
    ("q02", '"-156.9375"', '"156.9375"', "inconsistent"),
    ("q02", '"-156.9375"', '"-156.9374"', "inconsistent"),
    ("q03", 'logp_0 = "-5.0"', 'logp_0 = "5.0"', "wrong"),
    ("q04", 'logvar_2 = "-0.4"', 'logvar_2 = "0.4"', "wrong"),
    ("q05", '"13.889"', '"11.364"', "inconsistent"),
    ("q05", 'g_12 = "0.1"', 'g_12 = "0.3"', "premise"),
    ("q06", 'epsilon = "-1.5"', 'epsilon = "1.5"', "wrong"),
    ("q08", 'K = "256"', 'K = "512"', "wrong"),
    ("q08", 'channels = "32"', 'channels = "16"', "premise"),
    ("q09", 'e_2 = "-0.9"', 'e_2 = "0.9"', "wrong"),
    ("q10", 'abar = "0.979"', 'abar = "0.659"', "wrong"),
    ("q11", 'eps_theta = "-0.2"', 'eps_theta = "0.2"', "wrong"),
    ("q13", 'beta = "0.01"', 'beta = "0.02"', "premise"),
    ("q14", 'blocks = "4"', 'blocks = "3"', "wrong"),
    ("q15", '"8020"', '"8000"', "inconsistent"),
    ("q16", 'key     = "2"', 'key     = "4"', "wrong"),
    ("q17", '"0.0017"', '"0.0865"', "correct"),
    ("q18", 'key     = "3"', 'key     = "1"', "wrong"),
    ("q18", "p[z]/q[z]", "q[z]/p[z]", "wrong"),
    ("q19", 'key     = "4"', 'key     = "3"', "wrong"),
    ("q20", '"17.5"', '"18.5"', "inconsistent"),
    ("q21", 'key      = "2"', 'key      = "1"', "wrong"),
    ("q22", "64*64 != batch", "64*64 = batch", "wrong"),
    ("q24", '"0.603"', '"0.597"', "inconsistent"),
]

ONE_OFF: Final = [
    ("q01", '"0.556"', '"0.555"'),
    ("q04", '"0.643"', '"0.644"'),
    ("q05", '"13.889"', '"13.888"'),
    ("q07", '"29.2"', '"29.3"'),
    ("q13", '"0.813"', '"0.812"'),
]


def damaged(name: str, old: str, new: str, folder: Path) -> Result:
    """The result for a question after one piece of its text was changed."""
    text = QUIZ.read_text("utf-8")
    start = text.index(f'"{name}"')
    end = text.find("[[question]]", start)
    region = text[start : end if end > 0 else len(text)]
    assert old in region
    path = folder / "damaged.toml"
    path.write_text(text.replace(region, region.replace(old, new, 1)), "utf-8")
    key = read_key(path)
    return next(check_question(key, question) for question in key.questions if question.id == name)


@pytest.mark.parametrize(("name", "old", "new", "verdict"), DAMAGE)
def test_damage_turns_the_verdict(
    name: str, old: str, new: str, verdict: str, tmp_path: Path
) -> None:
    assert verdict != VERDICTS[name]
    assert damaged(name, old, new, tmp_path).verdict == verdict


@pytest.mark.parametrize(("name", "old", "new"), ONE_OFF)
def test_rounding_does_not_excuse_an_answer_at_which_the_working_does_not_arrive(
    name: str, old: str, new: str, tmp_path: Path
) -> None:
    assert damaged(name, old, new, tmp_path).verdict not in FINE


def test_the_short_key_is_all_right(papers: Papers) -> None:
    key, results = papers.key("lognormal"), papers.results("lognormal").values()
    assert {r.id: r.verdict for r in results} == {
        **{str(n): "correct" for n in range(1, 8)}, "8": "attested",
    }  # fmt: skip
    assert all(r.fine and not r.flaws for r in results)
    assert key.total == sum(question.marks or 0 for question in key.questions)


def test_the_steps_of_the_short_key_are_proved(papers: Papers) -> None:
    for question in papers.key("lognormal").questions:
        if question.kind == "derivation":
            checks = papers.results("lognormal")[question.id].checks
            steps = [c for c in checks if c.where.startswith("step")]
            assert len(steps) == len(question.steps) - 1
            assert all(c.status == "proved" and c.rules for c in checks)


def test_the_numbers_of_the_short_key_agree_with_an_independent_computation(papers: Papers) -> None:
    key = papers.key("lognormal")
    answers = {
        (question.id, part.id): part.answers[0].value
        for question in key.questions
        for part in question.parts
    }
    moments = {"a": f("0.5"), "b": f("0.625"), "c": f("0.25")}
    for part, exponent in moments.items():
        assert abs(mp.exp(exponent) - f(answers["3", part])) <= f("0.0005")
    gap = f("0.6") * mp.log(f("0.8")) + f("0.4") * mp.log(f("1.6"))
    assert abs(gap - f(answers["6", ""])) <= f("0.0005")


EXAMPLES: Final = re.findall(
    r"^```toml\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_in_the_documentation_are_keys_that_hold(number: int, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(EXAMPLES[number], "utf-8")
    key = read_key(path)
    results = [check_question(key, question) for question in key.questions]
    assert results
    assert [r.message for r in results if not r.fine] == []


def test_the_documentation_shows_every_kind() -> None:
    kinds = {kind for text in EXAMPLES for kind in re.findall(r'kind\s*= "(\w+)"\n', text)}
    assert kinds >= {"numeric", "symbolic", "mcq", "derivation", "attested"}
