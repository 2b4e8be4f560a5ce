"""Witnesses: small, in the domains, on the hypotheses, and such that a person can check them by hand."""

from __future__ import annotations

from fractions import Fraction

import jsonschema
import pytest
from helpers import ROOT, jsonl, verdict_of
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.claims import read_object
from derive.decision import decide
from derive.refute import Refuter
from derive.terms import Context, Term, add, mul, num, power, sym
from derive.terms.context import Claim
from derive.verdict import Refuted, Witness


def witness(lhs: str, relation: str, rhs: str, *assume: str, **symbols: str) -> Witness:
    """The witness against a claim; a name like ``p_of_i`` declares a family, ``f_of_x`` a function."""
    names = {_declared(name): domain for name, domain in symbols.items()}
    verdict = verdict_of(
        {"lhs": lhs, "relation": relation, "rhs": rhs, "symbols": names, "assume": list(assume)}
    )
    assert isinstance(verdict, Refuted), verdict
    return verdict.witness


def _declared(name: str) -> str:
    head, _, places = name.partition("_of_")
    if not places:
        return name
    return f"{head}[i]" if places == "i" else f"{head}({', '.join(places)})"


@pytest.mark.parametrize(
    ("claim", "symbols", "shown"),
    [
        (("sqrt(x**2)", "=", "x"), {"x": "real"}, "at x = -1: left 1, right -1"),
        (("(a + b)**2", "=", "a**2 + b**2"), {"a": "real", "b": "real"},
         "at a = 1, b = 1: left 4, right 2"),
        (("x**2", ">", "0"), {"x": "real"}, "at x = 0: left 0, right 0"),
        (("2*x", "=", "x"), {"x": "in (10, oo)"}, "at x = 11: left 22, right 11"),
        (("a*b*c*d*e*f*g", "<=", "1"), dict.fromkeys("abcdefg", "integer >= 1"),
         "at a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 2: left 2, right 1"),
        (("log(x)", "=", "x"), {"x": "positive"}, "at x = 1: left 0, right 1"),
        (("1", "=", "2"), {}, "left 1, right 2"),
    ],
)  # fmt: skip
def test_the_smallest_witness(
    claim: tuple[str, str, str], symbols: dict[str, str], shown: str
) -> None:
    data = dict(zip(("lhs", "relation", "rhs"), claim, strict=True)) | {"symbols": symbols}
    verdict = verdict_of(data)
    assert isinstance(verdict, Refuted)
    assert str(verdict.witness) == shown


@pytest.mark.parametrize(
    "claim",
    [
        "(a - b)**2 > 0",
        "(a + b - 1)**2 > 0",
        "(a*b - 1)**2 > 0",
        "(b - a**2)**2 > 0",
        "(a - 17)**2 + 0*b > 0",
        "(a - 2*b + 3)**2 > 0",
        "(3*a + 7*b - c)**2 > 0",
        "a + b < 10**5",
        "abs(a - 12345/100)*(1 + b**2) > 0",
    ],
)
def test_claims_that_fail_on_a_thin_set_only(claim: str) -> None:
    lhs, sign = (claim.partition(">"), ">") if ">" in claim else (claim.partition("<"), "<")
    found = witness(lhs[0], sign, lhs[2], a="real", b="real", c="real")
    assert not found.undefined


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (("log(x - 3)", "<=", "x"), "the left side is not defined: log of "),
        (("x - 1", "<", "sqrt(x) + 2*x"), "the right side is not defined: sqrt of -"),
        (("1/(x - 2)**2", ">", "-1"), "at x = 2: the left side is not defined: division by zero"),
    ],
)
def test_a_side_without_a_value_is_named(claim: tuple[str, str, str], said: str) -> None:
    lhs, relation, rhs = claim
    context, stated = read_object(
        {"lhs": lhs, "relation": relation, "rhs": rhs, "symbols": {"x": "real"}}
    )
    false, undefined = Refuter(context).search(stated)
    assert false is None
    assert undefined is not None
    assert said in str(undefined)
    assert not undefined.lhs


def test_a_false_value_is_preferred_to_an_undefined_one() -> None:
    found = witness("sqrt(x)**2 + 1", "=", "x", x="real")
    assert not found.undefined
    assert str(found) in ("at x = 1: left 2, right 1", "at x = 0: left 1, right 0")


def test_functions_are_given_formulas() -> None:
    found = witness("f(x + 1)", "=", "f(x) + 1", f_of_x="real", x="real")
    assert str(found) == "with f(x) = x**2, at x = 1: left 4, right 2"
    two = witness("f(x)", "=", "g(x)", f_of_x="real", g_of_x="real", x="real")
    assert dict(two.formulas).keys() == {"f(x)", "g(x)"}
    assert two.formulas[0][1] != two.formulas[1][1]
    half = witness("p(x)", "<", "1/2", p_of_x="in (0, 1)", x="real")
    assert half.lhs == "1/2"
    assert witness("f(x)", ">", "3", f_of_x="in (2, 7]", x="real").lhs != ""
    assert witness("k(x, y)", "=", "k(y, x)", k_of_xy="real", x="real", y="real").formulas


