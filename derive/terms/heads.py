"""The words of the language: binders, constants, functions and distributions, with what they take."""

from __future__ import annotations

from typing import Final

CONSTANTS: Final = frozenset({"pi", "oo", "in"})
"""Names that stand for something else already."""

SCOPED: Final = ("sum", "prod", "int", "over", "fun", "diff")
BINDERS: Final = {**dict.fromkeys(SCOPED, (0,)), "mean": (1,)}
"""Heads that bind their payload, and the argument positions inside the scope."""

ARITIES: Final = {"diff": 2, "mean": 2, "over": 2, "fun": 1}
"""The binders with another number of arguments than three."""

# fmt: off
FUNCTIONS: Final[dict[str, int]] = {
    "exp": 1, "log": 1, "log2": 1, "log10": 1, "sqrt": 1, "abs": 1, "sign": 1, "floor": 1, "ceil": 1,
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "sinh": 1, "cosh": 1, "tanh": 1,
    "sigmoid": 1, "softplus": 1, "erf": 1, "erfc": 1, "Gamma": 1, "loggamma": 1, "digamma": 1,
    "Beta": 2, "max": 2, "min": 2, "sg": 1, "pi": 0, "KL": 2, "JSD": 2, "H": 1, "CE": 2,
    "transpose": 1, "inv": 1, "det": 1, "trace": 1, "eye": 1, "zeros": 2, "trace_root": 1,
}
# fmt: on
"""The functions of the language and their arities. ``sg`` is the stop-gradient of deep learning,
``pi`` the constant; ``Gamma`` and ``Beta`` have capitals, since ``gamma`` and ``beta`` are common names
of quantities."""

DIVERGENCES: Final = frozenset({"KL", "JSD", "H", "CE"})
"""Functions of distributions: their arguments are laws, or declared densities by name."""

DISTRIBUTIONS: Final[dict[str, tuple[str, ...]]] = {
    "Normal": ("mean", "variance"),
    "LogNormal": ("mean", "variance"),
    "Laplace": ("location", "scale"),
}
"""Named distributions and their parameters; ``Normal`` takes the variance."""
