"""Matrices in keys: entry by entry at the decimals shown, and the trace of a root in enclosures alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from derive.claims import decide
from derive.keys.check import check_question
from derive.keys.links import check_claim, check_link
from derive.keys.model import Accept, Key, Part, Question, Text
from derive.keys.results import Result
from derive.keys.rounding import NoValue, Value
from derive.terms import Context, num, read, read_chain, read_claim

KEY = Key("t.toml", "t", "t")


def scope() -> Context:
    """A given matrix, two computed ones, and one whose root has no trace."""
    ctx = Context().declare("x").define("half", num(Fraction(1, 2), 1))
    for name, body in (
        ("A", "Matrix([[0.2, 0.8], [0.5, 0.5]])"),
        ("S", "Matrix([[0.2, 0.1], [0.1, 0.3]])"),
        ("T", "Matrix([[0, 1], [-1, 0]])"),
        ("root", "trace_root(S @ S)"),
    ):
        ctx = ctx.define(name, read(body, ctx))
    return ctx


CTX = scope()
EXACT = frozenset({Fraction(1, 5), Fraction(4, 5), Fraction(1, 2)})


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("A @ A = Matrix([[0.44, 0.56], [0.35, 0.65]])", "enclosed", "each entry"),
        ("A @ A = Matrix([[0.44, 0.56], [0.35, 0.66]])", "refuted", "(2, 2) is 0.65, not 0.66"),
        ("A @ A ≈ Matrix([[0.4, 0.6], [0.4, 0.7]])", "enclosed", "each entry"),
        ("A @ A ≈ Matrix([[0.4, 0.7], [0.4, 0.7]])", "refuted", "(1, 2) is 0.6, not 0.7"),
        ("A/3 ≈ Matrix([[0.067, 0.267], [0.167, 0.167]])", "enclosed", "each entry"),
        ("exp(1)*A = Matrix([[0.54, 2.17], [1.36, 1.36]])", "enclosed", "each entry"),
        ("exp(1)*A ≈ 2.72*A", "rounded", "rounding"),
        ("exp(1)*A ≈ 2.73*A", "refuted", "(1, 1)"),
        ("2.72*A ≈ Matrix([[0.54, 2.18], [1.36, 1.36]])", "enclosed", "each entry"),
        ("2.72*A ≈ Matrix([[0.54, 2.17], [1.36, 1.36]])", "rounded", "entry (1, 2)"),
        ("A/A.T = A", "unreadable", ""),
        ("Matrix([[1, 2, 3]]) = Matrix([[1, 2, 4]])", "refuted", "entry 3 is 3"),
        ("Matrix([[1, 2, 3]]) = Matrix([[1], [2], [3]])", "undecided", "3 x 1"),
        ("Matrix([[0.3334, 0.33]]) ≈ Matrix([[1/3, 0.33]])", "refuted", "entry 1"),
        ("x*A = A*x", "proved", ""),
        ("x*A ≈ A", "undecided", "x"),
        ("Matrix([[exp(1)/exp(1)]]) = Matrix([[1]])", "proved", "each entry"),
    ],
)
def test_a_link_between_matrices(line: str, status: str, said: str) -> None:
    if status == "unreadable":
        with pytest.raises(ValueError, match="matri"):
            CTX.check(read_chain(line, CTX).terms[0])
        return
    ((lhs, relation, rhs),) = read_chain(line, CTX).links()
    check = check_link("working 1", lhs, relation, rhs, CTX, EXACT)
    assert (check.status, said in check.reason) == (status, True), check


def asked(answer: str, model: str, *working: str, accept: Accept | None = None) -> Result:
    part = Part(
        "",
        (Text(answer),),
        Text(model),
        working=tuple(map(Text, working)),
        accept=accept or Accept(),
    )
    givens = ((Text("V"), Text("Matrix([[0.2, 0.8], [0.5, 0.5], [1.0, 0.5]])")),)
    return check_question(KEY, Question("1", "numeric", Text(""), given=givens, parts=(part,)))


WEIGHTS = "Matrix([[exp(0.3), exp(0.375), exp(0.625)]])/(exp(0.3) + exp(0.375) + exp(0.625))"


@pytest.mark.parametrize(
    ("answer", "model", "working", "verdict", "said"),
    [
        ("Matrix([[0.6132, 0.5867]])", f"{WEIGHTS} @ V", (), "correct", ""),
        ("Matrix([[0.6133, 0.5867]])", f"{WEIGHTS} @ V", (), "wrong", "entry 1: the value is 0.6132"),
        (
            "Matrix([[0.6133, 0.5867]])",
            f"{WEIGHTS} @ V",
            ("Matrix([[0.289, 0.311, 0.400]]) @ V ≈ Matrix([[0.6133, 0.5867]])",),
            "wrong",  # the line is exact from what it displays, and nothing leads to it
            "entry 1",
        ),
        (
            "Matrix([[0.6133, 0.5867]])",
            f"{WEIGHTS} @ V",
            (f"{WEIGHTS} @ V ≈ Matrix([[0.289, 0.311, 0.400]]) @ V ≈ Matrix([[0.6133, 0.5867]])",),
            "rounded",
            "entry 1 is 0.6132, not 0.6133",
        ),
        (
            "Matrix([[0.6137, 0.5867]])",
            f"{WEIGHTS} @ V",
            (f"{WEIGHTS} @ V ≈ Matrix([[0.289, 0.311, 0.400]]) @ V ≈ Matrix([[0.6137, 0.5867]])",),
            "wrong",  # the line can be explained, the answer is off by more than its last digit
            "a displayed line gives it",
        ),
        ("Matrix([[0.5867], [0.6132]])", f"{WEIGHTS} @ V", (), "wrong", "2 x 1"),
        ("Matrix([[1, 0], [0.35, 0.65]])", "Matrix([[1, 0], [0.35, 0.65]])", (), "correct", ""),
        ("Matrix([[1, 0.35]])", "Matrix([[1.004, 0.35]])", (), "correct", ""),
        ("Matrix([[1, 0.35]])", "Matrix([[1.006, 0.35]])", (), "wrong", "entry 1"),
        ("Matrix([[1, 2]])", "Matrix([[1.004, 2]])", (), "wrong", "exact"),
        ("Matrix([[1/2, 1/3]])", "Matrix([[2/4, 2/6]])", (), "correct", ""),
        ("Matrix([[0.255]])", "Matrix([[0.25449]])", (), "wrong", "first to 0.2545"),
        (
            "Matrix([[0.1, 0.2]])",
            "Matrix([[0.1, 0.2]])",
            ("Matrix([[0.1, 0.2]]) = Matrix([[0.1, 0.3]])",),
            "inconsistent",
            "0.3",
        ),
    ],
)  # fmt: skip
def test_a_matrix_as_an_answer(
    answer: str, model: str, working: tuple[str, ...], verdict: str, said: str
) -> None:
    result = asked(answer, model, *working)
    assert (result.verdict, said in result.message) == (verdict, True), result


small = st.integers(-40, 40).map(lambda n: Fraction(n, 10))
grids = st.lists(st.lists(small, min_size=3, max_size=3), min_size=2, max_size=2)


def written(rows: list[list[Fraction]], places: int) -> str:
    lines = [", ".join(f"{float(entry):.{places}f}" for entry in row) for row in rows]
    return f"Matrix([[{'], ['.join(lines)}]])"


@settings(max_examples=20, deadline=None)
@given(grids, st.integers(2, 9), st.integers(0, 1), st.integers(0, 2), st.integers(2, 30))
def test_one_entry_off_is_named(
    rows: list[list[Fraction]], scale: int, i: int, j: int, off: int
) -> None:
    """Thirds and the like, rounded to three places; then one entry moved by some units of the last."""
    model = f"{written(rows, 1)}/{scale}"
    shown = [[round(e / scale, 3) for e in r] for r in rows]
    assert asked(written(shown, 3), model).verdict == "correct"
    shown[i][j] += Fraction(off, 1000)
    result = asked(written(shown, 3), model)
    assert result.verdict == "wrong" and f"entry ({i + 1}, {j + 1})" in result.message, result
    assert "the other 5 are right" in result.message


spd = st.lists(st.integers(-3, 3), min_size=9, max_size=9).map(
    lambda n: [
        [sum(n[3 * k + i] * n[3 * k + j] for k in range(3)) + (i == j) for j in range(3)]
        for i in range(3)
    ]
)


@settings(max_examples=20, deadline=None)
@given(spd, spd)
def test_the_trace_of_a_root(a: list[list[int]], b: list[list[int]]) -> None:
    value = Value(read(f"trace_root(Matrix({a}) @ Matrix({b}))"), Context())
    with mp.workdps(40):
        roots = [mp.sqrt(mp.re(e)) for e in mp.eig(mp.matrix(a) * mp.matrix(b))[0]]
        low, high = (mpf(e.numerator) / e.denominator for e in value.ends(128))
        total = sum(roots)
        assert low - mpf(10) ** -12 < total < high + mpf(10) ** -12 and high - low < mpf(10) ** -12


NOTHING = (
    "trace_root(S) = trace_root(S)",
    "trace_root(T) = trace_root(T)",
    "0*trace_root(S) = 0",
    "x + trace_root(T) - trace_root(T) = x",
    "trace_root(S)**2 >= 0",
    "exp(trace_root(T)) > 0",
    "max(trace_root(T), 1) >= 1",
    "root - root = 0",
    "trace_root(Matrix([[4, 0], [0, 9]])) = 5",
    "diff(x*trace_root(S), x) = trace_root(S)",
    "diff(trace_root(x*S), x) = 0",
    "trace_root(S) < 100",
    "trace_root(transpose(S)) = trace_root(S)",
)


@pytest.mark.parametrize("claim", NOTHING)
def test_nothing_is_proved_about_a_root(claim: str) -> None:
    assert decide(read_claim(claim, CTX), CTX).name in ("undecided", "refuted")


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("trace_root(S) < 1.0", "enclosed"),
        ("trace_root(S) > 1.0", "refuted"),
        ("trace_root(S) != 1.0", "enclosed"),
        ("root = 0.5", "undecided"),
        ("root = 0.6", "refuted"),
        ("trace_root(T) < 100", "refuted"),
        ("2*A = A + A", "proved"),
        ("A @ A = Matrix([[0.44, 0.56], [0.35, 0.65]])", "enclosed"),
        ("A @ A = Matrix([[0.44, 0.56], [0.35, 0.66]])", "refuted"),
        ("exp(1)*A = 2.72*A", "refuted"),
    ],
)
def test_claims_seen_from_enclosures(claim: str, status: str) -> None:
    check = check_claim("claim", claim, read_claim(claim, CTX), CTX)
    assert check.status == status or (check.status, status) == ("proved", "enclosed"), check


def test_a_root_without_a_trace_has_no_value() -> None:
    for rows in ("[[0, 1], [-1, 0]]", "[[1, 0], [0, -1]]"):
        with pytest.raises(NoValue):
            Value(read(f"trace_root(Matrix({rows}))"), Context()).ends(64)
    assert Value(read("trace_root(Matrix([[4, 1], [0, 9]]))"), Context()).shown() == "5"