def test_functions_under_a_derivative() -> None:
    found = witness("diff(f(x), x)", "=", "f(x)", f_of_x="real", x="real")
    assert str(found) == "with f(x) = x, at x = 0: left 1, right 0"


def test_functions_of_integers_have_tables() -> None:
    found = witness(
        "1 - abar(t)", "=", "alpha(t)*(1 - abar(t - 1)) + alpha(t)",
        "abar(t) = abar(t - 1)*alpha(t)",
        abar_of_t="in (0, 1)", alpha_of_t="in (0, 1)", t="integer >= 1",
    )  # fmt: skip
    values = dict(found.values)
    assert values["t"] == 1
    assert values["abar(1)"] == values["abar(0)"] * values["alpha(1)"]
    assert str(found).startswith("at t = 1, abar(0) = ")


def test_families_satisfy_what_is_said_of_their_sums() -> None:
    found = witness("Sum(p[i]**2, i, 1, n)", "=", "1", "Sum(p[i], i, 1, n) = 1",
                    p_of_i="positive", n="integer >= 1")  # fmt: skip
    assert str(found) == "at n = 2, p[1] = 1/2, p[2] = 1/2: left 1/2, right 1"
    unequal = witness(
        "Sum(p[i]*log(p[i]/q[i]), i, 1, 2)", "=", "Sum(q[i]*log(q[i]/p[i]), i, 1, 2)",
        "Sum(p[i], i, 1, 2) = 1", "Sum(q[i], i, 1, 2) = 1", p_of_i="positive", q_of_i="positive",
    )  # fmt: skip
    values = dict(unequal.values)
    assert values["p[1]"] + values["p[2]"] == values["q[1]"] + values["q[2]"] == 1


@pytest.mark.parametrize(
    ("claim", "symbols", "shown"),
    [
        (("Sum(i, i, 1, n)", "=", "n*(n - 1)/2"), {"n": "integer >= 0"}, "at n = 1: left 1, right 0"),
        (("Prod(a, i, 1, n)", ">=", "a"), {"n": "integer >= 0", "a": "positive"},
         "at a = 2, n = 0: left 1, right 2"),
        (("Sum(x[i], i, 1, n)**2", "=", "Sum(x[i]**2, i, 1, n)"), {"n": "natural", "x[i]": "real"},
         "at n = 2, x[1] = 1, x[2] = 1: left 4, right 2"),
        (("n**2", "=", "n"), {"n": "integer >= 0"}, "at n = 2: left 4, right 2"),
    ],
)  # fmt: skip
def test_small_integers_and_empty_sums(
    claim: tuple[str, str, str], symbols: dict[str, str], shown: str
) -> None:
    data = dict(zip(("lhs", "relation", "rhs"), claim, strict=True)) | {"symbols": symbols}
    verdict = verdict_of(data)
    assert isinstance(verdict, Refuted)
    assert str(verdict.witness) == shown


@pytest.mark.parametrize(
    ("claim", "assume", "symbols"),
    [
        (("a*b", "=", "1"), ["a**2 + b**2 = 1"], {"a": "real", "b": "real"}),
        (("a", "<=", "c"), ["a < b", "b > c"], dict.fromkeys("abc", "real")),
        (("p*q*r", "<=", "1/28"), ["p + q + r = 1"], dict.fromkeys("pqr", "in (0, 1)")),
        (("u", "=", "v + 1"), ["u = exp(v)"], {"u": "positive", "v": "real"}),
        (("s", "=", "v"), ["s**2 = exp(v)"], {"s": "positive", "v": "real"}),
        (("x", "<", "z"), ["x < y", "x**2 < z**2"], dict.fromkeys("xyz", "real")),
    ],
)
def test_points_on_the_hypotheses(
    claim: tuple[str, str, str], assume: list[str], symbols: dict[str, str]
) -> None:
    found = witness(*claim, *assume, **symbols)
    assert not found.undefined


def test_an_irrational_hypothesis_is_shown_as_the_formula_it_gives() -> None:
    found = witness("u", "=", "v + 1", "u = exp(v)", u="positive", v="real")
    assert str(found) == "with u = exp(v), at v = 1: left 2.71828182845…, right 2"


