"""Any text can be printed: what `escape` writes has no effect but to print."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheet_data import balanced, control_sequences

from derive.sheets.escaping import ACCENTS, SYMBOLS, TEXT, breakable, code, escape

ALLOWED = (
    {name for value in (*SYMBOLS.values(), *TEXT.values()) for name in control_sequences(value)}
    | set(ACCENTS.values())
    | set(r"{}$&#%_")
    | {"ensuremath", "textsuperscript", "textsubscript", "allowbreak", "texttt"}
    | {"textbackslash", "textasciicircum", "textquotedbl", "textasciigrave"}
    | {"textless", "textgreater", "textbar", "sim"}
)


@given(st.text())
def test_escaped_text_is_inert(text: str) -> None:
    for latex in (escape(text), breakable(text), code(text)):
        assert latex.isascii()
        assert balanced(latex)
        assert control_sequences(latex) <= ALLOWED
        plain = re.sub(r"\\ensuremath\{[^}]*\}+|\\(?:[A-Za-z]+|.)", "", latex)
        assert not set(plain) & set('#$%&~_^"`<>|\\\n\t')
        assert not re.search(
            r"--(?!-|\{|$)[^\W\d]|''|,,", latex.replace("---", "").replace("--", "")
        )


@given(
    st.text(
        alphabet=st.characters(codec="ascii", exclude_characters="\\{}$&#%_^~\"`<>|[]*-',"),
        max_size=40,
    )
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    printable = "".join(c if c.isprintable() else " " for c in text)
    assert escape(printable) == printable


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a ≤ b ≠ c", r"a \ensuremath{\le} b \ensuremath{\ne} c"),
        ("Σᵢ x²", r"\ensuremath{\Sigma}\textsubscript{i} x\textsuperscript{2}"),
        ("naïve Übung", r"na\"{i}ve \"{U}bung"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
        ("^^5c", r"\textasciicircum{}\textasciicircum{}5c"),
        ("a--b", "a-{}-b"),
        ("one\n two", "one two"),
        ("中", "{[}U+4E2D{]}"),
        ("[1]*", "{[}1{]}{*}"),
    ],
)
def test_characters(text: str, latex: str) -> None:
    assert escape(text) == latex


def test_long_words_may_break_at_operators() -> None:
    assert r"\allowbreak{}" in code("alpha_one*beta_two+gamma_three")
    assert r"\allowbreak{}" in code("1" * 200)
    assert r"\allowbreak{}" not in code("a short text of words")
