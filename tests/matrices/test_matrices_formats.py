"""Matrices in text, LaTeX and SymPy."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matrices_soundness import CONTEXT, matrices, numbers

from derive.terms import Term, TextError, read, to_text
from derive.terms.latex import to_latex
from derive.terms.sympy_bridge import from_sympy, to_sympy
from derive.terms.sympy_domains import BridgeError

ANY = st.sampled_from(["dd", "dn", "nd", "nn"]).flatmap(matrices) | numbers()


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_text_is_read_back(term: Term) -> None:
    assert read(to_text(term), CONTEXT) is term


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_sympy_is_read_back(term: Term) -> None:
    assert from_sympy(to_sympy(term, CONTEXT), CONTEXT) is term


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("A.T @ B", "transpose(A) @ B"),
        ("quad(S, x)", "trace(transpose(x) @ S @ x)"),
        ("dot(x, A @ x)", "trace(transpose(x) @ (A @ x))"),
        ("tr(A) + Determinant(A)", "trace(A) + det(A)"),
        ("Matrix([1, c])", "Matrix([[1], [c]])"),
        ("c*A @ B", "(c*A) @ B"),
        ("-A @ B", "-(A @ B)"),
        ("Inverse(A) @ Transpose(B)", "inv(A) @ transpose(B)"),
    ],
)
def test_two_ways_to_write_a_term(text: str, same: str) -> None:
    assert read(text, CONTEXT) is read(same, CONTEXT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Matrix([[1, 2], [3]])", "rows of one length"),
        ("Matrix([[]])", "needs an entry"),
        ("Matrix(A)", "by its rows"),
        ("[A, B]", "unexpected"),
        ("sin([1])", "row of Matrix"),
    ],
)
def test_what_is_no_matrix(text: str, says: str) -> None:
    with pytest.raises(TextError, match=says):
        read(text, CONTEXT)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("A @ B.T", r"A\,B^{\top}"),
        ("inv(A + W @ W.T)", r"\left(A + W\,W^{\top}\right)^{-1}"),
        ("log(det(S))", r"\log(\det(S))"),
        ("trace(A)*eye(d)", r"\operatorname{tr}(A)\,I_{d}"),
        ("Matrix([[1, c], [0, 1/2]])", r"\begin{pmatrix} 1 & c \\ 0 & \frac{1}{2} \end{pmatrix}"),
        ("zeros(2, 3)", r"0_{2 \times 3}"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert to_latex(read(text, CONTEXT)) == latex


def test_what_sympy_builds_itself() -> None:
    d, n = sympy.symbols("d n", integer=True, positive=True)
    a, b, w = (sympy.MatrixSymbol(k, d, c) for k, c in (("A", d), ("B", d), ("W", n)))
    assert str(from_sympy(2 * a * b * w, CONTEXT)) == "2*(A @ B @ W)"
    assert str(from_sympy((a * b).T, CONTEXT)) == "transpose(B) @ transpose(A)"
    assert str(from_sympy(sympy.Trace(w * w.T) - a.det(), CONTEXT)) == (
        "-det(A) + trace(W @ transpose(W))"
    )
    assert str(from_sympy(a.inv(), CONTEXT)) == "inv(A)"


def test_sympy_matrices_must_be_declared() -> None:
    with pytest.raises(BridgeError, match="declared with another shape"):
        from_sympy(sympy.MatrixSymbol("A", 2, 2), CONTEXT)
    with pytest.raises(BridgeError, match="not declared"):
        from_sympy(sympy.MatrixSymbol("Z", 2, 2), CONTEXT)
