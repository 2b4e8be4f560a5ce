"""Normal laws among all laws: the largest entropy, the moment projection, infinite divergences."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.info.common import exists, family, kl

MOMENTS = ("h_norm_p", "h_mean", "h_variance")


def moments(d: Derivation) -> None:
    """A density p on the line, or on a part of it, with the mean m and the variance v, and finite
    entropy.
    """
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "m": "real", "v": "positive"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_mean="Int(p(x)*x, x, X) = m")
    d.assume(
        h_variance="Int(p(x)*(x - m)**2, x, X) = v", h_entropy=exists("Int(p(x)*log(p(x)), x, X)")
    )


@family.theorem(
    "gauss_max_entropy",
    title="The normal law has the largest entropy for its variance (on the line)",
    source="Cover and Thomas (2006), theorem 8.6.5",
)
def gauss_max_entropy(d: Derivation) -> None:
    """The log of the normal density with the mean and variance of p is a quadratic, so its mean
    under p is minus the entropy of that normal law. Gibbs' inequality says that the entropy of p is
    at most that cross-entropy. The points of the space are numbers, the support of p; the normal
    density has a mass of at most 1 there.

    Not shown: that only the normal law has this entropy; d dimensions.
    """
    moments(d)
    d.declare({"M": "real"})
    d.define("g(x)", "Normal(x; m, v)")
    d.assume(h_covered="Int(g(x), x, X) = M", h_mass="M <= 1")
    d.start("log(g(x))", "log density").eq(
        "-log(2*pi*v)/2 - (x - m)**2/(2*v)", because="the density"
    )
    d.start("-Int(p(x)*log(g(x)), x, X)", "cross-entropy").eq(
        "Int(p(x)*(log(2*pi*v)/2 + (x - m)**2/(2*v)), x, X)", because="log density"
    ).eq("log(2*pi*v)/2 + 1/2", by="lin_E", because="h_norm_p, h_variance").eq(
        "log(2*pi*exp(1)*v)/2", because="1 = log(exp(1))"
    )
    d.start(f"{kl('p(x)', 'g(x)')}", "gibbs").ge(
        "Int(p(x) - g(x), x, X)", by="gibbs", because="-log(t) >= 1 - t at every x"
    ).eq("1 - M", because="h_norm_p, h_covered").ge("0", because="h_mass")
    d.start("-Int(p(x)*log(p(x)), x, X)", "bound").eq(
        f"-Int(p(x)*log(g(x)), x, X) - {kl('p(x)', 'g(x)')}", because="info.cross_entropy"
    ).le("-Int(p(x)*log(g(x)), x, X)", using="gibbs", because="gibbs").eq(
        "log(2*pi*exp(1)*v)/2", using="cross-entropy", because="cross-entropy"
    )
    d.wrong(
        "-Int(p(x)*log(g(x)), x, X) = log(2*pi*exp(1)*sqrt(v))/2",
        "the standard deviation for the variance",
    )
    d.wrong("-Int(p(x)*log(p(x)), x, X) >= log(2*pi*exp(1)*v)/2", "the smallest entropy")


@family.theorem(
    "moment_projection",
    title="The closest normal law has the same mean and variance (on the line)",
    source="Bishop (2006), section 10.7; Minka (2001)",
)
def moment_projection(d: Derivation) -> None:
    """The log of a normal density is a quadratic, so the divergence of p from Normal(n, w) depends
    on p through its entropy and two moments. The excess over the divergence from the normal law
    with the same moments is the divergence of that law from Normal(n, w), which is not negative.

    Not shown: d dimensions; uniqueness.
    """
    moments(d)
    d.declare(n="real", w="positive")
    near, far = kl("p(x)", "Normal(x; m, v)"), kl("p(x)", "Normal(x; n, w)")
    excess = "(log(w/v) + (v + (m - n)**2)/w - 1)/2"
    d.start("Int(p(x)*(x - n)**2, x, X)", "second moment").eq(
        "Int(p(x)*((x - m)**2 + 2*(m - n)*(x - m) + (m - n)**2), x, X)",
        because="x - n = (x - m) + (m - n)",
    ).eq("v + (m - n)**2", by="lin_E", because="h_variance, h_mean, h_norm_p")
    d.start(far, "any normal law").eq(
        "Int(p(x)*log(p(x)) + p(x)*(log(2*pi*w)/2 + (x - n)**2/(2*w)), x, X)", because="the density"
    ).eq(
        "Int(p(x)*log(p(x)), x, X) + log(2*pi*w)/2 + (v + (m - n)**2)/(2*w)",
        by="lin_E",
        because="second moment",
    )
    d.start(f"{far} - {near}", "excess").eq(
        "log(2*pi*w)/2 + (v + (m - n)**2)/(2*w) - log(2*pi*v)/2 - 1/2",
        because="any normal law, twice",
    ).eq(excess, because="algebra").eq("KL(Normal(m, v), Normal(n, w))", because="gauss.kl_1d")
    d.start(excess, "gibbs").ge(
        "((1 - v/w) + (v + (m - n)**2)/w - 1)/2", because="-log(t) >= 1 - t at v/w"
    ).eq("(m - n)**2/(2*w)", because="algebra").ge("0", because="a square")
    d.start(far, "closest").eq(f"{near} + {excess}", because="excess").ge(
        near, using="gibbs", because="gibbs"
    )
    d.wrong(f"{far} = {near}", "every normal law equally close")
    d.wrong(f"{far} - {near} = KL(Normal(n, w), Normal(m, v))", "the arguments of KL swapped")


@family.theorem(
    "entropy_affine",
    title="The entropy of an affine image of a normal law, and of a log-normal law",
    source="Cover and Thomas (2006), section 8.6",
)
def entropy_affine(d: Derivation) -> None:
    """For a*x + b with a not 0 the density at y is that of x at (y - b)/a over abs(a), so its
    logarithm is lower by log(abs(a)): the entropy is larger by it. For a normal law x the image is
    Normal(a*m + b, a**2*v). For the exponential of a normal variable the mean log slope is the mean
    of x itself.

    Not shown: other laws and maps; d dimensions.
    """
    d.declare(x="real", y="real", m="real", v="positive", a="nonzero", b="real", s="positive")
    d.start("Normal((y - b)/a; m, v)/abs(a)", "density").eq(
        "Normal(y; a*m + b, a**2*v)", because="the exponents agree; sqrt(a**2) = abs(a)"
    )
    d.start("H(Normal(a*m + b, a**2*v))", "affine").eq(
        "log(2*pi*exp(1)*a**2*v)/2", because="gauss.entropy_1d"
    ).eq("log(2*pi*exp(1)*v)/2 + log(abs(a))", because="log(a**2) = 2*log(abs(a))").eq(
        "H(Normal(m, v)) + log(abs(a))", because="gauss.entropy_1d"
    )
    d.start("H(LogNormal(m, v))", "exponential").eq(
        "m + log(2*pi*exp(1)*v)/2", because="the integral that defines it"
    ).eq(
        "H(Normal(m, v)) + E[x ~ Normal(m, v)](log(diff(exp(x), x)))", because="the mean of x is m"
    )
    d.wrong("H(Normal(a*m + b, a**2*v)) = H(Normal(m, v)) - log(abs(a))", "the sign")
    d.wrong("H(LogNormal(m, v)) = H(Normal(m, v))", "entropy invariant")
    d.wrong("H(Normal(a*m + b, a**2*v)) = H(Normal(m, v)) + abs(a)", "the logarithm dropped")


@family.theorem(
    "kl_bijection",
    title="The divergence of two normal laws is that of their exponentials",
    source="Cover and Thomas (2006), section 8.6",
)
def kl_bijection(d: Derivation) -> None:
    """Under an increasing map both densities are divided by the same slope, which cancels in the
    ratio: shown for the exponential map of normal laws, and for affine maps. The entropy, which has
    no ratio, is not invariant.

    Not shown: other maps.
    """
    d.declare(
        x="real",
        y="positive",
        m="real",
        n="real",
        v="positive",
        w="positive",
        a="nonzero",
        b="real",
    )
    d.start("LogNormal(y; m, v)/LogNormal(y; n, w)", "slope cancels").eq(
        "Normal(log(y); m, v)/Normal(log(y); n, w)", because="both have the factor 1/y"
    )
    d.start("KL(LogNormal(m, v), LogNormal(n, w))", "exponential").eq(
        "(log(w/v) + (v + (m - n)**2)/w - 1)/2", because="the integral over the positive numbers"
    ).eq("KL(Normal(m, v), Normal(n, w))", because="gauss.kl_1d")
    d.start("KL(Normal(a*m + b, a**2*v), Normal(a*n + b, a**2*w))", "affine").eq(
        "(log(a**2*w/(a**2*v)) + (a**2*v + (a*m - a*n)**2)/(a**2*w) - 1)/2", because="gauss.kl_1d"
    ).eq("KL(Normal(m, v), Normal(n, w))", because="a**2 cancels")
    d.wrong("H(LogNormal(m, v)) = H(Normal(m, v))", "entropy invariant")


@family.theorem(
    "fisher_expansion",
    title="The Fisher information is the curvature of the divergence",
    source="Kullback and Leibler (1951); Amari (2016), section 1.3",
)
def fisher_expansion(d: Derivation) -> None:
    """For an exponential family on K points, p[k] proportional to exp(b[k]*t): the log of the ratio
    is linear in b[k], so the derivative of the divergence of the law at t from that at u is the
    difference of the means of b, which is 0 at u = t. Its derivative is the variance of b, which at
    u = t is the Fisher information, the mean of the squared score.

    Not shown: other families; the size of the remainder of the expansion.
    """
    d.declare({"K": "integer >= 1", "k": "integer", "b[k]": "real", "t": "real", "u": "real"})
    d.define("Z(s)", "Sum(exp(b[k]*s), k, 1, K)").define(
        "mean(s)", "Sum(b[k]*exp(b[k]*s), k, 1, K)/Z(s)"
    )
    d.define("square(s)", "Sum(b[k]**2*exp(b[k]*s), k, 1, K)/Z(s)")
    score = "Sum(exp(b[k]*t)/Z(t)*(b[k] - mean(t))**2, k, 1, K)"
    d.start(
        "Sum(exp(b[k]*t)/Z(t)*(b[k]*t - log(Z(t)) - b[k]*u + log(Z(u))), k, 1, K)", "divergence"
    ).eq(
        "mean(t)*(t - u) - log(Z(t)) + log(Z(u))",
        because="the log of the ratio; the law has the mass 1",
    )
    d.start("diff(mean(t)*(t - u) - log(Z(t)) + log(Z(u)), u)", "slope").eq(
        "mean(u) - mean(t)", because="the derivative of log(Z) is the mean"
    )
    d.claim("mean(t) - mean(t) = 0", "slope at u = t", because="the same mean twice")
    d.start("diff(mean(u) - mean(t), u)", "curvature").eq(
        "square(u) - mean(u)**2", because="the quotient rule"
    )
    d.start(score, "information").eq(
        "square(t) - mean(t)**2", because="expand the square; the mass is 1"
    )
    d.wrong(f"{score} = square(t)", "the squared mean dropped")
    d.wrong("diff(mean(u) - mean(t), u) = (square(u) - mean(u)**2)/2", "the curvature halved")


@family.theorem(
    "reverse_kl_meanfield",
    title="The closest product of normal laws in the reverse divergence matches precisions (in the"
    " plane)",
    source="Bishop (2006), section 10.1.2",
)
def reverse_kl_meanfield(d: Derivation) -> None:
    """For a normal law in the plane with mean 0 and the precision matrix (A, B; B, C), the
    divergence of Normal(m, v) times Normal(n, w) from it is a quadratic in m and n plus (A*v - 1 -
    log(A*v) + C*w - 1 - log(C*w))/2, plus a constant. The quadratic is least at 0, the others at v
    = 1/A and w = 1/C. The true variance of the first coordinate, C/D, is larger than 1/A.

    Not shown: more than two coordinates; products of laws that are not normal.
    """
    d.declare(
        m="real",
        n="real",
        v="positive",
        w="positive",
        A="positive",
        C="positive",
        B="real",
        r="positive",
    )
    d.assume(h_positive="B**2 < A*C")
    d.define("D", "A*C - B**2")
    log_p = "(log(D)/2 - log(2*pi) - (A*x**2 + 2*B*x*y + C*y**2)/2)"
    inner = "log(Normal(x; m, v)) + log(Normal(y; n, w))"
    value = "(A*v + C*w - 2 - log(v*w))/2 - log(D)/2 + (A*m**2 + 2*B*m*n + C*n**2)/2"
    d.start(
        f"Int(Int(Normal(x; m, v)*Normal(y; n, w)*({inner} - {log_p}), y, -oo, oo), x, -oo, oo)",
        "divergence",
    ).eq(value, because="means and variances of independent coordinates")
    d.start("A*m**2 + 2*B*m*n + C*n**2", "means").eq(
        "A*(m + B*n/A)**2 + (C - B**2/A)*n**2", because="a square"
    ).ge("0", because="h_positive")
    d.claim("0 <= r - 1 - log(r)", "tangent", because="the tangent of the logarithm at 1")
    d.start("A*v + C*w - 2 - log(v*w)", "tangents").eq(
        "A*v - 1 - log(A*v) + (C*w - 1 - log(C*w)) + log(A*C)", because="the log of a product"
    ).ge(
        "log(A*C)",
        using=(("tangent", {"r": "A*v"}), ("tangent", {"r": "C*w"})),
        because="log(t) <= t - 1, twice",
    )
    d.start(value, "least").ge(
        "(A*v + C*w - 2 - log(v*w))/2 - log(D)/2", using="means", because="means"
    ).ge("log(A*C)/2 - log(D)/2", using="tangents", because="tangents").eq(
        "log(A*C/D)/2", because="algebra"
    ).eq(
        "(A*(1/A) + C*(1/C) - 2 - log(1/A*(1/C)))/2 - log(D)/2",
        because="the value at v = 1/A, w = 1/C, m = n = 0",
    )
    d.start("1/A", "too small").le("C/D", because="D <= A*C")
    d.wrong("C/D <= 1/A", "the marginal variances")
    d.wrong(f"{value} >= log(A*C)", "the determinant dropped")
