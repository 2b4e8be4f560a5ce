"""The term language: terms, contexts, and the bridges to and from text, SymPy and LaTeX."""

from derive.terms.context import Claim, Context, ContextError, Declaration, Definition, Relation
from derive.terms.parser import TextError
from derive.terms.printer import to_text
from derive.terms.reader import Chain, read, read_chain, read_claim
from derive.terms.substitution import substitute
from derive.terms.term import (
    Term,
    TermError,
    add,
    binder,
    call,
    density,
    dist,
    div,
    index,
    mul,
    neg,
    num,
    oo,
    power,
    rational,
    sub,
    subterms,
    sym,
)

# fmt: off
__all__ = [
    "Chain", "Claim", "Context", "ContextError", "Declaration", "Definition", "Relation", "Term",
    "TermError", "TextError", "add", "binder", "call", "density", "dist", "div", "index", "mul",
    "neg", "num", "oo", "power", "rational", "read", "read_chain", "read_claim", "sub",
    "substitute", "subterms", "sym", "to_text",
]
# fmt: on
