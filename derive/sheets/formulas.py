"""Formulas of a key as LaTeX: read, cut where a line may break, and beside each its plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from derive.keys.contexts import QuestionError, question_context
from derive.keys.model import Key, Question, Text
from derive.sheets.escaping import code, math_character, text_character
from derive.terms import Chain, Context, ContextError, Term, TermError, TextError, read, read_chain
from derive.terms.latex import RELATIONS, to_latex

DEPTHS: Final = {
    **dict.fromkeys(("{", "(", "[", "\\left", "\\begin"), 1),
    **dict.fromkeys(("}", ")", "]", "\\right", "\\end"), -1),
}
TOKENS: Final = re.compile(
    r" [+-] |\\(?:left|right)(?:\\[A-Za-z]+|\\.|.)|\\[A-Za-z]+|\\.|.", re.DOTALL
)
LONGEST_CELL: Final = 60
"""Characters of plain text that may stand in a cell."""

T = TypeVar("T")


def context_of(key: Key, question: Question) -> Context | None:
    """The context of a question, or None when its declarations cannot be read."""
    try:
        return question_context(key, question)
    except (QuestionError, ContextError, TermError):
        return None


def reading(
    reader: Callable[[str, Context | None], T], text: str, context: Context | None
) -> T | None:
    """What ``reader`` makes of a text, with the context if it can, without it if it must."""
    for scope in (context, None):
        try:
            return reader(text, scope)
        except (TextError, ContextError, TermError, RecursionError):
            continue
    return None


def term_latex(term: Term) -> str:
    """A term for math mode, in ASCII."""
    return math(to_latex(term))


def math(latex: str) -> str:
    """LaTeX for math mode in ASCII, for names with letters beyond it."""
    return "".join(c if c.isascii() else _letter(c) for c in latex)


def _letter(character: str) -> str:
    known = math_character(character)
    return f"{known} " if known else rf"\text{{{text_character(character)}}}"


def pieces(latex: str) -> list[str]:
    r"""A formula cut before the plus and minus signs that stand outside all brackets.

    >>> pieces(r"a + b - (c + d)")
    ['a', '{} + b', '{} - (c + d)']
    >>> len(pieces(r"\begin{pmatrix} a + b & c - d \end{pmatrix}"))
    1
    """
    out, depth = [""], 0
    for token in TOKENS.findall(latex):
        if depth == 0 and token in (" + ", " - "):
            out.append("{}")
        fence = re.match(r"\\(?:left|right)", token)
        depth += DEPTHS.get(fence[0] if fence else token, 0)
        out[-1] += token
    return out


def run(latex: str) -> str:
    r"""A formula as a run of ``\Piece``.

    >>> print(run("a + b"))
    \Piece{a}\Piece{{} + b}
    """
    return "".join(rf"\Piece{{{piece}}}" for piece in pieces(latex))


def related(relation: str, term: Term) -> str:
    """A relation sign with what stands on its right."""
    return run(f"{{}} {RELATIONS[relation]} {term_latex(term)}")


def words(text: object) -> str:
    """The plain text of a formula."""
    return code(str(text))


def display(text: str, context: Context | None, before: str = "") -> tuple[str, str]:
    """An expression, claim or chain as a run of pieces, and its plain text; as text when unreadable."""
    chain = reading(read_chain, text, context)
    if chain is None:
        return words(text), words(text)
    first = run(before + term_latex(chain.terms[0]))
    rest = (related(relation, rhs) for _, relation, rhs in chain.links())
    return first + "".join(rest), words(text)


def inline(text: str, context: Context | None) -> str:
    """An expression or claim inside a line of text."""
    chain = reading(read_chain, text, context)
    return words(text) if chain is None else f"${chain_math(chain)}$"


def chain_math(chain: Chain) -> str:
    """A chain for math mode, in ASCII."""
    links = (f" {RELATIONS[relation]} {term_latex(rhs)}" for _, relation, rhs in chain.links())
    return term_latex(chain.terms[0]) + "".join(links)


def cell(text: str, context: Context | None) -> str:
    """An expression in a cell of a table; one that is far too long for it is left to the solution."""
    formula, plain = display(text, context)
    if len(text) > LONGEST_CELL:
        elsewhere = r"\emph{see the solution}"
        formula, plain = elsewhere if formula == plain else formula, elsewhere
    return rf"\Cell{{{formula}}}{{{plain}}}"


def definition(name: Text, value: Text, context: Context | None) -> str:
    """``name = value`` inside a line of text."""
    left = reading(read, name.value, context)
    right = reading(read, value.value, context)
    if left is None or right is None:
        return words(f"{name} = {value}")
    return f"${term_latex(left)} = {term_latex(right)}$"
