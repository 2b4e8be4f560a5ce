"""Denoising diffusion in d dimensions: the covariance of the data under noise."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs._ddpm_family import family


@family.theorem(
    "variance_preserving_mv",
    title="Variance preservation in d dimensions",
    source="Ho, Jain, Abbeel (2020), section 2; Song et al. (2021), appendix B",
)
def variance_preserving_mv(d: Derivation) -> None:
    """x = sqrt(a) x0 + sqrt(1 - a) e with a the product of the alphas, and noise e that has mean 0,
    covariance I, and no correlation with x0. Linearity gives the mean sqrt(a) m and the covariance
    a S + (1 - a) I. It is I when S is; conversely, it differs from I by a (S - I).
    """
    d.declare(P="space", d="integer >= 1", a="in (0, 1)", m="vector d", S="spd d x d")
    d.declare({"x0(w)": "vector d", "e(w)": "vector d"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(x0(w), w, P) = m",
        h_second="Int(x0(w) @ transpose(x0(w)), w, P) = S + m @ transpose(m)",
        h_mean_noise="Int(e(w), w, P) = zeros(d, 1)",
        h_noise="Int(e(w) @ transpose(e(w)), w, P) = eye(d)",
        h_uncorrelated="Int(x0(w) @ transpose(e(w)), w, P) = zeros(d, d)",
    )
    d.define("x(w)", "sqrt(a)*x0(w) + sqrt(1 - a)*e(w)")
    centred = "(x(w) - sqrt(a)*m) @ transpose(x(w) - sqrt(a)*m)"
    d.start("Int(x(w), w, P)", "mean").eq("sqrt(a)*m", because="linearity")
    d.start(f"Int({centred}, w, P)", "covariance").eq(
        "a*S + (1 - a)*eye(d)", because="the cross terms vanish; sqrt(a)^2 = a"
    )
    d.start("a*eye(d) + (1 - a)*eye(d)", "preserved").eq("eye(d)", because="S = I")
    d.start("a*S + (1 - a)*eye(d) - eye(d)", "only then").eq(
        "a*(S - eye(d))", because="zero only for S = I, since a > 0"
    )
    d.wrong(f"Int({centred}, w, P) = a*S + eye(d)", "noise added without shrinking the data")
    d.wrong(f"Int({centred}, w, P) = sqrt(a)*S + sqrt(1 - a)*eye(d)", "roots for the weights")
    d.wrong("Int(x(w), w, P) = a*m", "the weight of the variance in the mean")
