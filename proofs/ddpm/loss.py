"""Denoising diffusion: the variational bound, its terms, and their weights."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.ddpm.common import at, family, range_of_abar, schedule

POSTERIOR = "(1 - b)*(1 - a)/(1 - a*b)"
"""The posterior variance, with a for alpha_n and b for abar_{n-1}."""


@family.theorem(
    "step_kl",
    title="Per-step divergence for a fixed model variance",
    source="Ho, Jain, Abbeel (2020), eq. 8; Luo (2022), eq. 86-92",
)
def step_kl(d: Derivation) -> None:
    """Over d coordinates with variance b against v the divergences add. The part without the means is
    not negative (log t <= t - 1), and 0 for v = b.

    Not shown: that it vanishes for v = b only.
    """
    d.declare({"m[i]": "real", "u[i]": "real"}, d="integer >= 1", b="positive", v="positive")
    d.start("Sum(KL(Normal(m[i], b), Normal(u[i], v)), i, 1, d)", label="sum").eq(
        "Sum((log(v/b) + (b + (m[i] - u[i])**2)/v - 1)/2, i, 1, d)",
        because="two normal laws, coordinate by coordinate",
    ).eq(
        "Sum((m[i] - u[i])**2, i, 1, d)/(2*v) + d*(b/v - 1 - log(b/v))/2",
        because="what is free of i, d times",
    )
    d.claim("b/v - 1 - log(b/v) >= 0", label="rest", because="log t <= t - 1 at t = b/v")
    d.claim("b/b - 1 - log(b/b) = 0", label="equal variances", because="log 1 = 0")
    d.wrong(
        "KL(Normal(m[1], b), Normal(u[1], v)) = (m[1] - u[1])**2/v + (b/v - 1 - log(b/v))/2",
        why="1/v in place of 1/(2*v)",
    )
    d.wrong(
        "KL(Normal(m[1], b), Normal(u[1], v)) = (m[1] - u[1])**2/(2*v)",
        why="the part without the means left out",
    )


@family.theorem(
    "eps_weight",
    title="The weight of the squared error of the noise",
    source="Ho, Jain, Abbeel (2020), eq. 12-14",
)
def eps_weight(d: Derivation) -> None:
    """Subtract two means in noise form: only the noises differ. Divided by twice the variance this is the
    weight; with the posterior variance it becomes beta_n/(2*alpha_n*(1 - abar_{n-1})), for n >= 2.

    ``e`` and ``f`` are the true and the predicted noise, ``v`` the model's variance, ``a`` for alpha_n,
    ``b`` for abar_{n-1}. The simple loss puts the weight 1: that is a choice, not an identity. The
    expectation over data and noise stands outside.
    """
    schedule(d, k="integer >= 1", n="integer >= 2", x="real", e="real", f="real", v="positive")
    d.declare(a="in (0, 1)", b="in (0, 1)")
    range_of_abar(d)
    gap = "((x - (1 - a)/sqrt(1 - a*b)*e)/sqrt(a) - (x - (1 - a)/sqrt(1 - a*b)*f)/sqrt(a))**2"
    d.start(gap, label="means").eq(
        "((1 - a)/(sqrt(a)*sqrt(1 - a*b))*(f - e))**2", because="x cancels"
    ).eq("(1 - a)**2/(a*(1 - a*b))*(e - f)**2", because="squares of roots")
    d.start(f"{gap}/(2*v)", label="weight").eq(
        "(1 - a)**2/(2*v*a*(1 - a*b))*(e - f)**2", because="divided by twice the variance"
    )
    d.start(f"(1 - a)**2/(2*({POSTERIOR})*a*(1 - a*b))", label="posterior variance").eq(
        "(1 - a)/(2*a*(1 - b))", by="ring", because="cancel (1 - a)/(1 - a*b)"
    )
    d.claim(
        "beta(n)**2/(2*((1 - abar(n - 1))/(1 - abar(n))*beta(n))*alpha(n)*(1 - abar(n)))"
        " = beta(n)/(2*alpha(n)*(1 - abar(n - 1)))",
        label="schedule",
        using=(*at("n"), *at("n - 1")),
        because="the same at the schedule",
    )
    d.claim(
        "2*alpha(1)*(1 - abar(0)) = 0", label="edge", because="so the weight is infinite at n = 1"
    )
    d.wrong(f"{gap} = (1 - a)**2/(a*b*(1 - a*b))*(e - f)**2", why="abar_n for alpha_n")
    d.wrong(f"{gap} = (1 - a)**2/(a*(1 - a*b)**2)*(e - f)**2", why="the square of 1 - abar_n")
    d.wrong(f"{gap}/(2*v) = (e - f)**2", why="the simple loss taken for the term of the bound")


@family.theorem(
    "x0_weight",
    title="The weight of the squared error of the data: half the drop of the signal-to-noise ratio",
    source="Luo (2022), eq. 99-110; Kingma, Salimans, Poole, Ho (2021), eq. 13-14",
)
def x0_weight(d: Derivation) -> None:
    """Subtract two posterior means: only the x_0 terms differ. Over twice the posterior variance the
    weight is abar_{n-1}*beta_n/(2*(1 - abar_{n-1})*(1 - abar_n)); partial fractions give the difference.

    n >= 2; ``a`` for alpha_n, ``b`` for abar_{n-1}; ``z`` is x_0 and ``y`` its estimate.
    """
    schedule(d, k="integer >= 1", n="integer >= 2", x="real", y="real", z="real")
    d.declare(a="in (0, 1)", b="in (0, 1)")
    range_of_abar(d)
    mean = "sqrt(a)*(1 - b)/(1 - a*b)*x + sqrt(b)*(1 - a)/(1 - a*b)*"
    d.start(f"({mean}z - ({mean}y))**2/(2*({POSTERIOR}))", label="weight").eq(
        f"(sqrt(b)*(1 - a)/(1 - a*b))**2*(z - y)**2/(2*({POSTERIOR}))", because="x cancels"
    ).eq("b*(1 - a)/(2*(1 - b)*(1 - a*b))*(z - y)**2", because="cancel (1 - a)/(1 - a*b)").eq(
        "(b/(1 - b) - a*b/(1 - a*b))/2*(z - y)**2", because="b*(1 - a*b) - a*b*(1 - b) = b*(1 - a)"
    )
    d.claim(
        "abar(n - 1)*beta(n)**2/(1 - abar(n))**2/(2*((1 - abar(n - 1))/(1 - abar(n))*beta(n)))"
        " = (abar(n - 1)/(1 - abar(n - 1)) - abar(n)/(1 - abar(n)))/2",
        label="schedule",
        using=(*at("n"), *at("n - 1")),
        because="the same at the schedule",
    )
    left = f"b*(1 - a)**2/(1 - a*b)**2/(2*({POSTERIOR}))"
    d.wrong(f"{left} = (a*b/(1 - a*b) - b/(1 - b))/2", why="SNR_n - SNR_{n-1}")
    d.wrong(f"{left} = b/(1 - b) - a*b/(1 - a*b)", why="the factor 1/2 left out")


@family.theorem(
    "parametrisations",
    title="Noise, data, velocity and score, and their losses",
    source="Salimans, Ho (2022); Luo (2022), eq. 115-151",
)
def parametrisations(d: Derivation) -> None:
    """With w = sqrt(b)*e - sqrt(1 - b)*z the pair (x, w) is a rotation of (z, e). At one x two guesses
    obey sqrt(b)*(z - y) = -sqrt(1 - b)*(e - f), which ties the losses together.

    ``b`` for abar; ``z, e`` the data and its noise, ``y, f`` their estimates at the same x.
    Not shown: the end points b = 0 and 1.
    """
    d.declare(x="real", y="real", z="real", e="real", f="real", b="in (0, 1)")
    noisy, velocity = "(sqrt(b)*z + sqrt(1 - b)*e)", "(sqrt(b)*e - sqrt(1 - b)*z)"
    d.start(f"sqrt(b)*{noisy} - sqrt(1 - b)*{velocity}", label="data").eq(
        "(b + (1 - b))*z", because="the terms in e cancel"
    ).eq("z", by="ring")
    d.start(f"sqrt(1 - b)*{noisy} + sqrt(b)*{velocity}", label="noise").eq(
        "((1 - b) + b)*e", because="the terms in z cancel"
    ).eq("e", by="ring")
    d.start(f"diff(log(Normal(x; sqrt(b)*z, 1 - b)), x; {noisy})", label="score").eq(
        f"-({noisy} - sqrt(b)*z)/(1 - b)", because="derivative of the exponent"
    ).eq("-e/sqrt(1 - b)", because="x - sqrt(b)*z = sqrt(1 - b)*e")
    estimate, other = "(x - sqrt(b)*z)/sqrt(1 - b)", "(x - sqrt(b)*y)/sqrt(1 - b)"
    d.start(f"({estimate} - {other})**2", label="noise loss").eq(
        "(sqrt(b)*(y - z)/sqrt(1 - b))**2", because="x cancels"
    ).eq("b/(1 - b)*(z - y)**2", because="squares of roots")
    d.start(
        f"(sqrt(b)*({estimate}) - sqrt(1 - b)*z - (sqrt(b)*({other}) - sqrt(1 - b)*y))**2",
        label="velocity loss",
    ).eq("((b/sqrt(1 - b) + sqrt(1 - b))*(z - y))**2", because="x cancels").eq(
        "(1 + b/(1 - b))*(z - y)**2", because="b + 1 - b = 1, and 1/(1 - b) = 1 + b/(1 - b)"
    )
    d.wrong(f"({noisy} - (1 - b)*e)/sqrt(b) = z", why="1 - abar without its root")
    d.wrong(f"sqrt(b)*{noisy} + sqrt(1 - b)*{velocity} = z", why="sign of the velocity")
    d.wrong(f"({estimate} - {other})**2 = (1 - b)/b*(z - y)**2", why="the ratio upside down")


@family.theorem(
    "prior_kl", title="Terminal divergence", source="Ho, Jain, Abbeel (2020), sec. 3.1 and App. B"
)
def prior_kl(d: Derivation) -> None:
    """The divergence of each coordinate from the standard normal law, summed. It is positive: -log(1 - b)
    > b. Nothing in it can be trained.

    ``b`` for abar_T. Not shown: the value of abar_1000 (see `linear_schedule`); the approximation by
    b*|x|**2/2, beyond the bounds of the last chain.
    """
    d.declare({"x[i]": "real"}, d="integer >= 1", z="real", b="in (0, 1)")
    d.claim(
        "KL(Normal(sqrt(b)*z, 1 - b), Normal(0, 1)) = (b*(z**2 - 1) - log(1 - b))/2",
        label="coordinate",
        because="two normal laws",
    )
    d.start("Sum(KL(Normal(sqrt(b)*x[i], 1 - b), Normal(0, 1)), i, 1, d)", label="sum").eq(
        "Sum((b*(x[i]**2 - 1) - log(1 - b))/2, i, 1, d)", because="each coordinate"
    ).eq("(b*(Sum(x[i]**2, i, 1, d) - d) - d*log(1 - b))/2", because="what is free of i, d times")
    d.claim("b <= -log(1 - b)", label="log", because="log t <= t - 1 at t = 1 - b")
    d.start("(b*(z**2 - 1) - log(1 - b))/2", label="lower").ge(
        "(b*(z**2 - 1) + b)/2", using=("log",), because="b <= -log(1 - b)"
    ).eq("b*z**2/2", by="ring")
    d.claim("(b*(z**2 - 1) - log(1 - b))/2 > 0", label="positive", because="never exactly 0")
    d.wrong("KL(Normal(sqrt(b)*z, 1 - b), Normal(0, 1)) = 0", why="taken to vanish exactly")


@family.theorem(
    "learned_variance",
    title="Interpolated learned variance",
    source="Nichol, Dhariwal (2021), eq. 15",
)
def learned_variance(d: Derivation) -> None:
    """A weighted mean of logarithms lies between them, and exp keeps the order.

    n >= 2, so that the lower end c (the posterior variance) is positive; ``b`` for beta_n.
    """
    d.declare(b="positive", c="positive", v="in [0, 1]")
    d.assume(h_order="c <= b")
    d.claim("log(c) <= log(b)", label="logs", because="log increases")
    d.start("exp(v*log(b) + (1 - v)*log(c))", label="upper").le(
        "exp(v*log(b) + (1 - v)*log(b))", using=("logs",), because="log(c) <= log(b)"
    ).eq("b", because="exp of a logarithm")
    d.start("exp(v*log(b) + (1 - v)*log(c))", label="lower").ge(
        "exp(v*log(c) + (1 - v)*log(c))", using=("logs",), because="log(c) <= log(b)"
    ).eq("c", because="exp of a logarithm")
    d.claim("exp(1*log(b) + (1 - 1)*log(c)) = b", label="v = 1")
    d.claim("exp(0*log(b) + (1 - 0)*log(c)) = c", label="v = 0")
    d.wrong("exp(v*log(b) + (1 - v)*log(c)) = v*b + (1 - v)*c", why="linear interpolation")


@family.theorem(
    "gmm_score", title="A diffused mixture of normal laws, and its score", source="elementary"
)
def gmm_score(d: Derivation) -> None:
    """Each component is carried to Normal(sqrt(b)*m, b*v + 1 - b), and mixing is linear. The score
    is the mean of the components' scores under the responsibilities.

    ``b`` for abar_n; the score for any number of components, means ``m[k]`` and variances ``v[k]``
    being those after diffusion. Not shown: the integral of the whole mixture at once, which is
    linearity.
    """
    d.declare({"w[k]": "positive", "m[k]": "real", "v[k]": "positive"}, K="integer >= 1")
    d.declare(x="real", y="real", b="in (0, 1)", p="real", s="positive", t="positive", u="real")
    d.claim(
        "Int(Normal(x; u*y, t)*Normal(y; p, s), y, -oo, oo) = Normal(x; u*p, u**2*s + t)",
        label="convolution",
        because="complete the square in y and integrate it out",
    )
    d.start("Int(Normal(x; sqrt(b)*y, 1 - b)*Normal(y; p, s), y, -oo, oo)", label="component").eq(
        "Normal(x; sqrt(b)*p, sqrt(b)**2*s + (1 - b))",
        using=(("convolution", {"u": "sqrt(b)", "t": "1 - b"}),),
        because="at u = sqrt(b)",
    ).eq("Normal(x; sqrt(b)*p, b*s + 1 - b)", because="square of a root")
    d.start("diff(log(Sum(w[k]*Normal(x; m[k], v[k]), k, 1, K)), x)", label="score").eq(
        "-Sum(w[k]*Normal(x; m[k], v[k])*(x - m[k])/v[k], k, 1,"
        " K)/Sum(w[k]*Normal(x; m[k], v[k]), k, 1, K)",
        because="the derivative of the sum over the sum",
    )
    d.wrong(
        "Int(Normal(x; sqrt(b)*y, 1 - b)*Normal(y; p, s), y, -oo, oo) = Normal(x; sqrt(b)*p, s + 1 - b)",
        why="the variance of the component not shrunk",
    )


@family.theorem(
    "optimal_eps",
    title="The best noise prediction is the mean noise given x_n, a multiple of the score",
    source="Vincent (2011); Ho, Jain, Abbeel (2020), sec. 3.2; Luo (2022), eq. 133-151",
)
def optimal_eps(d: Derivation) -> None:
    """At one x_n, under a law r of the noise e with mean m and second moment s, the error of the
    guess g is s - m**2 + (g - m)**2: least at g = m, and then the variance s - m**2. For data at K
    points z_k the mean noise is the weighted mean of (x - c_k)/sqrt(v), which is -sqrt(v) times the
    score of the mixture.

    ``c[k]`` stands for sqrt(abar_n)*z_k and ``v`` for 1 - abar_n. Not shown: data laws that are not
    finite, where a derivative goes under an integral; the average over x_n.
    """
    d.declare({"p[k]": "positive", "c[k]": "real", "r(e)": "nonnegative"}, K="integer >= 1")
    d.declare(x="real", e="real", g="real", m="real", v="positive", s="nonnegative")
    d.assume(
        h_norm="Int(r(e), e, -oo, oo) = 1",
        h_mean="Int(e*r(e), e, -oo, oo) = m",
        h_second="Int(e**2*r(e), e, -oo, oo) = s",
    )
    d.claim(
        "Int((e - g)**2*r(e), e, -oo, oo) = s - m**2 + (g - m)**2",
        label="error",
        because="expand; the moments of r",
    )
    d.claim("Int((e - m)**2*r(e), e, -oo, oo) = s - m**2", label="least", because="at g = m")
    d.start(
        "Int((e - g)**2*r(e), e, -oo, oo) - Int((e - m)**2*r(e), e, -oo, oo)", label="excess"
    ).eq("(g - m)**2", because="the difference").ge("0", because="a square")
    total = "Sum(p[k]*Normal(x; c[k], v), k, 1, K)"
    d.start(f"-sqrt(v)*diff(log({total}), x)", label="score").eq(
        f"-sqrt(v)*(-Sum(p[k]*Normal(x; c[k], v)*(x - c[k])/v, k, 1, K)/{total})",
        because="the derivative of the sum over the sum",
    ).eq(
        f"Sum(p[k]*Normal(x; c[k], v)*((x - c[k])/sqrt(v)), k, 1, K)/{total}",
        because="the noise at the data point k is (x - c_k)/sqrt(v)",
    )
    d.wrong("Int((e - m)**2*r(e), e, -oo, oo) = 0", why="the least value of the loss said to be 0")


@family.theorem(
    "elbo",
    title="The variational bound as a sum over the steps",
    source="Ho, Jain, Abbeel (2020), eq. 5 and App. A; Luo (2022), eq. 46-58",
)
def elbo(d: Derivation) -> None:
    """Bayes for t >= 2, f_t = h_t*g_t/g_{t-1}, turns the forward steps into reverse ones; the
    logarithms of g_t/g_{t-1} telescope. Averaged over finitely many paths the identity splits by
    linearity, and the bound is log t <= t - 1, path by path.

    On path j: ``f[t, j]`` is q(x_t | x_{t-1}), ``g[t, j]`` is q(x_t | x_0), h = q(x_{t-1} | x_t,
    x_0) by Bayes, ``p[t, j]`` is p(x_{t-1} | x_t), ``u[j]`` is p(x_T), ``w[j]`` the probability of
    path j under q, ``r[j]`` the joint model probability p(x_{0:T}). Not shown: paths in a
    continuum; that the average of log(h_t/p_t) over x_{t-1} given the rest is a divergence (the
    tower property).
    """
    d.declare(
        {"f[t, j]": "positive", "g[t, j]": "positive", "p[t, j]": "positive"}, T="integer >= 2"
    )
    d.declare({"u[j]": "positive", "w[j]": "positive", "r[j]": "positive"}, J="integer >= 1")
    d.declare(k="integer >= 1", c="positive")
    d.assume(h_norm="Sum(w[j], j, 1, J) = 1")
    d.define("h(t, j)", "f[t, j]*g[t - 1, j]/g[t, j]")
    ratio = "log(g[1, {0}]*Prod(f[t, {0}], t, 2, T)/(u[{0}]*Prod(p[t, {0}], t, 1, T)))"
    first, last = "log(g[T, {0}]/u[{0}])", "log(p[1, {0}])"
    steps = "Sum(log(h(t, {0})/p[t, {0}]), t, 2, T)"
    d.start("Sum(log(g[t - 1, k]/g[t, k]), t, 2, T)", label="telescope").eq(
        "log(g[1, k]/g[T, k])", because="neighbours cancel"
    )
    d.start(ratio.format("k"), label="path").eq(
        f"{first} + {steps} - {last}".format("k"),
        because="Bayes for t >= 2, then telescope; f_1 = g_1",
    )
    d.start(f"Sum(w[j]*({first} + {steps} - {last}), j, 1, J)".format("j"), label="average").eq(
        f"Sum(w[j]*{first}, j, 1, J) + Sum(w[j]*{steps}, j, 1, J) - Sum(w[j]*{last}, j, 1, J)".format(
            "j"
        ),
        by="sum_ring",
        because="linearity",
    )
    d.start("Sum(w[j]*log(r[j]/w[j]), j, 1, J)", label="tangent").eq(
        "Sum(w[j]*log(r[j]/(w[j]*c)) + w[j]*log(c), j, 1, J)", because="take out a constant c"
    ).le(
        "Sum(w[j]*(r[j]/(w[j]*c) - 1) + w[j]*log(c), j, 1, J)",
        by="sum_ord",
        because="log t <= t - 1",
    ).eq("Sum(r[j], j, 1, J)/c - 1 + log(c)", because="the weights add to 1")
    model = "Sum(r[j], j, 1, J)"
    d.start("Sum(w[j]*log(r[j]/w[j]), j, 1, J)", label="bound").le(
        f"{model}/{model} - 1 + log({model})",
        using=(("tangent", {"c": model}),),
        because="at c = the model's total",
    ).eq(f"log({model})", because="R/R = 1")
    d.wrong(
        f"{ratio} = {first} + {steps} + {last}".format("k"), why="sign of the reconstruction term"
    )
    d.wrong(
        f"{ratio} = {first} + Sum(log(h(t, {{0}})/p[t, {{0}}]), t, 1, T) - {last}".format("k"),
        why="the sum taken from t = 1",
    )


@family.theorem(
    "elbo_consistency", title="The bound in forward form", source="Luo (2022), eq. 37-45"
)
def elbo_consistency(d: Derivation) -> None:
    """Pair q(x_t | x_{t-1}) with p(x_t | x_{t+1}) instead: no Bayes is needed, only a shift of the
    index.

    On one path: ``f[t]`` is q(x_t | x_{t-1}), ``p[t]`` is p(x_{t-1} | x_t), ``u`` is p(x_T). Not
    shown: the average over paths; that the average of the last sum is no sum of divergences as the
    source prints it.
    """
    d.declare({"f[t]": "positive", "p[t]": "positive"}, T="integer >= 2", u="positive")
    d.start("log(Prod(f[t], t, 1, T)/(u*Prod(p[t], t, 1, T)))", label="path").eq(
        "Sum(log(f[t]), t, 1, T) - log(u) - Sum(log(p[t]), t, 1, T)", because="log of a product"
    ).eq(
        "-log(p[1]) + log(f[T]/u) + Sum(log(f[t]), t, 1, T - 1) - Sum(log(p[t]), t, 2, T)",
        because="split off f_T and p_1",
    ).eq(
        "-log(p[1]) + log(f[T]/u) + Sum(log(f[t]/p[t + 1]), t, 1, T - 1)",
        because="shift the index of the last sum",
    )
    d.wrong(
        "log(Prod(f[t], t, 1, T)/(u*Prod(p[t], t, 1, T)))"
        " = -log(p[1]) + log(f[T]/u) + Sum(log(f[t]/p[t]), t, 1, T - 1)",
        why="the index of the reverse step not shifted",
    )
