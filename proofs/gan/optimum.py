"""The optimal discriminator, the value of the game at it, and what it tells of the two laws."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gan.common import KL_G, KL_P, VALUE, discriminator, family, mixture, two_laws

FINITE = "Sum(p[k]*log({0}), k, 1, K) + Sum(g[k]*log(1 - {0}), k, 1, K)"
FINITE_HALF = "Sum(p[k]*log({0}), k, 1, K)/2 + Sum(g[k]*log(1 - {0}), k, 1, K)/2"
FINITE_BEST, FINITE_M = "p[k]/(p[k] + g[k])", "((p[k] + g[k])/2)"
FINITE_JSD = (
    f"(Sum(p[k]*log(p[k]/{FINITE_M}), k, 1, K)/2 + Sum(g[k]*log(g[k]/{FINITE_M}), k, 1, K)/2)"
)


@family.theorem(
    "optimal_d", title="The optimal discriminator", source="Goodfellow et al. (2014), proposition 1"
)
def optimal_d(d: Derivation) -> None:
    """At one point, with a and b for the two densities: y -> a*log(y) + b*log(1 - y) has the slope
    a/y - b/(1 - y), which is 0 at y = a/(a + b), and it is concave; so it is greatest there. Where
    only one of the densities is positive the greatest value is 0, at y = 0 or y = 1. Integrated: no
    discriminator has a larger value than p/(p + g), which is half the log of each density over the
    sum. By the law of the generator, its term is a mean over the noise (h_pushforward).

    Not shown: uniqueness almost everywhere. D ranges over all functions; for a network with fixed
    weights nothing is said.
    """
    two_laws(d)
    discriminator(d)
    mixture(d)
    d.declare({"a": "positive", "b": "positive", "y": "in (0, 1)", "Z": "space"})
    d.declare({"u(z)": "positive", "f(z)": "real"})
    d.assume(h_pushforward="Int(u(z)*log(1 - D(f(z))), z, Z) = Int(g(x)*log(1 - D(x)), x, X)")
    best, density = VALUE.format("Dstar(x)"), "Int(p(x)*log(D(x)) + g(x)*log(1 - D(x)), x, X)"
    d.start("diff(a*log(y) + b*log(1 - y), y)", "slope").eq(
        "a/y - b/(1 - y)", by="diff", because="the chain rule"
    ).eq(
        "(a + b)*(a/(a + b) - y)/(y*(1 - y))",
        by="ring",
        because="common denominator: 0 at a/(a + b)",
    )
    d.claim("diff(a/y - b/(1 - y), y) < 0", "concave", because="-a/y**2 - b/(1 - y)**2")
    d.claim(
        "a*log(y) + b*log(1 - y) <= a*log(a/(a + b)) + b*log(1 - a/(a + b))",
        "pointwise",
        because="a stationary point of a concave function",
    )
    d.start("b*log(1 - y)", "only fake").le("0", because="log(1 - y) <= 0").eq(
        "b*log(1 - 0)", because="reached at y = 0"
    )
    d.start("a*log(y)", "only real").le("0", because="log(y) <= 0").eq(
        "a*log(1)", because="reached at y = 1"
    )
    d.claim(
        "1 - Dstar(x) = g(x)/(p(x) + g(x))", "complement", by="ring", because="common denominator"
    )
    d.start("Int(p(x)*log(D(x)), x, X) + Int(u(z)*log(1 - D(f(z))), z, Z)", "optimum").eq(
        VALUE.format("D(x)"), by="lotus", because="h_pushforward"
    ).eq(density, by="lin_E", because="both integrals exist").le(
        "Int(p(x)*log(Dstar(x)) + g(x)*log(1 - Dstar(x)), x, X)",
        by="pointwise_opt",
        because="pointwise, at every x",
    ).eq(best, by="lin_E", because="both integrals exist: h_integrable_p, h_integrable_g")
    d.wrong("a*log(y) + b*log(1 - y) <= a*log(b/(a + b)) + b*log(1 - b/(a + b))", "D = q/(p + q)")
    d.wrong("1 - Dstar(x) = p(x)/(p(x) + g(x))", "the complement of q/(p + q)")
    d.wrong(f"{best} <= {VALUE.format('D(x)')}", "the worst discriminator")


@family.theorem(
    "optimal_d_finite",
    title="The optimal discriminator on K points",
    source="Goodfellow et al. (2014), proposition 1",
)
def optimal_d_finite(d: Derivation) -> None:
    """As `optimal_d`, with sums: every wrong variant has a witness."""
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "g[k]": "positive"})
    d.declare({"D[k]": "in (0, 1)"})
    d.assume(h_norm_p="Sum(p[k], k, 1, K) = 1", h_norm_g="Sum(g[k], k, 1, K) = 1")
    d.start(FINITE.format("D[k]"), "optimum").eq(
        "Sum(p[k]*log(D[k]) + g[k]*log(1 - D[k]), k, 1, K)", because="a sum of sums"
    ).le(
        f"Sum(p[k]*log({FINITE_BEST}) + g[k]*log(1 - {FINITE_BEST}), k, 1, K)",
        because="the maximum at every k",
    ).eq(FINITE.format(FINITE_BEST), because="a sum of sums")
    d.wrong(f"{FINITE.format('D[k]')} <= {FINITE.format('g[k]/(p[k] + g[k])')}", "D = q/(p + q)")
    d.wrong(f"{FINITE.format('D[k]')} <= {FINITE.format('p[k]/(1 + p[k])')}", "D without g")


@family.theorem(
    "jsd_log2",
    title="The value with weights 1/2 is the Jensen-Shannon divergence less log 2",
    source="TUM endterm (2023), problem 3b; Goodfellow et al. (2014), theorem 1",
)
def jsd_log2(d: Derivation) -> None:
    """At the optimal discriminator 1 - D = g/(p + g); both ratios are those to the mixture m = (p +
    g)/2, over 2. The two halves of log(2) add up to log(2), as both densities have the mass 1. No
    discriminator has a larger value.

    Not shown: the form of D at the maximum is unique (see `optimal_d`).
    """
    two_laws(d)
    discriminator(d)
    mixture(d)
    d.declare({"Z": "space", "u(z)": "positive", "f(z)": "real"})
    d.assume(h_pushforward="Int(u(z)*log(1 - D(f(z))), z, Z) = Int(g(x)*log(1 - D(x)), x, X)")
    half = "Int(p(x)*log({0}), x, X)/2 + Int(g(x)*log({1}), x, X)/2"
    best = half.format("Dstar(x)", "1 - Dstar(x)")
    d.start(best, "value").eq(
        half.format("p(x)/(p(x) + g(x))", "g(x)/(p(x) + g(x))"),
        by="lin_E",
        because="1 - D = g/(p + g)",
    ).eq(
        "Int(p(x)*(log(p(x)/m(x)) - log(2)), x, X)/2 + Int(g(x)*(log(g(x)/m(x)) - log(2)), x, X)/2",
        by="lin_E",
        because="p + g = 2*m",
    ).eq(
        f"{KL_P}/2 + {KL_G}/2 - log(2)",
        by="lin_E",
        because="h_norm_p, h_norm_g; both divergences exist",
    ).eq("JSD - log(2)", because="definition")
    d.start("Int(p(x)*log(D(x)), x, X)/2 + Int(u(z)*log(1 - D(f(z))), z, Z)/2", "maximum").eq(
        half.format("D(x)", "1 - D(x)"), by="lotus", because="h_pushforward"
    ).le(best, by="pointwise_opt", because="gan.optimal_d").eq(
        "JSD - log(2)", using="value", because="value"
    )
    d.wrong(f"{best} = JSD - log(4)", "-log 4, for weights 1")
    d.wrong(f"{best} = JSD + log(2)", "+log 2")
    d.wrong(
        f"{half.format('g(x)/(p(x) + g(x))', 'p(x)/(p(x) + g(x))')} = JSD - log(2)", "D = q/(p + q)"
    )


@family.theorem(
    "jsd_log2_finite",
    title="The value with weights 1/2 on K points",
    source="Goodfellow et al. (2014), theorem 1",
)
def jsd_log2_finite(d: Derivation) -> None:
    """As `jsd_log2`, with sums: every wrong variant has a witness. For equal laws the value is
    -log(2).
    """
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "g[k]": "positive"})
    d.declare({"D[k]": "in (0, 1)"})
    d.assume(h_norm_p="Sum(p[k], k, 1, K) = 1", h_norm_g="Sum(g[k], k, 1, K) = 1")
    best = FINITE_HALF.format(FINITE_BEST)
    d.start(best, "value").eq(
        "Sum(p[k]*log(p[k]/(p[k] + g[k])), k, 1, K)/2 + Sum(g[k]*log(g[k]/(p[k] + g[k])), k, 1, K)/2",
        because="1 - D = g/(p + g)",
    ).eq(
        f"Sum(p[k]*(log(p[k]/{FINITE_M}) - log(2)), k, 1, K)/2"
        f" + Sum(g[k]*(log(g[k]/{FINITE_M}) - log(2)), k, 1, K)/2",
        because="p + g = 2*m",
    ).eq(f"{FINITE_JSD} - log(2)", because="h_norm_p, h_norm_g")
    d.start(FINITE_HALF.format("D[k]"), "maximum").le(best, because="gan.optimal_d").eq(
        f"{FINITE_JSD} - log(2)", using="value", because="value"
    )
    d.claim(
        "Sum(p[k]*log(p[k]/(p[k] + p[k])), k, 1, K)/2 + Sum(p[k]*log(1 - p[k]/(p[k] + p[k])), k,"
        " 1, K)/2 = -log(2)",
        "equal laws",
        because="D = 1/2 everywhere",
    )
    d.wrong(f"{best} = {FINITE_JSD} - log(4)", "-log 4, for weights 1")
    d.wrong(f"{best} = {FINITE_JSD} + log(2)", "+log 2")
    d.wrong(f"{FINITE_HALF.format('g[k]/(p[k] + g[k])')} = {FINITE_JSD} - log(2)", "D = q/(p + q)")


@family.theorem(
    "jsd_log4",
    title="The value with weights 1, and its least value over generators",
    source="Goodfellow et al. (2014), theorem 1",
)
def jsd_log4(d: Derivation) -> None:
    """Twice `jsd_log2`: the value at the optimal discriminator is 2*JSD - log(4). The divergence is
    not negative, so the value is at least -log(4), which it is for g = p, where D = 1/2.

    Not shown: that the value is -log(4) only for g = p.
    """
    two_laws(d)
    discriminator(d)
    mixture(d)
    best = VALUE.format("Dstar(x)")
    d.start(best, "value").eq(
        "Int(p(x)*(log(p(x)/m(x)) - log(2)), x, X) + Int(g(x)*(log(g(x)/m(x)) - log(2)), x, X)",
        by="lin_E",
        because="D = p/(2*m), 1 - D = g/(2*m)",
    ).eq(
        f"{KL_P} + {KL_G} - 2*log(2)",
        by="lin_E",
        because="h_norm_p, h_norm_g; both divergences exist",
    ).eq("2*JSD - log(4)", because="definition; 2*log(2) = log(4)")
    d.start("JSD", "gibbs").ge(
        "(Int(p(x) - m(x), x, X) + Int(g(x) - m(x), x, X))/2",
        by="gibbs",
        because="-log(t) >= 1 - t, twice",
    ).eq("0", because="p + g = 2*m")
    d.start(best, "least").eq("2*JSD - log(4)", using="value", because="value").ge(
        "-log(4)", using="gibbs", because="gibbs"
    )
    d.start("Int(p(x)*log(1/2), x, X) + Int(p(x)*log(1 - 1/2), x, X)", "equal laws").eq(
        "-log(4)", by="lin_E", because="D = 1/2; h_norm_p"
    )
    d.wrong(f"{best} = JSD - log(4)", "one divergence instead of two")
    d.wrong(f"{best} = 2*JSD - log(2)", "-log 2, for weights 1/2")
    d.wrong(f"{best} <= -log(4)", "-log(4) as the largest value")


@family.theorem(
    "jsd_log4_finite",
    title="The value with weights 1 on K points",
    source="Goodfellow et al. (2014), theorem 1",
)
def jsd_log4_finite(d: Derivation) -> None:
    """As `jsd_log4`, with sums: every wrong variant has a witness."""
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "g[k]": "positive"})
    d.assume(h_norm_p="Sum(p[k], k, 1, K) = 1", h_norm_g="Sum(g[k], k, 1, K) = 1")
    best = FINITE.format(FINITE_BEST)
    d.start(best, "value").eq(
        f"Sum(p[k]*(log(p[k]/{FINITE_M}) - log(2)), k, 1, K) + Sum(g[k]*(log(g[k]/{FINITE_M}) -"
        f" log(2)), k, 1, K)",
        because="D = p/(2*m), 1 - D = g/(2*m)",
    ).eq(f"2*{FINITE_JSD} - log(4)", because="h_norm_p, h_norm_g; 2*log(2) = log(4)")
    d.start(FINITE_JSD, "gibbs").ge(
        f"Sum(p[k]*(1 - {FINITE_M}/p[k]), k, 1, K)/2 + Sum(g[k]*(1 - {FINITE_M}/g[k]), k, 1, K)/2",
        because="-log(t) >= 1 - t in every term",
    ).eq("0", because="both laws sum to 1")
    d.start(best, "least").eq(f"2*{FINITE_JSD} - log(4)", using="value", because="value").ge(
        "-log(4)", using="gibbs", because="gibbs"
    )
    d.wrong(f"{best} = {FINITE_JSD} - log(4)", "one divergence instead of two")
    d.wrong(f"{best} = 2*{FINITE_JSD} - log(2)", "-log 2, for weights 1/2")
    d.wrong(f"{best} = 2*{FINITE_JSD} + log(4)", "the sign of the constant")


@family.theorem(
    "coverage",
    title="Coverage from the optimal discriminator",
    source="IE643 quiz 2, question 1; Tolstikhin et al. (2017)",
)
def coverage(d: Derivation) -> None:
    """The space is the support of p, where p > 0. There (1 - D)/D = g/p, so its mean under p is the
    mass that the generator has on that support, at most 1. At a point, 1 - D = g/(p + g), which is
    0 just where g is. The difference of D and 1 - t is a positive factor times t/(1 - t)*p - g: so
    D >= 1 - t just where g <= t/(1 - t)*p.

    Not shown: the missing mass as the mean of an indicator.
    """
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "g(x)": ">= 0", "M": "real"})
    d.declare({"t": "in (0, 1)"})
    d.declare(a="positive", b=">= 0")
    d.define("Dstar(x)", "p(x)/(p(x) + g(x))")
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_covered="Int(g(x), x, X) = M", h_mass="M <= 1")
    ratio = "Int(p(x)*((1 - Dstar(x))/Dstar(x)), x, X)"
    d.start("(1 - Dstar(x))/Dstar(x)", "ratio").eq("g(x)/p(x)", because="p is positive")
    d.start(ratio, "coverage").eq(
        "Int(p(x)*(g(x)/p(x)), x, X)", by="com", because="ratio, at every x"
    ).eq("M", by="norm", because="h_covered").le("1", because="h_mass")
    d.claim("1 - a/(a + b) = b/(a + b)", "no mass", by="ring", because="0 just where b is")
    d.start("a/(a + b) - (1 - t)", "threshold").eq(
        "(1 - t)/(a + b)*(t/(1 - t)*a - b)", by="ring", because="a positive factor times the margin"
    )
    d.claim("0 < (1 - t)/(a + b)", "factor", because="t < 1 and a > 0")
    d.wrong(f"{ratio} = 1", "always 1")
    d.wrong("a/(a + b) - (1 - t) = (1 - t)/(a + b)*(t*a - b)", "the threshold t*p")
    d.wrong(f"{ratio} >= 1", "the bound turned round")


@family.theorem("coverage_finite", title="Coverage on K points", source="IE643 quiz 2, question 1")
def coverage_finite(d: Derivation) -> None:
    """As `coverage`, with sums over the support of p; g may vanish at some of the points, or have
    mass elsewhere.
    """
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "g[k]": ">= 0"})
    d.assume(h_norm_p="Sum(p[k], k, 1, K) = 1", h_mass="Sum(g[k], k, 1, K) <= 1")
    ratio = f"Sum(p[k]*((1 - {FINITE_BEST})/({FINITE_BEST})), k, 1, K)"
    d.start(ratio, "coverage").eq("Sum(p[k]*(g[k]/p[k]), k, 1, K)", because="(1 - D)/D = g/p").eq(
        "Sum(g[k], k, 1, K)", because="p is positive"
    ).le("1", because="h_mass")
    d.wrong(f"{ratio} = 1", "always 1")
    d.wrong(
        f"Sum(p[k]*(({FINITE_BEST})/(1 - {FINITE_BEST})), k, 1, K) <= 1", "the ratio upside down"
    )
