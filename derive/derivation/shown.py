"""Derivations for people: as text for a terminal, with the reasons at the right margin, and as LaTeX."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from derive.laws.pretty import pretty as plain_pretty
from derive.terms.context import Claim, Context, Declaration
from derive.terms.latex import RELATIONS as LATEX_RELATIONS
from derive.terms.latex import to_latex
from derive.terms.printer import to_text
from derive.terms.substitution import substitute
from derive.terms.term import Term, call, index, sym

if TYPE_CHECKING:
    from derive.derivation import Chain, Derivation, Link
    from derive.laws.model import Model

WIDTH: Final = 100
MARGIN: Final = 6
GAP: Final = 3
ABAR: Final = re.compile(r"\babar\b")
SIGNS: Final = {"<=": "≤", ">=": "≥", "!=": "≠"}
SPACE: Final = "space"
TIED: Final = "\u00a0"
"""A space at which no line breaks."""

REASON: Final = 44
"""The most characters of a reason on one line."""

Printer = Callable[[Term], str]


def unicode_printer(model: Model) -> Printer:
    """How the terms of a model are written for a terminal."""
    return model.display.unicode if model.forms else pretty


def latex_printer(model: Model) -> Printer:
    """How the terms of a model are written for math mode."""
    return model.display.latex if model.forms else to_latex


def pretty(term: Term) -> str:
    """The term on one line for a person to read, with the cumulative product of a schedule as ᾱ."""
    return ABAR.sub("ᾱ", plain_pretty(term))


def claim_text(claim: Claim, printer: Printer = pretty) -> str:
    """A claim on one line."""
    names = []
    while claim.lhs.head == claim.rhs.head == "fun":
        names.append(claim.lhs.payload)
        point = {claim.rhs.payload: sym(claim.lhs.payload)}
        claim = Claim(claim.lhs.args[0], claim.relation, substitute(claim.rhs.args[0], point))
    sign = SIGNS.get(claim.relation, claim.relation)
    start = f"for all {', '.join(map(pretty, map(sym, names)))}: " if names else ""
    return f"{start}{printer(claim.lhs)} {sign} {printer(claim.rhs)}"


def declared(context: Context) -> list[str]:
    """The declarations of a context in words, those of one domain together; definitions left out."""
    groups: dict[str, list[str]] = {}
    for declaration in context:
        if context.definition(declaration.name) is None:
            groups.setdefault(_words(declaration), []).append(_head(declaration))
    return [
        f"{', '.join(names)} {words}{'s' * (words == SPACE and len(names) > 1)}"
        for words, names in groups.items()
    ]


def _words(declaration: Declaration) -> str:
    if declaration.shape is None:
        return SPACE if declaration.kind == "space" else str(declaration.domain)
    rows, columns = map(pretty, declaration.shape)
    word = declaration.form or "matrix"
    return f"vector {rows}" if columns == "1" else f"{word} {rows} × {columns}"


def _head(declaration: Declaration) -> str:
    letters = [sym(n) for n in "xyzuvwst"[: declaration.arity]]
    if declaration.kind == "function":
        return f"{pretty(sym(declaration.name))}(·{', ·' * (declaration.arity - 1)})"
    if declaration.kind == "family":
        names = [sym(n) for n in "ijklmn"[: declaration.arity]]
        return pretty(index(declaration.name, *names))
    return pretty(call(declaration.name, *letters) if letters else sym(declaration.name))


def definitions(model: Model, printer: Printer = pretty) -> list[str]:
    """The definitions of a model, each on one line; those that its notation stands for are left out."""
    hidden = {name for name, _ in model.forms}
    out = []
    for definition in model.context.definitions:
        head = sym(definition.name)
        if definition.parameters:
            head = call(definition.name, *map(sym, definition.parameters))
        if definition.name not in hidden:
            out.append(f"{printer(head)} = {printer(definition.body)}")
    return out


def reason(link: Link) -> str:
    """Why a link holds, as its author says."""
    cited = []
    for citation in link.using:
        terms = ", ".join(f"{pretty(sym(n))} := {pretty(t)}" for n, t in citation.mapping)
        cited.append(f"{citation.label}[{terms}]".replace(" ", TIED) if terms else citation.label)
    by = [link.by] if link.by else []
    if cited:
        by.append(f"from {', '.join(cited)}")
    return "; ".join([*([link.because] if link.because else []), *([" ".join(by)] if by else [])])


def chain_text(chain: Chain, width: int = WIDTH) -> str:
    """A chain, one line below the other, each with its reason at the right margin."""
    printer = unicode_printer(chain.derivation.model)
    rows = [("", printer(chain.first), "")]
    for link in chain.links:
        sign = SIGNS.get(link.claim.relation, link.claim.relation)
        rows.append((sign, printer(link.claim.rhs), reason(link)))
    if len(rows) == 2:
        whole = claim_text(chain.links[0].claim, printer)
        if len(whole) + len(rows[1][2]) + MARGIN + GAP <= width:
            rows = [("", whole, rows[1][2])]
    return "\n".join(line for row in rows for line in _row(*row, width))


def _row(sign: str, text: str, why: str, width: int) -> Iterator[str]:
    start = f"{sign:>{MARGIN - 1}} {text}"
    wrapped = textwrap.wrap(why, REASON, break_on_hyphens=False, break_long_words=False)
    notes = [note.replace(TIED, " ") for note in wrapped]
    if notes and len(start) + GAP + len(notes[0]) <= width:
        yield start + notes[0].rjust(width - len(start))
        notes = notes[1:]
    else:
        yield start
    yield from (note.rjust(width) for note in notes)


def derivation_text(derivation: Derivation, width: int = WIDTH) -> str:
    """The whole of a derivation: statement, hypotheses by name, definitions, lines, wrong variants."""
    context, printer = derivation.context, unicode_printer(derivation.model)
    blocks = [derivation.name + (f"   {derivation.title}" if derivation.title else "")]
    if derivation.source:
        blocks[0] += f"\n{derivation.source}"
    if derivation.sketch:
        blocks.append(textwrap.indent(derivation.sketch, "  "))
    stated = [("where", words) for words in declared(context)]
    stated += [("define", words) for words in definitions(derivation.model, printer)]
    stated += [("given", f"{name}: {claim_text(c, printer)}") for name, c in context.hypotheses]
    if stated:
        blocks.append("\n".join(_listed(stated)))
    for chain in derivation.chains:
        blocks.append(f"{chain.label}:\n{chain_text(chain, width)}")
    if derivation.wrongs:
        wrongs = []
        for wrong in derivation.wrongs:
            wrongs += list(_row("", claim_text(wrong.claim, printer), wrong.why, width))
        blocks.append("\n".join(["not:", *wrongs]))
    return "\n\n".join(blocks)


def _listed(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Rows under their words, each word once."""
    before = ""
    for word, text in rows:
        yield f"  {'' if word == before else word:8}{text}"
        before = word


