"""The family of adversarial training, and what its modules here share: two laws and a
discriminator.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("gan", "Adversarial training and divergences")

VALUE = "Int(p(x)*log({0}), x, X) + Int(g(x)*log(1 - {0}), x, X)"
KL_P, KL_G = "Int(p(x)*log(p(x)/m(x)), x, X)", "Int(g(x)*log(g(x)/m(x)), x, X)"


def two_laws(d: Derivation) -> None:
    """The density p of the data and the density g of the generator, both positive on a space X."""
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "g(x)": "positive"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_g="Int(g(x), x, X) = 1")


def discriminator(d: Derivation) -> None:
    """Any discriminator D with a finite value, and the optimal one."""
    d.declare({"D(x)": "in (0, 1)"})
    d.define("Dstar(x)", "p(x)/(p(x) + g(x))")
    d.assume(h_integrable_real=exists("Int(p(x)*log(D(x)), x, X)"))
    d.assume(h_integrable_fake=exists("Int(g(x)*log(1 - D(x)), x, X)"))


def mixture(d: Derivation) -> None:
    """The mixture m = (p + g)/2, the divergences from it, and their mean."""
    d.define("m(x)", "(p(x) + g(x))/2")
    d.assume(h_integrable_p=exists(KL_P), h_integrable_g=exists(KL_G))
    d.define("JSD", f"({KL_P} + {KL_G})/2")


def exists(integral: str) -> str:
    """The hypothesis that an integral exists."""
    return f"{integral} = {integral}"
