"""Information theory in d dimensions: the entropy of a density with a given covariance."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.info.common import family


@family.theorem(
    "gauss_max_entropy_mv",
    title="The entropy of a density is that of the normal law less a divergence, in d dimensions",
    source="Cover and Thomas (2006), theorem 8.6.5",
)
def gauss_max_entropy_mv(d: Derivation) -> None:
    """p is a density of a vector x, with mean m and covariance S, and g the normal density with these.
    The logarithm of g is a constant and a form in x - m, whose expectation under p is d as under g. So
    the cross-entropy is the entropy of the normal law, and the entropy of p is less by KL(p, g).

    Not shown: that the divergence is not negative, which is `info.gibbs`; with it the normal law has the
    largest entropy.
    """
    d.declare(P="space", d="integer >= 1", S="spd d x d", m="vector d")
    d.declare({"x(w)": "vector d", "p(w)": "positive"})
    d.assume(
        h_norm="Int(p(w), w, P) = 1",
        h_mean="Int(p(w)*x(w), w, P) = m",
        h_cov="Int(p(w)*((x(w) - m) @ transpose(x(w) - m)), w, P) = S",
        h_entropy="Int(p(w)*log(p(w)), w, P) = Int(p(w)*log(p(w)), w, P)",
    )
    d.define("log_g(w)", "-(d*log(2*pi) + log(det(S)) + quad(inv(S), x(w) - m))/2")
    d.define("g(w)", "exp(log_g(w))")
    d.start("Int(p(w)*quad(inv(S), x(w) - m), w, P)", "spread").eq(
        "trace(inv(S) @ S)", because="the trace is cyclic; h_cov"
    ).eq("d", because="S^-1 S = I")
    d.start("-Int(p(w)*log(g(w)), w, P)", "cross-entropy").eq(
        "(d*log(2*pi) + log(det(S)) + Int(p(w)*quad(inv(S), x(w) - m), w, P))/2",
        because="linearity",
    ).eq("(d*(log(2*pi) + 1) + log(det(S)))/2", because="spread")
    d.start("-Int(p(w)*log(p(w)), w, P)", "entropy").eq(
        "-Int(p(w)*log(g(w)), w, P) - Int(p(w)*log(p(w)/g(w)), w, P)", because="the log of a ratio"
    ).eq(
        "(d*(log(2*pi) + 1) + log(det(S)))/2 - Int(p(w)*log(p(w)/g(w)), w, P)",
        because="cross-entropy",
    )
    d.wrong(
        "-Int(p(w)*log(g(w)), w, P) = (d*(log(2*pi) + 1) + log(det(S)**2))/2",
        "the determinant of the covariance squared",
    )
    d.wrong(
        "-Int(p(w)*log(g(w)), w, P) = (log(2*pi) + d + log(det(S)))/2", "2*pi without the power d"
    )
