"""Location and scale, inverse cumulative distributions, and estimators of gradients."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.reparam.common import family

E1 = "Normal(e; 0, 1), e, -oo, oo)"
PLANE = "Normal(y; 0, 1), y, -oo, oo)*Normal(x; 0, 1), x, -oo, oo)"
CUBIC = "a + b*{0} + c*{0}**2 + r*{0}**3"
SLOPE = "(b + 2*c*{0} + 3*r*{0}**2)"


@family.theorem(
    "gaussian",
    title="Location and scale, and the code with the log variance",
    source="Kingma and Welling (2014), section 2.4 and appendix B",
)
def gaussian(d: Derivation) -> None:
    """z = mu + sigma*e increases, and its density is the standard one at the inverse over sigma:
    that of Normal(mu, sigma**2). With the standard deviation exp(l/2) the mean is mu and the
    variance exp(l). Three other lines of code have another mean or variance, which is shown by its
    value. In two dimensions z = mu + L e with a lower triangular L has the covariance L L^T, entry
    by entry.

    Not shown: that the law in two dimensions is normal; more dimensions.
    """
    d.declare(mu="real", sigma="positive", e="real", z="real", l="real", x="real", y="real")
    d.declare(p="real", q="real", r="real")
    d.claim("0 < diff(mu + sigma*e, e)", "direction", because="sigma > 0")
    d.start("Normal((z - mu)/sigma; 0, 1)*diff((z - mu)/sigma, z)", "law").eq(
        "Normal((z - mu)/sigma; 0, 1)/sigma", because="the slope of the inverse"
    ).eq("Normal(z; mu, sigma**2)", because="the square of (z - mu)/sigma")
    d.start("Normal(mu + sigma*e; mu, sigma**2)*sigma", "law, the other way").eq("Normal(e; 0, 1)")
    d.claim(f"Int((mu + exp(l/2)*e)*{E1} = mu", "mean of the code", because="the mean of e is 0")
    d.start(f"Int((mu + exp(l/2)*e - mu)**2*{E1}", "variance of the code").eq(
        f"exp(l/2)**2*Int(e**2*{E1}", because="take the factor out"
    ).eq("exp(l)", because="the variance of e is 1")
    d.start(f"Int((mu + exp(l)*e - mu)**2*{E1}", "exp(l) as deviation").eq(
        "exp(2*l)", because="a variance of exp(l)**2"
    )
    d.start(f"Int((e*l + mu - mu)**2*{E1}", "l as deviation").eq(
        "l**2", because="a variance of l**2"
    )
    d.start(f"Int((mu + e + l)*{E1}", "l added").eq("mu + l", because="a shifted mean")
    d.start(f"Int(mu*e*{E1}", "mu as a factor").eq("0", because="the mean of e is 0")
    d.start(f"Int(Int((p*x)*(q*x + r*y)*{PLANE}", "covariance").eq(
        "p*q", because="row 1 times row 2 of L"
    )
    d.start(f"Int(Int((q*x + r*y)**2*{PLANE}", "second variance").eq(
        "q**2 + r**2", because="row 2 of L"
    )
    d.start("Matrix([[p, 0], [q, r]]) @ transpose(Matrix([[p, 0], [q, r]]))", "L L^T").eq(
        "Matrix([[p**2, p*q], [p*q, q**2 + r**2]])", because="multiply"
    )
    d.wrong(f"Int((mu + exp(l)*e - mu)**2*{E1} = exp(l)", "std = exp(logvar)")
    d.wrong(f"Int((e*l + mu - mu)**2*{E1} = exp(l)", "z = randn*logvar + mu")
    d.wrong(f"Int((mu + e + l)*{E1} = mu", "z = mu + randn + logvar")
    d.wrong(f"Int(mu*e*{E1} = mu", "z = mu*randn")


@family.theorem(
    "table",
    title="Laws with inverse cumulative distributions in closed form",
    source="Devroye (1986), section 2.2; Kingma and Welling (2014), section 2.4",
)
def table(d: Derivation) -> None:
    """Put the proposed map into the cumulative distribution F: where the map increases in u the
    result is u, where it decreases 1 - u. Since U is uniform, so is 1 - U, and the image has the
    law F. The Laplace law is centred at 0 here; a shift by mu moves the map and the argument of F
    alike.

    Not shown: the step from F(g(u)) = u to the law of g(U), which is that of `lognormal_T`.
    """
    d.declare(u="in (0, 1)", lam="positive", k="positive", mu="real", b="positive")
    d.declare(s="in (0, 1/2)", t="in (1/2, 1)", y="positive")
    d.define("laplace(x)", "1/2 + sign(x)*(1 - exp(-abs(x)/b))/2")
    d.define("g(p)", "-b*sign(p - 1/2)*log(1 - 2*abs(p - 1/2))")
    d.claim("exp(-lam*(-log(u)/lam)) = u", "exponential", because="1 - F(x) = exp(-lam*x)")
    d.claim("diff(-log(u)/lam, u) < 0", "exponential, decreasing")
    d.claim(
        "sigmoid((mu + b*log(u/(1 - u)) - mu)/b) = u", "logistic", because="sigmoid undoes logit"
    )
    d.claim("0 < diff(mu + b*log(u/(1 - u)), u)", "logistic, increasing")
    d.claim("laplace(b*y) = 1 - exp(-y)/2", "Laplace, above the middle", because="the sign is 1")
    d.claim("laplace(-b*y) = exp(-y)/2", "Laplace, below the middle", because="the sign is -1")
    d.claim("0 < -log(2 - 2*t)", "above", because="2 - 2*t is below 1")
    d.claim("0 < -log(2*s)", "below", because="2*s is below 1")
    d.start("laplace(g(t))", "Laplace, above 1/2").eq(
        "laplace(b*(-log(2 - 2*t)))", because="t - 1/2 > 0"
    ).eq(
        "1 - exp(-(-log(2 - 2*t)))/2",
        using=("above", ("Laplace, above the middle", {"y": "-log(2 - 2*t)"})),
        because="above the middle",
    ).eq("t", because="exp(log(r)) = r")
    d.start("laplace(g(s))", "Laplace, below 1/2").eq(
        "laplace(-b*(-log(2*s)))", because="s - 1/2 < 0"
    ).eq(
        "exp(-(-log(2*s)))/2",
        using=("below", ("Laplace, below the middle", {"y": "-log(2*s)"})),
        because="below the middle",
    ).eq("s", because="exp(log(r)) = r")
    d.claim(
        "exp(-(lam*(-log(u))**(1/k)/lam)**k) = u", "Weibull", because="1 - F(x) = exp(-(x/lam)**k)"
    )
    d.claim("exp(-exp(-(-log(-log(u))))) = u", "Gumbel", because="F(x) = exp(-exp(-x))")
    d.claim("0 < diff(-log(-log(u)), u)", "Gumbel, increasing")
    d.wrong("laplace(-b*log(1 - 2*abs(u - 1/2))) = u", "no sign")
    d.wrong("exp(-lam*(-lam*log(u))) = u", "the rate for its inverse")


@family.theorem(
    "pathwise",
    title="The pathwise gradient under normal noise",
    source="Kingma and Welling (2014), eq. 4-6; Glasserman (2003), chapter 7",
)
def pathwise(d: Derivation) -> None:
    """The expectation of f(z) under Normal(m, s**2) is that of f(m + s*e) under standard noise. For
    a cubic and for an exponential f both gradients are compared with the expectations of f' and of
    f'*e. For a step the path has the slope 0 almost everywhere, but the expectation moves.

    Not shown: other f, for which derivative and integral must be exchanged.
    """
    d.declare(
        m="real", s="positive", a="real", b="real", c="real", r="real", t="real", x="real", e="real"
    )
    for label, f, slope in (
        ("cubic", CUBIC, SLOPE), ("exponential", "exp(t*{0})", "t*exp(t*{0})"),
    ):  # fmt: skip
        mean = f"Int(({f.format('x')})*Normal(x; m, s**2), x, -oo, oo)"
        path = slope.format("(m + s*e)")
        d.start(mean, label).eq(f"Int(({f.format('(m + s*e)')})*{E1}", because="x = m + s*e")
        d.start(f"diff({mean}, m)", f"{label}, by the mean").eq(
            f"Int({path}*{E1}", because="dz/dm = 1; both in closed form"
        )
        d.start(f"diff({mean}, s)", f"{label}, by the deviation").eq(
            f"Int({path}*e*{E1}", because="dz/ds = e; both in closed form"
        )
    d.start("Int(Normal(x; m, s**2), x, 0, oo)", "step").eq(
        "(1 + erf(m/(s*sqrt(2))))/2", because="P(z > 0)"
    )
    d.start("diff((1 + erf(m/(s*sqrt(2))))/2, m)", "slope for a step").eq(
        "Normal(0; m, s**2)", because="the density at the jump"
    ).gt("0", because="a density is positive; the pathwise slope is 0")
    d.wrong("diff((1 + erf(m/(s*sqrt(2))))/2, m) = 0", "the pathwise formula used for a step")
    d.wrong(
        f"diff(Int(exp(t*x)*Normal(x; m, s**2), x, -oo, oo), s) = Int(t*exp(t*(m + s*e))*{E1}",
        "dz/ds forgotten",
    )


@family.theorem(
    "score_function",
    title="The score-function gradient, baselines, and variances",
    source="Williams (1992); Mohamed et al. (2020); Gal (2016)",
)
def score_function(d: Derivation) -> None:
    """The derivative of the density is the density times its score. A baseline h adds h times the
    mean of the score, which is 0. For f(z) = z at variance 1 the score estimator has the variance
    m**2 + 2, while the pathwise one has none; the best constant baseline there is m. For f(z) =
    z**2 the pathwise variance 4 is again the smaller.

    Not shown: other f; f(z) = sin(k*z), for which the order turns round.
    """
    d.declare(
        m="real", v="positive", a="real", b="real", c="real", r="real", h="real", x="real", t="real"
    )
    score = "diff(log(Normal(x; m, v)), m)*Normal(x; m, v)"
    d.claim(f"diff(Normal(x; m, v), m) = {score}", "score", because="the derivative of a logarithm")
    d.claim(f"Int({score}, x, -oo, oo) = 0", "mean of the score", because="the score is (x - m)/v")
    for label, f in (("cubic", CUBIC.format("x")), ("exponential", "exp(t*x)")):
        d.start(f"diff(Int(({f})*Normal(x; m, v), x, -oo, oo), m)", label).eq(
            f"Int(({f})*{score}, x, -oo, oo)", because="both in closed form"
        ).eq(f"Int(({f} - h)*{score}, x, -oo, oo)", because="mean of the score")
    n = "Normal(x; m, 1), x, -oo, oo)"
    d.start(f"Int((x*(x - m))**2*{n} - 1**2", "score variance, f = z").eq(
        "m**2 + 3 - 1", because="moments up to the fourth"
    ).eq("m**2 + 2", because="algebra").gt("0", because="pathwise: f'(m + e) = 1, variance 0")
    d.start(f"Int(((x - h)*(x - m))**2*{n} - 1**2", "with a baseline").eq(
        "(m - h)**2 + 2", because="moments up to the fourth"
    ).ge("2", because="least at h = m")
    d.start(f"Int((x**2*(x - m))**2*{n} - (2*m)**2", "score variance, f = z**2").eq(
        "15 + 14*m**2 + m**4", because="moments up to the sixth"
    ).gt(f"Int((2*x)**2*{n} - (2*m)**2", because="the pathwise variance is 4")
    d.wrong(f"Int((x - h)*(x - m)*{n} = 1 - h", "a baseline that biases")
    d.wrong(f"Int((x*(x - m))**2*{n} - 1**2 = m**2 + 3", "the second moment for the variance")


@family.theorem(
    "implicit",
    title="Implicit reparameterisation",
    source="Figurnov, Mohamed, Mnih (2018), eq. 4-5",
)
def implicit(d: Derivation) -> None:
    """Differentiate F(z; p) = u with u fixed: dz/dp = -(dF/dp)/q. For the normal, the log-normal,
    the exponential and the logistic law this is the slope of the explicit map, in terms of z.

    Not shown: laws without a closed cumulative distribution; that the gradient may go under the
    integral.
    """
    d.declare(
        z="real", m="real", s="positive", y="positive", lam="positive", e="real", u="in (0, 1)"
    )
    for label, cdf, density, map_, point, at in (
        ("normal", "(1 + erf((z - m)/(s*sqrt(2))))/2", "Normal(z; m, s**2)", "m + s*e", "z", "(z - m)/s"),
        (
            "log-normal", "(1 + erf((log(y) - m)/(s*sqrt(2))))/2", "LogNormal(y; m, s**2)",
            "exp(m + s*e)", "y", "(log(y) - m)/s",
        ),
    ):  # fmt: skip
        d.claim(f"diff({cdf}, {point}) = {density}", f"{label}, density", because="differentiate")
        factor = "" if point == "z" else "*y"
        d.start(f"-diff({cdf}, m)/{density}", f"{label}, by m").eq(
            f"1{factor}", because=f"the slope of {map_} in m"
        )
        d.start(f"-diff({cdf}, s)/{density}", f"{label}, by s").eq(
            f"({at}){factor}", because=f"the slope of {map_} in s, at e = {at}"
        )
    d.start("-diff(1 - exp(-lam*y), lam)/(lam*exp(-lam*y))", "exponential").eq(
        "-y/lam", because="differentiate"
    )
    d.start("diff(-log(u)/lam, lam)", "exponential, explicit").eq(
        "-(-log(u)/lam)/lam", because="the same at y = -log(u)/lam"
    )
    d.start("-diff(sigmoid((z - m)/s), s)/diff(sigmoid((z - m)/s), z)", "logistic").eq(
        "(z - m)/s", because="the slope of m + s*logit(u)"
    )
    d.wrong("diff((1 + erf((z - m)/(s*sqrt(2))))/2, m)/Normal(z; m, s**2) = 1", "the minus missing")


@family.theorem(
    "gumbel_max",
    title="The Gumbel-max trick",
    source="Gumbel (1954); Jang, Gu, Poole (2017); Maddison, Mnih, Teh (2017)",
)
def gumbel_max(d: Derivation) -> None:
    """With w = exp(-g) a Gumbel number is an exponential one, and log(p[k]) + g[k] is largest where
    w[k]/p[k] is least: a race of exponential clocks with the rates p[k]. Clock k rings at w before
    all others with the density p[k] times the product of exp(-p[i]*w), which integrates to p[k]
    over the sum. A softmax with a temperature keeps the order.

    Not shown: the law of the relaxed sample itself; the limit of temperature 0.
    """
    d.declare(
        {"p[i]": "positive"}, K="integer >= 1", k="integer >= 1", w="positive", t="real", q="positive",
        a="real", c="positive", tau="positive",
    )  # fmt: skip
    d.assume(h_norm="Sum(p[i], i, 1, K) = 1")
    d.claim("diff(exp(-exp(-t)), t) = exp(-t - exp(-t))", "Gumbel density", because="differentiate")
    d.start("exp(-(-log(w)) - exp(-(-log(w))))*abs(diff(-log(w), w))", "exponential").eq(
        "exp(-w)", because="the density of w = exp(-g): -log is the inverse"
    )
    d.claim(
        "Int(q*exp(-q*w), w, 0, oo) = 1", "a clock of rate q", because="w/p[k] has the rate p[k]"
    )
    d.start("Prod(exp(-p[i]*w), i, 1, K)", "no clock before w").eq(
        "exp(-w*Sum(p[i], i, 1, K))", because="exp of a sum"
    ).eq("exp(-w)", because="h_norm")
    d.start("Int(p[k]*exp(-w*Sum(p[i], i, 1, K)), w, 0, oo)", "clock k first").eq(
        "p[k]*Int(exp(-w), w, 0, oo)", because="h_norm"
    ).eq("p[k]", because="a clock of rate 1")
    d.start("Int(p[k]*exp(-q*w), w, 0, oo)", "weights that do not add up to 1").eq(
        "p[k]/q", because="q is their sum"
    )
    d.start("exp(a/tau)", "order kept").lt(
        "exp((a + c)/tau)", because="a softmax has one denominator, and exp increases"
    )
    d.wrong("Int(p[k]*exp(-w), w, 0, oo) = 1/K", "all classes alike")
    d.wrong("diff(exp(-exp(-t)), t) = exp(-exp(-t))", "the cumulative distribution for the density")
