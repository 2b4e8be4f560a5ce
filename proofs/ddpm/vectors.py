"""Denoising diffusion in d dimensions: the covariance of the data under noise."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.ddpm.common import family


@family.theorem(
    "variance_preserving_mv",
    title="Variance preservation in d dimensions",
    source="Ho, Jain, Abbeel (2020), section 2; Song et al. (2021), appendix B",
)
def variance_preserving_mv(d: Derivation) -> None:
    """x = c x0 + s e with c^2 the product of the alphas, c^2 + s^2 = 1, and noise e that has mean 0,
    covariance I, and no correlation with x0. Linearity gives the mean c m and the covariance
    c^2 S + s^2 I with s^2 = 1 - c^2. It is I when S is; conversely, it differs from I by c^2 (S - I).
    """
    d.declare(P="space", d="integer >= 1", c="in (0, 1)", s="positive", m="vector d", S="spd d x d")
    d.declare({"x0(w)": "vector d", "e(w)": "vector d"})
    d.assume(
        h_schedule="c**2 + s**2 = 1",
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(x0(w), w, P) = m",
        h_second="Int(x0(w) @ transpose(x0(w)), w, P) = S + m @ transpose(m)",
        h_mean_noise="Int(e(w), w, P) = zeros(d, 1)",
        h_noise="Int(e(w) @ transpose(e(w)), w, P) = eye(d)",
        h_uncorrelated="Int(x0(w) @ transpose(e(w)), w, P) = zeros(d, d)",
    )
    d.define("x(w)", "c*x0(w) + s*e(w)")
    centred = "(x(w) - c*m) @ transpose(x(w) - c*m)"
    d.start("Int(x(w), w, P)", "mean").eq("c*m", because="linearity")
    d.start(f"Int({centred}, w, P)", "covariance").eq(
        "c**2*S + s**2*eye(d)", because="the cross terms vanish"
    )
    d.claim("s**2 = 1 - c**2", "weight", because="h_schedule")
    d.start("c**2*eye(d) + (1 - c**2)*eye(d)", "preserved").eq("eye(d)", because="S = I")
    d.start("c**2*S + (1 - c**2)*eye(d) - eye(d)", "only then").eq(
        "c**2*(S - eye(d))", because="zero only for S = I, since c > 0"
    )
    d.wrong(f"Int({centred}, w, P) = c**2*S + eye(d)", "noise added without shrinking the data")
    d.wrong(f"Int({centred}, w, P) = c*S + s*eye(d)", "roots for the weights")
    d.wrong("Int(x(w), w, P) = c**2*m", "the weight of the variance in the mean")
