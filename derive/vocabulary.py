r"""What a person writes in Python: laws and notions as SymPy objects, and one `decide` for all of it.

>>> from sympy import Eq, Symbol, log
>>> m, s = Symbol("m", real=True), Symbol("s", positive=True)
>>> decide(Eq(KL(Normal(m, s**2), Normal(0, 1)), (m**2 + s**2 - log(s**2) - 1)/2, evaluate=False)).name
'proved'
>>> x = points("x")
>>> decide(Eq(E(x**2, (x, Normal(0, s**2))), s**2, evaluate=False)).name
'proved'

The objects are never evaluated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derive.laws.model import Model, Reading
from derive.laws.objects import (
    CE,
    ELBO,
    FAMILIES,
    JSD,
    KL,
    MI,
    TV,
    Bernoulli,
    Cov,
    Dirichlet,
    E,
    Exponential,
    H,
    Laplace,
    Law,
    LogNormal,
    Normal,
    Point,
    Poisson,
    Uniform,
    Var,
    points,
)
from derive.laws.objects_reader import model_of, reading_of
from derive.laws.spaces import LawError
from derive.terms.context import Claim, Context

if TYPE_CHECKING:
    from derive.verdict import Verdict

Beta, Gamma = FAMILIES["Beta"], FAMILIES["Gamma"]


def read_statement(statement: Any, model: Model | None = None) -> Reading:
    """The claim of a text or a SymPy relation, over a model.

    Raises TextError, BridgeError or LawError when it cannot be read.
    """
    if isinstance(statement, Reading):
        return statement
    if isinstance(statement, Claim):
        return Reading(model or Model(), statement)
    if isinstance(statement, str):
        return (model or Model()).elaborate(statement)
    return reading_of(statement, model)


def decide(statement: Any, model: Model | Context | None = None) -> Verdict:
    """The verdict on a text, a claim or a SymPy relation.

    Without a model the symbols of a relation lie where their assumptions say, and a text may only
    speak of numbers.
    """
    from derive.decision import decide as decide_claim

    whole = Model(model) if isinstance(model, Context) else model
    reading = read_statement(statement, whole)
    return decide_claim(reading.claim, reading.context)


# fmt: off
__all__ = [
    "CE", "ELBO", "JSD", "KL", "MI", "TV", "Bernoulli", "Beta", "Cov", "Dirichlet", "E",
    "Exponential", "Gamma", "H", "Laplace", "Law", "LawError", "LogNormal", "Model", "Normal",
    "Point", "Poisson", "Reading", "Uniform", "Var", "decide", "model_of", "points",
    "read_statement",
]
# fmt: on
