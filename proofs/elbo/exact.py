"""The evidence lower bound: its gap, its forms, and Jensen's inequality."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.elbo.common import BOUND, GAP, encoder, evidence, exists, family


@family.theorem(
    "gap",
    title="The log evidence is the bound plus a divergence from the posterior",
    source="Kingma and Welling (2014), eq. 1-3; Bishop (2006), eq. 9.70-9.72; Luo (2022), eq. 9-16",
)
def gap(d: Derivation) -> None:
    """The log evidence is free of z, so it is its own mean under q; write p(x) as joint over
    posterior, multiply and divide by q(z), and split the logarithm. The second part is the
    divergence of q from the posterior, which is not negative: -log(t) >= 1 - t at t = post/q, and
    both densities have the mass 1.

    Not shown: that the gap is 0 only for q equal to the posterior almost everywhere; the case of q
    with mass where the posterior has none, in which the bound is minus infinity.
    """
    evidence(d)
    encoder(d)
    d.define("ELBO(x)", BOUND).define("KL_post(x)", GAP)
    d.start("Int(post(z, x), z, Z)", "posterior").eq(
        "Int(p(x, z), z, Z)/px(x)", by="lin_E", because="px(x) is free of z"
    ).eq("1", by="norm", because="h_marginal")
    d.start("log(px(x))", "gap").eq("log(px(x))*Int(q(z), z, Z)", by="norm", because="h_norm_q").eq(
        "Int(q(z)*log(px(x)), z, Z)", by="lin_E", because="a constant in z"
    ).eq(
        "Int(q(z)*log(p(x, z)/post(z, x)), z, Z)", by="bayes", because="p(x) = p(x, z)/p(z | x)"
    ).eq(
        "Int(q(z)*log(p(x, z)/q(z)*(q(z)/post(z, x))), z, Z)", by="bayes", because="q(z)/q(z) = 1"
    ).eq(
        "Int(q(z)*(log(p(x, z)/q(z)) + log(q(z)/post(z, x))), z, Z)",
        by="lin_E",
        because="the log of a product of positive factors",
    ).eq(
        f"{BOUND} + {GAP}",
        by="lin_E",
        because="h_integrable: the first integral exists, so the second does",
    ).eq("ELBO(x) + KL_post(x)", by="unfold", because="definitions")
    d.start("KL_post(x)", "gibbs").eq(GAP, by="unfold", because="definition").ge(
        "Int(q(z)*(1 - post(z, x)/q(z)), z, Z)", by="gibbs", because="-log(t) >= 1 - t at every z"
    ).eq("Int(q(z), z, Z) - Int(post(z, x), z, Z)", by="lin_E", because="q is positive").eq(
        "0", by="norm", because="both densities have the mass 1"
    )
    d.start("log(px(x))", "bound").eq("ELBO(x) + KL_post(x)", using="gap", because="gap").ge(
        "ELBO(x)", using="gibbs", because="the divergence is not negative"
    )
    d.wrong("log(px(x)) = ELBO(x) - KL_post(x)", "the divergence subtracted")
    d.wrong(
        "log(px(x)) = ELBO(x) + Int(post(z, x)*log(post(z, x)/q(z)), z, Z)",
        "the arguments of KL swapped",
    )
    d.wrong("log(px(x)) <= ELBO(x)", "an upper bound")


@family.theorem(
    "gap_finite",
    title="The gap of the bound for a latent with K values",
    source="Kingma and Welling (2014), eq. 1-3; Bishop (2006), eq. 9.70-9.72",
)
def gap_finite(d: Derivation) -> None:
    """The same lines with sums: p[k] is the joint probability of the observation and of z = k, so
    the evidence is their sum, and r[k] is the prior. With sums there is a witness against every
    wrong variant.
    """
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "q[k]": "positive"})
    d.declare({"r[k]": "positive"})
    d.assume(h_norm_q="Sum(q[k], k, 1, K) = 1", h_norm_prior="Sum(r[k], k, 1, K) = 1")
    d.define("px", "Sum(p[k], k, 1, K)")
    bound, gap = "Sum(q[k]*log(p[k]/q[k]), k, 1, K)", "Sum(q[k]*log(q[k]/(p[k]/px)), k, 1, K)"
    d.start("log(px)", "gap").eq("log(px)*Sum(q[k], k, 1, K)", because="h_norm_q").eq(
        "Sum(q[k]*log(px), k, 1, K)", by="sum_ring", because="a constant in k"
    ).eq("Sum(q[k]*log(p[k]/(p[k]/px)), k, 1, K)", because="evidence = joint over posterior").eq(
        "Sum(q[k]*log(p[k]/q[k]*(q[k]/(p[k]/px))), k, 1, K)", because="q[k]/q[k] = 1"
    ).eq(
        "Sum(q[k]*(log(p[k]/q[k]) + log(q[k]/(p[k]/px))), k, 1, K)", because="the log of a product"
    ).eq(f"{bound} + {gap}", because="a sum of sums")
    d.start(gap, "gibbs").ge(
        "Sum(q[k]*(1 - (p[k]/px)/q[k]), k, 1, K)", because="-log(t) >= 1 - t in every term"
    ).eq("Sum(q[k], k, 1, K) - Sum(p[k]/px, k, 1, K)", because="q[k] is positive").eq(
        "0", because="both sum to 1"
    )
    d.start("log(px)", "bound").eq(f"{bound} + {gap}", using="gap", because="gap").ge(
        bound, using="gibbs", because="the divergence is not negative"
    )
    d.wrong(f"log(px) = {bound} - {gap}", "the divergence subtracted")
    d.wrong(
        f"log(px) = {bound} + Sum(p[k]/px*log(p[k]/px/q[k]), k, 1, K)",
        "the arguments of KL swapped",
    )
    d.wrong(
        f"log(px) = {bound} + Sum(q[k]*log(q[k]/r[k]), k, 1, K)",
        "the prior in place of the posterior",
    )
    d.wrong(f"log(px) <= {bound}", "an upper bound")


@family.theorem(
    "forms",
    title="Equivalent forms of the bound",
    source="Kingma and Welling (2014), eq. 2-3; Hoffman and Johnson (2016); Higgins et al. (2017)",
)
def forms(d: Derivation) -> None:
    """With p(x, z) = l(x, z)*r(z), likelihood times prior, the logarithm of p/q is log(l) -
    log(q/r): the bound is the reconstruction less the divergence from the prior. It is also the
    mean log joint plus the entropy of q, and the log evidence less the divergence from the
    posterior.

    Not shown: the case where q has mass and the prior has none, in which the bound is minus
    infinity.
    """
    d.declare({"Z": "space", "x": "real", "q(z)": "positive"})
    d.declare({"l(x, z)": "positive", "r(z)": "positive", "px(x)": "positive"})
    d.define("p(x, z)", "l(x, z)*r(z)").define("post(z, x)", "p(x, z)/px(x)")
    rec, kl = "Int(q(z)*log(l(x, z)), z, Z)", "Int(q(z)*log(q(z)/r(z)), z, Z)"
    entropy, energy = "Int(q(z)*log(q(z)), z, Z)", "Int(q(z)*log(p(x, z)), z, Z)"
    d.assume(
        h_marginal="for all x: Int(l(x, z)*r(z), z, Z) = px(x)", h_norm_q="Int(q(z), z, Z) = 1"
    )
    d.assume(h_integrable=exists(rec), h_kl=exists(kl), h_entropy=exists(entropy))
    d.define("ELBO(x)", BOUND).define("H_q", f"-{entropy}").define("KL_prior", kl).define(
        "KL_post(x)", GAP
    )
    d.start("ELBO(x)", "reconstruction").eq(BOUND, by="unfold", because="definition").eq(
        "Int(q(z)*(log(l(x, z)) - log(q(z)/r(z))), z, Z)",
        by="bayes",
        because="p(x, z) = p(x | z)*p(z)",
    ).eq(f"{rec} - {kl}", by="lin_E", because="each integral exists: h_integrable, h_kl").eq(
        f"{rec} - KL_prior", by="unfold", because="definition"
    )
    d.start("ELBO(x)", "entropy").eq(BOUND, by="unfold", because="definition").eq(
        "Int(q(z)*log(p(x, z)) - q(z)*log(q(z)), z, Z)", by="lin_E", because="the log of a quotient"
    ).eq(f"{energy} - {entropy}", by="lin_E", because="h_entropy; so the other part exists too").eq(
        f"{energy} + H_q", by="unfold", because="definition"
    )
    d.start("ELBO(x)", "posterior").eq(BOUND, by="unfold", because="definition").eq(
        "Int(q(z)*log(px(x)) - q(z)*log(q(z)/post(z, x)), z, Z)", by="bayes", because="p = post*px"
    ).eq(
        f"log(px(x))*Int(q(z), z, Z) - {GAP}",
        by="lin_E",
        because="the first integral exists: h_norm_q",
    ).eq("log(px(x)) - KL_post(x)", by="lin_E", because="h_norm_q; definition")
    d.wrong(f"ELBO(x) = {rec} + KL_prior", "the divergence from the prior added")
    d.wrong(f"ELBO(x) = {energy} - H_q", "the entropy subtracted")
    d.wrong(
        "ELBO(x) = Int(q(z)*log(post(z, x)), z, Z) + H_q", "the posterior in place of the joint"
    )
    d.wrong("ELBO(x) = log(px(x)) - KL_prior", "the prior in place of the posterior")


@family.theorem(
    "forms_finite",
    title="Equivalent forms of the bound for a latent with K values",
    source="Kingma and Welling (2014), eq. 2-3",
)
def forms_finite(d: Derivation) -> None:
    """As `forms`, with likelihoods l[k] and prior r[k]; every wrong variant has a witness."""
    d.declare({"K": "integer >= 1", "k": "integer", "l[k]": "positive", "r[k]": "positive"})
    d.declare({"q[k]": "positive"})
    d.assume(h_norm_q="Sum(q[k], k, 1, K) = 1", h_norm_prior="Sum(r[k], k, 1, K) = 1")
    d.define("px", "Sum(l[k]*r[k], k, 1, K)")
    bound = "Sum(q[k]*log(l[k]*r[k]/q[k]), k, 1, K)"
    rec, kl = "Sum(q[k]*log(l[k]), k, 1, K)", "Sum(q[k]*log(q[k]/r[k]), k, 1, K)"
    energy, entropy = "Sum(q[k]*log(l[k]*r[k]), k, 1, K)", "Sum(q[k]*log(q[k]), k, 1, K)"
    d.start(bound, "reconstruction").eq(
        "Sum(q[k]*(log(l[k]) - log(q[k]/r[k])), k, 1, K)", because="joint = likelihood times prior"
    ).eq(f"{rec} - {kl}", because="a sum of sums")
    d.start(bound, "entropy").eq(f"{energy} - {entropy}", because="the log of a quotient")
    d.start(bound, "posterior").eq(
        "Sum(q[k]*log(px) - q[k]*log(q[k]/(l[k]*r[k]/px)), k, 1, K)",
        because="joint = posterior times evidence",
    ).eq("log(px) - Sum(q[k]*log(q[k]/(l[k]*r[k]/px)), k, 1, K)", because="h_norm_q")
    d.wrong(f"{bound} = {rec} + {kl}", "the divergence from the prior added")
    d.wrong(f"{bound} = {energy} + {entropy}", "the entropy subtracted")
    d.wrong(
        f"{bound} = Sum(q[k]*log(l[k]*r[k]/px), k, 1, K) - {entropy}",
        "the posterior in place of the joint",
    )
    d.wrong(f"{bound} = log(px) - {kl}", "the prior in place of the posterior")
    d.wrong(
        f"{bound} = log(px) - Sum(l[k]*r[k]/px*log(l[k]*r[k]/px/q[k]), k, 1, K)",
        "the arguments of KL swapped",
    )


@family.theorem(
    "jensen",
    title="The bound from Jensen's inequality",
    source="Luo (2022), eq. 5-8; Kingma and Welling (2014), section 2.2",
)
def jensen(d: Derivation) -> None:
    """The evidence is the mean of Y = p(x, z)/q(z) under q; the logarithm is concave, so the log of
    the mean is at least the mean of the log. The tangent of the logarithm at the evidence shows it:
    log(Y/P) <= Y/P - 1.

    The space is the support of q. Where q covers the support of p(x, .), h_marginal is an equation;
    `jensen_support` has the other case. Not shown: when equality holds.
    """
    evidence(d)
    encoder(d)
    d.define("ELBO(x)", BOUND)
    d.start("log(px(x))", "bound").eq(
        "log(Int(p(x, z), z, Z))", by="norm", because="h_marginal"
    ).eq(
        "log(Int(q(z)*(p(x, z)/q(z)), z, Z))",
        by="com",
        because="change of measure; q is positive on Z",
    ).ge(BOUND, by="jensen", because="the logarithm is concave").eq(
        "ELBO(x)", by="unfold", because="definition"
    )
    d.start(f"{BOUND} - log(px(x))", "tangent").eq(
        "Int(q(z)*log(p(x, z)/q(z)/px(x)), z, Z)", by="lin_E", because="h_norm_q"
    ).le("Int(q(z)*(p(x, z)/q(z)/px(x) - 1), z, Z)", because="log(t) <= t - 1 at every z").eq(
        "0", because="h_marginal, h_norm_q"
    )
    d.wrong("log(px(x)) = log(Int(q(z)*p(x, z), z, Z))", "Y = p(x, z)")
    d.wrong("log(px(x)) = log(Int(q(z)*q(z), z, Z))", "Y = q(z)")
    d.wrong("log(px(x)) <= ELBO(x)", "the inequality turned round: the logarithm taken for convex")


@family.theorem(
    "jensen_support",
    title="The bound when q misses a part of the support",
    source="Luo (2022), eq. 5-8",
)
def jensen_support(d: Derivation) -> None:
    """Let Z be the support of q, and P >= the integral of p(x, .) over it: what q misses is left
    out (h_mass). The mean of p/q under q is then at most P, and the bound still holds.
    """
    d.declare({"Z": "space", "p(z)": "positive", "q(z)": "positive", "P": "positive"})
    d.declare({"M": "positive"})
    bound = "Int(q(z)*log(p(z)/q(z)), z, Z)"
    d.assume(h_norm_q="Int(q(z), z, Z) = 1", h_covered="Int(p(z), z, Z) = M", h_mass="M <= P")
    d.assume(h_integrable=exists(bound))
    d.start("log(P)", "bound").ge("log(M)", because="h_mass; the logarithm increases").eq(
        "log(Int(q(z)*(p(z)/q(z)), z, Z))",
        by="com",
        because="change of measure on the support of q",
    ).ge(bound, by="jensen", because="the logarithm is concave")
    d.wrong("Int(q(z)*(p(z)/q(z)), z, Z) = P", "equality although q misses mass")
    d.wrong(f"log(P) = {bound}", "no gap")


@family.theorem(
    "optimal_q",
    title="The posterior maximises the bound",
    source="Neal and Hinton (1998); Bishop (2006), section 9.4",
)
def optimal_q(d: Derivation) -> None:
    """At q = p(z | x) the integrand of the bound is log p(x), a constant, so the bound is the log
    evidence, and no q is above it. Of two densities q and s, the one with the smaller divergence
    from the posterior has the larger bound: so to maximise the bound over a family is to minimise
    the divergence.

    Not shown: that no other density reaches the maximum.
    """
    evidence(d)
    encoder(d)
    d.declare({"s(z)": "positive"})
    other = "Int(s(z)*log(p(x, z)/s(z)), z, Z)"
    d.assume(h_norm_s="Int(s(z), z, Z) = 1", h_integrable_s=exists(other))
    at = "Int(post(z, x)*log(p(x, z)/post(z, x)), z, Z)"
    d.start(at, "at the posterior").eq(
        "Int(post(z, x)*log(px(x)), z, Z)", because="joint over posterior is the evidence"
    ).eq("log(px(x))*Int(post(z, x), z, Z)", because="a constant in z").eq(
        "log(px(x))", because="the posterior has the mass 1"
    )
    d.start(BOUND, "maximum").le("log(px(x))", by="jensen", because="elbo.jensen").eq(
        at, using="at the posterior", because="at the posterior"
    )
    d.start(f"{BOUND} - {other}", "two densities").eq(
        f"(log(px(x)) - {GAP}) - (log(px(x)) - Int(s(z)*log(s(z)/post(z, x)), z, Z))",
        because="elbo.gap, twice",
    ).eq(f"Int(s(z)*log(s(z)/post(z, x)), z, Z) - {GAP}", because="the log evidence cancels")
    d.wrong(f"{at} <= {BOUND}", "the posterior as a minimiser")
    d.wrong(f"{BOUND} - {other} = {GAP} - Int(s(z)*log(s(z)/post(z, x)), z, Z)", "the sign")
    d.wrong(f"{BOUND} <= {other}", "any other density as a maximiser")


@family.theorem(
    "conditional", title="The bound for a conditional model", source="Sohn, Lee, Yan (2015), eq. 4"
)
def conditional(d: Derivation) -> None:
    """All densities are given x: the prior r(z, x) = p(z | x), the likelihood l(y, x, z) = p(y | x,
    z), the evidence py(y, x) = p(y | x). The gap is the divergence of q from the posterior p(z | x,
    y).
    """
    d.declare({"Z": "space", "x": "real", "y": "real", "q(z)": "positive"})
    d.declare({"l(y, x, z)": "positive", "r(z, x)": "positive", "s(z)": "positive"})
    d.declare({"py(y, x)": "positive"})
    rec, kl = "Int(q(z)*log(l(y, x, z)), z, Z)", "Int(q(z)*log(q(z)/r(z, x)), z, Z)"
    d.assume(h_marginal="for all x, y: Int(l(y, x, z)*r(z, x), z, Z) = py(y, x)")
    d.assume(h_norm_q="Int(q(z), z, Z) = 1", h_integrable=exists(rec), h_kl=exists(kl))
    d.define("post(z, x, y)", "l(y, x, z)*r(z, x)/py(y, x)")
    gap = "Int(q(z)*log(q(z)/post(z, x, y)), z, Z)"
    d.start("log(py(y, x))", "gap").eq("Int(q(z)*log(py(y, x)), z, Z)", because="h_norm_q").eq(
        "Int(q(z)*(log(l(y, x, z)) - log(q(z)/r(z, x)) + log(q(z)/post(z, x, y))), z, Z)",
        because="evidence = joint over posterior; multiply and divide by q",
    ).eq(f"{rec} - {kl} + {gap}", by="lin_E", because="h_integrable, h_kl")
    d.start(gap, "gibbs").ge(
        "Int(q(z) - post(z, x, y), z, Z)", by="gibbs", because="-log(t) >= 1 - t at every z"
    ).eq("0", because="both densities have the mass 1")
    d.start("log(py(y, x))", "bound").eq(f"{rec} - {kl} + {gap}", using="gap", because="gap").ge(
        f"{rec} - {kl}", using="gibbs", because="the divergence is not negative"
    )
    d.wrong(
        f"log(py(y, x)) = {rec} - Int(q(z)*log(q(z)/s(z)), z, Z) + {gap}",
        "a prior that does not depend on x",
    )
    d.wrong(f"log(py(y, x)) = {rec} + {kl} + {gap}", "the divergence from the prior added")


@family.theorem(
    "beta_bound",
    title="The bound with a weight beta on the divergence",
    source="Higgins et al. (2017), eq. 4",
)
def beta_bound(d: Derivation) -> None:
    """The bound with weight beta is the bound less (beta - 1) times the divergence from the prior,
    which is not negative: for beta >= 1 it is a lower bound. For beta < 1 it need not be: a latent
    with two values, prior 1/2 each, likelihoods 1 and 1/4, q = (9/10, 1/10) and beta = 0 give more
    than the log evidence.
    """
    d.declare({"Z": "space", "q(z)": "positive", "l(z)": "positive", "r(z)": "positive"})
    d.declare(P="positive", beta=">= 1", b="real")
    rec, kl = "Int(q(z)*log(l(z)), z, Z)", "Int(q(z)*log(q(z)/r(z)), z, Z)"
    d.assume(h_marginal="Int(l(z)*r(z), z, Z) = P", h_norm_q="Int(q(z), z, Z) = 1")
    d.assume(h_norm_prior="Int(r(z), z, Z) = 1", h_integrable=exists(rec), h_kl=exists(kl))
    d.start(kl, "gibbs").ge("Int(q(z) - r(z), z, Z)", by="gibbs", because="-log(t) >= 1 - t").eq(
        "0", because="both densities have the mass 1"
    )
    d.claim(
        "0 <= KL_*(beta - 1)".replace("KL_", kl), "weighted", using="gibbs", because="both factors"
    )
    d.start(f"{rec} - beta*{kl}", "bound").eq(
        f"{rec} - {kl} - {kl}*(beta - 1)", because="beta = 1 + (beta - 1)"
    ).le(f"{rec} - {kl}", using="weighted", because="what is subtracted is not negative").eq(
        "Int(q(z)*log(l(z)*r(z)/q(z)), z, Z)", by="lin_E", because="elbo.forms"
    ).le("log(P)", by="jensen", because="elbo.jensen")
    d.claim("9/10*log(1) + 1/10*log(1/4) > log(1/2*1 + 1/2*(1/4))", "beta = 0", because="numbers")
    d.wrong(f"{rec} - b*{kl} <= log(P)", "a bound for every beta")
