"""Text to terms and back; binders; limits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMES, names, terms

from derive.terms import (
    Context,
    ContextError,
    Term,
    TermError,
    TextError,
    add,
    div,
    mul,
    neg,
    num,
    read,
    read_chain,
    read_claim,
    substitute,
    subterms,
    sym,
    to_text,
)


@settings(max_examples=300, deadline=None)
@given(terms())
def test_text_of_a_term_reads_as_the_same_object(term: Term) -> None:
    assert read(to_text(term)) is term


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_term_or_an_error_with_a_position(text: str) -> None:
    try:
        term = read(text)
    except TextError as error:
        assert error.line >= 1 and error.column >= 1
        assert str(error).startswith(f"{error.line}:{error.column}: ")
    else:
        assert isinstance(term, Term)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("x +", 1, 4),
        ("x ? y", 1, 3),
        ("a + b\n* (c", 2, 5),
        ("x\0", 1, 2),
        ("__import__('os')", 1, 12),
        ("f(x).__class__", 1, 5),
        ("lambda: 1", 1, 7),
        ("x y", 1, 3),
        ("1 + exp(x, y)", 1, 5),
        ("2 + Matrix(x)", 1, 5),
    ],
)
def test_what_is_refused_is_refused_with_its_position(text: str, line: int, column: int) -> None:
    with pytest.raises(TextError) as caught:
        read(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_an_undeclared_name_is_refused_where_it_stands() -> None:
    context = Context().declare("x")
    assert read("x + x", context) == add(sym("x"), sym("x"))
    with pytest.raises(TextError, match=r"1:5: .*unknown symbol 'z'"):
        read("x + z", context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x/x", div(sym("x"), sym("x"))),
        ("1 + 1", add(num(1), num(1))),
        ("0*x", mul(num(0), sym("x"))),
        ("a - b", add(sym("a"), neg(sym("b")))),
        ("-3", neg(num(3))),
        ("2/4", div(num(2), num(4))),
        ("Rational(1, 2)", div(num(1), num(2))),
        ("a−b·c", add(sym("a"), neg(mul(sym("b"), sym("c"))))),
    ],
)
def test_nothing_is_evaluated(text: str, expected: Term) -> None:
    assert read(text) is expected


def test_a_decimal_remembers_its_places() -> None:
    assert to_text(read("0.80")) == "0.80"
    assert read("0.80") != read("0.8")


def test_a_tower_is_read_without_computing_it() -> None:
    assert to_text(read("9^9^9^9")) == "9**(9**(9**9))"


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("(" * 5_000 + "x" + ")" * 5_000, "(" * 10_000 + "x" + ")" * 10_000),
        ("-" * 99 + "x", "-" * 100 + "x"),
        ("f(" * 90 + "x" + ")" * 90, "f(" * 150 + "x" + ")" * 150),
        ("x + " * 4_999 + "xxxx", "x + " * 4_999 + "xxxxx"),
        ("9" * 1_000, "9" * 1_001),
        ("1e999", "1e1001"),
    ],
    ids=["brackets", "signs", "calls", "length", "digits", "exponent"],
)
def test_limits(inside: str, outside: str) -> None:
    assert isinstance(read(inside), Term)
    with pytest.raises(TextError):
        read(outside)


def test_a_term_has_a_greatest_size() -> None:
    term = sym("x")
    with pytest.raises(TermError, match="parts"):
        for _ in range(20):
            term = add(term, term)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Int(x, x, 0, 1)", "Int(y, y, 0, 1)"),
        ("Sum(Sum(i*j, i, 1, j), j, 1, n)", "Sum(Sum(j*i, j, 1, i), i, 1, n)"),
        ("E[x ~ q](x**2)", "E[t ~ q](t**2)"),
        ("diff(x**2, x; 3)", "diff(t**2, t; 3)"),
        ("Sum(Sum(i, i, 1, 2), i, 1, 2)", "Sum(Sum(i, i, 1, 2), k, 1, 2)"),
    ],
)
def test_terms_are_equal_up_to_bound_names(left: str, right: str) -> None:
    assert read(left) == read(right)
    assert hash(read(left)) == hash(read(right))
    assert read(left) is not read(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Int(x*y, x, 0, 1)", "Int(y*y, y, 0, 1)"),
        ("Sum(i, i, 1, n)", "Prod(i, i, 1, n)"),
        ("Int(x, x, 0, x)", "Int(y, y, 0, y)"),
        ("x + y", "y + x"),
        ("x/x", "1"),
        ("diff(x**2, x)", "diff(t**2, t)"),
    ],
)
def test_terms_that_differ_in_more_are_not_equal(left: str, right: str) -> None:
    assert read(left) != read(right)


@pytest.mark.parametrize(
    ("text", "mapping", "expected"),
    [
        ("Int(x*y, x, 0, 1)", {"y": "x"}, "Int(t*x, t, 0, 1)"),
        ("Sum(n*y, n, 1, 3)", {"y": "n"}, "Sum(t*n, t, 1, 3)"),
        ("E[x ~ q](x*y)", {"y": "f(x)"}, "E[t ~ q](t*f(x))"),
        ("diff(x*y, x; 2)", {"y": "x"}, "diff(t*x, t; 2)"),
        (
            "Int(Int(x*z*y, y, 0, x), x, 0, 1)",
            {"z": "x + y"},
            "Int(Int(s*(x + y)*t, t, 0, s), s, 0, 1)",
        ),
        ("Int(x, x, 0, x)", {"x": "3"}, "Int(x, x, 0, 3)"),
        ("x/y", {"x": "y", "y": "x"}, "y/x"),
        ("x**4", {"x**2": "y"}, "x**4"),
    ],
)
def test_substitution_is_simultaneous_and_never_captures(
    text: str, mapping: dict[str, str], expected: str
) -> None:
    done = substitute(read(text), {name: read(value) for name, value in mapping.items()})
    assert done == read(expected)


@settings(max_examples=150, deadline=None)
@given(terms(), names(), terms(max_leaves=4))
def test_free_names_after_a_substitution(term: Term, name: str, value: Term) -> None:
    done = substitute(term, {name: value})
    if name not in term.free:
        assert done is term
    else:
        assert done.free == (term.free - {name}) | value.free


@settings(max_examples=150, deadline=None)
@given(terms())
def test_renaming_there_and_back(term: Term) -> None:
    there = {name: sym(f"{name}_fresh") for name in NAMES}
    back = {f"{name}_fresh": sym(name) for name in NAMES}
    assert substitute(substitute(term, there), back) == term


@settings(max_examples=100, deadline=None)
@given(terms())
def test_subterms_come_innermost_first(term: Term) -> None:
    order = list(subterms(term))
    seen: set[int] = set()
    for part in order:
        assert all(id(arg) in seen for arg in part.args)
        seen.add(id(part))
    assert order[-1] is term and len(seen) == len(order)


def test_claims_and_chains() -> None:
    assert str(read_claim("a ≤ b")) == "a <= b"
    assert str(read_claim("a ≤ b").flipped()) == "b >= a"
    assert read_chain("a = b ≈ 0.3").relations == ("=", "≈")
    with pytest.raises(TextError, match="compares decimals"):
        read_claim("a ≈ b")
    with pytest.raises(TextError, match="expected one relation"):
        read_claim("a = b = c")


def test_a_term_is_immutable_and_has_no_constructor() -> None:
    with pytest.raises(AttributeError):
        sym("x").head = "num"
    with pytest.raises(TypeError):
        Term()


def test_a_context_declares_a_name_once() -> None:
    with pytest.raises(ContextError, match="declared twice"):
        Context().declare("x").declare("x")


def test_a_schedule_may_be_called_beta() -> None:
    assert str(read("beta(t)*beta(a, b)")) == "beta(t)*Beta(a, b)"
