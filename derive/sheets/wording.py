"""The words of a sheet: for rules of proof, for verdicts and for what a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RULES: Final[dict[str, str]] = {
    "ring": "algebra",
    "log_product": "log of a product",
    "log_tangent": "log x \u2264 x \u2212 1",
    "exp_sum": "exp of a sum",
    "power_product": "power of a product",
    "power_exp": "power of an exponential",
    "power_power": "power of a power",
    "power_sum": "sum in an exponent",
    "abs_nonnegative": "absolute value of a non-negative number",
    "abs_square": "root of a square",
    "abs_product": "absolute value of a product",
    "sign_positive": "sign of a positive number",
    "parity": "odd and even functions",
    "pythagoras": "sin\u00b2 + cos\u00b2 = 1",
    "angle_sum": "sine and cosine of a sum",
    "special_value": "special value",
    "unfold": "definition",
    "gaussian_kl": "KL of two Gaussians",
    "bound": "bounds of the declared domains",
    "positive_coefficients": "positive coefficients",
    "congruence": "equals for equals",
    "congruence_inside": "equals for equals under a sum or integral",
    "hypothesis": "assumption",
    "instantiate": "an assumption at particular values",
    "trans": "chaining",
    "symmetry": "reading from right to left",
    "discharge": "a condition that holds",
    "refl": "both sides are the same",
    "from_difference": "sign of the difference",
    "to_difference": "sign of the difference",
    "add_order": "adding inequalities",
    "weaken": "strict implies non-strict",
    "apart": "strict implies different",
}
"""Rules of `derive.kernel` in words."""

STRUCTURAL: Final = frozenset(
    {
        "congruence",
        "congruence_inside",
        "trans",
        "symmetry",
        "discharge",
        "refl",
        "from_difference",
        "to_difference",
        "weaken",
        "apart",
        "bound",
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
    'log of a product, algebra'
    """
    shown = [rule for rule in rules if rule not in STRUCTURAL] or list(rules[:1])
    shown.sort(key=lambda rule: PLAIN.index(rule) + 1 if rule in PLAIN else 0)
    named = dict.fromkeys(RULES.get(rule, rule.replace("_", " ")) for rule in shown)
    new = [words for words in named if words not in said]
    return ", ".join(new[:MOST_NAMED]) + ", \u2026" * (len(new) > MOST_NAMED)
