"""Terms as LaTeX: exactly what is there, with brackets only where they are needed.

A name never reaches TeX as it is: Greek names and single letters become symbols, everything else is
set upright with all but its letters and digits replaced.
"""

from __future__ import annotations

import re
from typing import Final

from derive.terms.context import Claim
from derive.terms.heads import FUNCTIONS
from derive.terms.printer import decimal
from derive.terms.reader import Chain
from derive.terms.term import Term, rational

SUM, SIGNED, PRODUCT, GREEDY, FACTOR, ATOM = range(6)
"""How tightly a piece holds together. A greedy one, such as a sum over i, ends where the line ends;
a factor may not be the base of a power."""

SHORT: Final = 6
"""The most parts that an exponent of e may have; a larger one is set as an argument of exp."""

GREEK: Final = frozenset(
    {
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
    }
)
LETTERS: Final = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "µ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "Γ": "Gamma",
    "Δ": "Delta",
    "Θ": "Theta",
    "Λ": "Lambda",
    "Ξ": "Xi",
    "Π": "Pi",
    "Σ": "Sigma",
    "Φ": "Phi",
    "Ψ": "Psi",
    "Ω": "Omega",
}
ACCENTS: Final = {"bar": r"\bar", "hat": r"\hat", "tilde": r"\tilde"}
SCHEDULES: Final = frozenset({"abar"})
"""Functions whose one argument is set as a subscript."""

RELATIONS: Final = {
    "=": "=",
    "<=": r"\le",
    "<": "<",
    ">=": r"\ge",
    ">": ">",
    "!=": r"\neq",
    "≈": r"\approx",
}
COMMANDS: Final = {
    "log": r"\log",
    "log2": r"\log_{2}",
    "log10": r"\log_{10}",
    "sin": r"\sin",
    "cos": r"\cos",
    "tan": r"\tan",
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "sinh": r"\sinh",
    "cosh": r"\cosh",
    "tanh": r"\tanh",
    "max": r"\max",
    "min": r"\min",
    "Gamma": r"\Gamma",
    "loggamma": r"\log\Gamma",
    "Beta": r"\mathrm{B}",
    "det": r"\det",
    "trace": r"\operatorname{tr}",
    "H": r"\mathrm{H}",
    "CE": r"\mathrm{CE}",
}
FENCES: Final = {
    "abs": (r"\left|", r"\right|"),
    "floor": (r"\left\lfloor ", r"\right\rfloor"),
    "ceil": (r"\left\lceil ", r"\right\rceil"),
    "sqrt": (r"\sqrt{", "}"),
    "sg": (r"\operatorname{sg}\left[", r"\right]"),
    "trace_root": (r"\operatorname{tr}\left(\left(", r"\right)^{1/2}\right)"),
}
RAISED: Final = {"transpose": r"\top", "inv": "-1"}
"""Functions of matrices that are set as exponents."""
DIVERGENCES: Final = {"KL": r"D_{\mathrm{KL}}", "JSD": r"\mathrm{JSD}"}
LAWS: Final = {"Normal": r"\mathcal{N}"}
RANGES: Final = {"sum": r"\sum", "prod": r"\prod"}
TALL: Final = re.compile(r"\\(frac|sum|prod|int|left|begin)|\^")
ACCENTED: Final = re.compile(r"(\w+?)(bar|hat|tilde)")
NUMBERED: Final = re.compile(r"([^\W\d]+)(\d+)")


def to_latex(term: Term) -> str:
    r"""The term in LaTeX, for math mode. Nothing is reordered or simplified.

    >>> from derive.terms import read
    >>> print(to_latex(read("(x - mu)/sigma**2 + 0.80")))
    \frac{x - \mu}{\sigma^{2}} + 0.80
    """
    return _latex(term)[0]


