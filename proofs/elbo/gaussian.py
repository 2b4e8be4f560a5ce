"""The evidence lower bound of the linear model with normal noise on the line.

Every expectation is an integral over the line, shown from the densities. Vectors are a matter of
`vae.linear_elbo`.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.elbo.common import family

PRIOR, LIKELIHOOD, ENCODER = "Normal(z; 0, 1)", "Normal(x; u*z, eta**2)", "Normal(z; m, s**2)"
POSTERIOR = "Normal(z; u*x/(u**2 + eta**2), eta**2/(u**2 + eta**2))"
BOUND = f"Int({ENCODER}*log({LIKELIHOOD}*{PRIOR}/{ENCODER}), z, -oo, oo)"
RECONSTRUCTION = "-log(2*pi*eta**2)/2 - ((x - u*m)**2 + u**2*s**2)/(2*eta**2)"
DIVERGENCE = "(s**2 + m**2 - 1 - log(s**2))/2"
GAP = f"Int({ENCODER}*log({ENCODER}/{POSTERIOR}), z, -oo, oo)"


@family.theorem(
    "gaussian",
    title="The bound in the conjugate normal model, and its gap",
    source="Kingma and Welling (2014), eq. 3 and appendix B",
)
def gaussian(d: Derivation) -> None:
    """The log of the joint density over q is a quadratic in z: its expectation needs the mean and
    the second moment of q. The joint density is also the evidence times the posterior, by
    completing the square; so the log evidence less the bound is the divergence of q from the
    posterior, which is not negative.
    """
    d.declare(x="real", z="real", u="real", eta="positive", m="real", s="positive", t="positive")
    d.start(f"Int({ENCODER}*log({LIKELIHOOD}), z, -oo, oo)", "reconstruction").eq(
        f"Int({ENCODER}*(-log(2*pi*eta**2)/2 - (x - u*z)**2/(2*eta**2)), z, -oo, oo)",
        because="the log of the density",
    ).eq(RECONSTRUCTION, because="the mean of (x - u*z)**2 is (x - u*m)**2 + u**2*s**2")
    d.start(f"Int({ENCODER}*log({ENCODER}/{PRIOR}), z, -oo, oo)", "divergence from the prior").eq(
        DIVERGENCE, because="gauss.kl_1d"
    )
    d.start(BOUND, "bound").eq(
        f"Int({ENCODER}*log({LIKELIHOOD}), z, -oo, oo)"
        f" - Int({ENCODER}*log({ENCODER}/{PRIOR}), z, -oo, oo)",
        because="the log of a product; linearity",
    ).eq(f"{RECONSTRUCTION} - {DIVERGENCE}", because="reconstruction, divergence from the prior")
    d.start(f"{LIKELIHOOD}*{PRIOR}", "joint").eq(
        f"Normal(x; 0, u**2 + eta**2)*{POSTERIOR}", because="complete the square in z"
    )
    d.start(f"Int({LIKELIHOOD}*{PRIOR}, z, -oo, oo)", "evidence").eq(
        "Normal(x; 0, u**2 + eta**2)", because="joint; the posterior has the mass 1"
    )
    d.start(f"log(Normal(x; 0, u**2 + eta**2)) - ({RECONSTRUCTION} - {DIVERGENCE})", "gap").eq(
        "(log(eta**2/(u**2 + eta**2)/s**2) + (s**2 + (m - u*x/(u**2 + eta**2))**2)"
        "/(eta**2/(u**2 + eta**2)) - 1)/2",
        because="expand the squares",
    ).eq(GAP, because="gauss.kl_1d, q against the posterior")
    d.start("(log(t/s**2) + (s**2 + (m - x)**2)/t - 1)/2", "gap not negative").ge(
        "((1 - s**2/t) + (s**2 + (m - x)**2)/t - 1)/2", because="-log(r) >= 1 - r at r = s**2/t"
    ).eq("(m - x)**2/(2*t)", because="algebra").ge("0", because="a square")
    d.claim(
        "Int(Normal(z; 1/2, 1/2)*log(Normal(1; z, 1)*Normal(z; 0, 1)/Normal(z; 1/2, 1/2)), z, -oo,"
        " oo)"
        " = log(Normal(1; 0, 2))",
        "numbers",
        because="x = u = eta = 1, q the posterior: no gap",
    )
    d.wrong(
        f"{BOUND} = -log(2*pi*eta**2)/2 - (x - u*m)**2/(2*eta**2) - {DIVERGENCE}",
        "u**2*s**2 left out",
    )
    d.wrong(
        f"{LIKELIHOOD}*{PRIOR} = Normal(x; 0, u**2 + eta**2)*Normal(z; u*x/(u**2 + eta**2), u**2 +"
        f" eta**2)",
        "the posterior with the variance u**2 + eta**2",
    )
    d.wrong(f"{BOUND} = {RECONSTRUCTION} + {DIVERGENCE}", "the divergence added")
