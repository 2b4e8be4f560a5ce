"""The words of formulas as students write them: letters, functions, signs, and what is passed over."""

from __future__ import annotations

from typing import Final

from derive.grading.cleaning import GREEK
from derive.terms.heads import FUNCTIONS

LETTERS: Final = {*GREEK.values(), "varepsilon", "vartheta", "varphi", "varsigma", "ell", "hbar"}
PLAIN_FUNCTIONS: Final = {
    **{name: name for name in FUNCTIONS if name not in ("pi", "H", "CE", "KL", "JSD")},
    "ln": "log", "lg": "log10", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "expit": "sigmoid", "Exp": "exp", "Log": "log", "Ln": "log", "Sqrt": "sqrt",
}  # fmt: skip
BARE: Final = frozenset(
    "exp log log2 log10 sqrt abs sin cos tan asin acos atan sinh cosh tanh sigmoid erf".split()
)
"""Functions whose argument may follow without brackets."""

TIMES: Final = frozenset({"*", "\\cdot", "\\times", "\\ast", "\\*"})
OVER: Final = frozenset({"/", "\\div"})
ACCENTS: Final = {"bar": "bar", "overline": "bar", "hat": "hat", "widehat": "hat", "tilde": "tilde"}
WRAPPERS: Final = frozenset(
    {
        "mathrm",
        "text",
        "textrm",
        "mathit",
        "operatorname",
        "mathbf",
        "boldsymbol",
        "boxed",
        "mathsf",
    }
)
PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
SHORT: Final = {"epsilon": ("eps",), "lambda": ("lam", "lamda"), "varepsilon": ("epsilon", "eps"),
                "vartheta": ("theta",), "varphi": ("phi",)}  # fmt: skip