def claim_latex(claim: Claim) -> str:
    r"""Both sides with their relation.

    >>> from derive.terms import read_claim
    >>> print(claim_latex(read_claim("log(x) <= x - 1")))
    \log(x) \le x - 1
    """
    return f"{to_latex(claim.lhs)} {RELATIONS[claim.relation]} {to_latex(claim.rhs)}"


def chain_latex(chain: Chain) -> str:
    r"""A displayed line with all its relations.

    >>> from derive.terms import read_chain
    >>> print(chain_latex(read_chain("1/3 ≈ 0.33 != 0.34")))
    \frac{1}{3} \approx 0.33 \neq 0.34
    """
    first, *rest = map(to_latex, chain.terms)
    signs = (RELATIONS[relation] for relation in chain.relations)
    return " ".join([first, *(f"{s} {text}" for s, text in zip(signs, rest, strict=True))])


def name_latex(name: str) -> str:
    r"""A name: ``mu_1`` is ``\mu_{1}``, ``x_prev`` is ``x_{\mathrm{prev}}``.

    >>> name_latex("abar_t")
    '\\bar{\\alpha}_{t}'
    """
    return _subscripted(name, [])


def _subscripted(name: str, indices: list[str]) -> str:
    head, *parts = name.split("_")
    if not head or not all(parts):
        head, parts = name, []
    numbered = NUMBERED.fullmatch(head)
    if numbered and _letter(numbered[1]):
        head, parts = numbered[1], [numbered[2], *parts]
    subscripts = [*map(_word, parts), *indices]
    return _word(head) + (f"_{{{', '.join(subscripts)}}}" if subscripts else "")


def _letter(word: str) -> str | None:
    """The symbol that a word stands for: a letter, a Greek letter, either with an accent."""
    word = LETTERS.get(word, word)
    if word in GREEK:
        return f"\\{word}"
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word
    if word == "abar":
        return r"\bar{\alpha}"
    accented = ACCENTED.fullmatch(word)
    inner = _letter(accented[1]) if accented else None
    return f"{ACCENTS[accented[2]]}{{{inner}}}" if accented and inner else None


def _word(word: str) -> str:
    if word.isascii() and word.isdigit():
        return word
    safe = "".join(c if ("a" + c).isidentifier() and c not in "_·" else r"\_" for c in word)
    return _letter(word) or f"\\mathrm{{{safe}}}"


def _latex(term: Term) -> tuple[str, int]:
    match term.head:
        case "num":
            value, places = term.payload
            return (str(value) if places is None else decimal(value, places)), ATOM
        case "sym" | "bound":
            return name_latex(str(term.payload)), ATOM
        case "oo":
            return r"\infty", ATOM
        case "add":
            return _sum(term), SUM
        case "neg":
            return "-" + _at_least(term.args[0], PRODUCT), SIGNED
        case "mul":
            return _product(term), PRODUCT
        case "div":
            top, bottom = map(to_latex, term.args)
            return f"\\frac{{{top}}}{{{bottom}}}", FACTOR
        case "matmul":
            left, right = term.args
            first = to_latex(left) if left.head == "matmul" else _at_least(left, FACTOR)
            return f"{first}\\,{_at_least(right, FACTOR)}", PRODUCT
        case "matrix":
            return _matrix(term), ATOM
        case "pow":
            base, exponent = term.args
            return f"{_at_least(base, ATOM)}^{{{to_latex(exponent)}}}", FACTOR
        case "index":
            return _subscripted(term.payload, list(map(to_latex, term.args))), ATOM
        case "call":
            return _call(term)
        case "dist" | "dens":
            return _law(term), ATOM
        case _:
            return _binder(term)


def _sum(term: Term) -> str:
    first, *rest = term.args
    out = [_at_least(first, SIGNED)]
    for part in rest:
        sign, inner = (" - ", part.args[0]) if part.head == "neg" else (" + ", part)
        out.append(sign + _at_least(inner, PRODUCT))
    return "".join(out)


