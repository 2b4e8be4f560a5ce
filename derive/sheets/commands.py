"""The LaTeX that an author of a key may use: an allow-list, by kind. `derive.sheets.author` applies it.

A command that is not here is not passed on. So nothing can read or write files, define or redefine
anything, change how characters are read, loop, or run a program.
"""

from __future__ import annotations

from typing import Final


def _listed(names: str) -> list[str]:
    return names.split()


_GREEK = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda
mu nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda
Xi Pi Sigma Upsilon Phi Psi Omega"""
_LETTERS = (
    "ell hbar imath jmath Re Im aleph wp partial nabla infty emptyset varnothing top bot angle"
)
_RELATIONS = """le leq ge geq ne neq approx equiv sim simeq cong propto ll gg prec succ preceq succeq in
notin ni subset subseteq supset supseteq mid nmid parallel perp vdash models asymp doteq triangleq
coloneqq leqslant geqslant lesssim gtrsim to gets mapsto rightarrow leftarrow leftrightarrow Rightarrow
Leftarrow Leftrightarrow longrightarrow longleftarrow Longrightarrow Longleftarrow Longleftrightarrow
longmapsto implies iff impliedby uparrow downarrow Uparrow Downarrow nearrow searrow hookrightarrow
rightsquigarrow rightharpoonup bowtie"""
_BINARY = """pm mp times div cdot ast star circ bullet oplus ominus otimes oslash odot cup cap sqcup
sqcap vee wedge lor land setminus backslash wr amalg diamond dagger ddagger"""
_DELIMITERS = """langle rangle lvert rvert lVert rVert lfloor rfloor lceil rceil vert Vert lbrace rbrace
lbrack rbrack"""
_OTHER = """forall exists nexists neg lnot therefore because cdots vdots ddots dotsc dotsb dotsm dotsi
prime square Box blacksquare checkmark colon lt gt surd displaystyle textstyle scriptstyle bmod"""
_FUNCTIONS = """log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth dim ker
arg deg hom"""
_OPERATORS = """sum prod coprod int iint iiint oint bigcup bigcap bigsqcup bigvee bigwedge bigoplus
bigotimes bigodot max min sup inf lim limsup liminf det gcd Pr argmax argmin"""

OPERATORS: Final = frozenset(_listed(_OPERATORS))
r"""Operators, after which ``\limits`` may stand."""

SYMBOLS: Final = OPERATORS.union(
    *(
        _listed(block)
        for block in (_GREEK, _LETTERS, _RELATIONS, _BINARY, _DELIMITERS, _OTHER, _FUNCTIONS)
    )
)
"""Mathematics without arguments."""

RENAMED: Final = {
    "bm": "boldsymbol",
    "mathbbm": "mathbb",
    "mathds": "mathbb",
    "mathscr": "mathcal",
    "argmax": "operatorname*{arg\\,max}",
    "argmin": "operatorname*{arg\\,min}",
    "lt": "mathrel{<}",
    "gt": "mathrel{>}",
    "coloneqq": "mathrel{:=}",
    "split": "aligned",
    "slash": "mathord{/}",
    "dotsi": "dotsb",
}
"""Commands of other packages, and the ones here that stand for them."""

ARGUMENTS: Final = {
    "frac": 2,
    "dfrac": 2,
    "tfrac": 2,
    "binom": 2,
    "tbinom": 2,
    "dbinom": 2,
    "overset": 2,
    "underset": 2,
    "stackrel": 2,
    **dict.fromkeys(
        [
            "sqrt",
            "hat",
            "widehat",
            "tilde",
            "widetilde",
            "bar",
            "vec",
            "dot",
            "ddot",
            "check",
            "breve",
            "acute",
            "grave",
            "mathring",
            "overline",
            "underbrace",
            "overbrace",
            "overrightarrow",
            "overleftarrow",
            "mathbf",
            "mathrm",
            "mathit",
            "mathsf",
            "mathtt",
            "mathcal",
            "mathbb",
            "mathfrak",
            "mathnormal",
            "boldsymbol",
            "bm",
            "mathbbm",
            "mathds",
            "mathscr",
            "operatorname",
            "boxed",
            "pmod",
            "xrightarrow",
            "xleftarrow",
            "phantom",
            "substack",
            "mathbin",
            "mathrel",
            "mathop",
            "mathord",
        ],
        1,
    ),
}
"""Mathematics with arguments, and how many."""

TEXT_ARGUMENT: Final = frozenset(
    [
        "text",
        "textbf",
        "textit",
        "textsl",
        "textsc",
        "textsf",
        "texttt",
        "textrm",
        "textup",
        "emph",
        "mbox",
        "textnormal",
    ]
)
"""Commands whose one argument is text, in text and in mathematics alike."""

SPACES: Final = frozenset(["quad", "qquad", "enspace", "thinspace"])
"""Spaces, in text and in mathematics alike."""

TEXT: Final = frozenset(
    [
        "ss",
        "ae",
        "AE",
        "oe",
        "OE",
        "o",
        "O",
        "l",
        "L",
        "aa",
        "AA",
        "i",
        "j",
        "LaTeX",
        "TeX",
        "textbackslash",
        "textasciitilde",
        "textasciicircum",
        "textbar",
        "textless",
        "textgreater",
        "textquoteleft",
        "textquoteright",
        "textquotedblleft",
        "textquotedblright",
        "textendash",
        "textemdash",
        "textbullet",
        "textdegree",
        "textellipsis",
        "copyright",
        "pounds",
    ]
)
"""Characters of text without arguments."""

EITHER: Final = frozenset(["dots", "ldots", "S", "P"])
"""Characters without arguments, in text and in mathematics alike."""

IGNORED: Final = frozenset(
    [
        "noindent",
        "nonumber",
        "notag",
        "smallskip",
        "medskip",
        "bigskip",
        "centering",
        "allowbreak",
        "relax",
        "null",
    ]
)
"""Commands that only concern the layout: left out."""

SIZES: Final = frozenset(
    f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
"""Delimiter sizes, each before one delimiter."""

DELIMITERS: Final = (
    frozenset("()[]|/.<>")
    | {f"\\{c}" for c in "{}|"}
    | {f"\\{name}" for name in _listed(f"{_DELIMITERS} uparrow downarrow backslash")}
)
r"""What may follow ``\left``, ``\right``, ``\middle`` and the sizes."""

TABLES: Final = {
    "aligned": 19,
    "gathered": 0,
    "split": 19,
    "cases": 1,
    "array": 19,
    "smallmatrix": 9,
    **dict.fromkeys(["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix"], 9),
}
r"""Environments inside mathematics, and how many ``&`` a row may have."""

DISPLAYS: Final = {
    "equation": 0,
    "equation*": 0,
    "displaymath": 0,
    "align": 9,
    "align*": 9,
    "gather": 0,
    "gather*": 0,
}
r"""Environments that display mathematics, and how many ``&`` a row may have; printed unnumbered."""

LISTS: Final = frozenset({"itemize", "enumerate"})
"""Lists."""

BLOCKS: Final = LISTS | {"center", "quote"}
"""Environments of text."""
