"""Flows: training them, and flows in continuous time."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.flow.common import family


@family.theorem(
    "cnf",
    title="Instantaneous change of variables",
    source="Chen et al. (2018), theorem 1; Grathwohl et al. (2019)",
)
def cnf(d: Derivation) -> None:
    """For the linear field a*z. The path is ``z*exp(a*t)``, the density at time t is that of the
    inverse times ``exp(-a*t)``: a normal law stays normal. Along the path the log-density falls
    at the rate a, the divergence, and the continuity equation holds at every x. In d dimensions
    the first-order change of log det(I + t*A) is the trace.

    Not shown: fields that are not linear; in d dimensions more than the first order in t.
    """
    d.declare(
        {
            "d": "integer >= 1",
            "A": "matrix d x d",
            "a": "real",
            "z": "real",
            "x": "real",
            "t": "real",
        }
    )
    d.declare(m="real", v="positive")
    d.start("diff(z*exp(a*t), t)", "path").eq("a*(z*exp(a*t))", because="the field at the point")
    d.start("Normal(x*exp(-a*t); m, v)*abs(diff(x*exp(-a*t), x))", "density").eq(
        "Normal(x*exp(-a*t); m, v)*exp(-a*t)", because="an exponential is positive"
    ).eq("Normal(x; m*exp(a*t), v*exp(2*a*t))", because="the law of z*exp(a*t)")
    d.start("diff(log(Normal(z*exp(a*t); m*exp(a*t), v*exp(2*a*t))), t)", "along_the_path").eq(
        "diff(log(Normal(z; m, v)) - a*t, t)", because="the exponent does not change"
    ).eq("-a", because="the divergence of a*z is a")
    d.start(
        "diff(Normal(x*exp(-a*t); m, v)*exp(-a*t), t)"
        " + diff(a*x*Normal(x*exp(-a*t); m, v)*exp(-a*t), x)",
        "continuity",
    ).eq("0", because="what flows out is lost")
    d.start("diff(log(det(eye(d) + t*A)), t; 0)", "trace").eq(
        "trace(A)", because="Jacobi's formula"
    )
    d.wrong(
        "diff(log(Normal(z*exp(a*t); m*exp(a*t), v*exp(2*a*t))), t) = a", "plus instead of minus"
    )
    d.wrong("diff(log(det(eye(d) + t*A)), t; 0) = det(A)", "the determinant for the trace")


@family.theorem(
    "kl_equivalence",
    title="Training in data space or in base space is the same",
    source="Papamakarios et al. (2021), eq. 17",
)
def kl_equivalence(d: Derivation) -> None:
    """The divergence of two densities p, q that are moved by one affine map, p and q given by
    their entropy and cross-entropy. The factor 1/a cancels in the ratio, and the integral is
    the old one after a change of variable: both divergences are S - C.

    Not shown: maps that are not affine and increasing.
    """
    d.declare(
        {
            "p(z)": "positive",
            "q(z)": "positive",
            "a": "positive",
            "b": "real",
            "S": "real",
            "C": "real",
        }
    )
    d.assume(
        h_entropy="Int(p(z)*log(p(z)), z, -oo, oo) = S",
        h_cross="Int(p(z)*log(q(z)), z, -oo, oo) = C",
    )
    d.start(
        "Int(p((x - b)/a)/a*log((p((x - b)/a)/a)/(q((x - b)/a)/a)), x, -oo, oo)", "invariant"
    ).eq(
        "Int(p((x - b)/a)/a*(log(p((x - b)/a)) - log(q((x - b)/a))), x, -oo, oo)",
        because="1/a cancels",
    ).eq("S - C", because="z = (x - b)/a")
    d.start("Int(p(z)*log(p(z)/q(z)), z, -oo, oo)", "base").eq(
        "Int(p(z)*log(p(z)), z, -oo, oo) - Int(p(z)*log(q(z)), z, -oo, oo)",
        because="the logarithm of a ratio",
    ).eq("S - C", because="h_entropy, h_cross")
    d.wrong(
        "Int(p((x - b)/a)/a*log(p((x - b)/a)/(q((x - b)/a)/a)), x, -oo, oo) = S - C",
        "the factor 1/a in one density alone",
    )


@family.theorem(
    "kl_equivalence_normal",
    title="Training in data space or in base space is the same: normal laws",
    source="Papamakarios et al. (2021), eq. 17",
)
def kl_equivalence_normal(d: Derivation) -> None:
    """The data are normal, the base is, and the map is affine. The divergence of the data from the
    law of ``r*z + b`` is that of the data mapped back from the law of z.

    Not shown: other maps and laws.
    """
    d.declare(m="real", n="real", b="real", v="positive", w="positive", r="nonzero")
    d.start("KL(Normal(m, v), Normal(r*n + b, r**2*w))", "normal").eq(
        "(log(r**2*w/v) + (v + (m - (r*n + b))**2)/(r**2*w) - 1)/2",
        because="the divergence of normal laws",
    ).eq(
        "KL(Normal((m - b)/r, v/r**2), Normal(n, w))",
        because="numerators and denominators over r^2",
    )
    d.wrong(
        "KL(Normal(m, v), Normal(n, w)) = KL(Normal(n, w), Normal(m, v))", "the direction reversed"
    )
    d.wrong(
        "KL(Normal(m, v), Normal(r*n + b, r**2*w)) = KL(Normal(r*m + b, r**2*v), Normal(n, w))",
        "mapped twice",
    )


@family.theorem(
    "linear_mle", title="The optimal affine flow is whitening", source="Papamakarios et al. (2021)"
)
def linear_mle(d: Derivation) -> None:
    """On the line: with mean m and variance s of the data, the log-likelihood of ``l*z + b``
    (variance ``v = l^2``) splits into the variance and the shift, and is at most
    ``-n/2*log(2*pi*e*s)``, which b = m and v = s reach. In d dimensions a rotation of the base
    changes nothing, so that the factor L is not unique.

    Not shown: the bound in d dimensions; that every maximiser has this form.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "x[i]": "real",
            "b": "real",
            "m": "real",
            "v": "positive",
            "s": "positive",
        }
    )
    d.declare({"d": "integer >= 1", "L": "matrix d x d", "Q": "matrix d x d"})
    d.assume(
        h_mean="n*m = Sum(x[i], i, 1, n)",
        h_variance="n*s = Sum((x[i] - m)**2, i, 1, n)",
        h_Q="Q @ Q.T = eye(d)",
    )
    d.start("Sum(log(Normal(x[i]; b, v)), i, 1, n)", "likelihood").eq(
        "-n/2*log(2*pi*v) - Sum((x[i] - b)**2, i, 1, n)/(2*v)",
        because="the logarithm of the density",
    ).eq("-n/2*log(2*pi*v) - n*(s + (m - b)**2)/(2*v)", because="the square around the mean").le(
        "-n/2*log(2*pi*v) - n*s/(2*v)", because="b = m is best"
    ).le("-n/2*log(2*pi*s) - n/2", because="log(t) <= t - 1 at t = s/v").eq(
        "-n/2*log(2*pi*exp(1)*s)", because="1 = log(e)"
    )
    d.start("-n/2*log(2*pi*s) - n*(s + (m - m)**2)/(2*s)", "reached").eq(
        "-n/2*log(2*pi*exp(1)*s)", because="at b = m, v = s"
    )
    d.start("(L @ Q) @ (L @ Q).T", "not_unique").eq(
        "L @ (Q @ Q.T) @ L.T", because="a transposed product"
    ).eq("L @ L.T", because="h_Q")
    d.wrong("L @ Q = L", "L unique")
    d.wrong("-n/2*log(2*pi*v) - n*s/(2*v) = -n/2*log(2*pi*s) - n/2", "every variance is as good")


