"""Divergences on a space: Gibbs' inequality, the chain rule, and what follows from them."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.info.common import exists, family, kl


def two(d: Derivation) -> None:
    """Two densities p and q on a space X, p >> q and q >> p."""
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "q(x)": "positive"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_q="Int(q(x), x, X) = 1")


@family.theorem(
    "gibbs",
    title="A divergence is not negative",
    source="Kullback and Leibler (1951); Bishop (2006), eq. 1.113",
)
def gibbs(d: Derivation) -> None:
    """The space is the support of p, on which q is positive; q may have mass elsewhere, so its mass
    here is at most 1 (h_mass). At every point -log(t) >= 1 - t with t = q/p; the integral of p - q
    is 1 less the mass of q.

    Not shown: that the divergence is 0 only for p = q almost everywhere; laws with p not absolutely
    continuous with respect to q, for which the divergence is infinite: see `kl_support`.
    """
    d.declare({"X": "space", "p(x)": "positive", "q(x)": "positive", "m": "real", "t": "positive"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_covered="Int(q(x), x, X) = m", h_mass="m <= 1")
    d.assume(h_integrable=exists(kl("p(x)", "q(x)")))
    d.claim("-log(t) >= 1 - t", "tangent", by="ord", because="the tangent of the logarithm at 1")
    d.start(kl("p(x)", "q(x)"), "gibbs").eq(
        "Int(p(x)*(-log(q(x)/p(x))), x, X)", by="lin_E", because="log(1/t) = -log(t)"
    ).ge("Int(p(x)*(1 - q(x)/p(x)), x, X)", by="gibbs", because="tangent, at every x").eq(
        "Int(p(x), x, X) - Int(q(x), x, X)", by="lin_E", because="p is positive"
    ).eq("1 - m", by="norm", because="h_norm_p, h_covered").ge("0", because="h_mass")
    d.wrong(f"{kl('p(x)', 'q(x)')} <= 0", "the sign")
    d.wrong(f"{kl('p(x)', 'q(x)')} = {kl('q(x)', 'p(x)')}", "symmetry")
    d.wrong("log(t) >= t - 1", "the tangent above the logarithm turned round")


@family.theorem(
    "gibbs_finite",
    title="A divergence of two laws on K points is not negative",
    source="Bishop (2006), eq. 1.113",
)
def gibbs_finite(d: Derivation) -> None:
    """As `gibbs`, with sums. The divergence is 0 at equal laws, and it is not symmetric."""
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "q[k]": "positive"})
    d.assume(h_norm_p="Sum(p[k], k, 1, K) = 1", h_mass="Sum(q[k], k, 1, K) <= 1")
    divergence = "Sum(p[k]*log(p[k]/q[k]), k, 1, K)"
    d.start(divergence, "gibbs").ge(
        "Sum(p[k]*(1 - q[k]/p[k]), k, 1, K)", by="sum_ord", because="-log(t) >= 1 - t in every term"
    ).eq("Sum(p[k], k, 1, K) - Sum(q[k], k, 1, K)", because="p[k] is positive").ge(
        "0", because="h_norm_p, h_mass"
    )
    d.claim("Sum(p[k]*log(p[k]/p[k]), k, 1, K) = 0", "equal laws", because="log(1) = 0")
    d.wrong(f"{divergence} <= 0", "the sign")
    d.wrong(f"{divergence} = Sum(q[k]*log(q[k]/p[k]), k, 1, K)", "symmetry")


@family.theorem(
    "cross_entropy",
    title="Cross-entropy is entropy plus divergence",
    source="Bishop (2006), section 1.6.1",
)
def cross_entropy(d: Derivation) -> None:
    """-log(q) = -log(p) + log(p/q); the entropy of p is finite. Of two models q and r, the one with
    the larger mean log density has the smaller divergence, by the same amount: maximum likelihood
    is least divergence.
    """
    two(d)
    d.declare({"r(x)": "positive"})
    d.assume(h_entropy=exists("Int(p(x)*log(p(x)), x, X)"), h_integrable=exists(kl("p(x)", "q(x)")))
    d.assume(h_integrable_r=exists(kl("p(x)", "r(x)")))
    d.define("H_p", "-Int(p(x)*log(p(x)), x, X)")
    cross = "-Int(p(x)*log(q(x)), x, X)"
    d.start(cross, "cross-entropy").eq(
        "-Int(p(x)*log(p(x)) - p(x)*log(p(x)/q(x)), x, X)",
        by="lin_E",
        because="the log of a quotient",
    ).eq(f"H_p + {kl('p(x)', 'q(x)')}", by="lin_E", because="h_entropy, h_integrable")
    d.start("Int(p(x)*log(q(x)), x, X) - Int(p(x)*log(r(x)), x, X)", "likelihood").eq(
        f"{kl('p(x)', 'r(x)')} - {kl('p(x)', 'q(x)')}",
        because="cross-entropy, twice; the entropy cancels",
    )
    d.wrong(f"{cross} = H_p + {kl('q(x)', 'p(x)')}", "the arguments of KL swapped")
    d.wrong(f"{cross} = H_p - {kl('p(x)', 'q(x)')}", "the divergence subtracted")


@family.theorem(
    "jsd_bounds",
    title="The Jensen-Shannon divergence: its entropy form and its bounds",
    source="Lin (1991)",
)
def jsd_bounds(d: Derivation) -> None:
    """With m = (p + q)/2: both divergences from m are at least 0, by Gibbs' inequality, and at most
    log(2), since p/m <= 2 and q/m <= 2 at every point. As p/2 + q/2 = m, the logarithms of m add up
    to the entropy of m. The integrals against log(m) exist, since those of the divergences and of
    the entropies do.

    Not shown: that the divergence is 0 only for p = q, and log(2) only for laws with disjoint
    supports; the form as the mutual information of x and a fair coin.
    """
    two(d)
    d.define("m(x)", "(p(x) + q(x))/2")
    left, right = kl("p(x)", "m(x)"), kl("q(x)", "m(x)")
    d.assume(h_integrable_p=exists(left), h_integrable_q=exists(right))
    d.assume(
        h_entropy_p=exists("Int(p(x)*log(p(x)), x, X)"),
        h_entropy_q=exists("Int(q(x)*log(q(x)), x, X)"),
    )
    d.define("JSD", f"({left} + {right})/2")
    d.start("JSD", "lower").eq(f"({left} + {right})/2", by="unfold", because="definition").ge(
        "(Int(p(x) - m(x), x, X) + Int(q(x) - m(x), x, X))/2",
        by="gibbs",
        because="-log(t) >= 1 - t, twice",
    ).eq("0", because="p + q = 2*m")
    d.start("JSD", "upper").eq(f"({left} + {right})/2", by="unfold", because="definition").le(
        "Int(log(2)*(p(x) + q(x))/2, x, X)", because="p/m <= 2 and q/m <= 2 at every x"
    ).eq("log(2)", by="lin_E", because="h_norm_p, h_norm_q")
    d.start("JSD", "entropies").eq(f"({left} + {right})/2", by="unfold", because="definition").eq(
        "-Int(m(x)*log(m(x)), x, X) + Int(p(x)*log(p(x)), x, X)/2 + Int(q(x)*log(q(x)), x, X)/2",
        because="the log of a quotient; p + q = 2*m",
    )
    d.wrong("JSD <= 0", "the sign")
    d.wrong(
        "JSD = -Int(m(x)*log(m(x)), x, X) - Int(p(x)*log(p(x)), x, X)/2 - Int(q(x)*log(q(x)), x, X)/2",
        "the entropies of p and q added",
    )


@family.theorem(
    "jsd_weighted", title="The Jensen-Shannon divergence with weights", source="Lin (1991)"
)
def jsd_weighted(d: Derivation) -> None:
    """As `jsd_bounds`, with the mixture m = w*p + (1 - w)*q: p/m <= 1/w and q/m <= 1/(1 - w), so
    the divergence is at most the entropy of a coin with the probability w.
    """
    two(d)
    d.declare(w="in (0, 1)")
    d.define("m(x)", "w*p(x) + (1 - w)*q(x)").define("coin", "-w*log(w) - (1 - w)*log(1 - w)")
    left, right = kl("p(x)", "m(x)"), kl("q(x)", "m(x)")
    d.assume(h_integrable_p=exists(left), h_integrable_q=exists(right))
    d.assume(
        h_entropy_p=exists("Int(p(x)*log(p(x)), x, X)"),
        h_entropy_q=exists("Int(q(x)*log(q(x)), x, X)"),
    )
    d.define("JSD", f"w*{left} + (1 - w)*{right}")
    d.start("JSD", "lower").ge(
        "w*Int(p(x) - m(x), x, X) + (1 - w)*Int(q(x) - m(x), x, X)",
        by="gibbs",
        because="-log(t) >= 1 - t, twice",
    ).eq("0", because="w*p + (1 - w)*q = m")
    d.start("JSD", "upper").le(
        "Int(w*p(x)*log(1/w) + (1 - w)*q(x)*log(1/(1 - w)), x, X)",
        because="p/m <= 1/w, q/m <= 1/(1 - w)",
    ).eq("coin", by="lin_E", because="h_norm_p, h_norm_q")
    d.start("JSD", "entropies").eq(
        "-Int(m(x)*log(m(x)), x, X) + w*Int(p(x)*log(p(x)), x, X) + (1 - w)*Int(q(x)*log(q(x)), x, X)",
        because="the log of a quotient; w*p + (1 - w)*q = m",
    )
    d.wrong("JSD <= 0", "the sign")


@family.theorem(
    "donsker_varadhan",
    title="The variational formula of Donsker and Varadhan",
    source="Donsker and Varadhan (1983)",
)
def donsker_varadhan(d: Derivation) -> None:
    """Let C be the mean of exp(T) under q. The divergence less E_p T - log(C) is the divergence of
    p from the tilted density q*exp(T)/C, which is not negative. At T = log(p/q) + c the bound is
    the divergence itself.

    Not shown: that no other T reaches the maximum.
    """
    two(d)
    d.declare({"T(x)": "real", "C": "positive", "c": "real"})
    divergence = kl("p(x)", "q(x)")
    d.assume(h_integrable=exists(divergence), h_T=exists("Int(p(x)*T(x), x, X)"))
    d.assume(h_exponential="Int(q(x)*exp(T(x)), x, X) = C")
    tilted = kl("p(x)", "q(x)*exp(T(x))/C")
    d.claim("Int(q(x)*exp(T(x))/C, x, X) = 1", "tilted", by="lin_E", because="h_exponential")
    d.start(divergence, "difference").eq(
        "Int(p(x)*(T(x) - log(C) + log(p(x)/(q(x)*exp(T(x))/C))), x, X)",
        because="multiply and divide by exp(T)/C",
    ).eq(f"Int(p(x)*T(x), x, X) - log(C) + {tilted}", by="lin_E", because="h_T, h_norm_p")
    d.start(tilted, "gibbs").ge(
        "Int(p(x) - q(x)*exp(T(x))/C, x, X)", by="gibbs", because="-log(t) >= 1 - t at every x"
    ).eq("0", because="h_norm_p, tilted")
    d.start(divergence, "bound").eq(
        f"Int(p(x)*T(x), x, X) - log(C) + {tilted}", using="difference", because="difference"
    ).ge("Int(p(x)*T(x), x, X) - log(C)", using="gibbs", because="gibbs")
    d.start(
        "Int(p(x)*(log(p(x)/q(x)) + c), x, X) - log(Int(q(x)*exp(log(p(x)/q(x)) + c), x, X))",
        "reached",
    ).eq(f"{divergence} + c - log(Int(exp(c)*p(x), x, X))", because="q*exp(T) = exp(c)*p").eq(
        divergence, because="h_norm_p"
    )
    d.wrong(f"{divergence} <= Int(p(x)*T(x), x, X) - log(C)", "the bound turned round")
    d.wrong(f"{divergence} = Int(p(x)*(log(p(x)/q(x)) + c), x, X) - C", "without the logarithm")
