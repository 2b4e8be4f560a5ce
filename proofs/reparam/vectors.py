"""Reparameterisation in d dimensions: an affine image of noise."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.reparam.common import family


@family.theorem(
    "gaussian_mv",
    title="Location and scale in d dimensions",
    source="Kingma and Welling (2014), section 2.4",
)
def gaussian_mv(d: Derivation) -> None:
    """For noise e with mean 0 and covariance I, z = m + L e has the mean m and the covariance L L^T; the
    square root is not unique, L Q serves as well for an orthogonal Q. At z = m + L e the exponent of
    N(m, L L^T) is that of N(0, I) at e, and det(L L^T) = det(L)^2: so the density of z there is that of
    e over |det L|, as a change of variables has it.

    Not shown: the change of variables itself, and singular L.
    """
    d.declare(P="space", d="integer >= 1", m="vector d", L="matrix d x d", Q="matrix d x d")
    d.declare(a="vector d")
    d.declare({"e(w)": "vector d"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(e(w), w, P) = zeros(d, 1)",
        h_cov="Int(e(w) @ transpose(e(w)), w, P) = eye(d)",
        h_inverse="det(L) != 0",
        h_orthogonal="Q @ transpose(Q) = eye(d)",
    )
    d.define("z(w)", "m + L @ e(w)")
    d.start("Int(z(w), w, P)", "mean").eq("m", because="linearity")
    d.start("Int((z(w) - m) @ transpose(z(w) - m), w, P)", "covariance").eq(
        "L @ Int(e(w) @ transpose(e(w)), w, P) @ transpose(L)", because="linearity"
    ).eq("L @ transpose(L)", because="h_cov")
    d.start("(L @ Q) @ transpose(L @ Q)", "another root").eq(
        "L @ transpose(L)", because="Q Q^T = I"
    )
    d.start("quad(inv(L @ transpose(L)), (m + L @ a) - m)", "exponent").eq(
        "dot(a, a)", because="L^-1 L = I"
    )
    d.start("log(det(L @ transpose(L)))/2", "volume").eq(
        "log(det(L)**2)/2", because="det L^T = det L"
    )
    d.wrong("Int((z(w) - m) @ transpose(z(w) - m), w, P) = L", "L for the covariance")
    d.wrong(
        "Int((z(w) - m) @ transpose(z(w) - m), w, P) = transpose(L) @ L", "the order of L and L^T"
    )
    d.wrong("Int(z(w), w, P) = L @ m", "the mean is scaled")
