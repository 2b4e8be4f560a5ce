"""Other bounds on the evidence: several samples, powers of the weight, upper bounds, factors,
chains.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.elbo.common import BOUND, evidence, exists, family


@family.theorem(
    "eubo_cubo",
    title="Upper bounds on the evidence",
    source="Dieng, Tran, Ranganath, Paisley, Blei (2017), eq. 3-5",
)
def eubo_cubo(d: Derivation) -> None:
    """Under the posterior instead of q, the mean of log p(x, z)/q(z) is the log evidence plus the
    divergence of the posterior from q: an upper bound. The mean of the squared weight under q is at
    least the square of its mean, since the mean of (p/q - px)**2 is not negative: half its
    logarithm is an upper bound too.
    """
    evidence(d)
    d.declare({"q(z)": "positive", "Q": "positive"})
    gap = "Int(post(z, x)*log(post(z, x)/q(z)), z, Z)"
    square = "Int(q(z)*(p(x, z)/q(z))**2, z, Z)"
    d.assume(h_norm_q="Int(q(z), z, Z) = 1", h_kl=exists(gap), h_square=f"{square} = Q")
    upper = "Int(post(z, x)*log(p(x, z)/q(z)), z, Z)"
    d.start(upper, "eubo").eq(
        "Int(post(z, x)*(log(px(x)) + log(post(z, x)/q(z))), z, Z)",
        because="p(x, z) = px(x)*post(z, x)",
    ).eq(f"log(px(x)) + {gap}", by="lin_E", because="the posterior has the mass 1; h_kl").ge(
        "log(px(x)) + Int(post(z, x) - q(z), z, Z)",
        by="gibbs",
        because="-log(t) >= 1 - t at every z",
    ).eq("log(px(x))", because="both densities have the mass 1")
    d.start("Q - px(x)**2", "variance").eq(
        "Int(q(z)*(p(x, z)/q(z) - px(x))**2, z, Z)", because="h_square, h_marginal, h_norm_q"
    ).ge("Int(0*q(z), z, Z)", because="a square at every z").eq(
        "0", because="a multiple of h_norm_q"
    )
    d.start("log(px(x))", "cubo").eq("log(px(x)**2)/2", because="the log of a square").le(
        "log(Q)/2", using="variance", because="variance; the logarithm increases"
    ).eq(f"log({square})/2", because="h_square")
    d.wrong(f"log(px(x)) <= {BOUND}", "the mean taken under q")
    d.wrong("log(Q)/2 <= log(px(x))", "the inequality turned round")


@family.theorem(
    "iwae",
    title="Two samples tighten the bound",
    source="Burda, Grosse, Salakhutdinov (2016), theorem 1",
)
def iwae(d: Derivation) -> None:
    """The log of the mean of two weights is at least the mean of their logs, since the logarithm is
    concave: integrated over two independent samples, the bound with two samples is at least the
    bound with one. By the tangent of the logarithm at the evidence it is at most the log evidence.
    For k + 1 weights, the mean is the mean of its leave-one-out means, and so its logarithm is at
    least the mean of their logarithms: this is the step from k to k + 1.

    Not shown: the integrals for k above 2; the limit.
    """
    d.declare({"Z": "space", "z": "real", "p(z)": "positive", "q(z)": "positive", "L(z)": "real"})
    d.declare({"P": "positive", "B": "real"})
    d.declare({"K": "integer >= 1", "w[i]": "positive", "m[i]": "positive", "a": "positive"})
    d.declare({"b": "positive"})
    d.define("w1(z)", "p(z)/q(z)")
    one, two = "Int(q(z)*log(p(z)/q(z)), z, Z)", "Int(q(y)*log((w1(y) + w1(z))/2), y, Z)"
    d.assume(
        h_marginal="Int(p(z), z, Z) = P", h_norm_q="Int(q(z), z, Z) = 1", h_integrable=f"{one} = B"
    )
    d.assume(h_inner=f"for all z: {two} = L(z)", h_two=exists("Int(q(z)*L(z), z, Z)"))
    d.claim("(log(a) + log(b))/2 <= log((a + b)/2)", "concave", because="log is concave")
    both = f"Int(q(z)*{two}, z, Z)"
    d.start(both, "two beat one").ge(
        "Int(q(z)*Int(q(y)*(log(w1(y))/2 + log(w1(z))/2), y, Z), z, Z)",
        because="concave, at every y and z",
    ).eq("Int(q(z)*(B/2 + log(w1(z))/2), z, Z)", by="lin_E", because="h_integrable, h_norm_q").eq(
        one, by="lin_E", because="two halves; h_norm_q"
    )
    d.start(both, "bound").le(
        "Int(q(z)*Int(q(y)*(log(P) + (w1(y) + w1(z))/2/P - 1), y, Z), z, Z)",
        because="log(t) <= t - 1 at t = mean/P, for every y and z",
    ).eq(
        "Int(q(z)*(log(P) + (P + w1(z))/2/P - 1), z, Z)", by="lin_E", because="h_marginal, h_norm_q"
    ).eq("log(P)", by="lin_E", because="h_marginal, h_norm_q")
    d.start("Sum((Sum(w[j], j, 1, K + 1) - w[i])/K, i, 1, K + 1)/(K + 1)", "leave one out").eq(
        "((K + 1)*Sum(w[j], j, 1, K + 1) - Sum(w[i], i, 1, K + 1))/K/(K + 1)",
        because="the first part is free of i",
    ).eq("Sum(w[j], j, 1, K + 1)/(K + 1)", because="K of K + 1 times the sum")
    d.start("log(Sum(m[i], i, 1, K)/K)", "concave, K").ge(
        "Sum(log(m[i]), i, 1, K)/K", because="Jensen's inequality for K weights 1/K"
    )
    d.wrong(f"{both} <= {one}", "one sample better than two")
    d.wrong("Int(q(z)*(L(z) + log(2)), z, Z) <= log(P)", "the sum of the weights without 1/2")


@family.theorem(
    "hierarchical",
    title="The bound of a Markov chain of latents",
    source="Luo (2022), eq. 25-29; Ho, Jain, Abbeel (2020), eq. 3",
)
def hierarchical(d: Derivation) -> None:
    """A point w of the space is a path x_1, ..., x_T. At the path, r(t, w) stands for p(x_{t-1} |
    x_t), s(t, w) for q(x_t | x_{t-1}), and u(w) for p(x_T). The gap is the divergence of the two
    laws of paths, given x_0; the logarithm of the products is a sum. T = 1 is the bound with one
    latent.
    """
    d.declare({"W": "space", "u(w)": "positive", "r(t, w)": "positive", "s(t, w)": "positive"})
    d.declare({"P": "positive", "T": "integer >= 1", "w": "real"})
    d.define("p(w)", "u(w)*Prod(r(t, w), t, 1, T)").define("q(w)", "Prod(s(t, w), t, 1, T)")
    bound, gap = "Int(q(w)*log(p(w)/q(w)), w, W)", "Int(q(w)*log(q(w)/(p(w)/P)), w, W)"
    d.assume(
        h_marginal="Int(p(w), w, W) = P", h_norm_q="Int(q(w), w, W) = 1", h_integrable=exists(bound)
    )
    d.start("log(p(w)/q(w))", "factors").eq(
        "log(p(w)) - log(q(w))", because="the log of a quotient"
    ).eq(
        "log(u(w)) + Sum(log(r(t, w)), t, 1, T) - Sum(log(s(t, w)), t, 1, T)",
        because="the log of a product",
    ).eq("log(u(w)) + Sum(log(r(t, w)/s(t, w)), t, 1, T)", because="a sum of sums")
    d.start("log(P)", "gap").eq("Int(q(w)*log(P), w, W)", by="lin_E", because="h_norm_q").eq(
        "Int(q(w)*(log(p(w)/q(w)) + log(q(w)/(p(w)/P))), w, W)", because="multiply and divide"
    ).eq(f"{bound} + {gap}", by="lin_E", because="h_integrable")
    d.start(gap, "gibbs").ge("Int(q(w) - p(w)/P, w, W)", by="gibbs", because="-log(t) >= 1 - t").eq(
        "0", because="h_norm_q, h_marginal"
    )
    d.start("log(P)", "bound").eq(f"{bound} + {gap}", using="gap", because="gap").ge(
        bound, using="gibbs", because="gibbs"
    )
    d.wrong(
        "log(p(w)/q(w)) = log(u(w)) + Sum(log(r(t, w)/s(t, w)), t, 2, T)",
        "the factor t = 1 dropped",
    )
    d.wrong(f"log(P) = {bound} - {gap}", "the divergence subtracted")


@family.theorem(
    "mean_field",
    title="The best factor of a factorised density",
    source="Bishop (2006), eq. 10.6-10.9",
)
def mean_field(d: Derivation) -> None:
    """With q(y, z) = q(y)*s(z) and s fixed, let m(y) be the mean of log p(y, z) under s. The bound
    is the mean of m - log q under q plus the entropy of s: minus the divergence of q from exp(m)/C,
    plus a constant. By Gibbs' inequality no q has a larger bound than exp(m)/C, so an update never
    lowers the bound.

    Not shown: that the maximiser is unique.
    """
    d.declare({"Y": "space", "Z": "space", "y": "real", "p(y, z)": "positive", "q(y)": "positive"})
    d.declare({"s(z)": "positive"})
    d.declare({"m(y)": "real", "C": "positive", "E": "real"})
    d.assume(
        h_energy="for all y: Int(s(z)*log(p(y, z)), z, Z) = m(y)", h_norm_q="Int(q(y), y, Y) = 1"
    )
    d.assume(h_entropy="Int(s(z)*log(s(z)), z, Z) = -E", h_norm_s="Int(s(z), z, Z) = 1")
    d.assume(h_normaliser="Int(exp(m(y)), y, Y) = C", h_integrable=exists("Int(q(y)*m(y), y, Y)"))
    d.assume(h_entropy_q=exists("Int(q(y)*log(q(y)), y, Y)"))
    d.define("best(y)", "exp(m(y))/C")
    inner = "Int(q(y)*s(z)*log(p(y, z)/(q(y)*s(z))), z, Z)"
    d.start(inner, "inner").eq(
        "Int(q(y)*(s(z)*log(p(y, z))) - q(y)*log(q(y))*s(z) - q(y)*(s(z)*log(s(z))), z, Z)",
        because="the log of a product",
    ).eq("q(y)*m(y) - q(y)*log(q(y)) + q(y)*E", by="lin_E", because="h_energy, h_norm_s, h_entropy")
    d.start(f"Int({inner}, y, Y)", "bound").eq(
        "Int(q(y)*m(y) - q(y)*log(q(y)) + q(y)*E, y, Y)", because="inner, at every y"
    ).eq(
        "Int(q(y)*m(y), y, Y) - Int(q(y)*log(q(y)), y, Y) + E",
        by="lin_E",
        because="h_integrable, h_entropy_q",
    ).eq("log(C) + E - Int(q(y)*log(q(y)/best(y)), y, Y)", because="log(best) = m - log(C)")
    d.claim("Int(best(y), y, Y) = 1", "normalised", because="h_normaliser")
    d.start("Int(q(y)*log(q(y)/best(y)), y, Y)", "gibbs").ge(
        "Int(q(y) - best(y), y, Y)", by="gibbs", because="-log(t) >= 1 - t at every y"
    ).eq("0", because="both have the mass 1")
    d.start(f"Int({inner}, y, Y)", "maximum").eq(
        "log(C) + E - Int(q(y)*log(q(y)/best(y)), y, Y)", using="bound", because="bound"
    ).le("log(C) + E", using="gibbs", because="gibbs")
    d.start("Int(Int(best(y)*s(z)*log(p(y, z)/(best(y)*s(z))), z, Z), y, Y)", "reached").eq(
        "Int(best(y)*(log(C) + E), y, Y)", because="inner for best, where m - log(best) = log(C)"
    ).eq("log(C) + E", because="normalised")
    d.wrong(
        f"Int({inner}, y, Y) = log(C) + E + Int(q(y)*log(q(y)/best(y)), y, Y)",
        "the divergence added",
    )
    d.wrong(f"log(C) + E <= Int({inner}, y, Y)", "any factor as a maximiser")
