"""Identities of matrices that are proved, and slips that are refuted, in the words of a user."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from helpers import run

from derive.claims import read_object
from derive.decision import decide
from derive.verdict import Conditional, Refuted, Verdict

SYMBOLS = {
    "d": "integer >= 1",
    "n": "integer >= 1",
    "k": "integer >= 1",
    "A": "matrix d x d",
    "B": "matrix d x d",
    "C": "matrix k x k",
    "U": "matrix d x k",
    "V": "matrix k x d",
    "W": "matrix d x n",
    "x": "vector d",
    "y": "vector d",
    "S": "spd d x d",
    "T": "spd d x d",
    "Q": "symmetric d x d",
    "K": "matrix 2 x 3",
    "s": "positive",
    "c": "real",
    "t": "real",
}


def judge(text: str, assume: Sequence[str] = (), **symbols: str) -> Verdict:
    """The verdict on a claim over the symbols above."""
    relation = next(r for r in ("<=", "!=", "<", "=") if f" {r} " in text)
    lhs, rhs = text.split(f" {relation} ")
    data = {"lhs": lhs, "rhs": rhs, "relation": relation, "assume": list(assume)}
    context, claim = read_object({**data, "symbols": {**SYMBOLS, **symbols}})
    return decide(claim, context)


@pytest.mark.parametrize(
    "claim",
    [
        "(W.T @ A @ x).T = x.T @ A.T @ W",
        "(A + 2*B) @ (A - B) = A @ A - A @ B + 2*B @ A - 2*B @ B",
        "A @ zeros(d, n) + 0*W = zeros(d, n)",
        "x.T @ y = y.T @ x",
        "x @ (y.T @ y) @ x.T = dot(y, y)*(x @ x.T)",
        "trace(W @ W.T) = trace(W.T @ W)",
        "trace(A @ B @ A.T) = trace(B.T @ A.T @ A)",
        "trace((W @ W.T) @ (W @ W.T)) = trace(W.T @ W @ W.T @ W)",
        "quad(S, x) = trace(S @ x @ x.T)",
        "quad(A, x) = quad((A + A.T)/2, x)",
        "trace(x.T @ S @ x @ y.T @ y) = quad(S, x)*dot(y, y)",
        "trace(inv(S) @ (S + (x - y) @ (x - y).T)) = d + quad(inv(S), x - y)",
        "quad(S, x) - 2*dot(y, x) = quad(S, x - inv(S) @ y) - quad(inv(S), y)",
        "det(2*A @ B.T) = 2**d*det(A)*det(B)",
        "det(inv(S)) = 1/det(S)",
        "log(det(S @ T)) = log(det(S)) + log(det(T))",
        "det(eye(d) + W @ W.T) = det(eye(n) + W.T @ W)",
        "det(S + x @ x.T) = det(S)*(1 + quad(inv(S), x))",
        "log(det(s*eye(d) + W @ W.T)) = (d - n)*log(s) + log(det(s*eye(n) + W.T @ W))",
        "inv(S @ T) = inv(T) @ inv(S)",
        "inv(S.T) = inv(S)",
        "inv(s*eye(d) + W @ W.T) = (eye(d) - W @ inv(s*eye(n) + W.T @ W) @ W.T)/s",
        "inv(s*eye(d) + W @ W.T) @ W = W @ inv(s*eye(n) + W.T @ W)",
        "eye(n) - W.T @ inv(s*eye(d) + W @ W.T) @ W = s*inv(s*eye(n) + W.T @ W)",
        "inv(inv(S) + inv(T)) = S @ inv(S + T) @ T",
        "inv(inv(S) + inv(T)) = S - S @ inv(S + T) @ S",
        "Matrix([[1, 2], [3, 4]]) @ inv(Matrix([[1, 2], [3, 4]])) = eye(2)",
        "det(Matrix([[c, 1, 0], [1, c, 1], [0, 1, c]])) = c**3 - 2*c",
        "Matrix([[1, 0], [0, 1]]) @ K = K",
        "trace(Matrix([[c, 1], [1, c]]) @ Matrix([[c, 1], [1, c]])) = 2*c**2 + 2",
        "0 < det(S)",
        "0 < trace(inv(S + W @ W.T))",
        "0 <= quad(inv(S), x - y)",
        "0 <= det(W @ W.T)",
        "det(s*eye(d) + W @ W.T) != 0",
    ],
)
def test_an_identity_is_proved(claim: str) -> None:
    assert judge(claim).name == "proved"


@pytest.mark.parametrize(
    "claim",
    [
        "diff(log(det(S + t*A)), t; 0) = trace(inv(S) @ A)",
        "diff(det(S + t*A), t; 0) = det(S)*trace(inv(S) @ A)",
        "diff(quad(A, x + t*y), t; 0) = trace(y.T @ (A + A.T) @ x)",
        "diff(quad(S, x + t*y), t) = 2*trace(y.T @ S @ (x + t*y))",
        "diff(trace(inv(S + t*A) @ B), t; 0) = -trace(inv(S) @ A @ inv(S) @ B)",
        "diff(trace((A + t*B).T @ (A + t*B)), t; 0) = 2*trace(A.T @ B)",
        "diff(Matrix([[t, t**2]]) @ Matrix([[1], [t]]), t) = Matrix([[1 + 3*t**2]])",
        "diff(log(det(S + t*A)) - trace(B @ (S + t*A)), t; 0) = trace((inv(S) - B) @ A)",
    ],
)
def test_a_derivative_is_proved(claim: str) -> None:
    assert judge(claim).name == "proved"


@pytest.mark.parametrize(
    ("claim", "conditions"),
    [
        ("inv(A) @ A @ x = x", {"det(A) != 0"}),
        ("det(inv(A) @ B @ A) = det(B)", {"det(A) != 0"}),
        ("inv(A @ B) = inv(B) @ inv(A)", {"det(A) != 0", "det(B) != 0"}),
        ("inv(W.T @ W) @ (W.T @ W) = eye(n)", {"det(transpose(W) @ W) != 0"}),
        (
            "det(A + U @ C @ V) = det(inv(C) + V @ inv(A) @ U)*det(C)*det(A)",
            {"det(A) != 0", "det(C) != 0"},
        ),
        (
            "inv(A + U @ C @ V) = inv(A) - inv(A) @ U @ inv(inv(C) + V @ inv(A) @ U) @ V @ inv(A)",
            {
                "det(A) != 0",
                "det(C) != 0",
                "det(A + U @ C @ V) != 0",
                "det(V @ inv(A) @ U + inv(C)) != 0",
            },
        ),
        ("diff(inv(A + t*B), t) = -inv(A + t*B) @ B @ inv(A + t*B)", {"det(A + t*B) != 0"}),
    ],
)
def test_invertibility_is_a_condition(claim: str, conditions: set[str]) -> None:
    verdict = judge(claim)
    assert isinstance(verdict, Conditional)
    assert set(map(str, verdict.conditions)) == conditions


@pytest.mark.parametrize(
    "claim",
    [
        "A @ B = B @ A",
        "S @ T = T @ S",
        "(A @ B).T = A.T @ B.T",
        "A.T = A",
        "W.T @ W = eye(n)",
        "trace(A @ B) = trace(A)*trace(B)",
        "trace(A @ B @ A.T) = trace(A.T @ B @ A)",
        "det(A + B) = det(A) + det(B)",
        "det(2*A) = 2*det(A)",
        "det(-A) = -det(A)",
        "det(W @ W.T) = det(W.T @ W)",
        "inv(A + B) = inv(A) + inv(B)",
        "inv(A @ B) = inv(A) @ inv(B)",
        "inv(inv(S) + inv(T)) = S + T",
        "W @ inv(W.T @ W) @ W.T = eye(d)",
        "log(det(S + T)) = log(det(S)) + log(det(T))",
        "det(s*eye(d) + W @ W.T) = s*det(eye(n) + W.T @ W/s)",
        "diff(quad(A, x + t*y), t; 0) = 2*trace(y.T @ A @ x)",
        "diff(inv(S + t*A), t; 0) = inv(S) @ A @ inv(S)",
        "Matrix([[1, 2], [3, 4]]) @ Matrix([[0, 1], [1, 0]]) = Matrix([[3, 4], [1, 2]])",
        "0 <= det(A)",
        "det(A) != 0",
        "0 < quad(S, x)",
        "inv(Matrix([[1, 2], [2, 4]])) = inv(Matrix([[1, 2], [2, 4]]))",
    ],
)
def test_a_slip_is_refuted(claim: str) -> None:
    assert isinstance(judge(claim), Refuted)


def test_a_witness_gives_the_entries() -> None:
    verdict = judge("A.T = A")
    assert isinstance(verdict, Refuted)
    names = {name for name, _ in verdict.witness.values}
    assert names == {"d", "A[1, 1]", "A[1, 2]", "A[2, 1]", "A[2, 2]"}


def test_a_drawn_spd_matrix_is_one() -> None:
    verdict = judge("det(S) = S1", S1="real")
    assert isinstance(verdict, Refuted)
    at = dict(verdict.witness.values)
    assert at["S[1, 1]"] > 0


@pytest.mark.parametrize(
    ("claim", "assume"),
    [
        ("inv(A) = B", "A @ B = eye(d)"),
        ("B @ A = eye(d)", "A @ B = eye(d)"),
        ("inv(A) = A.T", "A.T @ A = eye(d)"),
        ("det(A)**2 = 1", "A.T @ A = eye(d)"),
        ("dot(A @ x, A @ y) = dot(x, y)", "A.T @ A = eye(d)"),
        ("trace(A @ B @ A.T) = trace(B)", "A.T @ A = eye(d)"),
        ("A @ A @ A @ A = A", "A @ A = A"),
        ("A @ A @ x = 9*x", "A @ x = 3*x"),
        ("W @ W.T @ W @ W.T = W @ W.T", "W.T @ W = eye(n)"),
        ("A @ B @ A = A @ A @ B", "A @ B = B @ A"),
    ],
)
def test_a_hypothesis_is_used(claim: str, assume: str) -> None:
    assert judge(claim, [assume]).name == "proved"


@pytest.mark.parametrize(
    ("claim", "assume"),
    [
        ("W @ W.T = eye(d)", "W.T @ W = eye(n)"),
        ("A @ x = 2*x", "A @ x = 3*x"),
        ("det(A) = 1", "A.T @ A = eye(d)"),
        ("B @ A = A", "A @ B = A"),
        ("A = eye(d)", "A @ A = A"),
    ],
)
def test_a_hypothesis_does_not_prove_too_much(claim: str, assume: str) -> None:
    assert judge(claim, [assume]).name in ("refuted", "undecided")


def test_a_key_may_declare_matrices(tmp_path: Path) -> None:
    file = tmp_path / "key.toml"
    file.write_text(
        '[exam]\nid = "matrices"\n\n[symbols]\n"A, B" = "matrix d x d"\nd = "integer >= 1"\n\n'
        '[[question]]\nid = "1"\nkind = "symbolic"\nmodel = "trace(A @ B.T)"\n'
        'answer = "trace(B @ transpose(A))"\n',
        "utf-8",
    )
    out = run(["check", str(file)])
    assert out.returncode == 0, out.stdout.decode() + out.stderr.decode()


def test_the_command_line_declares_matrices_in_any_order() -> None:
    out = run(["decide", "inv(A) @ A = eye(d)", "--where", "A: matrix d x d", "d: integer >= 1"])
    assert "det(A) != 0" in out.stdout.decode()
