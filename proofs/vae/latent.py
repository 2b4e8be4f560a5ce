"""The latent of a variational autoencoder: gradient equations, beta, collapse, one dimension."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.vae.common import family


@family.theorem(
    "linear_stationary",
    title="The best encoder of the linear model solves the gradient equations",
    source="Lucas et al. (2019), section 4; Bishop (2006), section 12.2",
)
def linear_stationary(d: Derivation) -> None:
    """P = U'U/a + I/b, S = P^-1, W = S U'/a. The bound depends on W and S by the two functions
    here; their slopes along H (for W) and T (for S, near S itself) are inner products with the
    gradients. Both gradients are zero: U'(x - U W x)/a - W x/b = (U' - P S U') x/a = 0, and S^-1 =
    P.

    Not shown: that these functions are the bound (expectations of random vectors,
    `vae.linear_elbo`), and that the point is the maximum.
    """
    d.declare(
        n="integer >= 1",
        k="integer >= 1",
        U="matrix n x k",
        x="vector n",
        a="positive",
        b="positive",
    )
    d.declare(V="matrix k x n", H="matrix k x n", S="spd k x k", T="symmetric k x k", t="real")
    d.define("W", "1/a*(inv(1/a*(U.T @ U) + 1/b*eye(k)) @ U.T)")
    d.start(
        (
            "diff(-dot(x - U @ (V + t*H) @ x, x - U @ (V + t*H) @ x)/(2*a) - dot((V + t*H) @ x, (V "
            "+ t*H) @ x)/(2*b), t; 0)"
        ),
        label="slope in W",
    ).eq("dot(H @ x, 1/a*(U.T @ (x - U @ V @ x)) - 1/b*(V @ x))", because="product rule")
    d.start(
        (
            "diff(-trace(U @ (S + t*T) @ U.T)/(2*a) + log(det(S + t*T))/2 - trace(S + t*T)/(2*b), "
            "t; 0)"
        ),
        label="slope in S",
    ).eq(
        "trace((inv(S) - 1/a*(U.T @ U) - 1/b*eye(k)) @ T)/2", because="slope of the log determinant"
    )
    d.start("1/a*(U.T @ (x - U @ W @ x)) - 1/b*(W @ x)", label="zero in W").eq(
        (
            "1/a*(U.T @ x) - 1/a*((1/a*(U.T @ U) + 1/b*eye(k)) @ inv(1/a*(U.T @ U) + 1/b*eye(k)) @ "
            "U.T @ x)"
        ),
        because="collect W",
    ).eq("zeros(k, 1)", because="P P^-1 = I")
    d.start(
        "inv(inv(1/a*(U.T @ U) + 1/b*eye(k))) - 1/a*(U.T @ U) - 1/b*eye(k)", label="zero in S"
    ).eq("zeros(k, k)", because="the inverse of an inverse")
    d.wrong("1/a*(U.T @ (x - U @ V @ x)) - 1/b*(V @ x) = zeros(k, 1)", why="any encoder")


@family.theorem(
    "ppca_stationary",
    title="Probabilistic PCA: the principal directions solve the gradient equation",
    source="Tipping, Bishop (1999), appendix A; Bishop (2006), equation 12.45",
)
def ppca_stationary(d: Derivation) -> None:
    """Q has orthonormal eigenvectors of the sample covariance T, T Q = Q L with L diagonal, and D
    commutes with L, D^2 = L - h I. For U = Q D R with an orthogonal R the covariance C = U U' + h I
    has the same eigenvectors and values, so T C^-1 U = U, which is the gradient equation for U.

    Not shown: that this is the gradient equation; that the maximum has the largest eigenvalues; the
    best noise h.
    """
    d.declare(n="integer >= 1", k="integer >= 1", Q="matrix n x k", T="spd n x n", h="positive")
    d.declare(D="symmetric k x k", R="matrix k x k", L="spd k x k", C="spd n x n")
    d.assume(
        h_orthonormal="Q.T @ Q = eye(k)", h_eigen="T @ Q = Q @ L", h_noise="D @ D + h*eye(k) = L"
    )
    d.assume(h_commute="D @ L = L @ D", h_rotation="R @ R.T = eye(k)")
    d.start("(Q @ D @ R @ (Q @ D @ R).T + h*eye(n)) @ Q", label="eigenvectors").eq(
        "Q @ D @ D + h*Q", because="R R' = I and Q'Q = I"
    ).eq("Q @ L", because="D^2 + h I = L")
    d.start("T @ Q @ inv(L) @ D @ R", label="gradient").eq(
        "Q @ L @ inv(L) @ D @ R", because="eigenvectors of T"
    ).eq("Q @ D @ R", because="L L^-1 = I")
    d.wrong("(Q @ L @ Q.T + h*eye(n)) @ Q = Q @ L", why="no subtraction of the noise: D^2 = L")


@family.theorem(
    "ppca_inverse", title="Eigenvectors of an inverse", source="Bishop (2006), appendix C"
)
def ppca_inverse(d: Derivation) -> None:
    """C Q = Q L with invertible C and L gives C^-1 Q = Q L^-1; with `vae.ppca_stationary`, T C^-1 U
    = T Q L^-1 D R = U.
    """
    d.declare(n="integer >= 1", k="integer >= 1", Q="matrix n x k", L="spd k x k", C="spd n x n")
    d.assume(h_eigen="C @ Q = Q @ L")
    d.start("inv(C) @ Q", label="inverse").eq("Q @ inv(L)", because="multiply by C^-1 and L^-1")
    d.wrong("inv(C) @ Q = Q @ L", why="the eigenvalues not inverted")


@family.theorem(
    "linear_beta",
    title="Best encoder with a weight on the divergence",
    source="Higgins et al. (2017); Lucas et al. (2019)",
)
def linear_beta(d: Derivation) -> None:
    """One number: encoder N(m, v), decoder variance s, prior N(0, 1), weight b. The objective is b
    times the bound with noise b s, up to a constant. Completing the square, the objective at v =
    1/(u^2/(b s) + 1) and m = v u x/(b s) exceeds any other by a square and by b/2 (t - 1 - log t).
    For large b, 1 - v <= u^2/(b s), and for small b, v <= b s/u^2: collapse, and no noise.

    Not shown: more dimensions; the learned decoder.
    """
    d.declare(
        x="real", u="nonzero", s="positive", b="positive", m="real", v="positive", t="positive"
    )
    d.define("J(m, v)", "-((x - u*m)**2 + u**2*v)/(2*s) - b*(v + m**2 - 1 - log(v))/2")
    best_v, best_m = "(b*s/(u**2 + b*s))", "(u*x/(u**2 + b*s))"
    d.start("J(m, v)", label="scaling").eq(
        "b*(-((x - u*m)**2 + u**2*v)/(2*(b*s)) - (v + m**2 - 1 - log(v))/2)", because="algebra"
    )
    d.start("1/(u**2/(b*s) + 1)", label="variance").eq(best_v, because="common denominator")
    d.start("1/(u**2/(b*s) + 1)*u/(b*s)*x", label="mean").eq(best_m, because="common denominator")
    d.start("t - 1 - log(t)", label="tangent").ge("0", because="log t <= t - 1")
    d.start(f"J({best_m}, {best_v}) - J(m, v)", label="optimum").eq(
        f"(u**2 + b*s)/(2*s)*(m - {best_m})**2 + b/2*(v/{best_v} - 1 - log(v/{best_v}))",
        because="complete the square",
    ).ge("0", using=[("tangent", {"t": f"v/{best_v}"})], because="a square, and log t <= t - 1")
    d.start(f"1 - {best_v}", label="collapse").eq("u**2/(u**2 + b*s)", because="algebra").le(
        "u**2/(b*s)", because="0 < u**2"
    )
    d.start(best_v, label="no noise").le("b*s/u**2", because="0 < b*s")
    d.wrong(
        "1/(u**2/(b*s) + 1) = 1/(b*u**2/s + 1)", why="beta multiplies the precision of the noise"
    )


@family.theorem(
    "beta_exchange",
    title="A larger weight never gives a larger divergence",
    source="Boyd, Vandenberghe (2004), section 5.6; standard",
)
def beta_exchange(d: Derivation) -> None:
    """(R1, K1) is best for the weight b, (R2, K2) for c > b. Add the two inequalities: (c - b)(K2 -
    K1) <= 0. Then the first gives R1 <= R2. Quiz 2, question 20, has R = 19.5 and 21 the wrong way
    round.
    """
    d.declare(R1="real", R2="real", K1="real", K2="real", b="positive", c="positive")
    d.assume(
        h_weights="b < c", h_best_b="R1 + b*K1 <= R2 + b*K2", h_best_c="R2 + c*K2 <= R1 + c*K1"
    )
    d.start("c*K2 - b*K2", label="sum").le("c*K1 - b*K1", because="add the two inequalities")
    d.start("K2", label="divergence").le("K1", because="divide by c - b")
    d.start("R1", label="reconstruction").le("R2 + b*(K2 - K1)", because="best for b").le(
        "R2", using="divergence", because="b*(K2 - K1) <= 0"
    )
    d.start("R1 + b*K1", label="objective").le("R2 + b*K2", because="best for b")
    d.wrong("K1 < K2", why="the divergence grows with the weight")


@family.theorem(
    "aggregate_prior",
    title="The best prior is the aggregate posterior",
    source="Hoffman, Johnson (2016); Tomczak, Welling (2018), section 2",
)
def aggregate_prior(d: Derivation) -> None:
    """Two data of weights a and 1 - a, k codes. The joint law is m[j] u[j] and m[j] (1 - u[j]): m
    is the aggregate posterior, u[j] the share of the first datum in code j. The mean divergence to
    a prior p exceeds that to m by the divergence of m from p, which is not negative.

    Not shown: more than two data; that m is the only best prior.
    """
    d.declare(
        {"m[j]": "positive", "u[j]": "in (0, 1)", "p[j]": "positive"},
        k="integer >= 1",
        a="in (0, 1)",
    )
    rate = (
        "Sum(m[j]*u[j]*log(m[j]*u[j]/(a*{0}[j])) + m[j]*(1 - u[j])*log(m[j]*(1 - u[j])/((1 - "
        "a)*{0}[j])), j, 1, k)"
    )
    d.start(f"{rate.format('p')} - {rate.format('m')}", label="compensation").eq(
        "Sum(m[j]*log(m[j]/p[j]), j, 1, k)", because="log of a quotient"
    )
    d.assume(h_norm_m="Sum(m[j], j, 1, k) = 1", h_norm_p="Sum(p[j], j, 1, k) = 1")
    d.start("Sum(m[j]*log(m[j]/p[j]), j, 1, k)", label="Gibbs").ge("0", because="log t <= t - 1")
    d.start(rate.format("m"), label="best").le(
        rate.format("p"), using=["compensation", "Gibbs"], because="the difference is not negative"
    )
    d.start("log(2*1/2/(1/2*1))", label="not zero").gt("0", because="one-hot codes: log 2")
    d.wrong(f"{rate.format('m')} = 0", why="the minimum is 0")


@family.theorem(
    "collapse",
    title="A rate of zero means an ignored input",
    source="Bowman et al. (2016); Lucas et al. (2019)",
)
def collapse(d: Derivation) -> None:
    """Finite codes. If the encoder is the prior the rate is 0 and the bound is the mean of the log
    likelihoods under the prior, at most the log evidence by Jensen, with equality for a decoder
    that does not depend on the code. If for a pair of codes the encoder differs from the prior, its
    divergence is positive; the first code is the one with q < r.

    Not shown: the converse for more than two codes.
    """
    d.declare({"p[j]": "positive", "l[j]": "positive"}, k="integer >= 1", c="positive")
    d.declare(q="in (0, 1)", r="in (0, 1)")
    d.assume(h_norm="Sum(p[j], j, 1, k) = 1", h_differs="q < r")
    d.start("Sum(p[j]*log(p[j]/p[j]), j, 1, k)", label="rate").eq("0", because="log 1 = 0")
    d.start("Sum(p[j]*log(l[j]), j, 1, k)", label="bound").le(
        "log(Sum(p[j]*l[j], j, 1, k))", because="Jensen"
    )
    d.start("Sum(p[j]*log(c), j, 1, k)", label="ignored code").eq(
        "log(c)", because="weights sum to 1"
    ).eq("log(Sum(p[j]*c, j, 1, k))", because="weights sum to 1")
    d.start("log(r/q)", label="strict tangent").lt("r/q - 1", because="1 < r/q")
    d.start("(1 - q)*log((1 - q)/(1 - r))", label="tangent").ge("r - q", because="log t <= t - 1")
    d.start("q*log(q/r)", label="strict").eq("-q*log(r/q)", because="log of a quotient").gt(
        "q - r", using="strict tangent", because="0 < q"
    )
    d.start("q*log(q/r) + (1 - q)*log((1 - q)/(1 - r))", label="converse").gt(
        "q - r + (r - q)", using=["strict", "tangent"], because="the sum"
    ).eq("0")
    d.wrong("q*log(q/r) + (1 - q)*log((1 - q)/(1 - r)) = 0", why="zero rate with another encoder")


@family.theorem(
    "ae_limit",
    title="A deterministic encoder has an unbounded rate",
    source="standard; Kingma, Welling (2014), appendix B",
)
def ae_limit(d: Derivation) -> None:
    """The divergence of N(m, s^2) from N(0, 1) is -log s + (m^2 - 1)/2 + s^2/2; the last term is
    what vanishes. For s <= exp(-B - 1/2) it is at least B, whatever B is.

    Not shown: the limit itself, of which this is the definition.
    """
    d.declare(m="real", s="positive", B="real", z="real")
    d.assume(h_small="s <= exp(-B - 1/2)")
    d.start(
        "Int(log(Normal(z; m, s**2)/Normal(z; 0, 1))*Normal(z; m, s**2), z, -oo, oo)", label="rate"
    ).eq("-log(s) + (m**2 - 1)/2 + s**2/2", because="moments of the normal law")
    d.start("log(s)", label="log").le("log(exp(-B - 1/2))", because="log increases").eq("-B - 1/2")
    d.start("-log(s) + (m**2 - 1)/2 + s**2/2", label="large").ge(
        "B + 1/2 + (m**2 - 1)/2 + s**2/2", using="log"
    ).ge("B", because="squares")
    d.wrong("-log(s) + (m**2 - 1)/2 + s**2/2 <= m**2 + 1", why="a finite limit")


@family.theorem(
    "one_dim_latent",
    title="One dimension tells finitely many images apart",
    source="Hornik (1991) for networks; elementary",
)
def one_dim_latent(d: Derivation) -> None:
    """The code is the sum of x[i] 256^(i - 1) over the pixels, linear in the image, with the fixed
    direction (1, 256, 256^2, ...). Two different images with 256 levels differ at a last place k +
    1; let x[k + 1] < y[k + 1]. What stands before is less than 256^k for x and at least 0 for y, so
    the code of x is less: no two images share a code. This holds for all images at once, so for any
    N of them.

    Not shown: real-valued data, for which `vae.direction` has the argument; that a place exists
    where different images differ last.
    """
    d.declare({"x[i]": "integer in [0, 255]", "y[i]": "integer in [0, 255]"}, k="integer >= 1")
    d.declare(j="integer >= 1")
    d.assume(h_last="x[k + 1] + 1 <= y[k + 1]")
    code = "Sum({0}[i]*256**(i - 1), i, 1, k)"
    d.start("Sum(255*256**(i - 1), i, 1, j)", label="geometric sum").eq(
        "256**j - 1", because="256 - 1 = 255"
    )
    d.start("Sum(x[i]*256**(i - 1), i, 1, j)", label="digits").le(
        "Sum(255*256**(i - 1), i, 1, j)", because="x[i] <= 255"
    )
    d.start(code.format("x"), label="before").le(
        "Sum(255*256**(i - 1), i, 1, k)", using=[("digits", {"j": "k"})], because="x[i] <= 255"
    ).eq("256**k - 1", using=[("geometric sum", {"j": "k"})], because="geometric sum").lt("256**k")
    d.start(code.format("y"), label="not negative").ge("0", because="0 <= y[i]")
    d.start(f"{code.format('x')} + x[k + 1]*256**k", label="codes").lt(
        "256**k + x[k + 1]*256**k", using="before"
    ).eq("(x[k + 1] + 1)*256**k", because="algebra").le(
        "y[k + 1]*256**k", because="x[k + 1] + 1 <= y[k + 1]"
    ).le(f"{code.format('y')} + y[k + 1]*256**k", using="not negative")
    d.wrong("255 + 0*255 != 0 + 1*255", why="a base too small: two images share a code")
    d.wrong(
        f"{code.format('y')} + y[k + 1]*256**k <= {code.format('x')} + x[k + 1]*256**k",
        why="it is impossible in one dimension",
    )


@family.theorem(
    "direction", title="Directions that tell two points of the plane apart", source="elementary"
)
def direction(d: Derivation) -> None:
    """Along (1, t) the codes of two points with the difference (a, b) differ by a + t b. If they
    agree along (1, t) and (1, r), t != r, then a = b = 0. So each pair of different points spoils
    at most one of the directions (1, t), and of N(N - 1)/2 + 1 directions one tells all pairs of N
    points apart.

    Not shown: the last step, which counts; more than two dimensions.
    """
    d.declare(a="real", b="real", t="real", r="real")
    d.assume(h_other="t - r != 0")
    d.start("a", label="first").eq("(t*(a + r*b) - r*(a + t*b))/(t - r)", because="eliminate b")
    d.start("b", label="second").eq("((a + t*b) - (a + r*b))/(t - r)", because="eliminate a")
    d.wrong("a + t*b != 0", why="every direction tells every pair apart")


@family.theorem(
    "interpolating_decoder",
    title="A decoder that returns every datum",
    source="Lagrange interpolation",
)
def interpolating_decoder(d: Derivation) -> None:
    """For three different codes c1, c2, c3 the quadratic of Lagrange takes them to the data x1, x2,
    x3, coordinate by coordinate; a line does for two.

    Not shown: more than three data.
    """
    d.declare(c1="real", c2="real", c3="real", x1="real", x2="real", x3="real")
    d.assume(h_12="c1 - c2 != 0", h_13="c1 - c3 != 0", h_23="c2 - c3 != 0")
    d.define("line(c)", "x1*(c - c2)/(c1 - c2) + x2*(c - c1)/(c2 - c1)")
    d.define(
        "g(c)",
        (
            "x1*(c - c2)*(c - c3)/((c1 - c2)*(c1 - c3)) + x2*(c - c1)*(c - c3)/((c2 - c1)*(c2 - "
            "c3)) + x3*(c - c1)*(c - c2)/((c3 - c1)*(c3 - c2))"
        ),
    )
    for i in (1, 2):
        d.start(f"line(c{i})", label=f"line, datum {i}").eq(f"x{i}", because="one term is left")
    for i in (1, 2, 3):
        d.start(f"g(c{i})", label=f"datum {i}").eq(f"x{i}", because="one term is left")
    d.wrong("line(c3) = x3", why="a line through three data")


family.missing(
    "ppca_ml",
    "Probabilistic PCA maximum likelihood",
    waits_for="spectral, and maxima over matrices; the gradient equation is vae.ppca_stationary",
)
