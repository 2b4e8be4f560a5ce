"""DDIM: samplers that keep the marginals of the forward process.

Main definitions
----------------
``a`` stands for abar_t and ``b`` for abar_{t-1}, both in (0, 1) with ``a < b``; ``s`` is the
variance sigma_t**2 of one reverse step, at most ``1 - b``. (The paper writes alpha for what is abar
here.)

Main statements
---------------
`marginal` (every member of the family keeps q(x_t | x_0)), `eta` (DDPM is the member eta = 1),
`step`, `ode`, `gaussian_exact`.

Notes
-----
One coordinate each. ``z`` is x_0, ``e`` the noise, ``x`` and ``y`` are x_t and x_{t-1}.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("ddim", "DDIM")


@family.theorem(
    "marginal",
    title="The DDIM family keeps the marginals",
    source="Song, Meng, Ermon (2021), eq. 7 and Lemma 1",
)
def marginal(d: Derivation) -> None:
    """The step is linear in x_t, so the law of x_{t-1} is a convolution: mean sqrt(b)*z since the
    deviation has mean 0, variance s + (1 - b - s)/(1 - a)*(1 - a) = 1 - b. This is the step of the
    induction from t to t - 1; it begins with the law of x_T.

    Not shown: s = 0 and s = 1 - b, where a law has no density or the line is trivial; that the
    induction joins the steps.
    """
    d.declare(x="real", y="real", z="real", a="in (0, 1)", b="in (0, 1)", s="positive")
    d.declare(c="real", k="real", m="real", v="positive", w="positive")
    d.assume(h_variance="s < 1 - b")
    d.claim(
        "Int(Normal(y; c + k*x, w)*Normal(x; m, v), x, -oo, oo) = Normal(y; c + k*m, k**2*v + w)",
        label="convolution",
        because="complete the square in x and integrate it out",
    )
    d.start("sqrt((1 - b - s)/(1 - a))**2*(1 - a) + s", label="variance").eq(
        "(1 - b - s) + s", because="square of a root"
    ).eq("1 - b", by="ring")
    k = "sqrt((1 - b - s)/(1 - a))"
    d.start(
        f"Int(Normal(y; (sqrt(b)*z - {k}*(sqrt(a)*z)) + {k}*x,"
        f" s)*Normal(x; sqrt(a)*z, 1 - a), x, -oo, oo)",
        label="marginal",
    ).eq(
        f"Normal(y; (sqrt(b)*z - {k}*(sqrt(a)*z)) + {k}*(sqrt(a)*z), {k}**2*(1 - a) + s)",
        using=(
            (
                "convolution",
                {
                    "c": f"sqrt(b)*z - {k}*(sqrt(a)*z)",
                    "k": k,
                    "m": "sqrt(a)*z",
                    "v": "1 - a",
                    "w": "s",
                },
            ),
        ),
        because="convolution",
    ).eq("Normal(y; sqrt(b)*z, 1 - b)", using=("variance",), because="the deviation has mean 0")
    d.wrong("(1 - b)/(1 - a)*(1 - a) + s = 1 - b", why="sqrt(1 - abar_{t-1}) without -sigma**2")


@family.theorem(
    "eta", title="DDPM is the member eta = 1", source="Song, Meng, Ermon (2021), eq. 16"
)
def eta(d: Derivation) -> None:
    """At eta = 1 the variance is the posterior variance of DDPM; what is left for the direction is
    r*(1 - b)**2/(1 - a) with r = a/b, whose root gives the posterior mean.

    Here ``r`` is alpha_t and a = r*b. At eta = 0 the step is deterministic.
    """
    d.declare(r="in (0, 1)", b="in (0, 1)", h="in [0, 1]", x="real", z="real")
    s = "(1 - b)/(1 - r*b)*(1 - r*b/b)"
    d.start(f"1**2*({s})", label="variance").eq(
        "(1 - b)/(1 - r*b)*(1 - r)", because="abar_t/abar_{t-1} = alpha_t"
    )
    d.claim("0**2*((1 - b)/(1 - r*b)*(1 - r*b/b)) = 0", label="deterministic", by="ring")
    d.start(f"1 - b - ({s})", label="direction").eq(
        "(1 - b)*((1 - r*b) - (1 - r))/(1 - r*b)", by="ring", because="common denominator"
    ).eq("r*(1 - b)**2/(1 - r*b)", by="ring", because="r - r*b = r*(1 - b)")
    d.claim(
        f"sqrt(1 - b - ({s})) = sqrt(r)*(1 - b)/sqrt(1 - r*b)",
        label="root",
        using=("direction",),
        because="1 - b is positive",
    )
    d.start(f"sqrt(b)*z + sqrt(1 - b - ({s}))*((x - sqrt(r*b)*z)/sqrt(1 - r*b))", label="mean").eq(
        "sqrt(b)*z + sqrt(r)*(1 - b)/sqrt(1 - r*b)*((x - sqrt(r*b)*z)/sqrt(1 - r*b))",
        using=("root",),
        because="the root",
    ).eq(
        "sqrt(r)*(1 - b)/(1 - r*b)*x + sqrt(b)*(1 - r)/(1 - r*b)*z",
        because="sqrt(b) - sqrt(b)*r*(1 - b)/(1 - r*b) = sqrt(b)*(1 - r)/(1 - r*b)",
    )
    d.claim(
        "h**2*((1 - b)/(1 - r*b)*(1 - r)) <= 1 - b",
        label="range",
        because="so every eta is allowed",
    )
    d.wrong(f"1**2*({s}) = 1 - r", why="beta_t for the variance at eta = 1")


@family.theorem("step", title="The DDIM sampling step", source="Song, Meng, Ermon (2021), eq. 12")
def step(d: Derivation) -> None:
    """Put the estimate of x_0 into the mean of the family. With the exact noise of a single data
    point z the step without noise lands on sqrt(b)*z + sqrt(1 - b)*e, and with b = 1 on z itself.
    """
    d.declare(a="in (0, 1)", b="in (0, 1)", s="nonnegative", x="real", z="real", e="real", n="real")
    d.assume(h_variance="s <= 1 - b")
    guess = "((x - sqrt(1 - a)*e)/sqrt(a))"
    d.start(
        f"sqrt(b)*{guess} + sqrt(1 - b - s)*((x - sqrt(a)*{guess})/sqrt(1 - a)) + sqrt(s)*n",
        label="step",
    ).eq(
        f"sqrt(b)*{guess} + sqrt(1 - b - s)*(sqrt(1 - a)*e/sqrt(1 - a)) + sqrt(s)*n",
        because="x - sqrt(a)*guess = sqrt(1 - a)*e",
    ).eq(f"sqrt(b)*{guess} + sqrt(1 - b - s)*e + sqrt(s)*n", because="1 - a is positive")
    exact = "((sqrt(a)*z + sqrt(1 - a)*e - sqrt(1 - a)*e)/sqrt(a))"
    d.start(f"sqrt(b)*{exact} + sqrt(1 - b)*e", label="exact noise").eq(
        "sqrt(b)*z + sqrt(1 - b)*e", because="the guess is z"
    )
    d.claim(f"sqrt(1)*{exact} + (1 - 1)*e = z", label="one step", because="abar_0 = 1")
    d.wrong(
        f"sqrt(b)*{guess} + sqrt(1 - b - s)*((x - sqrt(a)*{guess})/sqrt(1 -"
        f" a)) = sqrt(b)*{guess} + sqrt(1 - b)*e",
        why="the direction without sigma",
    )


@family.theorem(
    "ode",
    title="A DDIM step is an Euler step of the probability flow",
    source="Song, Meng, Ermon (2021), eq. 13-14",
)
def ode(d: Derivation) -> None:
    """Divide the step without noise by sqrt(b): in x/sqrt(abar) it is a straight step of length the
    change of sqrt((1 - abar)/abar). With one noise for all steps the steps add up.

    Not shown: the limit of many steps.
    """
    d.declare(
        {"s[t]": "positive"}, a="in (0, 1)", b="in (0, 1)", x="real", e="real", n="integer >= 1"
    )
    d.start("(sqrt(b)*((x - sqrt(1 - a)*e)/sqrt(a)) + sqrt(1 - b)*e)/sqrt(b)", label="step").eq(
        "x/sqrt(a) - sqrt(1 - a)/sqrt(a)*e + sqrt(1 - b)/sqrt(b)*e", because="divide by sqrt(b)"
    ).eq("x/sqrt(a) + (sqrt((1 - b)/b) - sqrt((1 - a)/a))*e", because="a root of a quotient")
    d.claim("Sum((s[t - 1] - s[t])*e, t, 1, n) = (s[0] - s[n])*e", label="steps", by="telescope")
    d.wrong(
        "(sqrt(b)*((x - sqrt(1 - a)*e)/sqrt(a)) + sqrt(1 - b)*e)/sqrt(b) = x/sqrt(a) + (b - a)*e",
        why="an Euler step in another variable",
    )


@family.theorem(
    "gaussian_exact", title="On normal data the flow is the monotone map", source="elementary"
)
def gaussian_exact(d: Derivation) -> None:
    """For data Normal(0, v) the best noise is sqrt(1 - a)*x/(a*v + 1 - a). In the scale q = (1 -
    a)/a, the square of the noise scale, x/sqrt(a) moves as sqrt(v + q): the curve c*sqrt(v + q)
    solves d(x/sqrt(a))/d sqrt(q) = noise. One finite step contracts a little more than the flow.

    ``g`` is sqrt(q). Not shown: that fine steps converge; uniqueness of the solution.
    """
    d.declare(a="in (0, 1)", b="in (0, 1)", v="positive", g="positive", c="real", x="real")
    d.claim(
        "-sqrt(1 - a)*diff(log(Normal(x; 0, a*v + 1 - a)), x) = sqrt(1 - a)*x/(a*v + 1 - a)",
        label="noise",
        because="the score of a normal law",
    )
    d.start("diff(c*sqrt(v + g**2), g)", label="curve").eq("c*g/sqrt(v + g**2)", by="diff").eq(
        "g*(c*sqrt(v + g**2))/(v + g**2)", because="the noise at that point, in the scale g"
    )
    d.claim(
        "sqrt(1 - a)*x/(a*v + 1 - a) = sqrt((1 - a)/a)*(x/sqrt(a))/(v + (1 - a)/a)",
        label="scale",
        because="divide by a",
    )
    step = "(sqrt(a*b)*v + sqrt((1 - a)*(1 - b)))"
    d.claim(
        f"sqrt(b/a)*(1 - (1 - a)/(a*v + 1 - a)) + sqrt(1 - b)*sqrt(1 -"
        f" a)/(a*v + 1 - a) = {step}/(a*v + 1 - a)",
        label="one step",
        because="the coefficient of x in a step",
    )
    d.claim(
        f"(a*v + 1 - a)*(b*v + 1 - b) - {step}**2 = v*(sqrt(a*(1 - b)) - sqrt(b*(1 - a)))**2",
        label="gap",
        because="expand; so the step contracts more than sqrt((b*v + 1 - b)/(a*v + 1 - a))",
    )
    d.wrong("diff(c*sqrt(v + g**2), g) = g*c*sqrt(v + g**2)", why="the denominator lost")
