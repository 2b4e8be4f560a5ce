"""Expectations: Bayes' rule, conditional means, changes of measure, Jensen's inequality, distances."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.prob.common import exists, family


@family.theorem(
    "lotus",
    title="The mean of a function of a mapped variable, on finite sets",
    source="Bishop (2006), section 1.2.2",
)
def lotus(d: Derivation) -> None:
    """A map from K points to J points is a table A(k, j), 1 where k goes to j and 0 elsewhere:
    h(f(k)) is the sum of A(k, j)*h[j]. The mass that j receives is the sum of p[k]*A(k, j).
    Exchange the two finite sums. The map may send several points to one.

    Not shown: infinite sets.
    """
    d.declare({"K": "integer >= 1", "J": "integer >= 1", "k": "integer", "p(k)": "positive"})
    d.declare({"A(k, j)": "in [0, 1]", "h(j)": "real"})
    d.define("image(j)", "Sum(p(k)*A(k, j), k, 1, K)")
    d.start("Sum(p(k)*Sum(A(k, j)*h(j), j, 1, J), k, 1, K)", "lotus").eq(
        "Sum(Sum(p(k)*A(k, j)*h(j), j, 1, J), k, 1, K)", by="sum_ring", because="p(k) is free of j"
    ).eq("Sum(Sum(p(k)*A(k, j)*h(j), k, 1, K), j, 1, J)", because="finite sums exchange").eq(
        "Sum(image(j)*h(j), j, 1, J)", because="the mass that j receives"
    )
    d.wrong(
        "Sum(p(k)*Sum(A(k, j)*h(j), j, 1, J), k, 1, K) = Sum(p(j)*h(j), j, 1, J)",
        "the law of the first variable",
    )


@family.theorem(
    "bayes",
    title="Bayes' rule and the chain rule of densities",
    source="Bishop (2006), eq. 1.12 and 1.82",
)
def bayes(d: Derivation) -> None:
    """With the prior r(z) and the likelihood l(x, z): the evidence is the integral of their
    product, the posterior their product over the evidence. The posterior has the mass 1, and the
    joint density is either conditional times its marginal.
    """
    d.declare({"Z": "space", "x": "real", "z": "real", "r(z)": "positive", "l(x, z)": "positive"})
    d.declare({"px(x)": "positive"})
    d.assume(h_marginal="for all x: Int(l(x, z)*r(z), z, Z) = px(x)")
    d.define("post(z, x)", "l(x, z)*r(z)/px(x)")
    d.start("post(z, x)", "rule").eq(
        "l(x, z)*r(z)/Int(l(x, y)*r(y), y, Z)", by="norm", because="h_marginal"
    )
    d.start("post(z, x)*px(x)", "chain").eq("l(x, z)*r(z)", by="bayes", because="px(x) is positive")
    d.start("Int(post(z, x), z, Z)", "mass").eq(
        "Int(l(x, z)*r(z), z, Z)/px(x)", by="lin_E", because="px(x) is free of z"
    ).eq("1", by="norm", because="h_marginal")
    d.wrong("post(z, x) = l(x, z)*r(z)", "the normaliser left out")
    d.wrong("post(z, x)*r(z) = l(x, z)*px(x)", "prior and evidence exchanged")


@family.theorem(
    "tower",
    title="The mean of conditional means, and the total variance",
    source="Bishop (2006), exercise 2.8",
)
def tower(d: Derivation) -> None:
    """The joint density is p(x)*r(y, x); a mean over it is an integral of integrals. Given x, y has
    the mean m(x) and the variance v(x). The mean of y is that of m. With y - M = (y - m) + (m - M)
    the cross term has the mean 0 given x.
    """
    d.declare({"X": "space", "Y": "space", "x": "real", "p(x)": "positive", "r(y, x)": "positive"})
    d.declare({"m(x)": "real", "v(x)": ">= 0", "M": "real"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_r="for all x: Int(r(y, x), y, Y) = 1")
    d.assume(
        h_mean="for all x: Int(r(y, x)*y, y, Y) = m(x)",
        h_variance="for all x: Int(r(y, x)*(y - m(x))**2, y, Y) = v(x)",
    )
    d.assume(h_total="Int(p(x)*m(x), x, X) = M", h_within=exists("Int(p(x)*v(x), x, X)"))
    d.assume(h_between=exists("Int(p(x)*(m(x) - M)**2, x, X)"))
    d.start("Int(p(x)*Int(r(y, x)*y, y, Y), x, X)", "tower").eq(
        "Int(p(x)*m(x), x, X)", because="h_mean at every x"
    ).eq("M", because="h_total")
    inner = "Int(r(y, x)*(y - M)**2, y, Y)"
    d.start(inner, "given x").eq(
        "Int(r(y, x)*(y - m(x))**2 + 2*(m(x) - M)*(r(y, x)*y - m(x)*r(y, x)) + (m(x) - M)**2*r(y,"
        " x), y, Y)",
        by="lin_E",
        because="y - M = (y - m) + (m - M)",
    ).eq("v(x) + (m(x) - M)**2", by="lin_E", because="h_variance, h_mean, h_norm_r")
    d.start(f"Int(p(x)*{inner}, x, X)", "total variance").eq(
        "Int(p(x)*(v(x) + (m(x) - M)**2), x, X)", because="given x, at every x"
    ).eq(
        "Int(p(x)*v(x), x, X) + Int(p(x)*(m(x) - M)**2, x, X)",
        by="lin_E",
        because="h_within, h_between",
    )
    d.wrong(
        f"Int(p(x)*{inner}, x, X) = Int(p(x)*v(x), x, X)",
        "the variance of the conditional mean dropped",
    )


@family.theorem(
    "tower_finite", title="The total variance of a table", source="Bishop (2006), exercise 2.8"
)
def tower_finite(d: Derivation) -> None:
    """Two rows with the probabilities w and 1 - w, means m and n, variances v and u: every wrong
    variant has a witness.
    """
    d.declare({"N": "integer >= 1", "r[j]": "positive", "s[j]": "positive", "y[j]": "real"})
    d.declare({"w": "in (0, 1)"})
    d.assume(h_norm_r="Sum(r[j], j, 1, N) = 1", h_norm_s="Sum(s[j], j, 1, N) = 1")
    d.define("m", "Sum(r[j]*y[j], j, 1, N)").define("n", "Sum(s[j]*y[j], j, 1, N)").define(
        "M", "w*m + (1 - w)*n"
    )
    within = "w*Sum(r[j]*(y[j] - m)**2, j, 1, N) + (1 - w)*Sum(s[j]*(y[j] - n)**2, j, 1, N)"
    whole = "w*Sum(r[j]*(y[j] - M)**2, j, 1, N) + (1 - w)*Sum(s[j]*(y[j] - M)**2, j, 1, N)"
    d.start(whole, "total variance").eq(
        f"{within} + w*(m - M)**2 + (1 - w)*(n - M)**2", because="the cross terms have the mean 0"
    )
    d.wrong(f"{whole} = {within}", "the variance of the conditional mean dropped")
    d.wrong(f"{whole} = {within} - w*(m - M)**2 - (1 - w)*(n - M)**2", "the sign")


@family.theorem(
    "jensen",
    title="Jensen's inequality for the logarithm and the square",
    source="Bishop (2006), eq. 1.117",
)
def jensen(d: Derivation) -> None:
    """For a law p with the mean M of Y: the logarithm lies below its tangent at M, and the square
    above its tangent at M; the tangents have the mean log(M) and M**2. On the points -2 and 4 with
    equal weights, the fourth power of the mean is 1, and the mean of the fourth powers 136.

    Not shown: convex functions in general; when equality holds.
    """
    d.declare({"X": "space", "p(x)": "positive", "y(x)": "positive", "u(x)": "real"})
    d.declare({"M": "positive", "m": "real"})
    d.assume(
        h_norm_p="Int(p(x), x, X) = 1",
        h_mean="Int(p(x)*y(x), x, X) = M",
        h_mean_u="Int(p(x)*u(x), x, X) = m",
    )
    d.assume(
        h_integrable=exists("Int(p(x)*log(y(x)), x, X)"), h_square=exists("Int(p(x)*u(x)**2, x, X)")
    )
    d.start("Int(p(x)*log(y(x)), x, X)", "log").le(
        "Int(p(x)*(log(M) + y(x)/M - 1), x, X)", because="the tangent at M lies above the logarithm"
    ).eq("log(M)", by="lin_E", because="h_norm_p, h_mean").eq(
        "log(Int(p(x)*y(x), x, X))", by="norm", because="h_mean"
    )
    d.start("Int(p(x)*u(x)**2, x, X)", "square").ge(
        "Int(p(x)*(m**2 + 2*m*(u(x) - m)), x, X)", because="the tangent at m lies below the square"
    ).eq("m**2", by="lin_E", because="h_norm_p, h_mean_u")
    d.claim(
        "(((-2) + 4)/2)**4 < ((-2)**4 + 4**4)/2", "fourth power", by="interval", because="1 < 136"
    )
    d.wrong("Int(p(x)*log(y(x)), x, X) >= log(M)", "the inequality turned round")
    d.wrong("Int(p(x)*u(x)**2, x, X) <= m**2", "the square taken for concave")


@family.theorem(
    "importance", title="Change of measure", source="Luo (2022), eq. 6; Bishop (2006), eq. 11.19"
)
def importance(d: Derivation) -> None:
    """The space X is where q is positive: there p/q is defined, and the mean of (p/q)*f under q is
    the integral of p*f over X. On the rest Y of the support of p, q has no mass: the mean of f
    under p is larger by the integral over Y, and the two agree when p has no mass there.
    """
    d.declare({"X": "space", "Y": "space", "p(x)": ">= 0", "q(x)": "positive", "f(x)": "real"})
    d.declare({"A": "real", "B": "real"})
    d.assume(h_integrable="Int(p(x)*f(x), x, X) = A", h_rest="Int(p(x)*f(x), x, Y) = B")
    d.start("Int(q(x)*(p(x)/q(x)*f(x)), x, X)", "change of measure").eq(
        "Int(p(x)*f(x), x, X)", by="com", because="q(x)/q(x) = 1"
    )
    d.start("Int(p(x)*f(x), x, X) + Int(p(x)*f(x), x, Y)", "support").eq(
        "Int(q(x)*(p(x)/q(x)*f(x)), x, X) + B", by="com", because="h_rest"
    )
    d.wrong("Int(q(x)*(p(x)/q(x)*f(x)), x, X) = A + B", "the mean under p although q misses a part")
    d.wrong("Int(q(x)*(q(x)/(1 + p(x))*f(x)), x, X) = A", "the ratio upside down")


@family.theorem(
    "conditional_mean",
    title="The conditional mean has the least squared error",
    source="Bishop (2006), eq. 1.90",
)
def conditional_mean(d: Derivation) -> None:
    """Given x the mean of (y - g)**2 is the variance plus (m - g)**2, where m is the conditional
    mean. Integrated over x, the second part is a mean of squares, 0 for g = m.

    Not shown: uniqueness almost everywhere; vectors.
    """
    d.declare({"X": "space", "Y": "space", "x": "real", "p(x)": "positive", "r(y, x)": "positive"})
    d.declare({"m(x)": "real", "g(x)": "real", "v(x)": ">= 0"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_r="for all x: Int(r(y, x), y, Y) = 1")
    d.assume(
        h_mean="for all x: Int(r(y, x)*y, y, Y) = m(x)",
        h_variance="for all x: Int(r(y, x)*(y - m(x))**2, y, Y) = v(x)",
    )
    d.assume(
        h_least=exists("Int(p(x)*v(x), x, X)"), h_excess=exists("Int(p(x)*(m(x) - g(x))**2, x, X)")
    )
    inner = "Int(r(y, x)*(y - g(x))**2, y, Y)"
    d.start(inner, "given x").eq(
        "Int(r(y, x)*(y - m(x))**2 + 2*(m(x) - g(x))*(r(y, x)*y - m(x)*r(y, x)) + (m(x) -"
        " g(x))**2*r(y, x), y, Y)",
        by="lin_E",
        because="y - g = (y - m) + (m - g)",
    ).eq("v(x) + (m(x) - g(x))**2", by="lin_E", because="h_variance, h_mean, h_norm_r")
    d.start(f"Int(p(x)*{inner}, x, X)", "excess").eq(
        "Int(p(x)*(v(x) + (m(x) - g(x))**2), x, X)", because="given x, at every x"
    ).eq(
        "Int(p(x)*v(x), x, X) + Int(p(x)*(m(x) - g(x))**2, x, X)",
        by="lin_E",
        because="h_least, h_excess",
    )
    d.start("Int(p(x)*(m(x) - g(x))**2, x, X)", "square").ge(
        "Int(0*p(x), x, X)", because="a square at every x"
    ).eq("0", because="a multiple of h_norm_p")
    d.start(f"Int(p(x)*{inner}, x, X)", "least").eq(
        "Int(p(x)*v(x), x, X) + Int(p(x)*(m(x) - g(x))**2, x, X)", using="excess", because="excess"
    ).ge("Int(p(x)*v(x), x, X)", using="square", because="square").eq(
        "Int(p(x)*Int(r(y, x)*(y - m(x))**2, y, Y), x, X)", because="h_variance: the error of g = m"
    )
    d.wrong(f"Int(p(x)*{inner}, x, X) <= Int(p(x)*v(x), x, X)", "any g as good")


@family.theorem(
    "markov_reversal",
    title="Reversal of one step of a Markov chain, given its start",
    source="Sohl-Dickstein et al. (2015); Ho, Jain, Abbeel (2020), appendix A; Luo (2022), eq. 46",
)
def markov_reversal(d: Derivation) -> None:
    """z is x_0, y is x_{t-1}, x is x_t, t >= 2. Let a(y, z) be the density of y given z and k(x, y)
    the step: by the Markov property it is also the density of x given y and z. The density of x
    given z is the integral of k*a over y, and the reverse density is k*a over it. Solve for k. The
    reverse density has the mass 1.
    """
    d.declare({"Y": "space", "x": "real", "y": "real", "z": "real", "k(x, y)": "positive"})
    d.declare({"a(y, z)": "positive", "b(x, z)": "positive"})
    d.declare({"c(x)": "positive"})
    d.assume(h_marginal="for all x, z: Int(k(x, y)*a(y, z), y, Y) = b(x, z)")
    d.define("back(y, x, z)", "k(x, y)*a(y, z)/b(x, z)")
    d.start("back(y, x, z)*b(x, z)/a(y, z)", "reversal").eq(
        "k(x, y)*a(y, z)/b(x, z)*b(x, z)/a(y, z)",
        by="unfold",
        because="the Markov property, and Bayes' rule given z",
    ).eq("k(x, y)", by="ring", because="the densities given z cancel")
    d.start("Int(back(y, x, z), y, Y)", "mass").eq(
        "Int(k(x, y)*a(y, z), y, Y)/b(x, z)", by="lin_E", because="b is free of y"
    ).eq("1", by="norm", because="h_marginal")
    d.wrong("back(y, x, z)*c(x)/a(y, z) = k(x, y)", "the marginal density of x without x_0")
    d.wrong("back(y, x, z)*a(y, z)/b(x, z) = k(x, y)", "the ratio upside down")


@family.theorem(
    "total_variation",
    title="Forms of the total variation distance",
    source="Levin, Peres (2017), section 4.1",
)
def total_variation(d: Derivation) -> None:
    """At every point abs(a - b) = a + b - 2*min(a, b), so half the integral is 1 less that of the
    minimum. For a test w with values in [0, 1], such as the indicator of a set, w*(p - q) is at
    most the positive part of p - q, whose integral is half that of abs(p - q); w = (1 + sign(p -
    q))/2 reaches it. A classifier with equal priors is right with the probability (1 + P(w) -
    Q(w))/2.
    """
    d.declare({"X": "space", "p(x)": "positive", "q(x)": "positive", "w(x)": "in [0, 1]"})
    d.declare({"a": "positive", "b": "positive", "y": "in [0, 1]"})
    d.declare(N="real", W="real")
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_q="Int(q(x), x, X) = 1")
    d.assume(
        h_overlap="Int(min(p(x), q(x)), x, X) = N", h_integrable="Int(w(x)*(p(x) - q(x)), x, X) = W"
    )
    d.claim("abs(a - b) = a + b - 2*min(a, b)", "pointwise", by="cases", because="a <= b or b <= a")
    d.start("Int(abs(p(x) - q(x)), x, X)/2", "overlap").eq(
        "Int(p(x) + q(x) - 2*min(p(x), q(x)), x, X)/2", because="pointwise, at every x"
    ).eq("1 - N", by="lin_E", because="h_norm_p, h_norm_q, h_overlap").eq(
        "1 - Int(min(p(x), q(x)), x, X)", because="h_overlap"
    )
    d.claim("y*(a - b) <= a - min(a, b)", "test", because="cases: a <= b or b <= a")
    d.start("W", "sets").eq("Int(w(x)*(p(x) - q(x)), x, X)", because="h_integrable").le(
        "Int(p(x) - min(p(x), q(x)), x, X)", because="test, at every x"
    ).eq("1 - N", by="lin_E", because="h_norm_p, h_overlap")
    d.claim(
        "(1 + sign(a - b))/2*(a - b) = (a - b + abs(a - b))/2",
        "reached",
        by="cases",
        because="the sign of a - b",
    )
    d.start("(1 + W)/2", "accuracy").le("(1 + (1 - N))/2", using="sets", because="sets")
    d.wrong("abs(a - b) = a + b - min(a, b)", "one minimum dropped")
    d.wrong("Int(abs(p(x) - q(x)), x, X) = 1 - N", "the factor 1/2 dropped")
