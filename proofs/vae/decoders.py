"""Decoders, and the linear model with numbers."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.vae.common import family


@family.theorem(
    "gaussian_decoder_mse",
    title="The likelihood of a normal decoder is a squared error",
    source="Kingma, Welling (2014), appendix C.2",
)
def gaussian_decoder_mse(d: Derivation) -> None:
    """The coordinates are independent, so the logs of one-dimensional densities are summed. The
    slope by one output is that of the squared error over 2 s^2. For s^2 = 1/2 the factor is 1. A
    mean over n coordinates in place of the sum is the variance n/2.
    """
    d.declare({"x[i]": "real", "y[i]": "real"}, n="integer >= 1", s="positive", a="real", b="real")
    d.start("-Sum(log(Normal(x[i]; y[i], s**2)), i, 1, n)", label="loss").eq(
        "Sum((x[i] - y[i])**2/(2*s**2) + log(2*pi*s**2)/2, i, 1, n)", because="log of the density"
    ).eq("Sum((x[i] - y[i])**2, i, 1, n)/(2*s**2) + n/2*log(2*pi*s**2)", because="linear")
    d.start("diff(-log(Normal(a; b, s**2)), b)", label="slope").eq(
        "diff((a - b)**2/(2*s**2), b)", because="the rest does not depend on b"
    ).eq("(b - a)/s**2", because="chain rule")
    d.start("-Sum(log(Normal(x[i]; y[i], 1/2)), i, 1, n)", label="sum of squares").eq(
        "Sum((x[i] - y[i])**2, i, 1, n) + n/2*log(pi)", because="2 s^2 = 1"
    )
    d.start("-Sum(log(Normal(x[i]; y[i], n/2)), i, 1, n)", label="mean of squares").eq(
        "Sum((x[i] - y[i])**2, i, 1, n)/n + n/2*log(pi*n)", because="2 s^2 = n"
    )
    d.wrong(
        (
            "-Sum(log(Normal(x[i]; y[i], 1)), i, 1, n) = Sum((x[i] - y[i])**2, i, 1, n) + "
            "n/2*log(2*pi)"
        ),
        why="variance 1 for the coefficient 1",
    )


@family.theorem(
    "optimal_decoder_variance",
    title="The best shared variance of a decoder",
    source="Rybkin, Daniilidis, Levine (2021), section 3",
)
def optimal_decoder_variance(d: Derivation) -> None:
    """e is the summed squared error of a datum, n its dimension, v the variance. The slope by v is
    zero at e/n. With t = e/(n v) the excess over the value there is n/2 (t - 1 - log t), which is
    not negative since log t <= t - 1.
    """
    d.declare(n="integer >= 1", e="positive", v="positive")
    d.define("loss(v)", "e/(2*v) + n/2*log(2*pi*v)")
    d.start("diff(loss(v), v)", label="slope").eq(
        "(n*v - e)/(2*v**2)", because="sum and chain rule"
    )
    d.start("diff(loss(v), v; e/n)", label="stationary").eq("0", because="n v = e")
    d.start("loss(e/n)", label="value").eq("n/2*(1 + log(2*pi*e/n))", because="e/(2 e/n) = n/2")
    d.start("loss(v) - n/2*(1 + log(2*pi*e/n))", label="excess").eq(
        "n/2*(e/(n*v) - 1 - log(e/(n*v)))", because="log of a quotient"
    ).ge("0", because="log t <= t - 1")
    d.wrong("diff(loss(v), v; sqrt(e/n)) = 0", why="the root of the mean error for the variance")


@family.theorem(
    "bernoulli_decoder",
    title="Binary cross-entropy in logits",
    source="Kingma, Welling (2014), appendix C.1",
)
def bernoulli_decoder(d: Derivation) -> None:
    """The output sigmoid(a) lies in (0, 1), so both logs exist. In a the loss is softplus(a) - a x,
    and softplus(a) = max(a, 0) + log(1 + exp(-|a|)) does not overflow. Its slope is sigmoid(a) - x.
    For x in (0, 1) the least loss is the entropy of x, at the output x, by Gibbs; it is more than
    0. tanh and ReLU leave (0, 1).

    Not shown: which end points are allowed, where the output is 0 or 1.
    """
    d.declare(x="in (0, 1)", a="real", y="in (0, 1)", t="in [0, 1]")
    d.define("loss(a)", "-(t*log(sigmoid(a)) + (1 - t)*log(1 - sigmoid(a)))")
    d.start("sigmoid(a)", label="range").gt("0", because="positive")
    d.start("sigmoid(a)", label="range above").lt("1", because="less than 1")
    d.start("loss(a)", label="logits").eq("softplus(a) - a*t", because="log of a sigmoid").eq(
        "max(a, 0) - a*t + log(1 + exp(-abs(a)))", because="two cases"
    )
    d.start("diff(loss(a), a)", label="slope").eq("sigmoid(a) - t", because="softplus' = sigmoid")
    d.start("-(x*log(y) + (1 - x)*log(1 - y))", label="least").ge(
        "-(x*log(x) + (1 - x)*log(1 - x))", because="Gibbs"
    ).gt("0", because="the logs of numbers below 1 are negative")
    d.wrong("0 < tanh(a)", why="a tanh head")
    d.wrong("0 < max(a, 0)", why="a ReLU head")
    d.wrong("-(x*log(x) + (1 - x)*log(1 - x)) = 0", why="the loss is 0 at the optimum")


@family.theorem(
    "continuous_bernoulli",
    title="Normaliser of the continuous Bernoulli law",
    source="Loaiza-Ganem, Cunningham (2019), equation 5",
)
def continuous_bernoulli(d: Derivation) -> None:
    """l^x (1 - l)^(1 - x) is (1 - l) times an exponential of x. Integrate; log((1 - l)/l) is twice
    the inverse hyperbolic tangent of 1 - 2 l. The integral is less than 1, below 1/2 and above (r),
    and 1/2 in the middle: the cross-entropy of values between 0 and 1 is not that of a law.
    """
    d.declare(l="in (0, 1/2)", r="in (1/2, 1)", k="in (0, 1)", x="real")
    d.start("k**x*(1 - k)**(1 - x)", label="density").eq(
        "(1 - k)*exp(x*(log(k) - log(1 - k)))", because="a**x = exp(x log a)"
    )
    for k, name in (("l", "below 1/2"), ("r", "above 1/2")):
        d.start(f"Int({k}**x*(1 - {k})**(1 - x), x, 0, 1)", label=name).eq(
            f"(1 - 2*{k})/(log(1 - {k}) - log({k}))", because="an antiderivative of an exponential"
        ).eq(f"(1 - 2*{k})/log((1 - {k})/{k})", because="log of a quotient").lt(
            "1", because="log t <= t - 1"
        )
    d.start("tanh(log((1 - k)/k)/2)", label="inverse tanh").eq(
        "1 - 2*k", because="definition of tanh"
    )
    d.start("Int((1/2)**x*(1/2)**(1 - x), x, 0, 1)", label="in the middle").eq("1/2")
    d.wrong("Int(l**x*(1 - l)**(1 - x), x, 0, 1) = 1", why="normaliser 1")


@family.theorem(
    "linear_elbo_1d",
    title="The bound of the linear model with numbers",
    source="Lucas et al. (2019), section 4",
)
def linear_elbo_1d(d: Derivation) -> None:
    """Both expectations are moments of N(w x, v): the mean of (x - u z)^2 is (x - u w x)^2 + u^2 v.
    Their difference is the bound; what is missing to the log of the evidence N(x; 0, e u^2 + s) is
    the divergence to the posterior, so the bound holds. The slopes by w, u and v.

    Not shown: the matrix form, which is `vae.linear_elbo`.
    """
    d.declare(
        x="real",
        u="real",
        w="real",
        s="positive",
        e="positive",
        v="positive",
        z="real",
        t="positive",
    )
    d.define("rate(w, v)", "(log(e/v) + (v + (w*x)**2)/e - 1)/2")
    d.define(
        "bound(w, v, u)",
        "-log(2*pi*s)/2 - ((x - u*w*x)**2 + u**2*v)/(2*s) - (log(e/v) + (v + (w*x)**2)/e - 1)/2",
    )
    d.start("Int(log(Normal(x; u*z, s))*Normal(z; w*x, v), z, -oo, oo)", label="reconstruction").eq(
        "-log(2*pi*s)/2 - ((x - u*w*x)**2 + u**2*v)/(2*s)", because="moments of the encoder"
    )
    d.start(
        "Int(log(Normal(z; w*x, v)/Normal(z; 0, e))*Normal(z; w*x, v), z, -oo, oo)", label="rate"
    ).eq("rate(w, v)", because="moments of the encoder")
    d.start(
        (
            "Int(log(Normal(x; u*z, s))*Normal(z; w*x, v), z, -oo, oo) - Int(log(Normal(z; w*x, "
            "v)/Normal(z; 0, e))*Normal(z; w*x, v), z, -oo, oo)"
        ),
        label="bound",
    ).eq("bound(w, v, u)", because="the two integrals")
    d.start("t - 1 - log(t)", label="tangent").ge("0", because="log t <= t - 1")
    p, m = "(e*s/(e*u**2 + s))", "(e*u*x/(e*u**2 + s))"
    d.start("log(Normal(x; 0, e*u**2 + s)) - bound(w, v, u)", label="gap").eq(
        f"(v/{p} - 1 - log(v/{p}))/2 + (w*x - {m})**2/(2*{p})", because="complete the square"
    ).ge("0", using=[("tangent", {"t": f"v/{p}"})], because="log t <= t - 1, and a square")
    d.start("diff(bound(w, v, u), w)", label="slope in w").eq(
        "(u*(x - u*w*x)/s - w*x/e)*x", because="chain rule"
    )
    d.start("diff(bound(w, v, u), u)", label="slope in u").eq(
        "(x*w*x - u*((w*x)**2 + v))/s", because="chain rule"
    )
    d.start("diff(bound(w, v, u), v)", label="slope in v").eq(
        "(1/v - u**2/s - 1/e)/2", because="sum rule"
    )
    d.wrong(
        "bound(w, v, u) = -log(2*pi*s)/2 - (x - u*w*x)**2/(2*s) - rate(w, v)",
        why="trace term missing",
    )
    d.wrong("rate(w, v) = (log(e/v) + v + (w*x)**2/e - 1)/2", why="variance without 1/e")
    d.wrong(
        "rate(w, v) = (log(e) + log(v) + (v + (w*x)**2)/e - 1)/2", why="sign of the log determinant"
    )


@family.theorem(
    "linear_optimum_1d",
    title="The best encoder of the linear model with numbers",
    source="Bishop (2006), section 12.2; Lucas et al. (2019)",
)
def linear_optimum_1d(d: Derivation) -> None:
    """v = 1/(u^2/s + 1/e) and w = v u/s are the variance and the mean of the posterior; there the
    bound is the log of the evidence, for every x.
    """
    d.declare(x="real", u="nonzero", s="positive", e="positive")
    d.define(
        "bound(w, v)",
        "-log(2*pi*s)/2 - ((x - u*w*x)**2 + u**2*v)/(2*s) - (log(e/v) + (v + (w*x)**2)/e - 1)/2",
    )
    d.start("1/(u**2/s + 1/e)", label="variance").eq(
        "e*s/(e*u**2 + s)", because="common denominator"
    )
    d.start("1/(u**2/s + 1/e)*u/s", label="mean").eq(
        "e*u/(e*u**2 + s)", because="common denominator"
    )
    d.start("bound(e*u/(e*u**2 + s), e*s/(e*u**2 + s))", label="tight").eq(
        "-log(2*pi*(e*u**2 + s))/2 - x**2/(2*(e*u**2 + s))", because="algebra"
    ).eq("log(Normal(x; 0, e*u**2 + s))", because="log of the density")
    d.wrong(
        "bound(1/u, e*s/(e*u**2 + s)) = log(Normal(x; 0, e*u**2 + s))",
        why="the pseudo-inverse for w",
    )
