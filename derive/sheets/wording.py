"""The words of a sheet: for rules of proof, for verdicts and for what a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RULES: Final[dict[str, str]] = {
    "ring": "algebra",
    "schema": "a known fact about sums or integrals",
    "fact": "a known fact",
    "unfold": "definition",
    "combine": "a sum of inequalities",
    "cases": "case by case",
    "monotone": "sign of the derivative",
    "congruence_diff": "equal functions have equal derivatives",
    "bound": "bounds of the declared domains",
    "congruence": "equals for equals",
    "congruence_inside": "equals for equals under a sum or integral",
    "range_linear": "linearity",
    "induction": "induction",
    "antiderivative": "fundamental theorem of calculus",
    "substitution": "change of variable",
    "hypothesis": "assumption",
    "instantiate": "an assumption at particular values",
    "trans": "chaining",
    "symmetry": "reading from right to left",
    "discharge": "a condition that holds",
    "refl": "both sides are the same",
}
"""Rules of `derive.kernel` in words."""

FACTS: Final[dict[str, str]] = {
    "space_equal": "equals for equals under an integral",
    "space_at_most": "integrals keep the order",
    "space_sum": "linearity of the integral",
    "space_multiple": "linearity of the integral",
    "space_range": "an integral of a sum",
    "space_matrix": "linearity of the integral",
    "space_product_left": "linearity of the integral",
    "space_product_right": "linearity of the integral",
    "space_transpose": "linearity of the integral",
    "space_trace": "linearity of the integral",
    "integral_equal": "equals for equals under an integral",
    "integral_at_most": "integrals keep the order",
    "integral_sum": "linearity of the integral",
    "integral_multiple": "linearity of the integral",
    "integral_join": "joining two ranges of integration",
    **{f"mean_{law}": "definition of the mean" for law in ("Normal", "LogNormal", "Laplace")},
    **{f"KL_{law}": "definition of KL" for law in ("Normal", "LogNormal", "Laplace")},
    **{
        f"CE_{law}": "definition of the cross entropy" for law in ("Normal", "LogNormal", "Laplace")
    },
    **{f"H_{law}": "definition of the entropy" for law in ("Normal", "LogNormal", "Laplace")},
    "sum_split": "splitting a range",
    "prod_split": "splitting a range",
    "sum_empty": "an empty range",
    "prod_empty": "an empty range",
    "sum_move": "shifting the index",
    "prod_move": "shifting the index",
    "sum_turn": "turning the index round",
    "prod_turn": "turning the index round",
    "sum_exchange": "exchanging two sums",
    "prod_exchange": "exchanging two products",
    "exp_range": "exp of a sum",
    "log_product": "laws of logarithms",
    "exp_sum": "laws of exponents",
    "power_product": "laws of exponents",
    "power_power": "laws of exponents",
    "power_sum": "laws of exponents",
    "abs_product": "absolute value of a product",
    "power_power_root": "laws of exponents",
    "power_power_natural": "laws of exponents",
    "power_product_root": "laws of exponents",
    "power_product_integer": "laws of exponents",
    "power_product_natural": "laws of exponents",
    "power_sum_integer": "laws of exponents",
    "power_sum_natural": "laws of exponents",
    "log_power": "laws of logarithms",
    "exp_multiple": "laws of exponents",
    "exp_log_power": "exp and log undo each other",
    "abs_power": "absolute value of a power",
    "power_exp": "a power as an exponential",
    "power_one": "laws of exponents",
    "power_power_integer": "laws of exponents",
    "exp_log": "exp and log undo each other",
    "log_exp": "exp and log undo each other",
    "log_tangent": "log x \u2264 x \u2212 1",
    "log_tangent_strict": "log x < x \u2212 1",
    "log_increasing": "log is increasing",
    "exp_increasing": "exp is increasing",
    "abs_nonnegative": "absolute value of a non-negative number",
    "abs_square": "root of a square",
    "abs_above": "x \u2264 |x|",
    "abs_triangle": "triangle inequality",
    "sign_positive": "sign of a positive number",
    "sign_zero": "sign of zero",
    "sign_abs": "x = sign x times |x|",
    "floor_below": "floor x \u2264 x",
    "floor_above": "x < floor x + 1",
    "floor_integer": "floor of an integer",
    "floor_unique": "the one integer in (x \u2212 1, x]",
    "ceil_floor": "ceiling by floor",
    "pythagoras": "sin\u00b2 + cos\u00b2 = 1",
    "sin_positive": "sine is positive on (0, \u03c0)",
    "cos_positive": "cosine is positive on (\u2212\u03c0/2, \u03c0/2)",
    "sin_sum": "sine of a sum",
    "cos_sum": "cosine of a sum",
    "sin_asin": "sine undoes arcsine",
    "cos_asin": "cosine of an arcsine",
    "acos_asin": "arccosine by arcsine",
    "sin_atan": "sine of an arctangent",
    "cos_atan": "cosine of an arctangent",
    "exp_decay": "exp outgrows every power",
    "erf_tail": "tail of the error function",
    "atan_tail": "tail of the arctangent",
    "atan_below": "arctan x \u2264 \u03c0/2",
    "gamma_step": "\u0393(x + 1) = x \u0393(x)",
    "gamma_one": "\u0393(1) = 1",
    "gamma_half": "\u0393(1/2) = \u221a\u03c0",
    "digamma_step": "\u03c8(x + 1) = \u03c8(x) + 1/x",
    "associative": "a product of three matrices",
    "product_sum_left": "a matrix product over a sum",
    "product_sum_right": "a matrix product over a sum",
    "product_multiple_left": "a number out of a matrix product",
    "product_multiple_right": "a number out of a matrix product",
    "identity_left": "the identity in a product",
    "identity_right": "the identity in a product",
    "zero_matrix": "a zero matrix",
    "single_entry": "a matrix with one entry",
    "transpose_transpose": "transpose of a transpose",
    "transpose_sum": "transpose of a sum",
    "transpose_multiple": "transpose of a multiple",
    "transpose_product": "transpose of a product",
    "transpose_identity": "transpose of the identity",
    "transpose_inverse": "transpose of an inverse",
    "trace_sum": "trace of a sum",
    "trace_multiple": "trace of a multiple",
    "trace_product": "rotation under a trace",
    "trace_transpose": "trace of a transpose",
    "trace_identity": "trace of the identity",
    "trace_cauchy_schwarz": "Cauchy\u2013Schwarz inequality",
    "det_product": "determinant of a product",
    "det_multiple": "determinant of a multiple",
    "det_transpose": "determinant of a transpose",
    "det_inverse": "determinant of an inverse",
    "det_identity": "determinant of the identity",
    "det_sylvester": "Sylvester\u2019s determinant theorem",
    "det_lemma": "matrix determinant lemma",
    "invertible": "an inverse exists",
    "inverse_unique": "an inverse is unique",
    "inverse_left": "a matrix times its inverse",
    "inverse_right": "a matrix times its inverse",
    "inverse_inverse": "inverse of an inverse",
    "inverse_product": "inverse of a product",
    "inverse_multiple": "inverse of a multiple",
    "inverse_identity": "inverse of the identity",
    "woodbury": "Woodbury identity",
}
"""Facts of `derive.kernel.facts` in words, those of a group left out: see `GROUPS`."""

GROUPS: Final[dict[str, str]] = {
    "_odd": "odd and even functions",
    "_even": "odd and even functions",
    "_pi": "special value",
    "_zero": "special value",
    "_one": "special value",
}
"""Words for facts by the end of their name."""

STRUCTURAL: Final = frozenset(
    {
        "congruence",
        "congruence_inside",
        "trans",
        "symmetry",
        "discharge",
        "refl",
        "bound",
        "combine",
        "instantiate",
    }
)
"""Rules that only join others together: named when there is nothing else to name."""


@dataclass(frozen=True, slots=True)
class Label:
    """A short word, and a mark that tells it apart without colour; the mark is for math mode."""

    word: str
    mark: str

    @property
    def latex(self) -> str:
        """Mark and word."""
        return rf"\Mark{{{self.mark}}}~{self.word}"


VERDICTS: Final[dict[str, Label]] = {
    "correct": Label("correct", r"\checkmark"),
    "rounded": Label("rounding", r"\approx"),
    "wrong": Label("wrong", r"\boldsymbol{\times}"),
    "premise": Label("premise", r"\blacktriangle"),
    "inconsistent": Label("inconsistent", r"\boldsymbol{\neq}"),
    "undecided": Label("undecided", r"\mathbf{?}"),
    "attested": Label("attested", r"\bigstar"),
}

STATUSES: Final[dict[str, Label]] = {
    "proved": Label("holds", r"\checkmark"),
    "enclosed": Label("holds", r"\checkmark"),
    "rounded": Label("rounding", r"\approx"),
    "conditional": Label("conditional", r"\mathbf{?}"),
    "refuted": Label("fails", r"\boldsymbol{\times}"),
    "undecided": Label("undecided", r"\mathbf{?}"),
}


PLAIN: Final = ("unfold", "ring")
"""Rules that nearly every proof uses: named last."""

MOST_NAMED: Final = 3


def rule_words(rules: tuple[str, ...], said: str = "") -> str:
    """The rules of a proof in words, the telling ones first, those that only join others left out.

    What the author's own reason ``said`` names already is not named again.

    >>> rule_words(("ring", "log_product", "trans"))
    'laws of logarithms, algebra'
    """
    shown = [rule for rule in rules if rule not in STRUCTURAL] or list(rules[:1])
    shown.sort(key=lambda rule: PLAIN.index(rule) + 1 if rule in PLAIN else 0)
    named = dict.fromkeys(map(words_for, shown))
    new = [words for words in named if words not in said]
    return ", ".join(new[:MOST_NAMED]) + ", \u2026" * (len(new) > MOST_NAMED)


def words_for(name: str) -> str:
    """A rule or fact of the kernel in words.

    >>> words_for("cos_even"), words_for("ring")
    ('odd and even functions', 'algebra')
    """
    known = RULES.get(name) or FACTS.get(name)
    group = next((words for end, words in GROUPS.items() if name.endswith(end)), None)
    return known or group or name.replace("_", " ")
