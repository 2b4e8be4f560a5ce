"""Denoising diffusion: the schedule and the forward process."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.ddpm.common import at, family, range_of_abar, schedule


@family.theorem(
    "alpha_bar",
    title="Cumulative products: recursion, range, and the signal-to-noise ratio falls",
    source="Ho, Jain, Abbeel (2020), sec. 2",
)
def alpha_bar(d: Derivation) -> None:
    """Split off the last factor; a product of factors in (0, 1) lies in (0, 1); u/(1 - u) increases
    in u.
    """
    schedule(d, k="integer >= 1", a="in (0, 1)", b="in (0, 1)")
    d.claim("abar(0) = 1", label="empty", because="an empty product is 1")
    d.claim(
        "abar(k) = abar(k - 1)*alpha(k)", label="recursion", because="split off the last factor"
    )
    range_of_abar(d)
    d.start("abar(k + 1)", label="decreasing").eq(
        "abar(k)*alpha(k + 1)", because="the recursion"
    ).lt("abar(k)", using=("positive",), because="alpha < 1 and abar_k > 0")
    d.start("a*b/(1 - a*b)", label="ratio").lt("b/(1 - b)", because="u/(1 - u) increases in u")
    d.start("abar(k + 1)/(1 - abar(k + 1))", label="signal to noise").eq(
        "alpha(k + 1)*abar(k)/(1 - alpha(k + 1)*abar(k))",
        using=at("k + 1"),
        because="the recursion",
    ).lt(
        "abar(k)/(1 - abar(k))",
        using=("positive", "below", ("ratio", {"a": "alpha(k + 1)", "b": "abar(k)"})),
        because="the lemma at alpha_{k+1} and abar_k",
    )
    d.wrong("abar(k) = 1 - Sum(beta(s), s, 1, k)", why="1 - sum of beta, true to first order only")
    d.wrong("abar(k) = alpha(k)", why="alpha for its cumulative product")


@family.theorem(
    "forward_closed",
    title="The forward process in closed form",
    source="Ho, Jain, Abbeel (2020), eq. 4; Luo (2022), eq. 61-70",
)
def forward_closed(d: Derivation) -> None:
    """One step turns Normal(m, v) into Normal(sqrt(alpha)*m, alpha*v + beta): complete the square and
    integrate y out. So mean and variance obey a recursion. Its solution from x_0 = z has the mean
    Prod(sqrt(alpha(i)))*z and the variance abar(n)*Sum(beta(i)/abar(i)), which induction on n brings to
    sqrt(abar(n))*z and 1 - abar(n). In densities: the base n = 1, and the step from n - 1 to n.

    Not shown: beta = 0 and beta = 1, where a law has no density; that an induction over laws joins the
    two density lines, since the language has no claims about all laws of a family (base and step are
    shown, and the recursion of mean and variance is solved). Vectors go coordinate by coordinate.
    """
    schedule(d, k="integer >= 1", n="integer >= 2", x="real", y="real", z="real")
    d.declare(u="real", m="real", s="positive", v="positive")
    d.define("mean(t)", "Prod(sqrt(alpha(i)), i, 1, t)*z")
    d.define("var(t)", "abar(t)*Sum(beta(i)/abar(i), i, 1, t)")
    range_of_abar(d)
    d.start("Normal(x; u*y, s)*Normal(y; m, v)", label="square").eq(
        "Normal(x; u*m, u**2*v + s)*Normal(y; m + u*v*(x - u*m)/(u**2*v + s), s*v/(u**2*v + s))",
        because="complete the square in y",
    )
    d.claim(
        "Int(Normal(x; u*y, s)*Normal(y; m, v), y, -oo, oo) = Normal(x; u*m, u**2*v + s)",
        label="convolution",
        because="integrate y out: the second factor is a density in y",
    )
    d.claim("mean(0) = z", because="empty product")
    d.claim("var(0) = 0", because="empty sum")
    d.claim(
        "mean(k) = sqrt(alpha(k))*mean(k - 1)",
        label="mean recursion",
        because="split off the last factor",
    )
    d.claim(
        "var(k) = alpha(k)*var(k - 1) + beta(k)",
        label="variance recursion",
        because="split off the last term; abar_k = alpha_k*abar_{k-1}",
    )
    d.start("mean(k)", label="mean").eq("Prod(sqrt(alpha(i)), i, 1, k)*z", because="definition").eq(
        "sqrt(Prod(alpha(i), i, 1, k))*z", because="induction on k: the root of a product"
    ).eq("sqrt(abar(k))*z", because="definition of abar")
    d.start("var(k)", label="variance").eq(
        "abar(k)*Sum(beta(i)/abar(i), i, 1, k)", because="definition"
    ).eq(
        "abar(k)*(1/abar(k) - 1)", because="induction on k: beta_k/abar_k = 1/abar_k - 1/abar_{k-1}"
    ).eq("1 - abar(k)", because="abar_k is not 0")
    d.claim(
        "Normal(x; sqrt(alpha(1))*z, beta(1)) = Normal(x; sqrt(abar(1))*z, 1 - abar(1))",
        label="base",
        because="abar_1 = alpha_1",
    )
    step = (
        "Int(Normal(x; sqrt(alpha(n))*y, beta(n))"
        "*Normal(y; sqrt(abar(n - 1))*z, 1 - abar(n - 1)), y, -oo, oo)"
    )
    values = {
        "u": "sqrt(alpha(n))",
        "s": "beta(n)",
        "m": "sqrt(abar(n - 1))*z",
        "v": "1 - abar(n - 1)",
    }
    d.start(step, label="step").eq(
        "Normal(x; sqrt(alpha(n))*(sqrt(abar(n - 1))*z), sqrt(alpha(n))**2*(1 - abar(n - 1)) + beta(n))",
        using=(("convolution", values), *at("n - 1")),
        because="the convolution, from the law of x_{n-1} given x_0",
    ).eq(
        "Normal(x; sqrt(abar(n))*z, 1 - abar(n))",
        using=(*at("n"), *at("n - 1")),
        because="alpha_n*(1 - abar_{n-1}) + 1 - alpha_n = 1 - abar_n",
    )
    d.wrong("var(k) = Sum(beta(i), i, 1, k)", why="adds the variances without shrinking them")
    d.wrong("var(k) = beta(k)", why="alpha_n in place of abar_n")
    d.wrong("var(k) = (1 - abar(k))**2", why="the standard deviation taken for 1 - abar")
    d.wrong("mean(k) = abar(k)*z", why="the mean is scaled by the root")


@family.theorem(
    "noise_expansion",
    title="x_n as a sum of the data and of every noise",
    source="elementary; Luo (2022)",
)
def noise_expansion(d: Derivation) -> None:
    """The expansion solves x_n = sqrt(alpha_n)*x_{n-1} + sqrt(beta_n)*e_n from x_0 = z. The squares
    of its coefficients telescope, since beta_i/abar_i = 1/abar_i - 1/abar_{i-1}.

    Not shown: beta = 0.
    """
    schedule(d, k="integer >= 1", j="integer >= 1", z="real")
    d.declare({"e[i]": "real"})
    d.define("x(t)", "sqrt(abar(t))*z + sqrt(abar(t))*Sum(sqrt(beta(i)/abar(i))*e[i], i, 1, t)")
    range_of_abar(d)
    d.claim("x(0) = z", because="abar_0 = 1 and the sum is empty")
    d.claim(
        "x(k) = sqrt(alpha(k))*x(k - 1) + sqrt(beta(k))*e[k]",
        label="recursion",
        because="split off the last term; abar_k = alpha_k*abar_{k-1}",
    )
    d.claim(
        "sqrt(abar(k))*sqrt(beta(j)/abar(j)) = sqrt(abar(k)/abar(j)*beta(j))",
        label="coefficients",
        because="the coefficient of the j-th noise",
    )
    d.start("beta(k)/abar(k)", label="difference").eq(
        "(1 - alpha(k))/(alpha(k)*abar(k - 1))", because="abar_k = alpha_k*abar_{k-1}"
    ).eq("1/abar(k) - 1/abar(k - 1)", because="one fraction into two")
    d.start("Sum(abar(k)/abar(i)*beta(i), i, 1, k)", label="variance").eq(
        "abar(k)*Sum(beta(i)/abar(i), i, 1, k)", because="a factor without i"
    ).eq("abar(k)*(1/abar(k) - 1)", because="the sum telescopes, from 1/abar_0 = 1").eq(
        "1 - abar(k)", because="abar_k is not 0"
    )
    d.wrong("Sum(beta(i), i, 1, k) = 1 - abar(k)", why="coefficients sqrt(beta_i): no rescaling")


@family.theorem(
    "forward_between",
    title="Transition between two times, and the covariance along a path",
    source="Kingma, Salimans, Poole, Ho (2021), App. A.1",
)
def forward_between(d: Derivation) -> None:
    """The product over s < r <= t is abar_t/abar_s, so the closed form started at s has this ratio
    for abar. Composed with the law of x_s it gives that of x_t. The covariance is E[(x_s - mean)
    E[x_t - mean | x_s]] = sqrt(abar_t/abar_s) Var x_s.

    In letters ``c`` stands for abar_s and ``b`` for abar_t, with b < c.
    """
    d.declare({"alpha(t)": "in (0, 1)"}, s="integer >= 1", t="integer >= 1", x="real", y="real")
    d.declare(
        z="real", b="in (0, 1)", c="in (0, 1)", u="real", m="real", v="positive", w="positive"
    )
    d.define("abar(i)", "Prod(alpha(r), r, 1, i)")
    d.assume(h_order="s <= t", h_decreasing="b < c")
    d.claim(
        "Prod(alpha(r), r, s + 1, t) = abar(t)/abar(s)",
        label="ratio",
        because="the first s factors cancel",
    )
    d.claim("1 - b/c > 0", label="between", because="b < c")
    d.claim(
        "Int(Normal(x; u*y, w)*Normal(y; m, v), y, -oo, oo) = Normal(x; u*m, u**2*v + w)",
        label="convolution",
        because="complete the square in y and integrate it out",
    )
    values = {"u": "sqrt(b/c)", "w": "1 - b/c", "m": "sqrt(c)*z", "v": "1 - c"}
    d.start(
        "Int(Normal(x; sqrt(b/c)*y, 1 - b/c)*Normal(y; sqrt(c)*z, 1 - c), y, -oo, oo)",
        label="composition",
    ).eq(
        "Normal(x; sqrt(b/c)*(sqrt(c)*z), sqrt(b/c)**2*(1 - c) + (1 - b/c))",
        using=(("convolution", values), "between"),
        because="convolution",
    ).eq("Normal(x; sqrt(b)*z, 1 - b)", because="roots and common denominator")
    d.start(
        "Int((y - sqrt(c)*z)*(sqrt(b/c)*y - sqrt(b)*z)*Normal(y; sqrt(c)*z, 1 - c), y, -oo, oo)",
        label="covariance",
    ).eq(
        "sqrt(b/c)*Int((y - sqrt(c)*z)**2*Normal(y; sqrt(c)*z, 1 - c), y, -oo, oo)",
        because="sqrt(b) = sqrt(b/c)*sqrt(c)",
    ).eq("sqrt(b/c)*(1 - c)", because="the variance of x_s")
    d.wrong("1 - b/c = (1 - b) - (1 - c)", why="the difference of the two variances")


@family.theorem(
    "variance_preserving",
    title="The variance of x_n for data of any variance",
    source="Ho, Jain, Abbeel (2020), sec. 2",
)
def variance_preserving(d: Derivation) -> None:
    """Given x_0 = z, the second moment about sqrt(b)*m is b*(z - m)**2 + 1 - b; averaged over the data
    law p with mean m and variance v this is b*v + 1 - b (total variance). It is 1 only for v = 1.

    ``b`` stands for abar_n. Not shown: covariance matrices of vectors; that x_n has this law of two
    stages (its density is the mixture over z).
    """
    d.declare({"p(z)": "nonnegative"}, x="real", z="real", b="in (0, 1)", m="real", v="nonnegative")
    d.assume(
        h_norm="Int(p(z), z, -oo, oo) = 1",
        h_mean="Int(z*p(z), z, -oo, oo) = m",
        h_second="Int(z**2*p(z), z, -oo, oo) = m**2 + v",
    )
    d.claim(
        "Int((x - sqrt(b)*m)**2*Normal(x; sqrt(b)*z, 1 - b), x, -oo, oo) = b*(z - m)**2 + 1 - b",
        label="given the data",
        because="variance plus squared distance of the means",
    )
    d.start("Int((b*(z - m)**2 + 1 - b)*p(z), z, -oo, oo)", label="total").eq(
        "b*Int((z - m)**2*p(z), z, -oo, oo) + (1 - b)*Int(p(z), z, -oo, oo)", because="linearity"
    ).eq("b*v + 1 - b", because="the moments of the data")
    d.claim("b*v + 1 - b - 1 = b*(v - 1)", label="gap", because="so it is 1 exactly when v = 1")
    d.wrong("v + (1 - b) = b*v + 1 - b", why="noise added without shrinking the data")