@family.theorem(
    "knothe_rosenblatt",
    title="Universality through conditional distribution functions",
    source="Rosenblatt (1952); Papamakarios et al. (2021), section 2.2",
)
def knothe_rosenblatt(d: Derivation) -> None:
    """For two correlated normal coordinates: u1 is the distribution function of x, u2 that of y
    given x. The Jacobian is triangular, its diagonal holds the two densities, and the
    determinant is the joint density. Both values lie in (0, 1), and u2 increases in y.

    Not shown: other laws and more dimensions; that (u1, u2) is uniform; k stands for the entry
    below the diagonal.
    """
    d.declare(x="real", y="real", r="in (-1, 1)", k="real")
    d.define("F(x)", "(1 + erf(x/sqrt(2)))/2").define(
        "G(x, y)", "(1 + erf((y - r*x)/sqrt(2*(1 - r**2))))/2"
    )
    d.start("diff(F(x), x)", "first").eq("Normal(x; 0, 1)", because="the density of x")
    d.start("diff(G(x, y), y)", "second").eq(
        "Normal(y; r*x, 1 - r**2)", because="the density of y given x"
    ).gt("0", because="a density of a normal law")
    d.start(
        "det(Matrix([[diff(F(x), x), diff(F(x), y)], [k, diff(G(x, y), y)]]))", "determinant"
    ).eq("diff(F(x), x)*diff(G(x, y), y)", because="F does not see y: triangular").eq(
        "Normal(x; 0, 1)*Normal(y; r*x, 1 - r**2)", because="the two densities"
    ).eq(
        "exp(-(x**2 - 2*r*x*y + y**2)/(2*(1 - r**2)))/(2*pi*sqrt(1 - r**2))",
        because="the joint density",
    )
    d.claim("0 < F(x)", "above", because="erf > -1")
    d.claim("F(x) < 1", "below", because="erf < 1")
    d.claim("0 < G(x, y)", "above_given", because="erf > -1")
    d.claim("G(x, y) < 1", "below_given", because="erf < 1")
    d.wrong(
        "diff(F(x), x)*diff(F(y), y) = exp(-(x**2 - 2*r*x*y + y**2)/(2*(1"
        " - r**2)))/(2*pi*sqrt(1 - r**2))",
        "the marginal distribution functions",
    )
    d.wrong("diff(G(x, y), y) = Normal(y; r*x, 1)", "the conditional variance")