def _product(term: Term) -> str:
    *others, last = term.args
    pieces = [*(_at_least(part, FACTOR) for part in others), _at_least(last, GREEDY)]
    out = [pieces[0]]
    for part, piece in zip(term.args[1:], pieces[1:], strict=True):
        out.append((r" \cdot " if _starts_with_number(part) else r"\,") + piece)
    return "".join(out)


def _starts_with_number(term: Term) -> bool:
    """Whether the LaTeX begins with a number, which must not run into the factor before it."""
    while term.head == "pow":
        term = term.args[0]
    return term.head in ("num", "div") and rational(term) is not None


def _matrix(term: Term) -> str:
    columns = term.payload[1]
    entries = [to_latex(entry) for entry in term.args]
    rows = [" & ".join(entries[i : i + columns]) for i in range(0, len(entries), columns)]
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def _call(term: Term) -> tuple[str, int]:
    name = term.payload
    if name == "pi":
        return r"\pi", ATOM
    if name in RAISED:
        return f"{_at_least(term.args[0], ATOM)}^{{{RAISED[name]}}}", FACTOR
    args = [to_latex(arg) for arg in term.args]
    if name == "eye":
        return f"I_{{{args[0]}}}", ATOM
    if name == "zeros":
        return f"0_{{{args[0]} \\times {args[1]}}}", ATOM
    if name == "exp":
        short = term.args[0].size <= SHORT
        return (f"e^{{{args[0]}}}" if short else f"\\exp\\left({args[0]}\\right)"), FACTOR
    if name in FENCES:
        left, right = FENCES[name]
        return f"{left}{args[0]}{right}", ATOM
    if name in DIVERGENCES:
        return f"{DIVERGENCES[name]}\\left({args[0]} \\,\\|\\, {args[1]}\\right)", ATOM
    if name in FUNCTIONS:
        return COMMANDS.get(name, f"\\operatorname{{{name}}}") + _round(args), FACTOR
    if name in SCHEDULES and len(args) == 1:
        return _subscripted(name, args), ATOM
    return name_latex(name) + _round(args), ATOM


def _law(term: Term) -> str:
    name = LAWS.get(term.payload, f"\\operatorname{{{term.payload}}}")
    args = [to_latex(arg) for arg in term.args]
    if term.head == "dens":
        args = [f"{args[0]} \\mid {', '.join(args[1:])}"]
    return name + _round(args)


def _binder(term: Term) -> tuple[str, int]:
    variable = name_latex(str(term.payload))
    if term.head == "mean":
        law, body = map(to_latex, term.args)
        return f"\\mathbb{{E}}_{{{variable} \\sim {law}}}\\left[{body}\\right]", ATOM
    if term.head == "diff":
        return _derivative(term, variable), GREEDY
    body = _at_least(term.args[0], PRODUCT)
    if term.head == "fun":
        return f"\\left({variable} \\mapsto {to_latex(term.args[0])}\\right)", ATOM
    if term.head == "over":
        return f"\\int_{{{to_latex(term.args[1])}}} {body} \\,\\mathrm{{d}}{variable}", GREEDY
    low, high = map(to_latex, term.args[1:])
    if term.head == "int":
        return f"\\int_{{{low}}}^{{{high}}} {body} \\,\\mathrm{{d}}{variable}", GREEDY
    return f"{RANGES[term.head]}_{{{variable} = {low}}}^{{{high}}} {body}", GREEDY


def _derivative(term: Term, variable: str) -> str:
    body, point = term.args
    slope = f"\\frac{{\\mathrm{{d}}}}{{\\mathrm{{d}}{variable}}}\\left[{to_latex(body)}\\right]"
    if point.head == "sym" and point.payload == term.payload:
        return slope
    return f"\\left.{slope}\\right|_{{{variable} = {to_latex(point)}}}"


def _round(args: list[str]) -> str:
    inside = ", ".join(args)
    return f"\\left({inside}\\right)" if TALL.search(inside) else f"({inside})"


def _at_least(term: Term, level: int) -> str:
    text, own = _latex(term)
    return text if own >= level else _round([text])
