"""The evidence lower bound over a data set, over several latents, and its gradients."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.elbo.common import evidence, exists, family

INNER = "Int(q(z, x)*log(p(x, z)/q(z, x)), z, Z)"
GAP = "Int(q(z, x)*log(q(z, x)/post(z, x)), z, Z)"
JOINT = "Int(Int(d(x)*q(z, x)*log(d(x)*q(z, x)/p(x, z)), z, Z), x, X)"


def data(d: Derivation) -> None:
    """A data density d(x) and an encoder q(z, x), with a bound that exists at every x and in the
    mean.
    """
    evidence(d)
    d.declare({"X": "space", "d(x)": "positive", "q(z, x)": "positive", "ELBO(x)": "real"})
    d.assume(h_norm_q="for all x: Int(q(z, x), z, Z) = 1", h_norm_data="Int(d(x), x, X) = 1")
    d.assume(h_norm_model="Int(px(x), x, X) = 1", h_integrable=f"for all x: {INNER} = ELBO(x)")
    d.assume(
        h_mean=exists("Int(d(x)*ELBO(x), x, X)"), h_entropy=exists("Int(d(x)*log(d(x)), x, X)")
    )


@family.theorem(
    "dataset",
    title="The mean bound is an entropy and a divergence of joint laws",
    source="Kingma and Welling (2019), section 2.7; Zhao, Song, Ermon (2017)",
)
def dataset(d: Derivation) -> None:
    """At every x the inner integral of the joint divergence is d(x)*(log d(x) - ELBO(x)), since q
    has the mass 1. Averaged over the data: the mean bound is minus the entropy of the data less the
    divergence of d(x)*q(z | x) from p(x, z), which is not negative by Gibbs' inequality at every x,
    integrated.
    """
    data(d)
    d.define("H_data", "-Int(d(x)*log(d(x)), x, X)")
    inner = "Int(d(x)*q(z, x)*log(d(x)*q(z, x)/p(x, z)), z, Z)"
    d.start(inner, "inner").eq(
        "Int(d(x)*log(d(x))*q(z, x) - d(x)*(q(z, x)*log(p(x, z)/q(z, x))), z, Z)",
        because="the log of a product of positive factors",
    ).eq("d(x)*log(d(x)) - d(x)*ELBO(x)", by="lin_E", because="h_norm_q, h_integrable")
    d.start(JOINT, "joint").eq(
        "Int(d(x)*log(d(x)) - d(x)*ELBO(x), x, X)", because="inner, at every x"
    ).eq("-H_data - Int(d(x)*ELBO(x), x, X)", by="lin_E", because="h_entropy, h_mean")
    d.start("Int(d(x)*ELBO(x), x, X)", "mean bound").eq(
        f"-H_data - {JOINT}", using="joint", because="joint"
    )
    d.start(JOINT, "gibbs").ge(
        "Int(d(x) - px(x), x, X)",
        because="at every x the inner integral is at least that of d*q - p",
    ).eq("0", by="norm", because="h_norm_data, h_norm_model")
    d.start("Int(d(x)*ELBO(x), x, X)", "bound").eq(
        f"-H_data - {JOINT}", using="joint", because="joint"
    ).le("-H_data", using="gibbs", because="the divergence is not negative")
    d.wrong(f"Int(d(x)*ELBO(x), x, X) = -H_data + {JOINT}", "the divergence added")
    d.wrong("Int(d(x)*ELBO(x), x, X) >= -H_data", "the bound turned round")


@family.theorem(
    "wake_sleep_symmetry",
    title="The divergence of the joint laws is at least that of the marginal laws",
    source="Kingma and Welling (2019), section 2.7",
)
def wake_sleep_symmetry(d: Derivation) -> None:
    """The chain rule: p(x, z) = px(x)*post(z, x), so the joint divergence is that of the data from
    px plus the mean divergence of q from the posterior, and the latter is not negative at any x.
    """
    data(d)
    d.assume(h_kl=exists("Int(d(x)*log(d(x)/px(x)), x, X)"))
    inner = "Int(d(x)*q(z, x)*log(d(x)*q(z, x)/p(x, z)), z, Z)"
    d.start(inner, "inner").eq(
        "Int(d(x)*log(d(x)/px(x))*q(z, x) + d(x)*(q(z, x)*log(q(z, x)/post(z, x))), z, Z)",
        because="p(x, z) = px(x)*post(z, x)",
    ).eq(f"d(x)*log(d(x)/px(x)) + d(x)*{GAP}", by="lin_E", because="h_norm_q, h_integrable")
    d.start(JOINT, "chain rule").eq(
        f"Int(d(x)*log(d(x)/px(x)) + d(x)*{GAP}, x, X)", because="inner, at every x"
    ).eq(
        f"Int(d(x)*log(d(x)/px(x)), x, X) + Int(d(x)*{GAP}, x, X)",
        by="lin_E",
        because="h_kl, h_mean, h_entropy",
    )
    d.start(f"Int(d(x)*{GAP}, x, X)", "gibbs").ge(
        "Int(0*d(x), x, X)", because="Gibbs' inequality at every x"
    ).eq("0", because="a multiple of h_norm_data")
    d.start(JOINT, "bound").eq(
        f"Int(d(x)*log(d(x)/px(x)), x, X) + Int(d(x)*{GAP}, x, X)",
        using="chain rule",
        because="chain rule",
    ).ge("Int(d(x)*log(d(x)/px(x)), x, X)", using="gibbs", because="gibbs")
    d.wrong(f"{JOINT} <= Int(d(x)*log(d(x)/px(x)), x, X)", "the inequality turned round")
    d.wrong(f"{JOINT} = Int(d(x)*log(d(x)/px(x)), x, X)", "the latent part dropped")


@family.theorem(
    "surgery",
    title="The mean divergence from the prior: mutual information and a marginal divergence",
    source="Hoffman and Johnson (2016); Tomczak and Welling (2018), eq. 4",
)
def surgery(d: Derivation) -> None:
    """Multiply and divide by the aggregate posterior qz(z), the mean of q(z | x) over the data: the
    first part is the mutual information of x and z under d*q; the second is the mean of a function
    of z alone, whose double integral is the integral under qz (h_fubini). The mutual information is
    not negative.
    """
    d.declare({"X": "space", "Z": "space", "x": "real", "z": "real"})
    d.declare({"d(x)": "positive", "q(z, x)": "positive", "r(z)": "positive", "qz(z)": "positive"})
    info = "Int(q(z, x)*log(q(z, x)/qz(z)), z, Z)"
    cross = "Int(q(z, x)*log(qz(z)/r(z)), z, Z)"
    rate = "Int(q(z, x)*log(q(z, x)/r(z)), z, Z)"
    d.assume(
        h_marginal="for all z: Int(d(x)*q(z, x), x, X) = qz(z)", h_norm_qz="Int(qz(z), z, Z) = 1"
    )
    d.assume(h_norm_q="for all x: Int(q(z, x), z, Z) = 1", h_norm_data="Int(d(x), x, X) = 1")
    d.declare({"I(x)": "real", "C(x)": "real"})
    d.assume(h_integrable=f"for all x: {info} = I(x)", h_cross=f"for all x: {cross} = C(x)")
    d.assume(h_mean=exists("Int(d(x)*I(x), x, X)"))
    d.assume(h_fubini="Int(d(x)*C(x), x, X) = Int(qz(z)*log(qz(z)/r(z)), z, Z)")
    d.define("MI", "Int(d(x)*I(x), x, X)")
    d.start(rate, "inner").eq(
        "Int(q(z, x)*(log(q(z, x)/qz(z)) + log(qz(z)/r(z))), z, Z)",
        because="multiply and divide by qz",
    ).eq("I(x) + C(x)", by="lin_E", because="h_integrable, h_cross")
    d.start(f"Int(d(x)*{rate}, x, X)", "surgery").eq(
        "Int(d(x)*(I(x) + C(x)), x, X)", because="inner, at every x"
    ).eq("Int(d(x)*I(x), x, X) + Int(d(x)*C(x), x, X)", by="lin_E", because="h_mean, h_fubini").eq(
        "MI + Int(qz(z)*log(qz(z)/r(z)), z, Z)", because="h_fubini"
    )
    d.start("MI", "information").eq(
        f"Int(d(x)*{info}, x, X)", because="definition, h_integrable"
    ).ge("Int(d(x)*0, x, X)", because="Gibbs' inequality at every x").eq(
        "0", because="a multiple of h_norm_data"
    )
    d.wrong(
        f"Int(d(x)*{rate}, x, X) = MI - Int(qz(z)*log(qz(z)/r(z)), z, Z)",
        "the marginal divergence subtracted",
    )
    d.wrong(f"Int(d(x)*{rate}, x, X) = MI", "the prior taken for the aggregate posterior")
