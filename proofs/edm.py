"""EDM: denoiser, preconditioning and noise levels of diffusion in the variance-exploding scale.

Main definitions
----------------
``s`` is the noise level sigma, ``c`` the deviation sigma_d of the data; ``x`` is the noisy value.

Main statements
---------------
`denoiser` (posterior mean, score, ODE), `preconditioning`, `sigma_schedule`, `vp_ve`.

Notes
-----
One coordinate each. Data laws are finite, or given by their moments.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("edm", "EDM")


@family.theorem(
    "denoiser",
    title="Denoiser, score and probability flow",
    source="Karras, Aittala, Aila, Laine (2022), eq. 1-4",
)
def denoiser(d: Derivation) -> None:
    """The score of a mixture is the weighted mean of (y_k - x)/s**2, so x + s**2*score is the
    weighted mean of the data, which is E[y | x]. The ODE dx/ds = -s*score is then (x - D)/s.

    Data at K points ``y[k]`` with weights ``w[k]``. Not shown: data laws that are not finite, where
    a derivative goes under an integral; that the flow of the ODE has the marginals (see
    `sde.pf_ode`).
    """
    d.declare({"w[k]": "positive", "y[k]": "real"}, K="integer >= 1", x="real", s="positive")
    d.declare(v="positive", D="real")
    total = "Sum(w[k]*Normal(x; y[k], v), k, 1, K)"
    d.start(f"x + v*diff(log({total}), x)", label="score").eq(
        f"x + v*(-Sum(w[k]*Normal(x; y[k], v)*(x - y[k])/v, k, 1, K)/{total})",
        because="the derivative of the sum over the sum",
    ).eq(
        f"Sum(w[k]*Normal(x; y[k], v)*y[k], k, 1, K)/{total}", because="x is its own weighted mean"
    )
    d.claim("-s*((D - x)/s**2) = (x - D)/s", label="ode", by="ring", because="score = (D - x)/s**2")
    d.wrong("-s*((D - x)/s**2) = (D - x)/s", why="sign of the drift")


@family.theorem(
    "preconditioning",
    title="Preconditioning to unit variance",
    source="Karras, Aittala, Aila, Laine (2022), Table 1 and App. B.6",
)
def preconditioning(d: Derivation) -> None:
    """With y of variance c**2 and independent noise of variance s**2, the target y - k*x has
    variance (1 - k)**2*c**2 + k**2*s**2. Complete the square in k: the least value s**2*c**2/(s**2
    + c**2) is at k = c**2/(s**2 + c**2), and c_out is its root. The weight 1/c_out**2 makes the
    loss that of a unit target.
    """
    d.declare(s="positive", c="positive", k="real", x="real", y="real", F="real", w="positive")
    variance = "(1 - k)**2*c**2 + k**2*s**2"
    d.start(variance, label="square").eq(
        "s**2*c**2/(s**2 + c**2) + (s**2 + c**2)*(k - c**2/(s**2 + c**2))**2",
        by="ring",
        because="complete the square in k",
    ).ge("s**2*c**2/(s**2 + c**2)", because="a square")
    d.claim(
        "(1 - c**2/(s**2 + c**2))**2*c**2 + (c**2/(s**2 + c**2))**2*s**2 = s**2*c**2/(s**2 + c**2)",
        label="least",
        by="ring",
        because="at c_skip",
    )
    d.claim(
        "diff((1 - k)**2*c**2 + k**2*s**2, k; c**2/(s**2 + c**2)) = 0",
        label="stationary",
        by="diff",
    )
    d.start("s**2*c**2/(s**2 + c**2)/(s*c/sqrt(s**2 + c**2))**2", label="unit target").eq(
        "s**2*c**2/(s**2 + c**2)/(s**2*c**2/(s**2 + c**2))", because="square of a root"
    ).eq("1", by="ring")
    d.claim(
        "(1/sqrt(s**2 + c**2))**2*(c**2 + s**2) = 1",
        label="unit input",
        because="Var x = c**2 + s**2",
    )
    d.claim("1/(s*c/sqrt(s**2 + c**2))**2 = 1/s**2 + 1/c**2", label="weight")
    d.claim(
        "1/w**2*(k*x + w*F - y)**2 = (F - (y - k*x)/w)**2",
        label="loss",
        by="ring",
        because="D = k*x + w*F",
    )
    d.wrong("s**2*c**2/(s**2 + c**2) = s**2", why="c_out = sigma")
    d.wrong("(1 - 1)**2*c**2 + 1**2*s**2 = s**2*c**2/(s**2 + c**2)", why="c_skip = 1")


@family.theorem(
    "sigma_schedule",
    title="Noise levels between two ends",
    source="Karras, Aittala, Aila, Laine (2022), eq. 5",
)
def sigma_schedule(d: Derivation) -> None:
    """The roots of order r are equally spaced from the first end a to the last b < a, so the levels
    fall. The geometric sequence is an equal spacing of the logarithms.

    ``u < w`` are two values of i/(N - 1) in [0, 1]. Not shown: that the geometric sequence is the
    limit of large r.
    """
    d.declare(a="positive", b="positive", r="real >= 1", N="integer >= 2", i="integer >= 0")
    d.declare(u="in [0, 1]", w="in [0, 1]")
    d.assume(h_ends="b < a", h_order="u < w")
    level = "(a**(1/r) + {}*(b**(1/r) - a**(1/r)))**r"
    d.start(level.format("0/(N - 1)"), label="first").eq("(a**(1/r))**r", because="i = 0").eq(
        "a", because="a root of a power"
    )
    d.start(level.format("(N - 1)/(N - 1)"), label="last").eq(
        "(b**(1/r))**r", because="i = N - 1"
    ).eq("b", because="a root of a power")
    d.claim(
        "b**(1/r) < a**(1/r)", label="roots", because="powers with a positive exponent increase"
    )
    d.claim(
        "a**(1/r) + w*(b**(1/r) - a**(1/r)) < a**(1/r) + u*(b**(1/r) - a**(1/r))",
        label="line",
        using=("roots",),
        because="a falling line",
    )
    d.claim("a**(1/r) + w*(b**(1/r) - a**(1/r)) > 0", label="positive", using=("roots",))
    d.claim(
        f"{level.format('w')} < {level.format('u')}",
        label="decreasing",
        using=("line", "positive"),
        because="powers with a positive exponent increase",
    )
    d.claim("a*(b/a)**(i/N) = exp((1 - i/N)*log(a) + i/N*log(b))", label="geometric")
    d.wrong(f"{level.format('(N - 1)/N')} = b", why="i/N in place of i/(N - 1)")


@family.theorem(
    "vp_ve",
    title="The variance-preserving and the variance-exploding process differ by a scale",
    source="Karras, Aittala, Aila, Laine (2022), App. B.1",
)
def vp_ve(d: Derivation) -> None:
    """Divide by sqrt(b): the kernel Normal(x; sqrt(b)*z, 1 - b) becomes Normal(x/sqrt(b); z, (1 -
    b)/b) times 1/sqrt(b), so densities and scores are carried over with a factor 1/sqrt(b).

    ``b`` for abar. Shown for the kernels, given the data z; not shown: the mixture over z, which
    inherits the factor.
    """
    d.declare(x="real", z="real", b="in (0, 1)")
    d.claim(
        "Normal(x; sqrt(b)*z, 1 - b) = Normal(x/sqrt(b); z, (1 - b)/b)/sqrt(b)",
        label="kernel",
        because="change of scale",
    )
    d.claim("sqrt((1 - b)/b)**2 = (1 - b)/b", label="level", because="sigma**2")
    d.start("diff(log(Normal(x; sqrt(b)*z, 1 - b)), x)", label="score").eq(
        "-(x - sqrt(b)*z)/(1 - b)", because="derivative of the exponent"
    ).eq("-(x/sqrt(b) - z)/((1 - b)/b)/sqrt(b)", because="divide by sqrt(b)")
    d.claim(
        "-sqrt(1 - b)*(-(x/sqrt(b) - z)/((1 - b)/b)/sqrt(b)) = -sqrt((1 -"
        " b)/b)*(-(x/sqrt(b) - z)/((1 - b)/b))",
        label="noise",
        because="both are (x - sqrt(b)*z)/sqrt(1 - b)",
    )
    d.wrong(
        "diff(log(Normal(x; sqrt(b)*z, 1 - b)), x) = -(x/sqrt(b) - z)/((1 - b)/b)",
        why="without the factor 1/sqrt(abar)",
    )
