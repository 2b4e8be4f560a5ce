"""Normal laws in d dimensions: conditionals, the linear model, products, and derivatives by matrices.

A density enters through its logarithm, `-(d*log(2*pi) + log(det(S)) + quad(inv(S), x - m))/2`. The
derivative of f at A along B is `diff(f(A + t*B), t; 0)`.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gauss.common import family


def blocks(d: Derivation) -> None:
    """The blocks of a joint covariance; K is what is left of S_aa when x_b is known."""
    d.declare(n="integer >= 1", k="integer >= 1", K="spd n x n", S_bb="spd k x k")
    d.declare(S_ab="matrix n x k")
    d.define("G", "S_ab @ inv(S_bb)")
    d.define("S_aa", "K + G @ S_bb @ transpose(G)")
    d.claim(
        "S_aa - S_ab @ inv(S_bb) @ transpose(S_ab) = K", "complement", because="S_bb^-1 S_bb = I"
    )


@family.theorem(
    "conditional",
    title="Conditional and marginal of a joint normal law",
    source="Bishop (2006), eqs. 2.75 to 2.82; Petersen and Pedersen (2012), eqs. 399 to 404",
)
def conditional(d: Derivation) -> None:
    """The covariance has the blocks S_aa, S_ab, S_ab^T and S_bb, and K = S_aa - S_ab S_bb^-1 S_ab^T is
    its Schur complement, positive definite as the whole is. With G = S_ab S_bb^-1 the blocks of the
    inverse are those below: the products of the two tables of blocks are I, 0, 0 and I. The exponent of
    the joint law, at deviations u and v from the two means, is then that of N(G v, K) at u and that of
    N(0, S_bb) at v: conditional times marginal.

    Not shown: that the determinant of the whole is det(K) det(S_bb), so that the constants agree too
    (`gauss.linear_posterior` shows the factorisation with its constants).
    """
    blocks(d)
    d.declare(u="vector n", v="vector k")
    d.define("L_aa", "inv(K)")
    d.define("L_ab", "-inv(K) @ G")
    d.define("L_bb", "inv(S_bb) + transpose(G) @ inv(K) @ G")
    d.claim("S_aa @ L_aa + S_ab @ transpose(L_ab) = eye(n)", "block aa", because="G = S_ab S_bb^-1")
    d.claim("S_aa @ L_ab + S_ab @ L_bb = zeros(n, k)", "block ab", because="the terms cancel")
    d.claim("transpose(S_ab) @ L_aa + S_bb @ transpose(L_ab) = zeros(k, n)", "block ba")
    d.claim(
        "transpose(S_ab) @ L_ab + S_bb @ L_bb = eye(k)", "block bb", because="S_bb G^T = S_ab^T"
    )
    d.start("quad(L_aa, u) + 2*dot(u, L_ab @ v) + quad(L_bb, v)", "exponent").eq(
        "quad(inv(K), u) - 2*dot(u, inv(K) @ (G @ v)) + quad(inv(K), G @ v) + quad(inv(S_bb), v)",
        because="the blocks of the inverse",
    ).eq("quad(inv(K), u - G @ v) + quad(inv(S_bb), v)", because="a square in u")
    d.wrong(
        "S_aa + S_ab @ inv(S_bb) @ transpose(S_ab) = K", "the Schur complement with a plus sign"
    )
    d.wrong(
        "quad(L_aa, u) + 2*dot(u, L_ab @ v) + quad(L_bb, v)"
        " = quad(inv(K), u + G @ v) + quad(inv(S_bb), v)",
        "the sign of the conditional mean",
    )
    d.wrong(
        "quad(L_aa, u) + 2*dot(u, L_ab @ v) + quad(L_bb, v)"
        " = quad(inv(S_aa), u - G @ v) + quad(inv(S_bb), v)",
        "the marginal covariance for the conditional one",
    )


@family.theorem(
    "conditional_moments",
    title="The rest of a linear regression is uncorrelated with the regressors",
    source="Bishop (2006), section 2.3.1; Anderson (2003), theorem 2.5.1",
)
def conditional_moments(d: Derivation) -> None:
    """For r = x_a - m_a - G (x_b - m_b) with G = S_ab S_bb^-1, linearity gives the mean 0, no correlation
    with x_b, and the covariance S_aa - S_ab S_bb^-1 S_ab^T. No normality is needed.

    Not shown: that under a normal law r and x_b are independent, so that this is the conditional law;
    its exponent is in `gauss.conditional`.
    """
    blocks(d)
    d.declare(P="space", m_a="vector n", m_b="vector k")
    d.declare({"x_a(w)": "vector n", "x_b(w)": "vector k"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean_a="Int(x_a(w), w, P) = m_a",
        h_mean_b="Int(x_b(w), w, P) = m_b",
        h_second_a="Int(x_a(w) @ transpose(x_a(w)), w, P) = S_aa + m_a @ transpose(m_a)",
        h_second_b="Int(x_b(w) @ transpose(x_b(w)), w, P) = S_bb + m_b @ transpose(m_b)",
        h_cross="Int(x_a(w) @ transpose(x_b(w)), w, P) = S_ab + m_a @ transpose(m_b)",
    )
    d.define("r(w)", "x_a(w) - m_a - G @ (x_b(w) - m_b)")
    d.claim("Int(r(w), w, P) = zeros(n, 1)", "mean", because="each deviation has mean 0")
    d.start("Int(r(w) @ transpose(x_b(w) - m_b), w, P)", "uncorrelated").eq(
        "S_ab - G @ S_bb", because="h_cross, h_second_b"
    ).eq("zeros(n, k)", because="S_bb^-1 S_bb = I")
    d.start("Int(r(w) @ transpose(r(w)), w, P)", "covariance").eq(
        "S_aa - G @ transpose(S_ab) - S_ab @ transpose(G) + G @ S_bb @ transpose(G)",
        because="linearity",
    ).eq("S_aa - S_ab @ inv(S_bb) @ transpose(S_ab)", because="three terms are the same up to sign")
    d.wrong(
        "Int(r(w) @ transpose(r(w)), w, P) = S_aa + S_ab @ inv(S_bb) @ transpose(S_ab)",
        "the Schur complement with a plus sign",
    )
    d.wrong("Int(r(w) @ transpose(r(w)), w, P) = S_aa", "knowing x_b leaves the spread as it is")


@family.theorem(
    "linear_posterior",
    title="Linear model with normal noise: evidence and posterior",
    source="Bishop (2006), eqs. 2.113 to 2.117",
)
def linear_posterior(d: Derivation) -> None:
    """z has the precision P and x given z the mean F z + b and the precision B. Written with the
    deviations y = z - m and r = x - F m - b, completing the square in y leaves
    quad(B, r) - quad(Q^-1, F^T B r), which is quad(C^-1, r) by Woodbury's identity, and the determinants
    go the same way by Sylvester's. So prior times likelihood is evidence times posterior, with all
    constants: N(x; F m + b, C) times N(z; Q^-1 (F^T B (x - b) + P m), Q^-1). Here Q = P + F^T B F and
    C = B^-1 + F P^-1 F^T.

    Not shown: that a normal density has mass 1, by which the first factor is the density of x.
    """
    d.declare(n="integer >= 1", k="integer >= 1", P="spd k x k", B="spd n x n", F="matrix n x k")
    d.declare(b="vector n", m="vector k", y="vector k", r="vector n")
    d.define("z", "m + y")
    d.define("x", "F @ m + b + r")
    d.define("Q", "P + transpose(F) @ B @ F")
    d.define("C", "inv(B) + F @ inv(P) @ transpose(F)")
    d.start("inv(Q) @ (transpose(F) @ B @ (x - b) + P @ m)", "posterior mean").eq(
        "inv(Q) @ (Q @ m) + inv(Q) @ transpose(F) @ B @ r", because="x - b = F m + r"
    ).eq("m + inv(Q) @ transpose(F) @ B @ r", because="Q^-1 Q = I")
    d.start("quad(P, z - m) + quad(B, x - F @ z - b)", "square").eq(
        "quad(P, y) + quad(B, r - F @ y)", because="deviations"
    ).eq(
        "quad(Q, y) - 2*trace(transpose(y) @ transpose(F) @ B @ r) + quad(B, r)",
        because="collect the powers of y",
    ).eq(
        "quad(Q, y - inv(Q) @ transpose(F) @ B @ r) + quad(B, r) - quad(inv(Q), transpose(F) @ B @ r)",
        because="complete the square",
    )
    d.claim("inv(C) = B - B @ F @ inv(Q) @ transpose(F) @ B", "Woodbury", because="multiply by C")
    d.start("quad(B, r) - quad(inv(Q), transpose(F) @ B @ r)", "rest").eq(
        "quad(B - B @ F @ inv(Q) @ transpose(F) @ B, r)", because="one form in r"
    ).eq("quad(inv(C), r)", using="Woodbury", because="Woodbury")
    d.start("det(C)", "determinants").eq(
        "det(inv(B))*det(eye(n) + (B @ F) @ (inv(P) @ transpose(F)))", because="take out B^-1"
    ).eq(
        "det(inv(B))*det(eye(k) + (inv(P) @ transpose(F)) @ (B @ F))",
        because="Sylvester's identity",
    ).eq("det(Q)/(det(B)*det(P))", because="P (I + P^-1 F^T B F) = Q")
    d.wrong(
        "inv(inv(B) + F @ inv(P) @ transpose(F)) = B - B @ F @ inv(P) @ transpose(F) @ B",
        "the posterior precision without that of the prior",
    )
    d.wrong("quad(inv(C), r) = quad(B, r)", "the evidence without the spread of z")
    d.wrong("det(C) = det(Q)/det(P)", "the constant without the noise")
    d.wrong(
        "quad(P, z - m) + quad(B, x - F @ z - b) = quad(Q, y - inv(Q) @ transpose(F) @ B @ r)"
        " + quad(B, r)",
        "the constant of the square is lost",
    )


@family.theorem(
    "linear_evidence",
    title="Mean and covariance of the evidence of a linear model",
    source="Bishop (2006), eqs. 2.115 and 2.110",
)
def linear_evidence(d: Derivation) -> None:
    """x = F z + b + e with noise e that has mean 0 and is not correlated with z. Linearity alone gives
    the mean F m + b, the covariance T + F S F^T, and the covariance S F^T of z with x.

    Not shown: that x is normal when z and e are; its density is in `gauss.linear_posterior`.
    """
    d.declare(P="space", n="integer >= 1", k="integer >= 1", S="spd k x k", T="spd n x n")
    d.declare(F="matrix n x k", b="vector n", m="vector k")
    d.declare({"z(w)": "vector k", "e(w)": "vector n"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(z(w), w, P) = m",
        h_second="Int(z(w) @ transpose(z(w)), w, P) = S + m @ transpose(m)",
        h_mean_noise="Int(e(w), w, P) = zeros(n, 1)",
        h_noise="Int(e(w) @ transpose(e(w)), w, P) = T",
        h_uncorrelated="Int(z(w) @ transpose(e(w)), w, P) = zeros(k, n)",
    )
    d.define("x(w)", "F @ z(w) + b + e(w)")
    d.start("Int(x(w), w, P)", "mean").eq("F @ m + b", because="linearity")
    d.start("Int((x(w) - F @ m - b) @ transpose(x(w) - F @ m - b), w, P)", "covariance").eq(
        "T + F @ S @ transpose(F)", because="the cross terms vanish"
    )
    d.start("Int((z(w) - m) @ transpose(x(w) - F @ m - b), w, P)", "cross-covariance").eq(
        "S @ transpose(F)", because="the noise has no part in it"
    )
    d.wrong(
        "Int((x(w) - F @ m - b) @ transpose(x(w) - F @ m - b), w, P) = F @ S @ transpose(F)",
        "the noise is forgotten",
    )
    d.wrong("Int(x(w), w, P) = F @ m", "the shift is forgotten")


@family.theorem(
    "product_mv",
    title="Product of two normal densities in d dimensions",
    source="Petersen and Pedersen (2012), section 8.1.8",
)
def product_mv(d: Derivation) -> None:
    """With x = a + u and b = a + y the exponents are forms in u and y. Precisions add, and completing
    the square in u leaves a form in y = b - a whose matrix is the inverse of A + B: the exponents of
    N(x; a, A) N(x; b, B) and of N(a; b, A + B) N(x; c, C) are the same.

    Not shown: that the constants agree, det(A) det(B) = det(A + B) det(C).
    """
    d.declare(d="integer >= 1", A="spd d x d", B="spd d x d")
    d.declare(a="vector d", u="vector d", y="vector d")
    d.define("x", "a + u")
    d.define("b", "a + y")
    d.define("C", "inv(inv(A) + inv(B))")
    d.define("c", "C @ (inv(A) @ a + inv(B) @ b)")
    d.claim(
        "c = a + C @ inv(B) @ y", "mean", because="b = a + y; C times the added precisions is I"
    )
    d.start("inv(B) - inv(B) @ C @ inv(B)", "rest").eq("inv(A + B)", because="multiply by A + B")
    d.start("quad(inv(A), x - a) + quad(inv(B), x - b)", "exponents").eq(
        "quad(inv(C), u) - 2*dot(u, inv(B) @ y) + quad(inv(B), y)",
        because="collect the powers of u",
    ).eq(
        "quad(inv(C), u - C @ inv(B) @ y) + quad(inv(B) - inv(B) @ C @ inv(B), y)",
        because="complete the square",
    ).eq("quad(inv(C), u - C @ inv(B) @ y) + quad(inv(A + B), y)", using="rest", because="rest").eq(
        "quad(inv(C), x - c) + quad(inv(A + B), a - b)", because="mean; the form is even"
    )
    d.wrong(
        "quad(inv(A), x - a) + quad(inv(B), x - b) = quad(inv(C), u - C @ inv(B) @ y)",
        "the normaliser N(a; b, A + B) is missing",
    )
    d.wrong("inv(B) - inv(B) @ C @ inv(B) = inv(A) + inv(B)", "precisions for covariances")


@family.theorem(
    "matrix_calculus",
    title="Derivatives by a matrix, along a line",
    source="Petersen and Pedersen (2012), sections 2.1 to 2.5",
)
def matrix_calculus(d: Derivation) -> None:
    """The derivative at A along B is an inner product with the gradient, trace(gradient^T B): so the
    gradients are A^-T, -(A^-1 C A^-1)^T and C^T. The logarithm of |det A| is half that of its square.
    """
    d.declare(d="integer >= 1", t="real", A="matrix d x d", B="matrix d x d", C="matrix d x d")
    d.assume(h_inverse="det(A) != 0")
    d.start("diff(det(A + t*B), t; 0)", "determinant").eq(
        "det(A)*trace(inv(A) @ B)", because="Jacobi's formula"
    )
    d.start("diff(log(det(A + t*B)**2)/2, t; 0)", "log determinant").eq(
        "trace(inv(A) @ B)", because="the derivative of a logarithm; determinant"
    ).eq("trace(transpose(transpose(inv(A))) @ B)", because="the gradient is A^-T")
    d.start("diff(trace(inv(A + t*B) @ C), t; 0)", "inverse").eq(
        "-trace(inv(A) @ B @ inv(A) @ C)", because="0 = d(A A^-1)"
    ).eq("trace(transpose(-transpose(inv(A) @ C @ inv(A))) @ B)", because="the trace is cyclic")
    d.start("diff(trace((A + t*B) @ C), t; 0)", "trace").eq(
        "trace(transpose(transpose(C)) @ B)", because="linear in A; the trace is cyclic"
    )
    d.wrong(
        "diff(log(det(A + t*B)**2)/2, t; 0) = trace(transpose(inv(A)) @ B)",
        "the gradient without the transpose",
    )
    d.wrong("diff(trace(inv(A + t*B) @ C), t; 0) = trace(inv(A) @ B @ inv(A) @ C)", "the sign")
    d.wrong("diff(trace((A + t*B) @ C), t; 0) = trace(transpose(C) @ B)", "C for its transpose")


@family.theorem(
    "score_mv",
    title="Score of a normal law in d dimensions",
    source="Hyvärinen (2005); Song and Ermon (2019)",
)
def score_mv(d: Derivation) -> None:
    """Along a direction h only the form depends on x; its slope is -h^T S^-1 (x - m), so the score is
    -S^-1 (x - m). With S = s^2 I and x = m + s e this is -e/s.
    """
    d.declare(d="integer >= 1", t="real", s="positive", S="spd d x d")
    d.declare(x="vector d", m="vector d", h="vector d", e="vector d")
    d.start("diff(-(d*log(2*pi) + log(det(S)) + quad(inv(S), x + t*h - m))/2, t; 0)", "along h").eq(
        "-dot(h, inv(S) @ (x - m))", because="S^-1 is symmetric"
    )
    d.start(
        "diff(-(d*log(2*pi*s**2) + dot(x + t*h - m, x + t*h - m)/s**2)/2, t; 0)", "equal variances"
    ).eq("-dot(h, x - m)/s**2", because="the slope of a square")
    d.start(
        "diff(-(d*log(2*pi*s**2) + dot(m + s*e + t*h - m, m + s*e + t*h - m)/s**2)/2, t; 0)",
        "noise",
    ).eq("-dot(h, e)/s", because="x - m = s e")
    d.wrong(
        "diff(-(d*log(2*pi) + log(det(S)) + quad(inv(S), x + t*h - m))/2, t; 0)"
        " = dot(h, inv(S) @ (x - m))",
        "the sign",
    )
    d.wrong(
        "diff(-(d*log(2*pi*s**2) + dot(m + s*e + t*h - m, m + s*e + t*h - m)/s**2)/2, t; 0)"
        " = -dot(h, e)/s**2",
        "the variance for the standard deviation",
    )
