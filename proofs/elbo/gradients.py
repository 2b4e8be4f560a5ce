"""Gradients of the evidence lower bound, and its variational Renyi form."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.elbo.common import family


@family.theorem(
    "theta_gradient",
    title="Gradients of the bound and of the log evidence",
    source="Dempster, Laird, Rubin (1977); Louis (1982); Kingma and Welling (2014), eq. 3",
)
def theta_gradient(d: Derivation) -> None:
    """For a latent with K values and the joint exp(a[k] + b[k]*t + c[k]*t**2): the derivative of
    the log evidence is the mean of that of the log joint under the posterior (Fisher's identity);
    the derivative of the bound is its mean under q. The two agree at q equal to the posterior.

    Not shown: joint densities of another form; integrals, which need a dominated derivative.
    """
    d.declare({"K": "integer >= 1", "k": "integer", "t": "real", "a[k]": "real", "b[k]": "real"})
    d.declare({"c[k]": "real"})
    d.declare({"q[k]": "positive"})
    p, slope = "exp(a[k] + b[k]*t + c[k]*t**2)", "(b[k] + 2*c[k]*t)"
    d.define("Z(t)", f"Sum({p}, k, 1, K)")
    d.claim(f"diff(log({p}), t) = {slope}", "log joint", because="log undoes exp")
    d.start("diff(log(Z(t)), t)", "fisher").eq(
        f"Sum({p}*{slope}, k, 1, K)/Z(t)", because="the derivative of a finite sum"
    ).eq(f"Sum({p}/Z(t)*{slope}, k, 1, K)", because="1/Z is free of k")
    d.start(f"diff(Sum(q[k]*log({p}/q[k]), k, 1, K), t)", "bound").eq(
        f"Sum(q[k]*{slope}, k, 1, K)", because="q is free of t"
    )
    d.wrong(f"diff(log(Z(t)), t) = Sum(q[k]*{slope}, k, 1, K)", "any q in place of the posterior")
    d.wrong(f"diff(log(Z(t)), t) = Sum({p}*{slope}, k, 1, K)", "the evidence left out")


@family.theorem(
    "stl",
    title="The path derivative vanishes at the posterior",
    source="Roeder, Wu, Duvenaud (2017), eq. 6-8",
)
def stl(d: Derivation) -> None:
    """The linear model with normal noise, z = m + s*e: the derivative of log p(x, z) - log q(z) in
    m is the path derivative, through z, plus that through the parameter of q, whose mean is 0. At q
    equal to the posterior the first is 0 for every e, while the second is not.

    Not shown: other models.
    """
    d.declare(x="real", u="real", eta="positive", e="real", z="real", m="real", s="positive")
    joint = "log(Normal({0}; 0, 1)*Normal(x; u*{0}, eta**2))"
    v, mean = "eta**2/(u**2 + eta**2)", "u*x/(u**2 + eta**2)"
    d.start("diff(log(Normal(z; m, s**2)), m)", "score").eq(
        "(z - m)/s**2", because="the derivative"
    )
    d.start("Int(Normal(z; m, s**2)*((z - m)/s**2), z, -oo, oo)", "mean score").eq(
        "0", because="the mean of z is m"
    )
    d.start(f"diff({joint.format('(m + s*e)')} - log(Normal(m + s*e; m, s**2)), m)", "total").eq(
        "-(m + s*e) + u*(x - u*(m + s*e))/eta**2", because="log q(m + s*e) is free of m"
    )
    d.start(f"diff({joint.format('z')} - log(Normal(z; m, s**2)), z)", "path").eq(
        "-z + u*(x - u*z)/eta**2 + (z - m)/s**2", because="the derivative in z"
    )
    d.start(f"diff({joint.format('z')} - log(Normal(z; {mean}, {v})), z)", "at the posterior").eq(
        f"-z + u*(x - u*z)/eta**2 + (z - {mean})/({v})", because="path"
    ).eq("0", because="the terms cancel for every z")
    d.claim(
        "(z - m)/s**2 - 0 = (z - m)/s**2",
        "left over",
        because="the score does not vanish at the posterior",
    )
    d.wrong("(z - m)/s**2 = 0", "no variance in the total derivative either")


@family.theorem(
    "renyi",
    title="The variational Renyi bound",
    source="Li and Turner (2016), eq. 5-7 and theorem 1",
)
def renyi(d: Derivation) -> None:
    """Let M be the mean of (p/q)**(1 - alpha) under q. With p = P*post the constant P**(1 - alpha)
    comes out: the log evidence less the bound is the Renyi divergence of q from the posterior. For
    alpha between 0 and 1 the bound is at least the bound of alpha = 1, by Jensen's inequality for
    the logarithm; at alpha = 0 it is the log evidence.

    Not shown: that the bound falls with alpha in general; the limit alpha -> 1.
    """
    d.declare({"Z": "space", "z": "real", "p(z)": "positive", "q(z)": "positive", "P": "positive"})
    d.declare({"M": "positive"})
    d.declare(alpha="in (0, 1)", B="real")
    one = "Int(q(z)*log(p(z)/q(z)), z, Z)"
    power = "Int(q(z)*(p(z)/q(z))**(1 - alpha), z, Z)"
    d.define("post(z)", "p(z)/P")
    d.assume(
        h_marginal="Int(p(z), z, Z) = P", h_norm_q="Int(q(z), z, Z) = 1", h_integrable=f"{one} = B"
    )
    d.assume(h_moment=f"{power} = M")
    d.claim(
        "Int(q(z)*(p(z)/q(z))**(1 - 0), z, Z) = P", "alpha = 0", because="q cancels; h_marginal"
    )
    d.start("Int(q(z)**alpha*post(z)**(1 - alpha), z, Z)", "moment").eq(
        "Int(q(z)*(p(z)/q(z))**(1 - alpha)/P**(1 - alpha), z, Z)",
        because="powers of positive numbers",
    ).eq("M/P**(1 - alpha)", by="lin_E", because="h_moment")
    d.start("log(P) - log(M)/(1 - alpha)", "gap").eq(
        "log(M/P**(1 - alpha))/(alpha - 1)", because="the log of a quotient"
    ).eq(
        "log(Int(q(z)**alpha*post(z)**(1 - alpha), z, Z))/(alpha - 1)",
        using="moment",
        because="moment",
    )
    d.start("log(M)", "order").ge(
        "Int(q(z)*log((p(z)/q(z))**(1 - alpha)), z, Z)",
        by="jensen",
        because="the logarithm is concave",
    ).eq("(1 - alpha)*B", by="lin_E", because="the log of a power; h_integrable")
    d.start("log(M)/(1 - alpha)", "bound").ge(
        "B", using="order", because="1 - alpha is positive"
    ).eq(one, because="h_integrable")
    d.wrong("log(M)/(1 - alpha) <= B", "the bound rising with alpha")
    d.wrong(
        "log(P) - log(M)/(1 - alpha) = log(M/P**(1 - alpha))", "the factor 1/(alpha - 1) dropped"
    )
