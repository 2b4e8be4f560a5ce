"""The family of the evidence lower bound, and what its modules here share: a latent-variable
model.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("elbo", "Evidence lower bound")

BOUND = "Int(q(z)*log(p(x, z)/q(z)), z, Z)"
GAP = "Int(q(z)*log(q(z)/post(z, x)), z, Z)"


def evidence(d: Derivation) -> None:
    """A joint density p(x, z) over a space Z of latents, its marginal px(x), and the posterior."""
    d.declare({"Z": "space", "x": "real", "p(x, z)": "positive", "px(x)": "positive"})
    d.assume(h_marginal="for all x: Int(p(x, z), z, Z) = px(x)")
    d.define("post(z, x)", "p(x, z)/px(x)")


def encoder(d: Derivation) -> None:
    """A density q(z) for one observation, with a finite bound."""
    d.declare({"q(z)": "positive"})
    d.assume(h_norm_q="Int(q(z), z, Z) = 1", h_integrable=f"{BOUND} = {BOUND}")


def exists(integral: str, names: str = "") -> str:
    """The hypothesis that an integral exists, for all values of some names."""
    return f"for all {names}: {integral} = {integral}" if names else f"{integral} = {integral}"
