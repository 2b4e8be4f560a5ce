"""Transport between normal laws in d dimensions, the trace estimator, and Stein's lemma for quadratics.

Random vectors are functions on a space P of outcomes; what is assumed of them are moments.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gauss.common import family


@family.theorem(
    "w2",
    title="Wasserstein distance between normal laws: the map, its cost, and that no coupling costs less",
    source="Dowson and Landau (1982); Olkin and Pukelsheim (1982); Givens and Shortt (1984)",
)
def w2(d: Derivation) -> None:
    """x has mean m and covariance S, y has mean n and covariance T = A S A for a positive definite A, and
    C is their cross-covariance. The cost of the coupling is linear in trace(C). For deviations u of x
    and v of y, |A^(1/2) u - A^(-1/2) v|^2 is not negative at any point, and its expectation is
    trace(A S) + trace(A^-1 T) - 2 trace(C), where trace(A^-1 T) = trace(A S). So trace(C) is at most
    trace(A S), whatever the coupling, and the map n + A (x - m) reaches this. `gauss.w2_map` finds A.

    Not shown: singular covariances.
    """
    d.declare(P="space", d="integer >= 1", S="spd d x d", A="spd d x d", C="matrix d x d")
    d.declare(m="vector d", n="vector d")
    d.define("T", "A @ S @ A")
    d.assume(h_norm="Int(1, w, P) = 1")
    d.declare({"u(w)": "vector d", "v(w)": "vector d"})
    d.assume(
        h_mean="Int(u(w), w, P) = zeros(d, 1)",
        h_cov="Int(u(w) @ transpose(u(w)), w, P) = S",
        h_mean_y="Int(v(w), w, P) = zeros(d, 1)",
        h_cov_y="Int(v(w) @ transpose(v(w)), w, P) = T",
        h_cross="Int(u(w) @ transpose(v(w)), w, P) = C",
    )
    d.define("x(w)", "m + u(w)")
    d.define("y(w)", "n + v(w)")
    d.define("F(w)", "n + A @ (x(w) - m)")
    d.start("Int(dot(x(w) - y(w), x(w) - y(w)), w, P)", "cost").eq(
        "dot(m - n, m - n) + trace(S) + trace(T) - 2*trace(C)", because="expand the square"
    )
    d.start("2*trace(A @ S) - 2*trace(C)", "gap").eq(
        "trace(A @ S) - 2*trace(C) + trace(inv(A) @ T)", because="A^-1 A S A = S A"
    ).eq(
        "Int(quad(A, u(w)) - 2*dot(u(w), v(w)) + quad(inv(A), v(w)), w, P)",
        because="linearity; the trace is cyclic",
    ).eq("Int(quad(inv(A), A @ u(w) - v(w)), w, P)", because="a square").ge(
        "0", because="A^-1 is positive definite"
    )
    d.start("Int(dot(x(w) - y(w), x(w) - y(w)), w, P)", "bound").eq(
        "dot(m - n, m - n) + trace(S) + trace(T) - 2*trace(C)", using="cost", because="cost"
    ).ge("dot(m - n, m - n) + trace(S) + trace(T) - 2*trace(A @ S)", using="gap", because="gap")
    d.claim("Int(F(w), w, P) = n", "mean of the map", because="linearity")
    d.claim("Int((F(w) - n) @ transpose(F(w) - n), w, P) = T", "covariance of the map")
    d.start("Int(dot(x(w) - F(w), x(w) - F(w)), w, P)", "cost of the map").eq(
        "dot(m - n, m - n) + trace(S) + trace(T) - 2*trace(A @ S)", because="C = S A for the map"
    )
    d.wrong(
        "Int(dot(x(w) - F(w), x(w) - F(w)), w, P)"
        " = dot(m - n, m - n) + trace(S) + trace(T) - trace(A @ S)",
        "the cross term once only",
    )
    d.wrong(
        "Int(dot(x(w) - y(w), x(w) - y(w)), w, P)"
        " = dot(m - n, m - n) + trace(S) + trace(T) - 2*trace(A @ S)",
        "every coupling is the best",
    )


@family.theorem(
    "w2_map",
    title="The linear map between two normal laws and the trace in their distance",
    source="Olkin and Pukelsheim (1982); Takatsu (2011), section 2",
)
def w2_map(d: Derivation) -> None:
    """R and M are symmetric, R^2 = S and M^2 = R T R. Then A = R^-1 M R^-1 is symmetric, A S A = T, and
    trace(A S) = trace(M): with `gauss.w2` the squared distance is
    |m - n|^2 + trace(S + T - 2 (S^(1/2) T S^(1/2))^(1/2)). When the roots W of S and V of T commute,
    W V is a root of W T W, and the trace is that of (W - V)^2.

    Not shown: that the roots exist (they do, by the spectral theorem).
    """
    d.declare(d="integer >= 1", S="spd d x d", T="spd d x d", R="spd d x d", M="spd d x d")
    d.declare(V="spd d x d", W="spd d x d")
    d.assume(h_root="R @ R = S", h_root_2="M @ M = R @ T @ R", h_commute="W @ V = V @ W")
    d.define("A", "inv(R) @ M @ inv(R)")
    d.claim("transpose(A) = A", "symmetric", because="R and M are symmetric")
    d.start("A @ S @ A", "map").eq("inv(R) @ M @ M @ inv(R)", because="S = R R").eq(
        "T", because="M M = R T R"
    )
    d.start("trace(A @ S)", "trace").eq("trace(M)", because="the trace is cyclic; S = R R")
    d.start("(W @ V) @ (W @ V)", "commuting roots").eq("W @ (V @ V) @ W", because="W and V commute")
    d.start("trace(W @ W + V @ V - 2*(W @ V))", "commuting").eq(
        "trace((W - V) @ (W - V))", because="W and V commute"
    )
    d.wrong("trace(M) = trace(R @ T @ R)", "the root is forgotten")
    d.wrong("inv(R) @ M @ inv(R) = M @ inv(S)", "M and R as if they commuted")


@family.theorem(
    "hutchinson_mv",
    title="The trace estimator in d dimensions",
    source="Hutchinson (1989); Grathwohl et al. (2019), eq. 6",
)
def hutchinson_mv(d: Derivation) -> None:
    """e^T A e is the trace of A e e^T, and e e^T has the mean I. For an e with mean 0 and covariance I
    the shifted form has the shift's form added.

    Not shown: the variance (`gauss.hutchinson` has it in two dimensions).
    """
    d.declare(P="space", d="integer >= 1", A="matrix d x d", a="vector d")
    d.declare({"e(w)": "vector d"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(e(w), w, P) = zeros(d, 1)",
        h_cov="Int(e(w) @ transpose(e(w)), w, P) = eye(d)",
    )
    d.start("Int(quad(A, e(w)), w, P)", "trace").eq(
        "trace(A @ Int(e(w) @ transpose(e(w)), w, P))", because="the trace is cyclic and linear"
    ).eq("trace(A)", because="h_cov")
    d.start("Int(quad(A, a + e(w)), w, P)", "shifted").eq(
        "quad(A, a) + trace(A)", because="the mean of e is 0"
    )
    d.wrong("Int(quad(A, e(w)), w, P) = trace(A @ A)", "the square of A")
    d.wrong("Int(quad(A, a + e(w)), w, P) = trace(A)", "the shift is forgotten")


@family.theorem(
    "stein_mv",
    title="Stein's lemma in d dimensions, for quadratic functions",
    source="Stein (1981), lemma 2; Landsman and Neslehova (2008)",
)
def stein_mv(d: Derivation) -> None:
    """f(x) = c + g^T x + x^T B x/2 has the gradient g + (B + B^T) x/2. Around the mean it is a number, a
    linear part and a form in u = x - m; times u they have the expectations 0, S (g + (B + B^T) m/2) and,
    by symmetry of the law, 0. The middle one is S times the expected gradient.

    Not shown: functions that are not quadratic; on the line `gauss.stein` has them.
    """
    d.declare(P="space", d="integer >= 1", S="spd d x d", B="matrix d x d", t="real")
    d.declare(m="vector d", g="vector d", h="vector d", c="real", a="vector d")
    d.declare({"u(w)": "vector d"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(u(w), w, P) = zeros(d, 1)",
        h_cov="Int(u(w) @ transpose(u(w)), w, P) = S",
        h_symmetric="Int(quad(B, u(w))*u(w), w, P) = zeros(d, 1)",
    )
    d.define("x(w)", "m + u(w)")
    d.define("f(w)", "c + dot(g, x(w)) + quad(B, x(w))/2")
    d.define("grad(w)", "g + (B + transpose(B)) @ x(w)/2")
    d.start("diff(c + dot(g, a + t*h) + quad(B, a + t*h)/2, t; 0)", "gradient").eq(
        "dot(h, g + (B + transpose(B)) @ a/2)", because="the slope along h"
    )
    d.start("Int(f(w)*(x(w) - m), w, P)", "covariance").eq(
        "Int((c + dot(g, m) + quad(B, m)/2)*u(w)"
        " + u(w) @ transpose(u(w)) @ (g + (B + transpose(B)) @ m/2) + quad(B, u(w))*u(w)/2, w, P)",
        because="expand around the mean",
    ).eq("S @ (g + (B + transpose(B)) @ m/2)", because="h_mean, h_cov, h_symmetric").eq(
        "S @ Int(grad(w), w, P)", because="the gradient is linear in x"
    )
    d.wrong("Int(f(w)*(x(w) - m), w, P) = inv(S) @ Int(grad(w), w, P)", "the inverse of S")
    d.wrong("Int(f(w)*(x(w) - m), w, P) = S @ (g + B @ m)", "B as if it were symmetric")


@family.theorem(
    "mle_mv",
    title="Maximum likelihood for a normal law in d dimensions: the excess over the best value",
    source="Bishop (2006), section 2.3.4; Petersen and Pedersen (2012), section 8.2",
)
def mle_mv(d: Derivation) -> None:
    """P is the law of the data, so Int(., w, P) is their average; m is their mean and S their
    covariance with the divisor N. The average log-likelihood of N(n, T) depends on the data through m
    and S alone, and falls short of that of N(m, S) by the divergence of N(n, T) from N(m, S), the form of
    `gauss.kl_mv`. For every T the mean m is best. At n = m, T = S the slope along every direction of the
    covariance is 0.

    Not shown: that the divergence is not negative for all n and T, which is `info.gibbs`.
    """
    d.declare(P="space", d="integer >= 1", S="spd d x d", T="spd d x d", m="vector d", n="vector d")
    d.declare(H="symmetric d x d", t="real")
    d.declare({"x(w)": "vector d"})
    d.assume(
        h_norm="Int(1, w, P) = 1",
        h_mean="Int(x(w), w, P) = m",
        h_cov="Int((x(w) - m) @ transpose(x(w) - m), w, P) = S",
    )
    d.define("log_q(w)", "-(d*log(2*pi) + log(det(T)) + quad(inv(T), x(w) - n))/2")
    d.define("log_best(w)", "-(d*log(2*pi) + log(det(S)) + quad(inv(S), x(w) - m))/2")
    d.define("log_mean(w)", "-(d*log(2*pi) + log(det(T)) + quad(inv(T), x(w) - m))/2")
    d.start("Int(log_q(w), w, P)", "likelihood").eq(
        "-(d*log(2*pi) + log(det(T)) + trace(inv(T) @ S) + quad(inv(T), m - n))/2",
        because="x - n has the mean m - n and the covariance S",
    )
    d.start("Int(log_best(w), w, P) - Int(log_q(w), w, P)", "excess").eq(
        "(log(det(T)) - log(det(S)) + trace(inv(T) @ S) - d + quad(inv(T), m - n))/2",
        because="likelihood, and at n = m, T = S",
    )
    d.start("Int(log_mean(w), w, P) - Int(log_q(w), w, P)", "mean").eq(
        "quad(inv(T), m - n)/2", because="likelihood, twice"
    ).ge("0", because="T^-1 is positive definite")
    d.start(
        "diff(-(d*log(2*pi) + log(det(T + t*H)) + trace(inv(T + t*H) @ S))/2, t; 0)", "slope"
    ).eq("trace(inv(T) @ (S - T) @ inv(T) @ H)/2", because="gauss.matrix_calculus")
    d.wrong(
        "Int(log_q(w), w, P) = -(d*log(2*pi) + log(det(T)) + trace(inv(S) @ T) + quad(inv(T), m - n))/2",
        "S^-1 T in the trace",
    )
    d.wrong(
        "diff(-(d*log(2*pi) + log(det(T + t*H)) + trace(inv(T + t*H) @ S))/2, t; 0)"
        " = trace(inv(T) @ (2*S - T) @ inv(T) @ H)/2",
        "a zero at another multiple of S, as with the divisor N - 1",
    )


@family.theorem(
    "tweedie_mv",
    title="Tweedie's formula in d dimensions, along a direction",
    source="Robbins (1956); Efron (2011); Luo (2022), eqs. 131 to 133",
)
def tweedie_mv(d: Derivation) -> None:
    """y = a x + s e with normal noise e; P is the law of x, and k(w, t) the density of y + t h given
    x(w), up to a constant that cancels. Z is the density of y, and r the mean of x given y, the mean
    weighed by k(w, 0)/Z. The slope of k along h is -k h^T (y - a x)/s^2, and its integral D is
    -Z h^T (y - a r)/s^2. So a r = y + s^2 D/Z along h; D is the slope of the density when
    differentiation passes under the integral, and then D/Z is that of its logarithm.

    Not shown: that differentiation passes under the integral; the covariance.
    """
    d.declare(P="space", d="integer >= 1", s="positive", a="real", t="real", Z="positive")
    d.declare(y="vector d", h="vector d", r="vector d")
    d.declare({"x(w)": "vector d"})
    d.define("k(w, t)", "exp(-dot(y + t*h - a*x(w), y + t*h - a*x(w))/(2*s**2))")
    d.assume(h_density="Int(k(w, 0), w, P) = Z", h_posterior="Int(k(w, 0)*x(w), w, P) = Z*r")
    d.define("D", "Int(diff(k(w, t), t; 0), w, P)")
    d.start("D", "slope").eq(
        "Int(-k(w, 0)*dot(h, y - a*x(w))/s**2, w, P)", because="the slope of the exponent"
    ).eq("-Z*dot(h, y - a*r)/s**2", because="h_density, h_posterior")
    d.start("dot(h, y) + s**2*(D/Z)", "formula").eq(
        "dot(h, y) - dot(h, y - a*r)", because="slope"
    ).eq("a*dot(h, r)", because="linear in y")
    d.wrong("dot(h, y) - s**2*(D/Z) = a*dot(h, r)", "the sign")
    d.wrong("dot(h, y) + s*(D/Z) = a*dot(h, r)", "the standard deviation for the variance")
    d.wrong("dot(h, y) + s**2*(D/Z) = dot(h, r)", "the scale a is forgotten")
