"""Other objectives: class priors, f-divergences, least squares, hinge, smoothed labels, codes and
pairs.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gan.common import VALUE, discriminator, exists, family, mixture, two_laws


@family.theorem(
    "prior_pi", title="The value with the class prior w", source="Huszar (2015), section 2.2"
)
def prior_pi(d: Derivation) -> None:
    """With weights w and 1 - w the best discriminator is w*p/(w*p + (1 - w)*g), the probability of
    "real" given x. The logarithms of the weights come out of the two means: the value is the
    Jensen-Shannon divergence with weights less the entropy of a coin with the probability w.

    Not shown: uniqueness.
    """
    two_laws(d)
    d.declare({"D(x)": "in (0, 1)", "w": "in (0, 1)"})
    d.define("m(x)", "w*p(x) + (1 - w)*g(x)").define("Dstar(x)", "w*p(x)/(w*p(x) + (1 - w)*g(x))")
    left, right = "Int(p(x)*log(p(x)/m(x)), x, X)", "Int(g(x)*log(g(x)/m(x)), x, X)"
    d.assume(h_integrable_p=exists(left), h_integrable_g=exists(right))
    d.assume(h_integrable_real=exists("Int(p(x)*log(D(x)), x, X)"))
    d.assume(h_integrable_fake=exists("Int(g(x)*log(1 - D(x)), x, X)"))
    d.define("JSD", f"w*{left} + (1 - w)*{right}").define("coin", "-w*log(w) - (1 - w)*log(1 - w)")
    value = "w*Int(p(x)*log({0}), x, X) + (1 - w)*Int(g(x)*log(1 - {0}), x, X)"
    d.claim(
        "1 - Dstar(x) = (1 - w)*g(x)/m(x)", "complement", by="ring", because="common denominator"
    )
    d.start(value.format("Dstar(x)"), "value").eq(
        "w*Int(p(x)*(log(p(x)/m(x)) + log(w)), x, X) + (1 - w)*Int(g(x)*(log(g(x)/m(x)) + log(1 -"
        " w)), x, X)",
        by="lin_E",
        because="D = w*p/m, 1 - D = (1 - w)*g/m",
    ).eq(
        f"w*{left} + (1 - w)*{right} + w*log(w) + (1 - w)*log(1 - w)",
        by="lin_E",
        because="h_norm_p, h_norm_g",
    ).eq("JSD - coin", because="definitions")
    d.start(value.format("D(x)"), "maximum").eq(
        "Int(w*p(x)*log(D(x)) + (1 - w)*g(x)*log(1 - D(x)), x, X)",
        by="lin_E",
        because="both integrals exist",
    ).le(
        "Int(w*p(x)*log(Dstar(x)) + (1 - w)*g(x)*log(1 - Dstar(x)), x, X)",
        by="pointwise_opt",
        because="gan.optimal_d with the densities w*p and (1 - w)*g",
    ).eq(value.format("Dstar(x)"), by="lin_E", because="both integrals exist").eq(
        "JSD - coin", using="value", because="value"
    )
    d.wrong(f"{value.format('Dstar(x)')} = JSD - log(2)", "-log 2 for every prior")
    d.wrong("1 - Dstar(x) = g(x)/(p(x) + g(x))", "D without the prior")


@family.theorem(
    "density_ratio",
    title="The logit of the optimal discriminator is the log density ratio",
    source="Sugiyama, Suzuki, Kanamori (2012); Mohamed and Lakshminarayanan (2016), eq. 6",
)
def density_ratio(d: Derivation) -> None:
    """D/(1 - D) = p/g at D = p/(p + g). The mean of the ratio times f under g is the mean of f
    under p, a change of measure: the space is where g is positive.
    """
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "g(x)": "positive", "f(x)": "real"})
    d.declare({"F": "real"})
    d.define("Dstar(x)", "p(x)/(p(x) + g(x))")
    d.assume(h_integrable="Int(p(x)*f(x), x, X) = F")
    d.start("Dstar(x)/(1 - Dstar(x))", "ratio").eq(
        "p(x)/(p(x) + g(x))/(g(x)/(p(x) + g(x)))", because="definition"
    ).eq("p(x)/g(x)", by="ring", because="the sum cancels")
    d.start("log(Dstar(x)/(1 - Dstar(x)))", "logit").eq(
        "log(p(x)/g(x))", using="ratio", because="ratio"
    )
    d.claim("sigmoid(log(p(x)/g(x))) = Dstar(x)", "sigmoid", because="the inverse of the logit")
    d.start("Int(g(x)*(Dstar(x)/(1 - Dstar(x))*f(x)), x, X)", "change of measure").eq(
        "Int(g(x)*(p(x)/g(x)*f(x)), x, X)", by="com", because="ratio, at every x"
    ).eq("Int(p(x)*f(x), x, X)", by="com", because="g is positive on X")
    d.wrong("log(Dstar(x)) = log(p(x)/g(x))", "log D for the logit")
    d.wrong("Dstar(x)/(1 - Dstar(x)) = g(x)/p(x)", "the ratio upside down")


@family.theorem(
    "lsgan",
    title="Least squares: the optimal discriminator and Pearson's divergence",
    source="Mao et al. (2017), eq. 5-8",
)
def lsgan(d: Derivation) -> None:
    """At one point, with the densities p and q: complete the square in D. The rest is the least
    value, which is free of D. With b = c + 1 and a = c - 1 the square of D - c is ((p - q)/(p +
    q))**2; times p + q it is the integrand of the Pearson divergence of p + q from 2*q. The
    optimum, integrated over a space, is at most the value of any D.
    """
    d.declare({"X": "space", "r(x)": "positive", "g(x)": "positive", "h(x)": "real"})
    d.declare(p="positive", q="positive", D="real", a="real", b="real", c="real")
    d.define("hstar(x)", "(b*r(x) + a*g(x))/(r(x) + g(x))")
    value = "Int(r(x)*({0} - b)**2/2 + g(x)*({0} - a)**2/2, x, X)"
    d.assume(
        h_integrable=exists(value.format("h(x)")),
        h_integrable_best=exists(value.format("hstar(x)")),
    )
    loss, best = "p*(D - b)**2/2 + q*(D - a)**2/2", "(b*p + a*q)/(p + q)"
    d.start(loss, "square").eq(
        f"(p + q)/2*(D - {best})**2 + p*q*(a - b)**2/(2*(p + q))",
        by="ring",
        because="complete the square in D",
    ).ge("p*q*(a - b)**2/(2*(p + q))", because="a square").eq(
        loss.replace("D", f"({best})"), by="ring", because="at the optimum"
    )
    d.start(value.format("h(x)"), "optimum").ge(
        value.format("hstar(x)"), by="pointwise_opt", because="square, at every x"
    )
    d.start(
        "p*(((c + 1)*p + (c - 1)*q)/(p + q) - c)**2 + q*(((c + 1)*p + (c - 1)*q)/(p + q) - c)**2",
        "Pearson",
    ).eq("(p + q)*((p - q)/(p + q))**2", by="ring", because="D - c = (p - q)/(p + q)").eq(
        "(2*q - (p + q))**2/(p + q)", by="ring", because="p - q = (p + q) - 2*q"
    )
    d.wrong(f"{loss} >= {loss.replace('D', '((a*p + b*q)/(p + q))')}", "a and b swapped")


@family.theorem(
    "hinge", title="The hinge loss", source="Lim and Ye (2017); Miyato et al. (2018), section 3.1"
)
def hinge(d: Derivation) -> None:
    """At one point the loss p*max(0, 1 - D) + q*max(0, 1 + D) is at least 2*min(p, q), which it is
    at D = 1 where p >= q, and at D = -1 where p <= q. Integrated, with TV = 1 - Int(min(p, q)): the
    least loss is 2*(1 - TV).

    Not shown: uniqueness.
    """
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "g(x)": "positive", "D(x)": "real"})
    d.declare(a="positive", b="positive", y="real", r=">= 0", TV="real")
    loss = "Int(p(x)*max(0, 1 - D(x)) + g(x)*max(0, 1 + D(x)), x, X)"
    d.assume(h_integrable=exists(loss), h_overlap="Int(min(p(x), g(x)), x, X) = 1 - TV")
    point = "a*max(0, 1 - {0}) + b*max(0, 1 + {0})"
    d.claim(
        f"{point.format('y')} >= 2*min(a, b)", "pointwise", because="piecewise linear in y; cases"
    )
    d.start("(b + r)*max(0, 1 - 1) + b*max(0, 1 + 1)", "more real").eq(
        "2*b", because="at D = 1"
    ).eq("2*min(b + r, b)", because="r >= 0")
    d.start("a*max(0, 1 - (-1)) + (a + r)*max(0, 1 + (-1))", "more fake").eq(
        "2*a", because="at D = -1"
    ).eq("2*min(a, a + r)", because="r >= 0")
    d.start(loss, "least").ge(
        "Int(2*min(p(x), g(x)), x, X)", by="pointwise_opt", because="pointwise, at every x"
    ).eq("2*(1 - TV)", by="lin_E", because="h_overlap")
    d.wrong(f"{point.format('y')} >= 2*max(a, b)", "the larger density")
    d.wrong("(b + r)*max(0, 1 - 1) + b*max(0, 1 + 1) = min(b + r, b)", "the value 1 - TV")


@family.theorem(
    "label_smoothing",
    title="The optimal discriminator with smoothed labels",
    source="Salimans et al. (2016), section 3.4",
)
def label_smoothing(d: Derivation) -> None:
    """With the target s for real and t for fake points, the weight of log(D) is s*p + t*q and that
    of log(1 - D) is (1 - s)*p + (1 - t)*q; these add up to p + q, so the maximum is at (s*p +
    t*q)/(p + q), by `optimal_d`. For t > 0 it is more than t*q/(p + q); for t = 0 it is s times the
    optimum without smoothing.

    Not shown: the edges s = 1 and t = 0 of the maximum itself.
    """
    d.declare(
        p="positive",
        q="positive",
        s="in (0, 1)",
        t="in (0, 1)",
        y="in (0, 1)",
        a="positive",
        b="positive",
    )
    d.claim(
        "a*log(y) + b*log(1 - y) <= a*log(a/(a + b)) + b*log(b/(a + b))",
        "pointwise",
        because="gan.optimal_d",
    )
    real, fake, best = "(s*p + t*q)", "((1 - s)*p + (1 - t)*q)", "((s*p + t*q)/(p + q))"
    d.claim(f"{real} + {fake} = p + q", "weights", by="ring", because="the targets cancel")
    d.start("p*(s*log(y) + (1 - s)*log(1 - y)) + q*(t*log(y) + (1 - t)*log(1 - y))", "maximum").eq(
        f"{real}*log(y) + {fake}*log(1 - y)", by="ring", because="collect the logarithms"
    ).le(
        f"{real}*log({real}/({real} + {fake})) + {fake}*log({fake}/({real} + {fake}))",
        using=(("pointwise", {"a": real, "b": fake}),),
        because="pointwise",
    ).eq(f"{real}*log({best}) + {fake}*log(1 - {best})", because="weights")
    d.claim(f"t*q/(p + q) < {best}", "not near 0", because="s*p is positive")
    d.claim("(s*p + 0*q)/(p + q) = s*(p/(p + q))", "one side", by="ring", because="t = 0")
    d.wrong(f"{best} = s*p/(p + q)", "t dropped")


@family.theorem(
    "infogan",
    title="The variational bound on mutual information",
    source="Barber and Agakov (2003); Chen et al. (2016), eq. 4-5",
)
def infogan(d: Derivation) -> None:
    """Let r(c, x) be the posterior of the code, q(c, x) any conditional density, px(x) the marginal
    of x, and H the entropy of the code. The information is H plus the mean of log r. At every x the
    mean of log(r/q) under r is a divergence, so it is not negative: the information is at least H
    plus the mean of log q.

    Not shown: that equality needs q = r.
    """
    d.declare({"X": "space", "C": "space", "x": "real", "px(x)": "positive", "r(c, x)": "positive"})
    d.declare({"q(c, x)": "positive"})
    d.declare({"L(x)": "real", "M(x)": "real", "H": "real"})
    own, other = "Int(r(c, x)*log(r(c, x)), c, C)", "Int(r(c, x)*log(q(c, x)), c, C)"
    d.assume(h_norm_x="Int(px(x), x, X) = 1", h_norm_r="for all x: Int(r(c, x), c, C) = 1")
    d.assume(
        h_norm_q="for all x: Int(q(c, x), c, C) = 1",
        h_own=f"for all x: {own} = L(x)",
        h_other=f"for all x: {other} = M(x)",
    )
    d.assume(
        h_mean_own=exists("Int(px(x)*L(x), x, X)"), h_mean_other=exists("Int(px(x)*M(x), x, X)")
    )
    d.define("MI", "H + Int(px(x)*L(x), x, X)")
    divergence = "Int(r(c, x)*log(r(c, x)/q(c, x)), c, C)"
    d.start(divergence, "split").eq(
        f"{own} - {other}", by="lin_E", because="the log of a quotient"
    ).eq("L(x) - M(x)", because="h_own, h_other")
    d.start("Int(px(x)*L(x), x, X) - Int(px(x)*M(x), x, X)", "gap").eq(
        "Int(px(x)*(L(x) - M(x)), x, X)", by="lin_E", because="h_mean_own, h_mean_other"
    ).eq(f"Int(px(x)*{divergence}, x, X)", because="split, at every x").ge(
        "Int(px(x)*Int(r(c, x) - q(c, x), c, C), x, X)",
        by="gibbs",
        because="-log(t) >= 1 - t at every c and x",
    ).eq("0", because="h_norm_r, h_norm_q; a multiple of h_norm_x")
    d.start("MI", "bound").eq("H + Int(px(x)*L(x), x, X)", by="unfold", because="definition").ge(
        "H + Int(px(x)*M(x), x, X)", using="gap", because="gap"
    ).eq(f"H + Int(px(x)*{other}, x, X)", because="h_other")
    d.wrong(f"MI >= Int(px(x)*{other}, x, X)", "the entropy of the code left out")
    d.wrong("MI <= H + Int(px(x)*M(x), x, X)", "the bound turned round")


@family.theorem(
    "bigan",
    title="Pairs of data and code: the value at the optimal discriminator",
    source="Donahue, Krahenbuhl, Darrell (2017), proposition 1-2",
)
def bigan(d: Derivation) -> None:
    """A point of the space is a pair (x, z); p is the law of (x, h(x)), g that of (G(z), z), as
    densities with respect to one measure, such as the sum of the two laws. `jsd_log4` then holds as
    it stands: the means over data and over noise are integrals of pairs (h_pairs_real,
    h_pairs_fake).

    Not shown: that E and G are inverse to each other when the two joint laws agree.
    """
    two_laws(d)
    discriminator(d)
    mixture(d)
    d.declare({"A": "space", "B": "space", "a(x)": "positive", "b(z)": "positive", "e(x)": "real"})
    d.declare({"f(z)": "real", "V(x, z)": "in (0, 1)"})
    d.assume(h_pairs_real="Int(a(x)*log(V(x, e(x))), x, A) = Int(p(x)*log(D(x)), x, X)")
    d.assume(h_pairs_fake="Int(b(z)*log(1 - V(f(z), z)), z, B) = Int(g(x)*log(1 - D(x)), x, X)")
    best = VALUE.format("Dstar(x)")
    d.start("Int(a(x)*log(V(x, e(x))), x, A) + Int(b(z)*log(1 - V(f(z), z)), z, B)", "value").eq(
        VALUE.format("D(x)"), by="lotus", because="h_pairs_real, h_pairs_fake"
    ).eq(
        "Int(p(x)*log(D(x)) + g(x)*log(1 - D(x)), x, X)", by="lin_E", because="both integrals exist"
    ).le(
        "Int(p(x)*log(Dstar(x)) + g(x)*log(1 - Dstar(x)), x, X)",
        by="pointwise_opt",
        because="gan.optimal_d",
    ).eq(best, by="lin_E", because="both integrals exist").eq(
        "2*JSD - log(4)", because="gan.jsd_log4"
    )
    d.start("2*JSD - log(4)", "least").ge(
        "Int(p(x) - m(x), x, X) + Int(g(x) - m(x), x, X) - log(4)",
        by="gibbs",
        because="-log(t) >= 1 - t, twice",
    ).eq("-log(4)", because="p + g = 2*m")
    d.wrong(f"{best} = 2*JSD + log(4)", "the sign of the constant")
