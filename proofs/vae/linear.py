"""The linear variational autoencoder: its bound in matrices, and the encoder that makes it tight."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.vae.common import family

ERROR = "dot(x - U @ W @ x, x - U @ W @ x)"
SPREAD = "trace(U @ Sigma @ transpose(U))"
RECONSTRUCTION = f"-dx/2*log(2*pi*eta_d**2) - ({ERROR} + {SPREAD})/(2*eta_d**2)"
DIVERGENCE = (
    "(dz*log(eta_e**2) - log(det(Sigma)) + (trace(Sigma) + dot(W @ x, W @ x))/eta_e**2 - dz)/2"
)


def linear_vae(d: Derivation) -> None:
    """q(z|x) = N(W x, Sigma), p(x|z) = N(U z, eta_d^2 I), p(z) = N(0, eta_e^2 I); z(w) has the law q."""
    d.declare(P="space", dx="integer >= 1", dz="integer >= 1", eta_d="positive", eta_e="positive")
    d.declare(x="vector dx", W="matrix dz x dx", U="matrix dx x dz", Sigma="spd dz x dz")
    d.declare({"z(w)": "vector dz"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(z(w), w, P) = W @ x",
        h_second="Int(z(w) @ transpose(z(w)), w, P) = Sigma + W @ x @ transpose(W @ x)",
    )
    square = "dot(x - U @ z(w), x - U @ z(w))"
    d.define("log_likelihood(w)", f"-(dx*log(2*pi*eta_d**2) + {square}/eta_d**2)/2")
    d.define("log_prior(w)", "-(dz*log(2*pi*eta_e**2) + dot(z(w), z(w))/eta_e**2)/2")
    d.define("log_q(w)", "-(dz*log(2*pi) + log(det(Sigma)) + quad(inv(Sigma), z(w) - W @ x))/2")


@family.theorem(
    "linear_elbo",
    title="The evidence lower bound of a linear VAE, in matrices",
    source="Lucas, Tucker, Grosse, Norouzi (2019), appendix C.1; Dai and Wipf (2019)",
)
def linear_elbo(d: Derivation) -> None:
    """The bound is the expected log-likelihood less the divergence of q from the prior. Both are
    expectations of quadratic forms in z, whose mean is W x and whose covariance is Sigma.

    Not shown: the gradients, which are in `vae.linear_gradients`; that the gap is the divergence from
    the posterior, which is `elbo.gap`; and where it closes, which is `vae.linear_optimal_encoder`.
    """
    linear_vae(d)
    d.define("ELBO", "Int(log_likelihood(w) + log_prior(w) - log_q(w), w, P)")
    d.start("Int(dot(x - U @ z(w), x - U @ z(w)), w, P)", "error").eq(
        f"{ERROR} + {SPREAD}", because="x - U z has mean x - U W x and covariance U Sigma U^T"
    )
    d.start("Int(log_likelihood(w), w, P)", "reconstruction").eq(
        "-dx/2*log(2*pi*eta_d**2) - Int(dot(x - U @ z(w), x - U @ z(w)), w, P)/(2*eta_d**2)",
        because="linearity",
    ).eq(RECONSTRUCTION, because="error")
    d.start("Int(log_q(w) - log_prior(w), w, P)", "divergence").eq(
        "(dz*log(eta_e**2) - log(det(Sigma)) + Int(dot(z(w), z(w)), w, P)/eta_e**2"
        " - Int(quad(inv(Sigma), z(w) - W @ x), w, P))/2",
        because="linearity; dz*log(2*pi) cancels",
    ).eq(
        DIVERGENCE, because="the second moment is trace(Sigma) + |W x|^2; the last form has mean dz"
    )
    d.start("ELBO", "bound").eq(
        "Int(log_likelihood(w), w, P) - Int(log_q(w) - log_prior(w), w, P)", because="linearity"
    ).eq(f"{RECONSTRUCTION} - {DIVERGENCE}", because="reconstruction, divergence")
    d.wrong(
        f"ELBO = -dx/2*log(2*pi*eta_d**2) - {ERROR}/(2*eta_d**2) - {DIVERGENCE}",
        "the trace of U Sigma U^T is missing",
    )
    d.wrong(
        f"ELBO = {RECONSTRUCTION} - (dz*log(eta_e**2) - log(det(Sigma)) + trace(Sigma)"
        " + dot(W @ x, W @ x)/eta_e**2 - dz)/2",
        "the trace of Sigma is not divided by the variance of the prior",
    )
    d.wrong(
        f"ELBO = {RECONSTRUCTION} - {DIVERGENCE.replace('- log(det', '+ log(det')}",
        "the sign of log det Sigma",
    )
    d.wrong(
        f"ELBO = {RECONSTRUCTION} - {DIVERGENCE.replace('- dz)/2', '- dx)/2')}",
        "the dimension of the data in the divergence",
    )


def bound(W: str, U: str, Sigma: str) -> str:
    """The bound of `vae.linear_elbo` as a function of encoder, decoder and covariance."""
    error = f"dot(x - {U} @ {W} @ x, x - {U} @ {W} @ x) + trace({U} @ {Sigma} @ transpose({U}))"
    second = f"trace({Sigma}) + dot({W} @ x, {W} @ x)"
    divergence = f"dz*log(eta_e**2) - log(det({Sigma})) + ({second})/eta_e**2 - dz"
    return f"-dx/2*log(2*pi*eta_d**2) - ({error})/(2*eta_d**2) - ({divergence})/2"


@family.theorem(
    "linear_gradients",
    title="The gradients of the bound of a linear VAE, in matrices",
    source="Lucas, Tucker, Grosse, Norouzi (2019), appendix C.1",
)
def linear_gradients(d: Derivation) -> None:
    """The bound of `vae.linear_elbo`, differentiated along a line in W, in U and in Sigma. Each slope is
    trace(gradient^T H) for the direction H. With the posterior precision
    Lambda = U^T U/eta_d^2 + I/eta_e^2, as h_precision has it, the gradients in W and Sigma are zero at
    Sigma = Lambda^-1 and W = Lambda^-1 U^T/eta_d^2, for every x.

    Not shown: that this point is the maximum; `vae.linear_optimal_encoder` shows that the bound is
    log p(x) there.
    """
    d.declare(dx="integer >= 1", dz="integer >= 1", eta_d="positive", eta_e="positive", t="real")
    d.declare(x="vector dx", W="matrix dz x dx", U="matrix dx x dz", Sigma="spd dz x dz")
    d.declare(H="matrix dz x dx", J="matrix dx x dz", T="symmetric dz x dz", Lambda="spd dz x dz")
    d.assume(h_precision="transpose(U) @ U = eta_d**2*(Lambda - eye(dz)/eta_e**2)")
    d.define("V", "inv(Lambda)")
    in_w = "(transpose(U) @ (x - U @ W @ x)/eta_d**2 - W @ x/eta_e**2) @ transpose(x)"
    in_u = "(x @ transpose(W @ x) - U @ (W @ x @ transpose(W @ x) + Sigma))/eta_d**2"
    in_sigma = "(inv(Sigma) - transpose(U) @ U/eta_d**2 - eye(dz)/eta_e**2)/2"
    slope_w = f"diff({bound('(W + t*H)', 'U', 'Sigma')}, t; 0)"
    slope_u = f"diff({bound('W', '(U + t*J)', 'Sigma')}, t; 0)"
    slope_sigma = f"diff({bound('W', 'U', '(Sigma + t*T)')}, t; 0)"
    d.start(slope_w, "slope in W").eq(
        f"trace(transpose({in_w}) @ H)", because="the slope of squares"
    )
    d.start(slope_u, "slope in U").eq(
        f"trace(transpose({in_u}) @ J)", because="the slope of a square and of a trace"
    )
    d.start(slope_sigma, "slope in Sigma").eq(
        f"trace(transpose({in_sigma}) @ T)", because="the slope of log det is trace(Sigma^-1 T)"
    )
    d.start(
        "(transpose(U) @ (x - U @ (V @ transpose(U)/eta_d**2) @ x)/eta_d**2"
        " - (V @ transpose(U)/eta_d**2) @ x/eta_e**2) @ transpose(x)",
        "zero in W",
    ).eq(
        "(transpose(U)/eta_d**2 - inv(V) @ V @ transpose(U)/eta_d**2) @ x @ transpose(x)",
        because="collect W",
    ).eq("zeros(dz, dx)", because="V^-1 V = I")
    d.start("(inv(V) - transpose(U) @ U/eta_d**2 - eye(dz)/eta_e**2)/2", "zero in Sigma").eq(
        "zeros(dz, dz)", because="the inverse of an inverse"
    )
    d.wrong(
        f"{slope_w} = trace(transpose((transpose(U) @ (x - U @ W @ x)/eta_d**2) @ transpose(x)) @ H)",
        "the pull of the prior is missing",
    )
    d.wrong(
        f"{slope_u} = trace(transpose((x - U @ W @ x) @ transpose(W @ x)/eta_d**2) @ J)",
        "Sigma is missing",
    )
    d.wrong(
        f"{slope_sigma} = trace(transpose(inv(Sigma) - transpose(U) @ U/eta_d**2"
        " - eye(dz)/eta_e**2) @ T)",
        "the factor 1/2",
    )


@family.theorem(
    "linear_optimal_encoder",
    title="The encoder that makes the bound of a linear VAE tight",
    source="Bishop (2006), eqs. 2.113 to 2.117; Lucas et al. (2019)",
)
def linear_optimal_encoder(d: Derivation) -> None:
    """h_precision says that Lambda is U^T U/eta_d^2 + I/eta_e^2, the posterior precision. With Sigma its
    inverse and W = Sigma U^T/eta_d^2, the log of likelihood times prior, less that of q, does not depend
    on z: it is the same quadratic form in z. So its expectation, the bound, is its value anywhere, and
    that value is log p(x).

    Not shown: that the constant is the log of the normal density N(x; 0, eta_e^2 U U^T + eta_d^2 I) with
    its determinant; the lines show that it is the ratio p(x, z)/q(z|x) at every z.
    """
    d.declare(dx="integer >= 1", dz="integer >= 1", eta_d="positive", eta_e="positive")
    d.declare(x="vector dx", z="vector dz", U="matrix dx x dz")
    d.declare(Lambda="spd dz x dz")
    d.assume(h_precision="transpose(U) @ U = eta_d**2*(Lambda - eye(dz)/eta_e**2)")
    d.define("Sigma", "inv(Lambda)")
    d.define("W", "Sigma @ transpose(U)/eta_d**2")
    joint = "dot(x - U @ z, x - U @ z)/eta_d**2 + dot(z, z)/eta_e**2"
    d.claim("Lambda @ W = transpose(U)/eta_d**2", "encoder", because="Lambda Sigma is the identity")
    d.start(joint, "exponent of the joint").eq(
        "quad(Lambda, z) - 2*trace(transpose(z) @ (transpose(U)/eta_d**2) @ x) + dot(x, x)/eta_d**2",
        because="collect the powers of z",
    ).eq(
        "quad(Lambda, z) - 2*trace(transpose(z) @ (Lambda @ W) @ x) + dot(x, x)/eta_d**2",
        using=("encoder",),
        because="encoder",
    ).eq(
        "quad(Lambda, z - W @ x) + dot(x, x)/eta_d**2 - quad(Lambda, W @ x)",
        because="complete the square",
    )
    d.wrong(
        f"{joint} = quad(Lambda, z - W @ x) + dot(x, x)/eta_d**2",
        "the constant of the square is lost",
    )
    d.wrong(
        f"{joint} = quad(Lambda, z - transpose(U) @ x) + dot(x, x)/eta_d**2"
        " - quad(Lambda, transpose(U) @ x)",
        "the transpose of U for the encoder",
    )
