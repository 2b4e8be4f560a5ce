"""derive checks derivations: each link comes back proved, conditional, refuted or undecided.

>>> from derive import Context, decide, read_claim
>>> context = Context().declare("x")
>>> decide(read_claim("x/x = 1"), context).name
'conditional'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from derive.decision import decide as decide
    from derive.derivation import Derivation as Derivation
    from derive.terms import Claim as Claim
    from derive.terms import Context as Context
    from derive.terms import Term as Term
    from derive.terms import read as read
    from derive.terms import read_claim as read_claim
    from derive.terms.domains import read_domain as read_domain
    from derive.terms.sympy_bridge import from_sympy as from_sympy
    from derive.terms.sympy_bridge import to_sympy as to_sympy
    from derive.verdict import Conditional as Conditional
    from derive.verdict import Proved as Proved
    from derive.verdict import Refuted as Refuted
    from derive.verdict import Undecided as Undecided
    from derive.verdict import Verdict as Verdict
    from derive.vocabulary import CE as CE
    from derive.vocabulary import ELBO as ELBO
    from derive.vocabulary import JSD as JSD
    from derive.vocabulary import KL as KL
    from derive.vocabulary import MI as MI
    from derive.vocabulary import TV as TV
    from derive.vocabulary import Cov as Cov
    from derive.vocabulary import E as E
    from derive.vocabulary import H as H
    from derive.vocabulary import Law as Law
    from derive.vocabulary import Model as Model
    from derive.vocabulary import Normal as Normal
    from derive.vocabulary import Var as Var
    from derive.vocabulary import points as points

_HOMES = {
    "decide": "derive.decision",
    "Derivation": "derive.derivation",
    "Claim": "derive.terms",
    "Context": "derive.terms",
    "Term": "derive.terms",
    "read": "derive.terms",
    "read_claim": "derive.terms",
    "read_domain": "derive.terms.domains",
    "from_sympy": "derive.terms.sympy_bridge",
    "to_sympy": "derive.terms.sympy_bridge",
    "Conditional": "derive.verdict",
    "Proved": "derive.verdict",
    "Refuted": "derive.verdict",
    "Undecided": "derive.verdict",
    "Verdict": "derive.verdict",
    **dict.fromkeys(
        "CE ELBO JSD KL MI TV Cov E H Law Model Normal Var points".split(), "derive.vocabulary"
    ),
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a name from its module when it is first used, so that ``import derive`` costs nothing."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'derive' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
