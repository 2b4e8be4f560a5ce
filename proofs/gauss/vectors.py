"""Random vectors: expectations of quadratic forms, and the divergence of normal laws in d dimensions.

A random vector x is a function on a space P of outcomes: `x(w)`. What is assumed of it are its moments,
`h_mean` and `h_second`; a normal law enters through the logarithm of its density.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gauss.common import family

SECOND = "Int(x(w) @ transpose(x(w)), w, P) = S + m @ transpose(m)"


def random_vector(d: Derivation) -> None:
    """A vector x(w) of dimension d with mean m and covariance S."""
    d.declare(P="space", d="integer >= 1", m="vector d", S="spd d x d")
    d.declare({"x(w)": "vector d"})
    d.assume(h_norm="Int(1, w, P) = 1", h_mean="Int(x(w), w, P) = m", h_second=SECOND)


@family.theorem(
    "quadratic",
    title="Expectation of a quadratic form of a random vector",
    source="Petersen and Pedersen (2012), eq. 318; Rencher and Schaalje (2008), theorem 5.2a",
)
def quadratic(d: Derivation) -> None:
    """The form x^T A x is a number, so it is its own trace, and under the trace x goes round: it is
    trace(A x x^T), linear in x x^T. No normality is needed, and A need not be symmetric.
    """
    random_vector(d)
    d.declare(n="integer >= 1", A="matrix d x d", U="matrix n x d", a="vector n")
    d.start("Int(quad(A, x(w)), w, P)", "form").eq(
        "Int(trace(A @ (x(w) @ transpose(x(w)))), w, P)", because="the trace is cyclic"
    ).eq("trace(A @ Int(x(w) @ transpose(x(w)), w, P))", because="the trace is linear").eq(
        "trace(A @ (S + m @ transpose(m)))", because="h_second"
    ).eq("quad(A, m) + trace(A @ S)", because="the trace is linear and cyclic")
    d.start("Int(dot(U @ x(w) - a, U @ x(w) - a), w, P)", "squared distance").eq(
        "Int(quad(transpose(U) @ U, x(w)) - 2*dot(a, U @ x(w)) + dot(a, a), w, P)",
        because="expand the square",
    ).eq(
        "quad(transpose(U) @ U, m) + trace(transpose(U) @ U @ S) - 2*dot(a, U @ m) + dot(a, a)",
        because="linearity; form, with A = U^T U",
    ).eq("dot(U @ m - a, U @ m - a) + trace(U @ S @ transpose(U))", because="the square of U m - a")
    d.wrong("Int(quad(A, x(w)), w, P) = quad(A, m)", "the trace term is missing")
    d.wrong("Int(quad(A, x(w)), w, P) = quad(A, m) + trace(A @ S @ A)", "A on both sides of S")
    d.wrong(
        "Int(dot(U @ x(w) - a, U @ x(w) - a), w, P) = dot(U @ m - a, U @ m - a)",
        "the spread of x is forgotten",
    )


def log_density(d: Derivation, name: str, mean: str, covariance: str) -> None:
    """The logarithm of the normal density at x(w)."""
    d.define(
        f"{name}(w)",
        f"-(d*log(2*pi) + log(det({covariance})) + quad(inv({covariance}), x(w) - {mean}))/2",
    )


@family.theorem(
    "entropy",
    title="Entropy and cross-entropy of normal laws in d dimensions",
    source="Cover and Thomas (2006), theorem 8.4.1",
)
def entropy(d: Derivation) -> None:
    """The log density is a constant and a quadratic form in x - m. Its expectation is the trace of
    S^-1 S, which is d; under another normal law it is trace(T^-1 S) and the distance of the means.
    """
    random_vector(d)
    d.declare(n="vector d", T="spd d x d")
    log_density(d, "log_p", "m", "S")
    log_density(d, "log_q", "n", "T")
    d.start("Int(quad(inv(S), x(w) - m), w, P)", "spread").eq(
        "trace(inv(S) @ S)", because="the form of x - m, whose mean is 0"
    ).eq("d", because="S^-1 S is the identity")
    d.start("-Int(log_p(w), w, P)", "entropy").eq(
        "(d*log(2*pi) + log(det(S)) + Int(quad(inv(S), x(w) - m), w, P))/2", because="linearity"
    ).eq("(d*log(2*pi) + log(det(S)) + d)/2", using=("spread",), because="spread").eq(
        "(d*(log(2*pi) + 1) + log(det(S)))/2", because="algebra"
    )
    d.start("-Int(log_q(w), w, P)", "cross-entropy").eq(
        "(d*log(2*pi) + log(det(T)) + Int(quad(inv(T), x(w) - n), w, P))/2", because="linearity"
    ).eq(
        "(d*log(2*pi) + log(det(T)) + trace(inv(T) @ S) + quad(inv(T), m - n))/2",
        because="the form of x - n, whose mean is m - n",
    )
    d.wrong("-Int(log_p(w), w, P) = (log(2*pi) + log(det(S)) + d)/2", "2*pi without the power d")
    d.wrong("-Int(log_p(w), w, P) = (d*log(2*pi) + log(det(S)))/2", "the spread is forgotten")


@family.theorem(
    "kl_mv",
    title="KL divergence between normal laws in d dimensions",
    source="Kingma and Welling (2014), appendix B; Cover and Thomas (2006), exercise 8.17",
)
def kl_mv(d: Derivation) -> None:
    """The divergence is the expectation, under the first law, of the difference of the log densities:
    a constant, and two quadratic forms in x. Their expectations are traces.
    """
    random_vector(d)
    d.declare(n="vector d", T="spd d x d")
    log_density(d, "log_p", "m", "S")
    log_density(d, "log_q", "n", "T")
    d.define("KL_pq", "Int(log_p(w) - log_q(w), w, P)")
    d.start("Int(quad(inv(S), x(w) - m), w, P)", "own spread").eq("d", because="trace(S^-1 S)")
    d.start("Int(quad(inv(T), x(w) - n), w, P)", "other spread").eq(
        "trace(inv(T) @ S) + quad(inv(T), m - n)", because="x - n has mean m - n and covariance S"
    )
    d.start("KL_pq", "divergence").eq(
        "Int(log(det(T)) - log(det(S)) + quad(inv(T), x(w) - n) - quad(inv(S), x(w) - m), w, P)/2",
        because="the constants d*log(2*pi) cancel",
    ).eq(
        "(log(det(T)) - log(det(S)) + Int(quad(inv(T), x(w) - n), w, P)"
        " - Int(quad(inv(S), x(w) - m), w, P))/2",
        because="linearity; each integral exists",
    ).eq(
        "(log(det(T)) - log(det(S)) + trace(inv(T) @ S) + quad(inv(T), m - n) - d)/2",
        because="own spread, other spread",
    ).eq(
        "(log(det(T)/det(S)) + trace(inv(T) @ S) + quad(inv(T), n - m) - d)/2",
        because="the log of a quotient; the form is even",
    )
    half = "(log(det(T)/det(S)) + {} - d)/2"
    d.wrong(
        f"KL_pq = {half.format('trace(inv(S) @ T) + quad(inv(T), n - m)')}", "S^-1 T in the trace"
    )
    d.wrong(f"KL_pq = {half.format('trace(inv(T) @ S) + quad(inv(S), n - m)')}", "S^-1 in the form")
    d.wrong(
        "KL_pq = (log(det(S)/det(T)) + trace(inv(T) @ S) + quad(inv(T), n - m) - d)/2",
        "the ratio of the determinants upside down",
    )
    d.wrong(
        "KL_pq = (log(det(T)/det(S)) + trace(inv(T) @ S) + quad(inv(T), n - m))/2", "d is missing"
    )


@family.theorem(
    "affine",
    title="Mean and covariance of affine images and of independent sums",
    source="Bishop (2006), section 2.3",
)
def affine(d: Derivation) -> None:
    """Expectation is linear, so the mean of A x + b is A m + b, and x x^T is taken to A x x^T A^T. For
    two vectors with E[x y^T] = E[x] E[y]^T, as independence gives, the covariances add.

    Not shown: that the image of a normal law is normal. In one dimension `gauss.affine_1d` shows it.
    """
    random_vector(d)
    d.declare(k="integer >= 1", A="matrix k x d", b="vector k", n="vector d", T="spd d x d")
    d.declare({"y(w)": "vector d"})
    d.assume(
        h_mean_y="Int(y(w), w, P) = n",
        h_second_y="Int(y(w) @ transpose(y(w)), w, P) = T + n @ transpose(n)",
        h_uncorrelated="Int(x(w) @ transpose(y(w)), w, P) = m @ transpose(n)",
    )
    d.start("Int(A @ x(w) + b, w, P)", "mean").eq(
        "A @ Int(x(w), w, P) + b", because="linearity, and P has mass 1"
    ).eq("A @ m + b", because="h_mean")
    d.start(
        "Int((A @ x(w) + b - (A @ m + b)) @ transpose(A @ x(w) + b - (A @ m + b)), w, P)",
        "covariance",
    ).eq("A @ Int((x(w) - m) @ transpose(x(w) - m), w, P) @ transpose(A)", because="linearity").eq(
        "A @ S @ transpose(A)", because="h_second less m m^T"
    )
    d.start("Int((x(w) + y(w) - (m + n)) @ transpose(x(w) + y(w) - (m + n)), w, P)", "sum").eq(
        "S + T", because="the cross terms cancel by h_uncorrelated"
    )
    d.wrong(
        "Int((A @ x(w) + b - (A @ m + b)) @ transpose(A @ x(w) + b - (A @ m + b)), w, P)"
        " = A @ S @ transpose(A) + b @ transpose(b)",
        "the shift does not change the covariance",
    )
    d.wrong("Int(A @ x(w) + b, w, P) = A @ m", "the shift is forgotten")
