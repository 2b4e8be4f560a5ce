"""Terms as people write them: ``p_z_given_x(z, x)`` as ``p(z | x)``, and means as means.

A part that is written in another way is first replaced by a symbol of its own; the printers of
`derive.terms` write the rest, and the symbol's text then gives way to the part's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from derive.laws.law import Form, Place, Shown
from derive.laws.pretty import pretty
from derive.laws.spaces import Space
from derive.terms.context import Claim
from derive.terms.heads import BINDERS
from derive.terms.latex import RELATIONS, TALL, name_latex, to_latex
from derive.terms.printer import to_text
from derive.terms.substitution import substitute
from derive.terms.term import Term, call, rebuild, sym

MARK: Final = "ꟿ"
"""A letter that begins the symbols put for what is written already."""
MARKS: Final = re.compile(rf"{MARK}(\d+){MARK}")
LATEX_MARKS: Final = re.compile(
    rf"\\operatorname\{{sg\}}\\left\[\\mathrm\{{{MARK}(\d+){MARK}\}}\\right\]|\\mathrm\{{{MARK}(\d+){MARK}\}}"
)


@dataclass(frozen=True, slots=True)
class Style:
    """How the pieces of a law are put together in one output format."""

    plain: Callable[[Term], str]
    name: Callable[[str], str]
    dot: str
    bar: str
    equals: str
    brackets: Callable[[str], str]
    notion: Callable[[str, str, list[str], str], str]
    mean: Callable[[str, str, str], str]
    tall: bool


def _round(inside: str) -> str:
    return f"\\left({inside}\\right)" if TALL.search(inside) else f"({inside})"


BETWEEN: Final = frozenset({"KL", "JSD", "TV", "Df"})
"""Notions whose laws are set on both sides of a double bar."""

WORDS_LATEX: Final = {
    "KL": r"D_{\mathrm{KL}}", "H": r"\mathrm{H}", "ELBO": r"\mathcal{L}", "MI": r"\mathrm{I}",
    "E": r"\mathbb{E}",
}  # fmt: skip


def _divergence_latex(name: str, word: str, laws: list[str], rest: str) -> str:
    head = WORDS_LATEX.get(name, f"\\mathrm{{{name}}}")
    if word:
        head = f"D_{{{name_latex(word)}}}"
    between = r" \,\|\, " if name in BETWEEN else ", "
    return head + _round(between.join(laws) + (f"; {rest}" if rest else ""))


def _divergence_text(name: str, word: str, laws: list[str], rest: str) -> str:
    return f"{name}({', '.join(filter(None, [word, *laws, rest]))})"


def _divergence_pretty(name: str, word: str, laws: list[str], rest: str) -> str:
    between = " ‖ " if name in BETWEEN else ", "
    head = f"{name}[{word}]" if word else name
    return f"{head}({between.join(laws)}{'; ' + rest if rest else ''})"


TEXT: Final = Style(
    to_text, str, ".", " | ", "=", lambda s: f"({s})", _divergence_text,
    lambda names, law, body: f"E[{names} ~ {law}]({body})", False,
)  # fmt: skip
UNICODE: Final = Style(
    pretty, lambda n: pretty(sym(n)), "·", " | ", "=", lambda s: f"({s})", _divergence_pretty,
    lambda names, law, body: f"E[{names} ~ {law}]({body})", False,
)  # fmt: skip
LATEX: Final = Style(
    to_latex, name_latex, r"\cdot", r" \mid ", " = ", _round, _divergence_latex,
    lambda names, law, body: (
        f"\\mathbb{{E}}_{{{names} \\sim {law}}}\\left[{body}\\right]"
    ), True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Display:
    """How the names of a model are written, and which laws have how many slots.

    >>> from derive.laws import Model
    >>> model = Model().variables(x="real", z="real").law("p(x, z)").law("q(z)")
    >>> model, term = model.read("E[z ~ q](log(p(x | z))) - KL(q, p(z))")
    >>> print(term)
    Int(q(z)*log(p_x_given_z(x, z)), z, -oo, oo) - KL_q_p_z
    >>> print(model.display.text(term))
    E[z ~ q](log(p(x | z))) - KL(q, p(z))
    >>> print(model.display.latex(term))
    \\mathbb{E}_{z \\sim q}\\left[\\log(p(x \\mid z))\\right] - D_{\\mathrm{KL}}(q \\,\\|\\, p(z))
    >>> print(model.display.unicode(term))
    E[z ~ q](log(p(x | z))) - KL(q ‖ p(z))
    """

    forms: Mapping[str, Form]
    slots: Mapping[str, int]
    spaces: Mapping[str, tuple[Space, ...]]

    def text(self, term: Term) -> str:
        """In the notation that `Model.read` reads back."""
        return _Writing(self, TEXT).of(term)

    def unicode(self, term: Term) -> str:
        """For a terminal."""
        return _Writing(self, UNICODE).of(term)

    def latex(self, term: Term) -> str:
        """In LaTeX, for math mode."""
        return _Writing(self, LATEX).of(term)

    def claim(self, claim: Claim) -> str:
        """Both sides of a claim with the relation, as text."""
        names, claim = opened(claim)
        start = f"for all {', '.join(names)}: " if names else ""
        return f"{start}{self.text(claim.lhs)} {claim.relation} {self.text(claim.rhs)}"

    def claim_latex(self, claim: Claim) -> str:
        """Both sides of a claim with the relation, in LaTeX."""
        names, claim = opened(claim)
        start = rf"\forall {', '.join(map(name_latex, names))}\colon\; " if names else ""
        return f"{start}{self.latex(claim.lhs)} {RELATIONS[claim.relation]} {self.latex(claim.rhs)}"

    def claim_unicode(self, claim: Claim) -> str:
        """Both sides of a claim with the relation, for a terminal."""
        signs = {"<=": "≤", ">=": "≥", "!=": "≠"}
        sign = signs.get(claim.relation, claim.relation)
        names, claim = opened(claim)
        start = f"for all {', '.join(names)}: " if names else ""
        return f"{start}{self.unicode(claim.lhs)} {sign} {self.unicode(claim.rhs)}"


def opened(claim: Claim) -> tuple[list[str], Claim]:
    """The names of ``for all x, y: f = g``, and the claim behind them."""
    names: list[str] = []
    while claim.lhs.head == claim.rhs.head == "fun":
        name = claim.lhs.payload
        right = substitute(claim.rhs.args[0], {claim.rhs.payload: sym(name)})
        names.append(name)
        claim = Claim(claim.lhs.args[0], claim.relation, right)
    return names, claim


class _Writing:
    """One text in the making; ``written`` has the pieces that symbols stand for."""

    def __init__(self, display: Display, style: Style) -> None:
        self.display = display
        self.style = style
        self.written: list[str] = []

    def of(self, term: Term) -> str:
        text = self.style.plain(self.replaced(term, frozenset()))
        marks = LATEX_MARKS if self.style.tall else MARKS
        return marks.sub(lambda m: self.written[int(m[m.lastindex or 1])], text)

    def replaced(self, term: Term, bound: frozenset[str]) -> Term:
        """The term with a symbol for each part that is written in another way."""
        mean = self.mean(term)
        if mean is not None:
            return self.put(mean)
        named = term.head == "call" or (term.head == "sym" and term.payload not in bound)
        form = self.display.forms.get(term.payload) if named else None
        if form is not None:
            return self.put(self.form(form, term.args))
        inner = bound | {term.payload} if term.head in BINDERS else bound
        return rebuild(term, tuple(self.replaced(a, inner) for a in term.args))

    def put(self, text: str) -> Term:
        self.written.append(text)
        mark = sym(f"{MARK}{len(self.written) - 1}{MARK}")
        return call("sg", mark) if self.style.tall and TALL.search(text) else mark

    def form(self, form: Form, args: Sequence[Term]) -> str:
        laws = [self.law(shown, args) for shown in form.laws]
        if not form.notion:
            return laws[0]
        rest = ", ".join(self.named(p, args) for p in form.rest)
        extra = ", ".join(self.named(p, args, True) for p in form.extra)
        rest += f"; {extra}" if extra else ""
        return self.style.notion(form.notion, form.word, laws, rest)

    def named(self, place: Place, args: Sequence[Term], sole: bool = False) -> str:
        """An argument, with its slot's name unless it is the slot's own or there is no other."""
        if place.argument is None:
            return self.style.name(place.slot)
        term = args[place.argument]
        text = _Writing(self.display, self.style).of(term)
        if sole or place.slot == "weight" or (term.head == "sym" and term.payload == place.slot):
            return text
        return f"{self.style.name(place.slot)}{self.style.equals}{text}"

    def law(self, shown: Shown, args: Sequence[Term]) -> str:
        if shown.kind == "plain":
            return self.style.name(shown.name)
        if shown.kind == "family":
            parameters = ", ".join(self.named(p, args, True) for p in shown.right)
            return self._family(shown.name) + self.style.brackets(parameters)
        if shown.kind == "formula":
            return self._formula(shown, args)
        sole = self.display.slots.get(shown.name) == 1
        left = ", ".join(self.named(p, args, sole) for p in shown.left)
        if shown.rest and (shown.right or shown.extra):
            left = self.style.dot
        right = ", ".join(self.named(p, args) for p in shown.right)
        extra = ", ".join(self.named(p, args, True) for p in shown.extra)
        inside = left + (self.style.bar + right if right else "") + (f"; {extra}" if extra else "")
        return self.style.name(shown.name) + self.style.brackets(inside)

    def _family(self, name: str) -> str:
        if not self.style.tall:
            return name
        return r"\mathcal{N}" if name == "Normal" else f"\\operatorname{{{name}}}"

    def _formula(self, shown: Shown, args: Sequence[Term]) -> str:
        assert shown.formula is not None
        filling = {p.slot: args[p.argument] for p in shown.symbols if p.argument is not None}
        return _Writing(self.display, self.style).of(substitute(shown.formula, filling))

    def mean(self, term: Term) -> str | None:
        """An integral against a density as ``E[z ~ q](f)``, where reading that gives the very term."""
        names: list[str] = []
        ranges: list[Term] = []
        while term.head in ("over", "int", "sum"):
            names.append(term.payload)
            ranges.append(term)
            term = term.args[0]
            found = self._drawn(term, names, ranges)
            if found is not None:
                body = _Writing(self.display, self.style).of(term.args[1])
                shown = ", ".join(map(self.style.name, names))
                return self.style.mean(shown, found, body)
        return None

    def _drawn(self, body: Term, names: Sequence[str], ranges: Sequence[Term]) -> str | None:
        """The law whose density is the first of two factors, at the variables around."""
        if body.head != "mul" or len(body.args) != 2:
            return None
        density = body.args[0]
        if density.head == "dens" and len(names) == 1 and density.args[0] == sym(names[0]):
            return self._named_law(density, names[0], ranges[0])
        form = self.display.forms.get(density.payload) if density.head == "call" else None
        if form is None or form.notion:
            return None
        return self._declared_law(form.laws[0], density, names, ranges)

    def _named_law(self, density: Term, name: str, around: Term) -> str | None:
        from derive.laws.families import OWN

        if any(name in a.free for a in density.args[1:]):
            return None
        if not OWN[density.payload][1].is_range_of(around):
            return None
        args = density.args[1:]
        places = tuple(Place("", i) for i in range(len(args)))
        return self.law(Shown("family", density.payload, right=places), args)

    def _declared_law(
        self, shown: Shown, density: Term, names: Sequence[str], ranges: Sequence[Term]
    ) -> str | None:
        args = density.args
        points = [args[p.argument] for p in shown.left if p.argument is not None]
        others = [args[p.argument] for p in (*shown.right, *shown.extra) if p.argument is not None]
        spaces = self.display.spaces.get(density.payload, ())
        fits = points == [sym(n) for n in names] and len(spaces) == len(names)
        if not fits or any(n in o.free for n in names for o in others):
            return None
        if not all(s.is_range_of(r) for s, r in zip(spaces, ranges, strict=True)):
            return None
        variables = tuple(Place(p.slot) for p in shown.left)
        count = self.display.slots.get(shown.name, 0)
        plain = count == len(variables) and not others
        rest = count == len(variables) + len(shown.right)
        kind = "plain" if plain else "applied"
        written = Shown(kind, shown.name, variables, shown.right, shown.extra, rest)  # type: ignore[arg-type]
        return self.law(written, args)