@pytest.mark.parametrize(
    ("claim", "left", "right"),
    [
        (("log(2)", "=", "0.69314718056"), "0.69314718055994530941…", "0.69314718056"),
        (("log(2)", "=", "0.693147180559945309417"), "0.69314718055994530941…",
         "0.693147180559945309417"),
        (("sqrt(2)*sqrt(3)", "=", "2"), "2.44948974278…", "2"),
        (("1/3", "=", "1/2"), "1/3", "1/2"),
        (("exp(1000)", "=", "1"), "1.97007111401…e+434", "1"),
    ],
)  # fmt: skip
def test_sides_as_text(claim: tuple[str, str, str], left: str, right: str) -> None:
    found = witness(*claim)
    assert (found.lhs[:20], found.rhs[:20]) == (left[:20], right[:20])
    assert found.lhs != found.rhs


def test_matrices_have_small_entries_and_the_entry_is_named() -> None:
    symbols = {"A": "matrix 2 x 2", "B": "matrix 2 x 2"}
    context, claim = read_object({"lhs": "A @ B", "rhs": "B @ A", "symbols": symbols})
    found, _ = Refuter(context).search(claim)
    assert found is not None
    assert found.entry
    assert f"entry {found.entry}: left " in str(found)
    assert all(v in (0, 1) for _, v in found.values)
    values = dict(found.values)
    row, column = (int(i) for i in found.entry[1:-1].split(","))

    def product(a: str, b: str) -> Fraction:
        return sum(
            (values[f"{a}[{row}, {k}]"] * values[f"{b}[{k}, {column}]"] for k in (1, 2)),
            Fraction(0),
        )

    assert (found.lhs, found.rhs) == (str(product("A", "B")), str(product("B", "A")))


def test_a_definite_matrix_stays_definite() -> None:
    found = witness("det(S)", "<", "1", n="integer >= 1", S="spd n x n")
    assert str(found) == "at n = 1, S[1, 1] = 1: left 1, right 1"


def test_json_follows_the_schema() -> None:
    import json

    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
    line = {"lhs": "f(x)**2", "rhs": "f(x)", "symbols": {"f(x)": "real", "x": "real"}}
    _, (out,) = jsonl([line])
    jsonschema.validate(out, schema)
    assert out["witness"]["formulas"].keys() == {"f(x)"}


def _value(term: Term, values: dict[str, Fraction]) -> Fraction:
    """Plain arithmetic, apart from everything that the refuter uses."""
    match term.head:
        case "num":
            return Fraction(term.payload[0])
        case "sym":
            return values[term.payload]
        case "neg":
            return -_value(term.args[0], values)
        case "add":
            return sum((_value(a, values) for a in term.args), Fraction(0))
        case "pow":
            return Fraction(_value(term.args[0], values) ** int(_value(term.args[1], values)))
    out = Fraction(1)
    for arg in term.args:
        out *= _value(arg, values)
    return out


LEAVES = st.one_of(st.sampled_from("xyz").map(sym), st.integers(1, 4).map(num))
POLYNOMIALS = st.recursive(
    LEAVES,
    lambda t: st.one_of(
        st.builds(add, t, t),
        st.builds(mul, t, t),
        st.builds(lambda b, n: power(b, num(n)), t, st.integers(2, 3)),
    ),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None)
@given(POLYNOMIALS, POLYNOMIALS, st.sampled_from(["=", "<=", "<", "!="]))
def test_a_witness_stands_up_to_plain_arithmetic(lhs: Term, rhs: Term, relation: str) -> None:
    context = Context().declare("x").declare("y").declare("z")
    found, undefined = Refuter(context).search(Claim(lhs, relation, rhs))  # type: ignore[arg-type]
    assert undefined is None
    if found is None:
        return
    values = dict(found.values)
    left, right = _value(lhs, values), _value(rhs, values)
    broken = {"=": left != right, "<=": left > right, "<": left >= right, "!=": left == right}
    assert broken[relation]
    assert (found.lhs, found.rhs) == (str(left), str(right))


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(*[st.integers(-5, 5)] * 3).filter(lambda k: k[0] != 0), st.sampled_from(["x", "y"])
)
def test_a_witness_satisfies_a_linear_hypothesis(numbers: tuple[int, int, int], name: str) -> None:
    a, b, c = numbers
    symbols = {"x": "real", "y": "real"}
    assume = [f"{a}*x + {b}*y = {c}"]
    data = {"lhs": f"{name}**2", "relation": "=", "rhs": f"{name} + 1", "symbols": symbols}
    verdict = verdict_of({**data, "assume": assume})
    assert isinstance(verdict, Refuted)
    values = dict(verdict.witness.values)
    assert a * values["x"] + b * values["y"] == c
    assert values[name] ** 2 != values[name] + 1


def test_a_proved_claim_has_no_witness() -> None:
    context, claim = read_object(
        {"lhs": "(x + 1)**2", "rhs": "x**2 + 2*x + 1", "symbols": {"x": "real"}}
    )
    assert decide(claim, context).name == "proved"
    assert Refuter(context).search(claim) == (None, None)
