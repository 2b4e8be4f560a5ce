"""Normal laws compared: divergences, entropies, the Bhattacharyya coefficient, transport on the line."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gauss.common import family

KL = "Int(Normal(x; m, v)*log(Normal(x; m, v)/Normal(x; n, w)), x, -oo, oo)"
COORDINATE = (
    "Int(Normal(z; mu[j], s[j]**2)*log(Normal(z; mu[j], s[j]**2)/Normal(z; 0, 1)), z, -oo, oo)"
)
PLANE = (
    "Int(Int(Normal(x; m, v)*Normal(y; n, w)*log(Normal(x; m, v)*Normal(y; n, w)"
    "/(Normal(x; 0, 1)*Normal(y; 0, 1))), y, -oo, oo), x, -oo, oo)"
)


@family.theorem(
    "kl_1d",
    title="KL divergence between two normal laws on the line",
    source="Bishop (2006), exercise 1.30; Kingma and Welling (2014), appendix B",
)
def kl_1d(d: Derivation) -> None:
    """The logarithm of the ratio of the densities is a quadratic in x. Its expectation needs the
    mass 1 and the second moments about the two means, v and v + (m - n)**2; these are integrals,
    shown from the density alone. The result is not negative, and at least what the means
    contribute.
    """
    d.declare(x="real", m="real", n="real", v="positive", w="positive", s="positive", t="positive")
    d.claim("Int(Normal(x; m, v), x, -oo, oo) = 1", "mass", because="the Gaussian integral")
    d.claim("Int(x*Normal(x; m, v), x, -oo, oo) = m", "mean", because="x = (x - m) + m")
    d.claim(
        "Int((x - m)**2*Normal(x; m, v), x, -oo, oo) = v",
        "variance",
        because="by parts, then the mass",
    )
    d.start("Int((x - n)**2*Normal(x; m, v), x, -oo, oo)", "second moment").eq(
        "Int(((x - m)**2 + 2*(m - n)*(x - m) + (m - n)**2)*Normal(x; m, v), x, -oo, oo)",
        because="x - n = (x - m) + (m - n)",
    ).eq("v + (m - n)**2", because="linearity: variance, mean, mass")
    d.start("log(Normal(x; m, v)/Normal(x; n, w))", "log ratio").eq(
        "(log(w/v) - (x - m)**2/v + (x - n)**2/w)/2",
        because="the log of a product of positive factors",
    )
    d.start(KL, "divergence").eq(
        "Int(Normal(x; m, v)*(log(w/v) - (x - m)**2/v + (x - n)**2/w)/2, x, -oo, oo)",
        because="log ratio",
    ).eq(
        "(log(w/v)*Int(Normal(x; m, v), x, -oo, oo) - Int((x - m)**2*Normal(x; m, v), x, -oo, oo)/v"
        " + Int((x - n)**2*Normal(x; m, v), x, -oo, oo)/w)/2",
        because="linearity; each integral exists",
    ).eq("(log(w/v) - v/v + (v + (m - n)**2)/w)/2", because="mass, variance, second moment").eq(
        "(log(w/v) + (v + (m - n)**2)/w - 1)/2", because="v/v = 1"
    )
    d.start("(log(t**2/s**2) + (s**2 + (m - n)**2)/t**2 - 1)/2", "by standard deviations").eq(
        "log(t/s) + (s**2 + (m - n)**2)/(2*t**2) - 1/2", because="log(t**2/s**2) = 2*log(t/s)"
    )
    d.start(KL, "not negative").eq(
        "(log(w/v) + (v + (m - n)**2)/w - 1)/2", because="divergence"
    ).ge("((1 - v/w) + (v + (m - n)**2)/w - 1)/2", because="-log(r) >= 1 - r at r = v/w").eq(
        "(m - n)**2/(2*w)", because="algebra"
    ).ge("0", because="a square over a positive number")
    d.wrong(f"{KL} = (log(v/w) + (w + (m - n)**2)/v - 1)/2", "the arguments swapped")
    d.wrong(f"{KL} = (log(w/v) + (v + (m - n)**2)/w)/2", "the -1/2 missing")
    d.wrong(
        f"{KL} = log(w/v) + (v + (m - n)**2)/(2*w) - 1/2", "the log ratio of variances not halved"
    )


@family.theorem(
    "kl_std_diag",
    title="KL divergence from a diagonal normal law to the standard one",
    source="Kingma and Welling (2014), eq. 10 and appendix B",
)
def kl_std_diag(d: Derivation) -> None:
    """For each coordinate the divergence on the line with n = 0 and w = 1, an integral. Over
    independent coordinates the logarithm of the ratio of densities is a sum, so the divergences add
    up: here for two coordinates as a double integral, and the sum of the coordinates' integrals for
    any number of them. Every term has the form t - 1 - log(t), which is not negative.

    Not shown: that the integral over d coordinates at once is the sum of those over one, for d
    above 2. The divergence is 0 only for mu = 0 and s = 1: that is `kl_zero`.
    """
    d.declare(
        {"mu[j]": "real", "s[j]": "positive", "lv[j]": "real"},
        D="integer >= 1",
        j="integer >= 1",
        x="real",
        m="real",
        n="real",
        v="positive",
        w="positive",
    )
    d.start(COORDINATE, "one coordinate").eq(
        "(log(1/s[j]**2) + (s[j]**2 + (mu[j] - 0)**2)/1 - 1)/2",
        because="gauss.kl_1d with mean 0 and variance 1",
    ).eq("(s[j]**2 + mu[j]**2 - 1 - log(s[j]**2))/2", because="log(1/r) = -log(r)")
    d.start(PLANE, "two coordinates").eq(
        "(v + m**2 - 1 - log(v))/2 + (w + n**2 - 1 - log(w))/2",
        because="the log of a product; each other density has the mass 1",
    )
    d.start("Sum(KL(Normal(mu[j], s[j]**2), Normal(0, 1)), j, 1, D)", "sum").eq(
        f"Sum({COORDINATE}, j, 1, D)", because="the definition of the divergence"
    ).eq("Sum((s[j]**2 + mu[j]**2 - 1 - log(s[j]**2))/2, j, 1, D)", because="one coordinate").eq(
        "Sum(s[j]**2 + mu[j]**2 - 1 - log(s[j]**2), j, 1, D)/2",
        because="the factor 1/2 is constant",
    )
    d.start("Sum(s[j]**2 + mu[j]**2 - 1 - log(s[j]**2), j, 1, D)/2", "not negative").ge(
        "Sum(s[j]**2 + mu[j]**2 - 1 - (s[j]**2 - 1), j, 1, D)/2", because="log(t) <= t - 1"
    ).eq("Sum(mu[j]**2, j, 1, D)/2", because="algebra").ge("0", because="a sum of squares")
    d.start("Sum(exp(lv[j]) + mu[j]**2 - 1 - log(exp(lv[j])), j, 1, D)/2", "by log variances").eq(
        "-Sum(1 + lv[j] - mu[j]**2 - exp(lv[j]), j, 1, D)/2", because="log(exp(l)) = l"
    )
    closed = "(s[1]**2 + mu[1]**2 - 1 - log(s[1]**2))/2"
    one = COORDINATE.replace("[j]", "[1]")
    d.wrong(f"{one} = (s[1]**2 + mu[1]**2)/2", "-1 - log(s**2) dropped")
    d.wrong(f"{one} = (s[1]**2 + mu[1]**2 - 1 - log(s[1]))/2", "log(s) for log(s**2)")
    d.wrong(f"{one} = 2*{closed}", "no factor 1/2")


@family.theorem(
    "kl_zero", title="When the divergence to the standard normal law is 0", source="Gibbs"
)
def kl_zero(d: Derivation) -> None:
    """Off the point m = 0, v = 1 the divergence is positive: a variance other than 1 makes the
    inequality log(v) < v - 1 strict, below 1 and above it, and a mean other than 0 adds m**2/2.
    """
    d.declare(m="real", e="nonzero", v="positive", t="in (0, 1)", u="> 1")
    d.claim("(1 + 0**2 - 1 - log(1))/2 = 0", "at mean 0 and variance 1")
    for name, side in (("t", "below 1"), ("u", "above 1")):
        d.start(f"({name} + m**2 - 1 - log({name}))/2", f"variance {side}").ge(
            f"({name} - 1 - log({name}))/2", because="a square"
        ).gt("0", because=f"log is below its tangent at 1, strictly for a number {side}")
    d.start("(v + e**2 - 1 - log(v))/2", "another mean").ge("e**2/2", because="log(v) <= v - 1").gt(
        "0", because="e is not 0"
    )
    d.wrong("(v + m**2 - 1 - log(v))/2 > 0", "also at m = 0, v = 1")


@family.theorem(
    "entropy_1d",
    title="Entropy and cross-entropy of normal laws on the line",
    source="Bishop (2006), eq. 1.110; Kingma and Welling (2014), appendix B",
)
def entropy_1d(d: Derivation) -> None:
    """The logarithm of the density is a quadratic; integrate it against the first density.

    Not shown: d dimensions, which is `entropy`.
    """
    d.declare(x="real", m="real", n="real", v="positive", w="positive")
    d.start("Int(-Normal(x; m, v)*log(Normal(x; n, w)), x, -oo, oo)", "cross-entropy").eq(
        "Int(Normal(x; m, v)*(log(2*pi*w) + (x - n)**2/w)/2, x, -oo, oo)",
        because="the log of the density",
    ).eq("(log(2*pi*w) + (v + (m - n)**2)/w)/2", because="mass and second moment")
    d.start("Int(-Normal(x; m, v)*log(Normal(x; m, v)), x, -oo, oo)", "entropy").eq(
        "(log(2*pi*v) + v/v)/2", because="cross-entropy with n = m, w = v"
    ).eq("log(2*pi*exp(1)*v)/2", because="1 = log(exp(1))")
    d.wrong(
        "Int(-Normal(x; m, v)*log(Normal(x; m, v)), x, -oo, oo) = log(2*pi*v)/2",
        "the exp(1) left out",
    )
    d.wrong(
        "Int(-Normal(x; m, v)*log(Normal(x; m, v)), x, -oo, oo) = log(2*pi*exp(1)*v)",
        "no factor 1/2",
    )


@family.theorem(
    "hellinger_bhattacharyya",
    title="Bhattacharyya coefficient and Hellinger distance of normal laws on the line",
    source="Nowozin, Cseke, Tomioka (2016), table 1",
)
def hellinger_bhattacharyya(d: Derivation) -> None:
    """The root of a product of two densities is an exponential of a quadratic: complete the square
    and use the Gaussian integral. The squared distance is then 1 less the coefficient.
    """
    d.declare(x="real", m="real", n="real", r="positive", s="positive")
    root = "exp(-(x - m)**2/(4*s**2) - (x - n)**2/(4*r**2))/sqrt(2*pi*s*r)"
    d.start("sqrt(Normal(x; m, s**2)*Normal(x; n, r**2))", "root").eq(
        root, because="roots of positive factors"
    )
    d.start(f"Int({root}, x, -oo, oo)", "coefficient").eq(
        "sqrt(4*pi*s**2*r**2/(s**2 + r**2))*exp(-(m - n)**2/(4*(s**2 + r**2)))/sqrt(2*pi*s*r)",
        because="complete the square; the Gaussian integral",
    ).eq(
        "sqrt(2*s*r/(s**2 + r**2))*exp(-(m - n)**2/(4*(s**2 + r**2)))",
        because="roots of positive numbers",
    )
    d.start(
        f"(Int(Normal(x; m, s**2), x, -oo, oo) + Int(Normal(x; n, r**2), x, -oo, oo))/2"
        f" - Int({root}, x, -oo, oo)",
        "distance",
    ).eq(
        "(1 + 1)/2 - sqrt(2*s*r/(s**2 + r**2))*exp(-(m - n)**2/(4*(s**2 + r**2)))",
        using="coefficient",
        because="two masses and the coefficient",
    ).eq("1 - sqrt(2*s*r/(s**2 + r**2))*exp(-(m - n)**2/(4*(s**2 + r**2)))", because="algebra")
    d.claim(
        "(sqrt(Normal(x; m, s**2)) - sqrt(Normal(x; n, r**2)))**2/2"
        f" = (Normal(x; m, s**2) + Normal(x; n, r**2) - 2*{root})/2",
        "square",
        because="(a - b)**2 = a**2 + b**2 - 2*a*b, and root",
    )
    d.wrong(
        f"Int({root}, x, -oo, oo) = sqrt(2*s*r/(s**2 + r**2))*exp(-(m - n)**2/(8*(s**2 + r**2)))",
        "8 for 4 in the exponent",
    )


@family.theorem(
    "w2_1d",
    title="Cost of the increasing map between two normal laws on the line",
    source="Dowson and Landau (1982); Givens and Shortt (1984)",
)
def w2_1d(d: Derivation) -> None:
    """The map x -> n + (t/s)*(x - m) increases and carries Normal(m, s**2) to Normal(n, t**2). Its
    mean squared displacement is (m - n)**2 + (s - t)**2. No coupling costs less: `w2_coupling_1d`.

    Not shown: d dimensions, which is `w2`.
    """
    d.declare(x="real", y="real", m="real", n="real", s="positive", t="positive")
    d.claim("0 < diff(n + t/s*(x - m), x)", "increases")
    d.start("Normal(m + s/t*(y - n); m, s**2)*diff(m + s/t*(y - n), y)", "law of the image").eq(
        "Normal(y; n, t**2)", because="the density at the inverse times the inverse's slope"
    )
    d.start("Int((x - (n + t/s*(x - m)))**2*Normal(x; m, s**2), x, -oo, oo)", "cost").eq(
        "(m - n)**2 + (1 - t/s)**2*s**2", because="mean and variance of x"
    ).eq("(m - n)**2 + (s - t)**2", because="algebra")
    d.wrong(
        "Int((x - (n + t/s*(x - m)))**2*Normal(x; m, s**2), x, -oo, oo) = (m - n)**2 + (s**2 - t**2)**2",
        "variances for standard deviations",
    )


@family.theorem(
    "w2_coupling_1d",
    title="No coupling on the line costs less than the increasing map",
    source="Dowson and Landau (1982); Givens and Shortt (1984)",
)
def w2_coupling_1d(d: Derivation) -> None:
    """A coupling of laws with the means m, n and the deviations s, t has some covariance c, and its
    mean squared displacement is (m - n)**2 + s**2 + t**2 - 2*c. Cauchy and Schwarz bound c by s*t.

    Not shown: the inequality of Cauchy and Schwarz for covariances (h_cauchy_schwarz).
    """
    d.declare(m="real", n="real", s="positive", t="positive", c="real")
    d.assume(h_cauchy_schwarz="c**2 <= s**2*t**2")
    d.start("c", "covariance").le(
        "sqrt(c**2)", because="a number is at most its absolute value"
    ).le("sqrt(s**2*t**2)", because="h_cauchy_schwarz; the root increases").eq(
        "s*t", because="s and t are positive"
    )
    d.start("(m - n)**2 + s**2 + t**2 - 2*c", "any coupling").ge(
        "(m - n)**2 + s**2 + t**2 - 2*s*t", using="covariance", because="covariance"
    ).eq("(m - n)**2 + (s - t)**2", because="a square")
    d.wrong(
        "(m - n)**2 + s**2 + t**2 - 2*c >= (m - n)**2 + (s + t)**2", "the sign of the covariance"
    )
