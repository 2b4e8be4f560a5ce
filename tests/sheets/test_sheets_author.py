"""LaTeX from strangers: good LaTeX passes, the rest is printed and does nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheet_data import balanced, control_sequences

from derive.sheets import commands, safe_latex
from derive.sheets.author import ACCENTS, COMMON, safe_math
from derive.sheets.escaping import SYMBOLS, TEXT, code

KNOWN = (
    commands.SYMBOLS
    | commands.ARGUMENTS.keys()
    | commands.TEXT_ARGUMENT
    | commands.SPACES
    | commands.TEXT
    | commands.EITHER
    | commands.SIZES
    | {
        name
        for v in (*commands.RENAMED.values(), *SYMBOLS.values(), *TEXT.values())
        for name in control_sequences(f"\\{v}" if v[0].isalpha() else v)
    }
    | {command[1:] for command in ACCENTS | COMMON}
    | {"left", "right", "middle", "begin", "end", "item", "par", "not", "limits", "nolimits"}
    | {"ensuremath", "textsuperscript", "textsubscript", "textquotedbl", "textasciigrave"}
    | {"allowbreak", "\\", "|", "[", "]", "^", "_"}
)
"""Everything that may be in the output: nothing here reads, writes, defines or runs."""

DANGEROUS = (
    "input include openin openout read write write18 immediate catcode csname endcsname def edef gdef "
    "xdef let futurelet newcommand renewcommand usepackage RequirePackage special directlua loop repeat "
    "expandafter noexpand everypar output shipout jobname ifx else fi newwrite closeout errmessage "
    "batchmode scantokens meaning string lowercase uppercase char mathchar chardef rule hspace vspace "
    "kern verb href url includegraphics documentclass makeatletter AtEndDocument aftergroup"
).split()

SOUP = st.lists(
    st.one_of(
        st.sampled_from(sorted(f"\\{name}" for name in KNOWN | set(DANGEROUS))),
        st.sampled_from([*list("{}{}{}$$^_&#%~'[]() \n01ax"), "\\\\", "^^5c", "\\'e", "é", "中"]),
        st.sampled_from(
            ["\\begin{cases}", "\\end{cases}", "\\begin{itemize}\\item", "\\end{itemize}"]
        ),
    ),
    max_size=14,
).flatmap(lambda parts: st.sampled_from(["".join(parts), " ".join(parts), f"${''.join(parts)}$"]))


def test_nothing_dangerous_is_on_the_list() -> None:
    assert not KNOWN & set(DANGEROUS)


@settings(max_examples=300)
@given(st.one_of(SOUP, st.text()))
def test_no_text_unbalances_or_escapes(text: str) -> None:
    for latex in (safe_latex(text), safe_math(text)):
        assert balanced(latex)
        assert latex.isascii()
        assert control_sequences(latex) <= KNOWN
        assert "^^" not in latex
        assert "%" not in latex.replace("\\%", "")
        assert "#" not in latex.replace("\\#", "")


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_command_is_printed(name: str) -> None:
    for latex in (safe_latex(f"see \\{name} here"), safe_latex(f"$a \\{name} b$")):
        assert code(f"\\{name.rstrip('0123456789')}") in latex
        assert name.rstrip("0123456789") not in control_sequences(latex)


@pytest.mark.parametrize(
    "text",
    [
        "{open",
        "close}",
        "$open",
        "a $b$ $c",
        r"\(x",
        r"$\left( x$",
        r"$\frac{1}$",
        r"$\left( a \right$",
        r"$x^$",
        r"$x^^5c$",
        r"\begin{itemize} x \end{itemize}",
        r"\begin{tikzpicture}\end{tikzpicture}",
        r"$\begin{cases} a & b & c \end{cases}$",
        r"\textbf",
        r"$a }{ b$",
        r"\item",
        r"\end{document}",
        "{" * 100 + "}" * 100,
        "x" * 30_000,
        r"$\text{$a}$",
        "\\",
    ],
)
def test_what_cannot_be_followed_is_printed_as_typed(text: str) -> None:
    assert safe_latex(text) == code(text)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"Is $\frac{a}{b} \le 1$?", r"Is $\frac{a}{b} \le  1$?"),
        (r"$x_1^2$", "$x_{1}^{2}$"),
        (r"$x^2^3$", "$x^{2}{}^{3}$"),
        (r"$\frac12$", r"$\frac{1}{2}$"),
        (r"50% of \alpha", r"50\% of \ensuremath{\alpha }"),
        ("x_1 & y", r"x\_1 \& y"),
        (r"\[a\]", r"\[a\]"),
        ("$$a$$", r"\[a\]"),
        (r"\textbf{a $b$}", r"\textbf{a $b$}"),
        (r"$\text{if } x$", r"$\text{if } x$"),
        (r"$\KL(q)$", r"$\texttt{\textbackslash{}KL}(q)$"),
        (r"$\bm x$", r"$\boldsymbol{x}$"),
        (r"caf\'e", r"caf\'{e}"),
        ("μ ≈ 3", r"\ensuremath{\mu} \ensuremath{\approx} 3"),
        ("$μ$", r"$\mu$"),
        (r"$\left.\frac{d}{dx}\right|_{0}$", r"$\left.\frac{d}{dx}\right|_{0}$"),
        (
            r"$\begin{pmatrix} a & b \\ c & d \end{pmatrix}$",
            r"$\begin{pmatrix} a & b \\{} c & d \end{pmatrix}$",
        ),
        (r"\begin{align*} a &= b \end{align*}", r"\[\begin{aligned} a &= b \end{aligned}\]"),
        ("one\n\ntwo", "one\n\\par two"),
    ],
)
def test_good_latex_passes(text: str, latex: str) -> None:
    assert safe_latex(text) == latex


def test_a_formula_without_dollars() -> None:
    assert safe_math(r"\sigma^2") == r"$\sigma ^{2}$"
    assert safe_math(r"about $x$") == "about $x$"
    assert safe_math(r"\frac{1}{") == code(r"\frac{1}{")
    assert safe_math("") == "${}$"
