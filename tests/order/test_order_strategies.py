"""Every strategy of the search for inequalities proves something, and the field's classics are proved."""

from __future__ import annotations

import pytest
from helpers import judge

from derive.search.conditions import discharge_all
from derive.search.order import DEPTH, FUEL
from derive.search.order_core import Prover
from derive.search.order_strategies import STRATEGIES
from derive.terms import Context, read_claim
from derive.terms.domains import read_domain

UNIT = "in (0, 1)"
KL = "p*log(p/q) + (1 - p)*log((1 - p)/(1 - q))"

ALONE = {
    "stated cases": ("abs(x) >= x", {"x": "real"}),
    "cases": ("sqrt(x**2) >= x", {"x": "real"}),
    "square": ("x**2 + x*y + y**2 >= 0", {"x": "real", "y": "real"}),
    "roots": ("sqrt(a + b) <= sqrt(a) + sqrt(b)", {"a": "positive", "b": "positive"}),
    "positive bases": ("sqrt((1 - t)**2 + t**2) > 0", {"t": "in [0, 1]"}),
    "signs beside roots": ("sqrt(x**2 + 1) + x > 0", {"x": "real"}),
    "known bounds": ("erfc(x) <= exp(-x**2)", {"x": "nonnegative"}),
    "products": ("x*y <= 1", {"x": "positive", "y": "positive"}),
    "carried order": ("exp(x) + exp(y) <= 2*exp(z)", {"x": "real", "y": "real", "z": "real"}),
    "logarithms": ("a**w <= 1 + w*(a - 1)", {"w": UNIT, "a": "positive"}),
    "tangents": (f"{KL} >= 0", {"p": UNIT, "q": UNIT}),
    "products with logarithms": (
        "x*log(y) + log(z) >= 0",
        {"x": UNIT, "y": "positive", "z": "positive"},
    ),
    "derivative": (f"2*(p - q)**2 <= {KL}", {"p": UNIT, "q": UNIT}),
    "tight tangents": ("x*sigmoid(x) > -3/10", {"x": "real"}),
}
"""A claim for each strategy, which it proves with the helpers below, and they do not without it."""

GIVEN = {
    "products": ["x + y <= 2"],
    "carried order": ["x <= z", "y <= z"],
    "products with logarithms": ["0 <= log(y) + log(z)", "0 <= log(z)"],
}
HELPERS = {
    "positive bases": {"square"},
    "signs beside roots": {"roots", "square"},
    "known bounds": {"products"},
    "carried order": {"logarithms", "products"},
    "logarithms": {"tangents", "products"},
    "tight tangents": {"products", "tangents"},
}


def search(text: str, domains: dict[str, str], assume: list[str], names: set[str]) -> bool:
    context = Context()
    for name, words in domains.items():
        context = context.declare(name, read_domain(words))
    for i, h in enumerate(assume):
        context = context.assume(f"h{i}", read_claim(h, context))
    claim = read_claim(text, context).oriented()
    prover = Prover([e for e in STRATEGIES if e.name in names], FUEL)
    theorem = prover.prove(context, claim, DEPTH)
    if theorem is None:
        return False
    theorem = discharge_all(theorem, prover.tower(context))
    assert theorem.claim == claim
    return not theorem.conditions


def test_the_registry_names_each_strategy_once_and_each_has_a_claim() -> None:
    assert [e.name for e in STRATEGIES] == list(dict.fromkeys(e.name for e in STRATEGIES))
    assert {e.name for e in STRATEGIES} == ALONE.keys()


@pytest.mark.parametrize("name", ALONE)
def test_a_strategy_proves_its_claim_and_without_it_its_helpers_do_not(name: str) -> None:
    text, domains = ALONE[name]
    helpers = HELPERS.get(name, set())
    given = GIVEN.get(name, [])
    assert search(text, domains, given, helpers | {name})
    assert not search(text, domains, given, helpers)


P, R = "positive", "real"
CLASSICS: list[tuple[str, list[str], dict[str, str]]] = [
    ("x - 1 >= log(x)", [], {"x": P}),
    ("x/(1 + x) < log(1 + x)", [], {"x": P}),
    ("log(1 + x) < x", [], {"x": P}),
    ("sin(x) <= x", [], {"x": "nonnegative"}),
    ("exp(x) >= 1 + x", [], {"x": R}),
    ("exp(x) >= 1 + x + x**2/2", [], {"x": "nonnegative"}),
    ("sqrt(a*b) <= (a + b)/2", [], {"a": P, "b": P}),
    ("2/(1/a + 1/b) <= sqrt(a*b)", [], {"a": P, "b": P}),
    ("(a*c + b*d)**2 <= (a**2 + b**2)*(c**2 + d**2)", [], dict.fromkeys("abcd", R)),
    ("x**2 + y**2 + z**2 >= x*y + y*z + z*x", [], dict.fromkeys("xyz", R)),
    ("-log(sigmoid(x)) > 0", [], {"x": R}),
    ("log(sigmoid(x)) <= x/2 - log(2)", [], {"x": R}),
    ("sigmoid(x) < sigmoid(y)", ["x < y"], {"x": R, "y": R}),
    ("log(x)/2 <= sqrt(x) - 1", [], {"x": P}),
    ("a/(1 + a) <= b/(1 + b)", ["a <= b"], {"a": P, "b": P}),
    ("log(w*exp(a) + (1 - w)*exp(b)) >= w*a + (1 - w)*b", [], {"w": UNIT, "a": R, "b": R}),
    ("x != y", ["x**2 < y**2"], {"x": P, "y": P}),
    ("abs(abs(x) - abs(y)) <= abs(x - y)", [], {"x": R, "y": R}),
    ("min(x, y) <= (x + y)/2", [], {"x": R, "y": R}),
    ("x <= max(x, y)", [], {"x": R, "y": R}),
    ("x*y <= x**2/(2*e) + e*y**2/2", [], {"x": R, "y": R, "e": P}),
    ("(1 - b)**n >= 1 - n*b", [], {"b": UNIT, "n": "integer >= 1"}),
]


@pytest.mark.parametrize(("text", "assume", "domains"), CLASSICS, ids=[c[0] for c in CLASSICS])
def test_a_classic_is_proved(text: str, assume: list[str], domains: dict[str, str]) -> None:
    assert judge(text, assume, **domains).name == "proved"


STRICT = [
    ("x - 1 > log(x)", {"x": P}),
    ("exp(x) > 1 + x", {"x": R}),
    ("sqrt(a*b) < (a + b)/2", {"a": P, "b": P}),
    ("x < max(x, y)", {"x": R, "y": R}),
    ("(x + y)**2 <= 2*x**2 + y**2", {"x": R, "y": R}),
]


@pytest.mark.parametrize(("text", "domains"), STRICT)
def test_equality_somewhere_refutes_the_strict_claim(text: str, domains: dict[str, str]) -> None:
    assert judge(text, **domains).name == "refuted"