def chain_latex(chain: Chain) -> str:
    """A chain as an ``aligned`` block, reasons at the right."""
    printer = latex_printer(chain.derivation.model)
    rows = [f"& {printer(chain.first)}"]
    for link in chain.links:
        sign = LATEX_RELATIONS[link.claim.relation]
        why = reason_latex(link)
        note = rf" && \text{{{why}}}" if why else ""
        rows.append(f"{sign} {{}} & {printer(link.claim.rhs)}{note}")
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def reason_latex(link: Link) -> str:
    """The reason of a link as text for LaTeX."""
    from derive.sheets.escaping import escape

    words = [link.because] if link.because else []
    words += [link.by] if link.by else []
    words += [f"from {', '.join(c.label for c in link.using)}"] if link.using else []
    return escape("; ".join(words))


def derivation_latex(derivation: Derivation) -> str:
    """Every chain of a derivation, one ``aligned`` block below the other."""
    return "$$\n" + "\n$$\n\n$$\n".join(map(chain_latex, derivation.chains)) + "\n$$"


def plain_chain(chain: Chain) -> str:
    """A chain on one line in the notation that is read."""
    parts = [to_text(chain.first)]
    parts += [f"{link.claim.relation} {to_text(link.claim.rhs)}" for link in chain.links]
    return " ".join(parts)
