"""Denoising diffusion: the reverse step, given the data."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.ddpm.common import at, family, range_of_abar, schedule


@family.theorem(
    "posterior_identity",
    title="The denominator of the posterior",
    source="Ho, Jain, Abbeel (2020), eq. 7; Luo (2022), eq. 78-83",
)
def posterior_identity(d: Derivation) -> None:
    """alpha_n - abar_n + 1 - alpha_n = 1 - abar_n; so the two precisions add to one fraction (n >= 2)."""
    schedule(d, k="integer >= 1", n="integer >= 2", a="in (0, 1)", b="in (0, 1)")
    range_of_abar(d)
    d.start("alpha(k)*(1 - abar(k - 1)) + beta(k)", label="denominator").eq(
        "alpha(k) - alpha(k)*abar(k - 1) + 1 - alpha(k)", because="beta = 1 - alpha"
    ).eq("1 - abar(k)", because="abar_k = alpha_k*abar_{k-1}")
    d.start("a/(1 - a) + 1/(1 - b)", label="letters").eq(
        "(a*(1 - b) + 1 - a)/((1 - a)*(1 - b))", by="ring", because="common denominator"
    ).eq("(1 - a*b)/((1 - a)*(1 - b))", by="ring", because="the terms a cancel")
    d.claim(
        "alpha(n)/beta(n) + 1/(1 - abar(n - 1)) = (1 - abar(n))/(beta(n)*(1 - abar(n - 1)))",
        label="precision",
        using=(*at("n"), *at("n - 1")),
        because="the same at the schedule",
    )
    d.wrong("alpha(k)*(1 - abar(k)) + beta(k) = 1 - abar(k)", why="abar_n in place of abar_{n-1}")


@family.theorem(
    "posterior_variance",
    title="Variance of one reverse step, given the data",
    source="Ho, Jain, Abbeel (2020), eq. 7; Nichol, Dhariwal (2021), eq. 10",
)
def posterior_variance(d: Derivation) -> None:
    """Precisions add: alpha_n/beta_n from the step x_{n-1} -> x_n, and 1/(1 - abar_{n-1}) from the law of
    x_{n-1} given x_0. The variance is the inverse of their sum, for n >= 2. It depends on neither x_n nor
    x_0; its formula has the value 0 at n = 1. That the sum is the precision of the posterior is
    `posterior_mean`.
    """
    schedule(d, k="integer >= 1", n="integer >= 2")
    range_of_abar(d)
    d.start("1/(alpha(n)/beta(n) + 1/(1 - abar(n - 1)))", label="variance").eq(
        "beta(n)*(1 - abar(n - 1))/(alpha(n)*(1 - abar(n - 1)) + beta(n))",
        using=(*at("n"), *at("n - 1")),
        because="common denominator",
    ).eq(
        "beta(n)*(1 - abar(n - 1))/(1 - abar(n))",
        using=(*at("n"), *at("n - 1")),
        because="alpha_n*(1 - abar_{n-1}) + beta_n = 1 - abar_n",
    ).eq("(1 - abar(n - 1))/(1 - abar(n))*beta(n)", using=at("n"), because="order of factors")
    d.claim("(1 - abar(0))/(1 - abar(1))*beta(1) = 0", label="edge", because="abar_0 = 1")
    tail = "*beta(n) = 1/(alpha(n)/beta(n) + 1/(1 - abar(n - 1)))"
    d.wrong("(1 - abar(n))/(1 - abar(n - 1))" + tail, why="the ratio upside down")
    d.wrong("(1 - alpha(n - 1))/(1 - alpha(n))" + tail, why="alpha in place of abar")
    d.wrong("beta(n) = 1/(alpha(n)/beta(n) + 1/(1 - abar(n - 1)))", why="beta_n itself")


@family.theorem(
    "posterior_mean",
    title="Mean of one reverse step, given the data",
    source="Ho, Jain, Abbeel (2020), eq. 7; Nichol, Dhariwal (2021), eq. 11",
)
def posterior_mean(d: Derivation) -> None:
    """Bayes: q(y | x, z) is proportional to q(x | y) q(y | z), for n >= 2. Expand the exponent in
    y, read off the precision L and the linear term h, and complete the square: the mean is h/L and
    the variance 1/L. The whole product is the marginal of x times that normal density of y.

    The coefficient of x_n has sqrt(alpha_n); an exam paper prints sqrt(abar_n), which is refuted
    below.
    """
    schedule(d, k="integer >= 1", n="integer >= 2", x="real", y="real", z="real")
    d.declare(a="in (0, 1)", b="in (0, 1)")
    range_of_abar(d)
    L, h = "(a/(1 - a) + 1/(1 - b))", "(sqrt(a)*x/(1 - a) + sqrt(b)*z/(1 - b))"
    d.start(
        "-(x - sqrt(a)*y)**2/(2*(1 - a)) - (y - sqrt(b)*z)**2/(2*(1 - b))", label="exponent"
    ).eq(f"-{L}*y**2/2 + {h}*y - x**2/(2*(1 - a)) - b*z**2/(2*(1 - b))", because="powers of y").eq(
        f"-{L}/2*(y - {h}/{L})**2 + {h}**2/(2*{L}) - x**2/(2*(1 - a)) - b*z**2/(2*(1 - b))",
        because="complete the square",
    ).eq(
        f"-{L}/2*(y - {h}/{L})**2 - (x - sqrt(a*b)*z)**2/(2*(1 - a*b))",
        because="what is free of y is the exponent of the marginal",
    )
    d.start(f"1/{L}", label="variance").eq(
        "(1 - a)*(1 - b)/(a*(1 - b) + 1 - a)", because="common denominator"
    ).eq("(1 - b)*(1 - a)/(1 - a*b)", because="the denominator identity")
    d.start(f"{h}/{L}", label="mean").eq(
        "(sqrt(a)*x/(1 - a) + sqrt(b)*z/(1 - b))*((1 - b)*(1 - a)/(1 - a*b))",
        because="variance times linear term",
    ).eq(
        "sqrt(a)*(1 - b)/(1 - a*b)*x + sqrt(b)*(1 - a)/(1 - a*b)*z",
        because="cancel 1 - a, and 1 - b",
    )
    d.claim(
        "Normal(x; sqrt(a)*y, 1 - a)*Normal(y; sqrt(b)*z, 1 - b) = Normal(x; sqrt(a*b)*z, 1 - a*b)"
        "*Normal(y; sqrt(a)*(1 - b)/(1 - a*b)*x + sqrt(b)*(1 - a)/(1 -"
        " a*b)*z, (1 - b)*(1 - a)/(1 - a*b))",
        label="bayes",
        because="the exponents agree, and so do the factors in front",
    )
    d.start(
        "(sqrt(alpha(n))*x/beta(n) + sqrt(abar(n - 1))*z/(1 - abar(n - 1)))"
        "/(alpha(n)/beta(n) + 1/(1 - abar(n - 1)))",
        label="schedule",
    ).eq(
        "(sqrt(alpha(n))*x/beta(n) + sqrt(abar(n - 1))*z/(1 - abar(n - 1)))"
        "*((1 - abar(n - 1))*beta(n)/(1 - abar(n)))",
        using=(*at("n"), *at("n - 1")),
        because="the precision is (1 - abar_n)/(beta_n*(1 - abar_{n-1}))",
    ).eq(
        "sqrt(alpha(n))*(1 - abar(n - 1))/(1 - abar(n))*x + sqrt(abar(n - 1))*beta(n)/(1 - abar(n))*z",
        using=(*at("n"), *at("n - 1")),
        because="cancel beta_n, and 1 - abar_{n-1}",
    )
    c = "alpha(n)*abar(n - 1)"
    d.claim(
        "Normal(x; sqrt(alpha(n))*y, 1 - alpha(n))*Normal(y; sqrt(abar(n - 1))*z, 1 - abar(n - 1))"
        f" = Normal(x; sqrt({c})*z, 1 - {c})*Normal(y; sqrt(alpha(n))*(1 - abar(n - 1))/(1 - {c})*x"
        f" + sqrt(abar(n - 1))*(1 - alpha(n))/(1 - {c})*z, (1 - abar(n - 1))*(1 - alpha(n))/(1 - {c}))",
        label="bayes at the schedule",
        using=(("bayes", {"a": "alpha(n)", "b": "abar(n - 1)"}), *at("n - 1")),
        because="at a = alpha_n, b = abar_{n-1}; alpha_n*abar_{n-1} = abar_n",
    )
    d.wrong(
        f"{h}/{L} = sqrt(a*b)*(1 - b)/(1 - a*b)*x + sqrt(b)*(1 - a)/(1 - a*b)*z",
        why="sqrt(abar_n) in place of sqrt(alpha_n), as an exam paper prints",
    )
    d.wrong(
        f"{h}/{L} = sqrt(a)*(1 - b)/(1 - a*b)*x + sqrt(a*b)*(1 - a)/(1 - a*b)*z",
        why="sqrt(abar_n) in place of sqrt(abar_{n-1}) before x_0",
    )
    d.wrong(
        f"{h}/{L} = sqrt(b)*(1 - a)/(1 - a*b)*x + sqrt(a)*(1 - b)/(1 - a*b)*z",
        why="the two coefficients exchanged",
    )


@family.theorem(
    "posterior_n1", title="The last reverse step, n = 1", source="Ho, Jain, Abbeel (2020), L_0"
)
def posterior_n1(d: Derivation) -> None:
    """With abar_0 = 1 the weight of x_1 and the variance vanish, and the weight of x_0 is
    beta_1/(1 - abar_1) = 1: all mass is at x_0. The model's mean is its estimate of x_0.

    ``e`` is the predicted noise. Not shown: the law at a single point, which has no density. For
    beta_1 = 0 both formulas are 0/0, shown as a denominator that is 0.
    """
    schedule(d, x="real", z="real", e="real")
    d.claim("abar(0) = 1", label="empty", because="an empty product")
    d.claim("abar(1) = alpha(1)", label="first", because="one factor")
    d.start(
        "sqrt(alpha(1))*(1 - abar(0))/(1 - abar(1))*x + sqrt(abar(0))*beta(1)/(1 - abar(1))*z",
        label="mean",
    ).eq(
        "sqrt(alpha(1))*0/(1 - alpha(1))*x + 1*(1 - alpha(1))/(1 - alpha(1))*z",
        because="abar_0 = 1, abar_1 = alpha_1",
    ).eq("z", because="1 - alpha_1 is not 0")
    d.start("(1 - abar(0))/(1 - abar(1))*beta(1)", label="variance").eq(
        "0/(1 - alpha(1))*(1 - alpha(1))", because="abar_0 = 1"
    ).eq("0", because="1 - alpha_1 is not 0")
    d.start("(x - beta(1)/sqrt(1 - abar(1))*e)/sqrt(alpha(1))", label="model").eq(
        "(x - sqrt(1 - alpha(1))*e)/sqrt(alpha(1))", because="(1 - alpha_1)/sqrt(1 - alpha_1)"
    ).eq("(x - sqrt(1 - abar(1))*e)/sqrt(abar(1))", because="the estimate of x_0 from the noise")
    d.claim("1 - (1 - 0) = 0", label="degenerate", because="with beta_1 = 0, 1 - abar_1 is 0")
    d.wrong("(1 - abar(0))/(1 - abar(1))*beta(1) = beta(1)", why="beta_1 as the variance")
    d.wrong(
        "(x - beta(1)/sqrt(1 - abar(1))*e)/sqrt(alpha(1)) = (x - beta(1)*e)/sqrt(alpha(1))",
        why="beta_1 in place of its root",
    )
    d.wrong("(1 - 1)/(1 - (1 - 0))*0 = 0", why="0/0 at beta_1 = 0")


@family.theorem(
    "mean_eps_form",
    title="The posterior mean in terms of the noise, and of the score",
    source="Ho, Jain, Abbeel (2020), eq. 10-11; Luo (2022), eq. 126",
)
def mean_eps_form(d: Derivation) -> None:
    """Put x_0 = (x_n - sqrt(1 - abar_n)*e)/sqrt(abar_n) into the posterior mean; sqrt(b)/sqrt(a*b) =
    1/sqrt(a), and the weights of x_n add to 1/sqrt(a) by the denominator identity.

    ``a`` stands for alpha_n, ``b`` for abar_{n-1}, ``s`` for the score. The last chain says it at the
    schedule, n >= 2.
    """
    schedule(d, k="integer >= 1", n="integer >= 2", x="real", e="real", s="real")
    d.declare(a="in (0, 1)", b="in (0, 1)")
    range_of_abar(d)
    mean = (
        "sqrt({a})*(1 - {b})/(1 - {c})*x"
        " + sqrt({b})*(1 - {a})/(1 - {c})*((x - sqrt(1 - {c})*e)/sqrt({c}))"
    )
    letters = mean.format(a="a", b="b", c="(a*b)")
    d.start(letters, label="letters").eq(
        "((a*(1 - b) + 1 - a)/(1 - a*b)*x - (1 - a)/sqrt(1 - a*b)*e)/sqrt(a)",
        because="sqrt(b)/sqrt(a*b) = 1/sqrt(a)",
    ).eq("(x - (1 - a)/sqrt(1 - a*b)*e)/sqrt(a)", because="the denominator identity")
    d.claim(
        "(x - (1 - a)/sqrt(1 - a*b)*(-sqrt(1 - a*b)*s))/sqrt(a) = (x + (1 - a)*s)/sqrt(a)",
        label="score",
        because="e = -sqrt(1 - abar_n)*s",
    )
    d.start(
        mean.format(a="alpha(n)", b="abar(n - 1)", c="(alpha(n)*abar(n - 1))"), label="schedule"
    ).eq(
        "(x - (1 - alpha(n))/sqrt(1 - alpha(n)*abar(n - 1))*e)/sqrt(alpha(n))",
        using=(("letters", {"a": "alpha(n)", "b": "abar(n - 1)"}), *at("n - 1")),
        because="at a = alpha_n and b = abar_{n-1}",
    ).eq(
        "(x - beta(n)/sqrt(1 - abar(n))*e)/sqrt(alpha(n))",
        using=at("n"),
        because="alpha_n*abar_{n-1} = abar_n",
    )
    d.wrong(f"{letters} = (x + (1 - a)/sqrt(1 - a*b)*e)/sqrt(a)", why="sign of the noise")
    d.wrong(f"{letters} = (x - (1 - a)/sqrt(1 - a*b)*e)/sqrt(a*b)", why="1/sqrt(abar_n) in front")
    d.wrong(f"{letters} = (x - (1 - a)/(1 - a*b)*e)/sqrt(a)", why="1 - abar_n without its root")


@family.theorem(
    "posterior_variance_bounds",
    title="The posterior variance lies below beta",
    source="Nichol, Dhariwal (2021), Fig. 1",
)
def posterior_variance_bounds(d: Derivation) -> None:
    """The ratio (1 - abar_{n-1})/(1 - abar_n) lies in (0, 1), since abar falls.

    ``a`` stands for alpha_n and ``b`` for abar_{n-1}, n >= 2. Not shown: the limit of the ratio; its gap
    to 1 is the last chain.
    """
    d.declare(a="in (0, 1)", b="in (0, 1)")
    d.start("(1 - b)/(1 - a*b)", label="ratio").lt("1", because="a*b < b")
    d.start("(1 - b)*(1 - a)/(1 - a*b)", label="above").lt("1 - a", because="the ratio is below 1")
    d.claim("(1 - b)*(1 - a)/(1 - a*b) > 0", label="below", because="all factors are positive")
    d.claim("(1 - b)*(1 - a)/(1 - a*b) != 1 - a", label="never equal", because="strictly below")
    d.claim(
        "1 - (1 - b)/(1 - a*b) = (b - a*b)/(1 - a*b)",
        label="gap",
        by="ring",
        because="so the ratio is near 1 when abar_{n-1} - abar_n is small beside 1 - abar_n",
    )
    d.wrong("(1 - b)*(1 - a)/(1 - a*b) >= 1 - a", why="the order turned round")


@family.theorem(
    "true_reverse_variance",
    title="The variance of the true reverse step, and its two extremes",
    source="Ho, Jain, Abbeel (2020), sec. 3.2; Bao et al. (2022), Thm 1-2",
)
def true_reverse_variance(d: Derivation) -> None:
    """Total variance: given x_n, the law of x_{n-1} is a mixture over x_0 = z, with variance s and mean
    c + k*z, where k = sqrt(b)*(1 - a)/(1 - a*b). Averaged over a law r of z with mean m and variance w
    the variance is s + k**2*w. One point: w = 0. Normal data: w = 1 - abar_n gives beta_n.

    ``a`` for alpha_n, ``b`` for abar_{n-1}. Not shown: covariance matrices of vectors.
    """
    d.declare({"r(z)": "nonnegative"}, y="real", z="real", a="in (0, 1)", b="in (0, 1)")
    d.declare(c="real", k="real", m="real", s="positive", w="nonnegative")
    d.assume(
        h_norm="Int(r(z), z, -oo, oo) = 1",
        h_mean="Int(z*r(z), z, -oo, oo) = m",
        h_second="Int(z**2*r(z), z, -oo, oo) = m**2 + w",
    )
    d.claim(
        "Int((y - (c + k*m))**2*Normal(y; c + k*z, s), y, -oo, oo) = s + k**2*(z - m)**2",
        label="given the data",
        because="variance plus squared distance of the means",
    )
    d.start("Int((s + k**2*(z - m)**2)*r(z), z, -oo, oo)", label="total").eq(
        "s*Int(r(z), z, -oo, oo) + k**2*Int((z - m)**2*r(z), z, -oo, oo)", because="linearity"
    ).eq("s + k**2*w", because="the moments of r")
    one = "(1 - b)*(1 - a)/(1 - a*b)"
    d.claim(f"{one} + (sqrt(b)*(1 - a)/(1 - a*b))**2*0 = {one}", label="one point", because="w = 0")
    d.start(f"{one} + (sqrt(b)*(1 - a)/(1 - a*b))**2*(1 - a*b)", label="standard normal data").eq(
        "((1 - b)*(1 - a) + b*(1 - a)**2)/(1 - a*b)", because="w = 1 - abar_n"
    ).eq("1 - a", because="the numerator is (1 - a)*(1 - a*b)")
    d.wrong(
        f"{one} + (sqrt(b)*(1 - a)/(1 - a*b))**2*(1 - a*b) = {one}",
        why="the posterior variance for all data",
    )
    d.wrong(f"{one} + (sqrt(b)*(1 - a)/(1 - a*b))**2*0 = 1 - a", why="beta for all data")


@family.theorem(
    "reverse_gaussian_data", title="The exact reverse step for normal data", source="elementary"
)
def reverse_gaussian_data(d: Derivation) -> None:
    """Normal data stay normal, with variance b*v + 1 - b at abar = b. The posterior of x_{n-1} = y given
    x_n = x is the completed square of Normal(x; sqrt(a)*y, 1 - a)*Normal(y; M, S), M = sqrt(b)*m.

    ``S`` stands for s_{n-1}; s_n = a*S + 1 - a. Not shown: v = 0 at n = 1.
    """
    d.declare(x="real", y="real", z="real", m="real", M="real", S="positive", v="positive")
    d.declare(a="in (0, 1)", b="in (0, 1)", u="real", t="positive")
    d.claim(
        "Int(Normal(x; u*z, t)*Normal(z; m, v), z, -oo, oo) = Normal(x; u*m, u**2*v + t)",
        label="convolution",
        because="complete the square in z and integrate it out",
    )
    d.start("Int(Normal(x; sqrt(b)*z, 1 - b)*Normal(z; m, v), z, -oo, oo)", label="marginal").eq(
        "Normal(x; sqrt(b)*m, sqrt(b)**2*v + (1 - b))",
        using=(("convolution", {"u": "sqrt(b)", "t": "1 - b"}),),
        because="at u = sqrt(b)",
    ).eq("Normal(x; sqrt(b)*m, b*v + 1 - b)", because="square of a root")
    d.claim(
        "a*(b*v + 1 - b) + 1 - a = a*b*v + 1 - a*b",
        label="variances",
        by="ring",
        because="s_n from s_{n-1}",
    )
    d.claim(
        "Normal(x; sqrt(a)*y, 1 - a)*Normal(y; M, S) = Normal(x; sqrt(a)*M, a*S + 1 - a)"
        "*Normal(y; M + sqrt(a)*S/(a*S + 1 - a)*(x - sqrt(a)*M), S*(1 - a)/(a*S + 1 - a))",
        label="bayes",
        because="complete the square in y",
    )
    d.claim(
        "sqrt(b)*m + sqrt(a)*(b*v + 1 - b)/(a*(b*v + 1 - b) + 1 - a)*(x - sqrt(a)*(sqrt(b)*m))"
        " = sqrt(b)*m + sqrt(a)*(b*v + 1 - b)/(a*b*v + 1 - a*b)*(x - sqrt(a*b)*m)",
        label="mean",
        because="at M = sqrt(b)*m and S = b*v + 1 - b",
    )
    d.wrong("S*(1 - a)/(a*S + 1 - a) = 1 - a", why="beta_n as the variance for all data")