@family.theorem(
    "dequantisation",
    title="Uniform dequantisation bound",
    source="Theis, van den Oord, Bethge (2016), eq. 12; Ho et al. (2019)",
)
def dequantisation(d: Derivation) -> None:
    """With n equal cells u of noise, each of weight 1/n, and the density p[i] = p(x + u_i): the
    mean of the logarithm is at most the logarithm of the mean, which is the probability of x.
    With noise of any weights q the bound is ``sum q*(log p - log q)``, and the gap is a
    divergence.

    Not shown: noise with a continuous density.
    """
    d.declare({"n": "integer >= 1", "p[i]": "positive", "q[i]": "positive", "P": "positive"})
    d.assume(h_norm="Sum(q[i], i, 1, n) = 1", h_mass="Sum(p[i], i, 1, n) = P")
    d.start("Sum(1/n*log(p[i]), i, 1, n)", "uniform").le(
        "Sum(1/n*(log(P/n) + p[i]/(P/n) - 1), i, 1, n)", because="log(t) <= t - 1"
    ).eq("log(P/n)", because="h_mass: the last two terms cancel")
    d.start("Sum(q[i]*(log(p[i]) - log(q[i])), i, 1, n)", "variational").eq(
        "log(P) - Sum(q[i]*log(q[i]/(p[i]/P)), i, 1, n)",
        because="the logarithm of a quotient; h_norm",
    )
    d.claim(
        "0 <= Sum(q[i]*log(q[i]/(p[i]/P)), i, 1, n)", "gap", because="Gibbs: the p[i]/P sum to 1"
    )
    d.start("log(P) - Sum(q[i]*log(q[i]/(p[i]/P)), i, 1, n)", "bound").le(
        "log(P)", using="gap", because="the gap"
    )
    d.wrong("p[1] <= P/n", "a density at one point instead of its mean")
    d.wrong(
        "Sum(q[i]*(log(p[i]) + log(q[i])), i, 1, n) = log(P)"
        " - Sum(q[i]*log(q[i]/(p[i]/P)), i, 1, n)",
        "the sign of the entropy",
    )


@family.theorem(
    "vi_flow_elbo",
    title="The bound with a flow as posterior",
    source="Rezende and Mohamed (2015), eq. 15",
)
def vi_flow_elbo(d: Derivation) -> None:
    """The density after K layers is that of the base over the product of the absolute slopes j[k],
    so that the integrand is ``log p - log q0 + sum log j[k]``. For one affine layer and a
    normal target the bound is minus the divergence of the law of ``a*z + b`` from the target.

    Not shown: the expectation for other layers than an affine one.
    """
    d.declare(
        {
            "K": "integer >= 1",
            "j[k]": "positive",
            "p": "positive",
            "q0": "positive",
            "a": "positive",
        }
    )
    d.declare(b="real", m="real", v="positive")
    d.define("q(t)", "q0*Prod(1/j[k], k, 1, t)")
    d.start("log(p) - log(q(K))", "integrand").eq(
        "log(p) - (log(q0) - Sum(log(j[k]), k, 1, K))", because="the log-density of a composition"
    ).eq("log(p) - log(q0) + Sum(log(j[k]), k, 1, K)", because="the signs")
    d.start(
        "Int(Normal(z; 0, 1)*(log(Normal(a*z + b; m, v)) - log(Normal(z; 0, 1))"
        " + log(a)), z, -oo, oo)",
        "affine",
    ).eq("log(a) + 1/2 - log(v)/2 - (a**2 + (b - m)**2)/(2*v)", because="second moments").eq(
        "-KL(Normal(b, a**2), Normal(m, v))", because="the divergence of normal laws"
    )
    d.wrong("log(p) - log(q(K)) = log(p) - log(q0) - Sum(log(j[k]), k, 1, K)", "minus log det")
    d.wrong(
        "log(a) + 1/2 - log(v)/2 - (a**2 + (b - m)**2)/(2*v) = KL(Normal(b, a**2), Normal(m, v))",
        "the sign of the divergence",
    )


family.missing(
    "change_of_variables_general",
    "Change of variables for every diffeomorphism, under the integral",
    waits_for="cov in d dimensions, and for declared increasing maps",
)
family.missing(
    "cnf_general",
    "Instantaneous change of variables for a Lipschitz field",
    waits_for="ode: solutions of a differential equation as functions of time and start",
)
family.missing(
    "kl_equivalence_general",
    "Training in data space or in base space, for every diffeomorphism",
    waits_for="cov in d dimensions",
)
family.missing(
    "knothe_rosenblatt_general",
    "Universality of triangular maps for every positive density",
    waits_for="cdf, and the derivative of an integral in its upper end (ftc)",
)
family.missing(
    "dequantisation_general",
    "The dequantisation bound for noise with a density",
    waits_for="jensen for integrals over an interval",
)
family.missing(
    "iresnet_bijective",
    "A residual map with a contraction is onto",
    waits_for="limit: the fixed point of a contraction",
)
