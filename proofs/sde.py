"""Diffusion in continuous time: kernels, reversal, and what is lost along the way.

Main definitions
----------------
A density and a drift enter the equations at one point ``o`` and one time through a few derivatives:
the density is written ``p(x) = exp(A + B*(x - o) + C*(x - o)**2/2)``, which has any positive value
and any first and second derivative at o, and the drift ``f(x) = F + G*(x - o)``. ``B + C*(x - o)``
is then the score. The Fokker-Planck equation is ``dp/dt = -d(f*p)/dx + g**2/2*d2p/dx2``.

Main statements
---------------
`reverse`, `pf_ode`, `family` (three processes with the same marginals), `vp_kernel`, `ve_kernel`,
`ddpm_limit`, and for normal laws `kl_dissipation`, `de_bruijn`.

Notes
-----
One coordinate each. Time is measured by B = the integral of beta, so that beta is 1; another beta
multiplies both sides of each equation by beta (chain rule).
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("sde", "Diffusion in continuous time")

PARTIAL = "-diff(f(x)*p(x), x; o) + g**2/2*diff(p(x), x, 2; o)"
"""What the Fokker-Planck equation of the forward process says of dp/dt, at the point o."""


def local(d: Derivation) -> None:
    """Declare a density and a drift by their derivatives at the point o."""
    d.declare(x="real", o="real", A="real", B="real", C="real", F="real", G="real", g="real")
    d.define("p(x)", "exp(A + B*(x - o) + C*(x - o)**2/2)")
    d.define("f(x)", "F + G*(x - o)")
    d.claim("diff(log(p(x)), x) = B + C*(x - o)", label="score", by="diff")


@family.theorem(
    "vp_kernel",
    title="Transition kernel of the variance-preserving process",
    source="Song et al. (2021), eq. 11 and 29",
)
def vp_kernel(d: Derivation) -> None:
    """Mean and variance obey dm/dB = -m/2 and dv/dB = 1 - v, with the solutions exp(-B/2)*z and 1 -
    exp(-B). The normal density with these slopes satisfies the Fokker-Planck equation; the chain
    for a linear beta has the integral written out.

    Not shown: uniqueness of the solutions; an arbitrary beta(t), which enters through B alone.
    """
    d.declare(
        B="nonnegative", z="real", x="real", t="real", m="real", v="positive", b="real", c="real"
    )
    d.claim("diff(exp(-B/2)*z, B) = -(exp(-B/2)*z)/2", label="mean", by="diff")
    d.claim("diff(1 - exp(-B), B) = 1 - (1 - exp(-B))", label="variance", by="diff")
    d.claim("exp(-0/2)*z = z", label="mean at 0")
    d.claim("1 - exp(-0) = 0", label="variance at 0")
    d.claim("exp(-B/2)**2 = exp(-B)", label="abar", because="so abar = exp(-B)")
    d.claim(
        "diff(exp(-(b*t + (c - b)*t**2/2)/2)*z, t)"
        " = -(b + (c - b)*t)/2*(exp(-(b*t + (c - b)*t**2/2)/2)*z)",
        label="linear beta",
        by="diff",
    )
    d.start("diff(Normal(x; m - m/2*t, v + (1 - v)*t), t; 0)", label="density").eq(
        "Normal(x; m, v)*((x - m)**2*(1 - v)/(2*v**2) - (x - m)*m/(2*v) - (1 - v)/(2*v))",
        because="logarithmic derivative",
    ).eq(
        "diff(x*Normal(x; m, v), x)/2 + diff(Normal(x; m, v), x, 2)/2",
        because="the Fokker-Planck equation with drift -x/2 and g = 1",
    )
    d.wrong("diff(exp(-B)*z, B) = -(exp(-B)*z)/2", why="exp(-B) for the mean")


@family.theorem(
    "ve_kernel",
    title="Kernels of the variance-exploding and the sub-VP process",
    source="Song et al. (2021), eq. 9, 12 and 29",
)
def ve_kernel(d: Derivation) -> None:
    """Without drift the density solves the heat equation in its variance, which grows from 0 by the
    increase of sigma**2. For sub-VP (1 - exp(-B))**2 solves dv/dB = -v + 1 - exp(-2*B), and is at
    most 1 - exp(-B).

    ``s(t)`` is a straight piece of sigma**2. Not shown: uniqueness.
    """
    d.declare(
        B="nonnegative", z="real", x="real", v="positive", a="real", b="nonnegative", t="real"
    )
    d.claim(
        "diff(Normal(x; z, v), v) = diff(Normal(x; z, v), x, 2)/2", label="heat equation", by="diff"
    )
    d.claim("diff((a + b*t) - (a + b*0), t) = b", label="variance", by="diff")
    d.claim("(a + b*0) - (a + b*0) = 0", label="variance at 0", by="ring")
    d.start("diff((1 - exp(-B))**2, B)", label="sub-VP").eq(
        "2*(1 - exp(-B))*exp(-B)", by="diff"
    ).eq("-(1 - exp(-B))**2 + (1 - exp(-2*B))", because="expand")
    d.claim("(1 - exp(-B))**2 <= 1 - exp(-B)", label="below VP", because="0 <= 1 - exp(-B) < 1")
    d.wrong(
        "diff((1 - exp(-2*B)), B) = -(1 - exp(-2*B)) + (1 - exp(-2*B))",
        why="1 - exp(-2*B) for sub-VP",
    )
    d.wrong("(a + b*0) = 0", why="sigma**2(t) without what it begins with")


@family.theorem(
    "reverse", title="Time reversal", source="Anderson (1982); Song et al. (2021), eq. 6"
)
def reverse(d: Derivation) -> None:
    """In reversed time the drift is -f + g**2*score. Its Fokker-Planck equation gives minus the
    forward dp/dt, since g**2*score*p = g**2*dp/dx.

    Not shown: that the process exists and that its law is the one solution; the integrability of
    the score.
    """
    local(d)
    d.start(
        "-diff((-f(x) + g**2*diff(log(p(x)), x))*p(x), x; o) + g**2/2*diff(p(x), x, 2; o)",
        label="reverse",
    ).eq(
        "diff(f(x)*p(x), x; o) - g**2*diff(p(x), x, 2; o) + g**2/2*diff(p(x), x, 2; o)",
        because="score times density is the slope of the density",
    ).eq(f"-({PARTIAL})", because="minus the forward equation")
    d.wrong(
        "-diff((-f(x) + g**2/2*diff(log(p(x)), x))*p(x), x; o) + g**2/2*diff(p(x), x, 2; o)"
        f" = -({PARTIAL})",
        why="g**2/2 together with noise g",
    )
    d.wrong(
        "-diff((-f(x) - g**2*diff(log(p(x)), x))*p(x), x; o) + g**2/2*diff(p(x), x, 2; o)"
        f" = -({PARTIAL})",
        why="sign of the score",
    )


@family.theorem(
    "pf_ode", title="Probability flow", source="Song et al. (2021), eq. 13 and App. D.1"
)
def pf_ode(d: Derivation) -> None:
    """g**2/2*d2p/dx2 is the divergence of (g**2/2*score)*p, so a drift alone does the work of the
    noise: the continuity equation of f - g**2/2*score is the Fokker-Planck equation.

    Not shown: that the flow exists and carries the law (see `fm.continuity`).
    """
    local(d)
    d.start("diff(diff(log(p(x)), x)*p(x), x; o)", label="noise as drift").eq(
        "diff(p(x), x, 2; o)", because="score times density is the slope of the density"
    )
    d.start("-diff((f(x) - g**2/2*diff(log(p(x)), x))*p(x), x; o)", label="flow").eq(
        "-diff(f(x)*p(x), x; o) + g**2/2*diff(diff(log(p(x)), x)*p(x), x; o)", because="linearity"
    ).eq(PARTIAL, using=("noise as drift",), because="the noise as a drift")
    d.wrong(
        f"-diff((f(x) - g**2*diff(log(p(x)), x))*p(x), x; o) = {PARTIAL}",
        why="g**2 in place of g**2/2",
    )


@family.theorem(
    "family",
    title="A family of samplers with the same marginals",
    source="Zhang, Chen (2023); Karras et al. (2022), eq. 6",
)
def samplers(d: Derivation) -> None:
    """Reversed drift -f + (1 + l**2)/2*g**2*score with noise l*g: the extra drift and the extra noise
    cancel for every l. l = 0 is `pf_ode`, l = 1 is `reverse`.
    """
    local(d)
    d.declare(l="nonnegative")
    d.start(
        "-diff((-f(x) + (1 + l**2)/2*g**2*diff(log(p(x)), x))*p(x), x; o)"
        " + (l*g)**2/2*diff(p(x), x, 2; o)",
        label="family",
    ).eq(
        "diff(f(x)*p(x), x; o) - (1 + l**2)/2*g**2*diff(p(x), x, 2; o) + (l*g)**2/2*diff(p(x), x, 2; o)",
        because="score times density is the slope of the density",
    ).eq(f"-({PARTIAL})", because="the terms in l cancel")
    d.claim("(1 + 0**2)/2 = 1/2", label="l = 0", by="ring")
    d.claim("(1 + 1**2)/2 = 1", label="l = 1", by="ring")
    d.wrong(
        "-diff((-f(x) + (1 + l)/2*g**2*diff(log(p(x)), x))*p(x), x; o)"
        f" + (l*g)**2/2*diff(p(x), x, 2; o) = -({PARTIAL})",
        why="(1 + lambda)/2 in place of (1 + lambda**2)/2",
    )


@family.theorem(
    "ddpm_limit",
    title="DDPM discretises the variance-preserving process",
    source="Song et al. (2021), App. B",
)
def ddpm_limit(d: Derivation) -> None:
    """Each factor sqrt(1 - b) is 1 - b/2 up to b**2/2. The logarithm of the product lies between
    -Sum(b/(1 - b)) and -Sum(b), which have the same limit as the steps shrink; b = 1 - alpha. With
    b = 1 - exp(-increment) the product is exact.

    Not shown: the limit itself.
    """
    d.declare({"alpha[s]": "in (0, 1)", "B[t]": "real"}, b="in (0, 1)", n="integer >= 1")
    d.claim(
        "sqrt(1 - b) <= 1 - b/2", label="step, above", because="the root lies below its tangent"
    )
    d.claim("sqrt(1 - b) >= 1 - b/2 - b**2/2", label="step, below", because="square both sides")
    total = "log(Prod(alpha[s], s, 1, n))"
    d.start(total, label="above").eq("Sum(log(alpha[s]), s, 1, n)", because="log of a product").le(
        "Sum(-(1 - alpha[s]), s, 1, n)", by="sum_ord", because="log t <= t - 1"
    )
    d.start(total, label="below").eq("Sum(log(alpha[s]), s, 1, n)", because="log of a product").ge(
        "Sum(-(1 - alpha[s])/alpha[s], s, 1, n)", by="sum_ord", because="log t >= 1 - 1/t"
    )
    d.start("Prod(1 - (1 - exp(-(B[t] - B[t - 1]))), t, 1, n)", label="exact").eq(
        "exp(-(B[n] - B[0]))", because="the exponents telescope"
    )
    d.wrong(
        "Prod(alpha[s], s, 1, n) <= 1 - Sum(1 - alpha[s], s, 1, n)",
        why="1 - sum of beta as the limit",
    )


@family.theorem(
    "kl_dissipation",
    title="Two normal laws under one diffusion draw together",
    source="Lyu (2009); Song, Durkan, Murray, Ermon (2021), Thm 1",
)
def kl_dissipation(d: Derivation) -> None:
    """Under VP means and variances have the slopes -m/2 and 1 - v. The slope of the divergence of
    two normal laws is minus half the mean square of the difference of their scores.

    At any moment (t = 0) of two such laws, g = 1. Not shown: other laws, where derivative and
    integral are exchanged and parts integrated.
    """
    d.declare(x="real", t="real", m="real", n="real", v="positive", w="positive")
    moving = (
        "(log((w + (1 - w)*t)/(v + (1 - v)*t))"
        " + (v + (1 - v)*t + ((m - m/2*t) - (n - n/2*t))**2)/(w + (1 - w)*t) - 1)/2"
    )
    d.claim(
        "KL(Normal(m, v), Normal(n, w)) = (log(w/v) + (v + (m - n)**2)/w - 1)/2", label="divergence"
    )
    d.start(f"diff({moving}, t; 0)", label="slope").eq(
        "-(v*(1/w - 1/v)**2 + ((m - n)/w)**2)/2", by="diff"
    )
    d.start("Int((-(x - m)/v + (x - n)/w)**2*Normal(x; m, v), x, -oo, oo)", label="scores").eq(
        "v*(1/w - 1/v)**2 + ((m - n)/w)**2", because="moments of the normal law"
    )
    d.wrong(
        f"diff({moving}, t; 0) = -(v*(1/w - 1/v)**2 + ((m - n)/w)**2)", why="without the factor 1/2"
    )
    d.wrong(f"diff({moving}, t; 0) = (v*(1/w - 1/v)**2 + ((m - n)/w)**2)/2", why="growing")


@family.theorem(
    "de_bruijn",
    title="Entropy under added noise, for normal data",
    source="Stam (1959); Cover, Thomas, 17.7.2",
)
def de_bruijn(d: Derivation) -> None:
    """X + sqrt(t)*Z has variance u = v + t. Its entropy log(2*pi*u)/2 + 1/2 has the slope 1/(2*u),
    which is half the mean square of the score.

    Not shown: data that are not normal (a derivative under the integral and integration by parts).
    """
    d.declare(x="real", m="real", v="positive", t="nonnegative", u="positive")
    d.claim(
        "Int(-log(Normal(x; m, u))*Normal(x; m, u), x, -oo, oo) = log(2*pi*u)/2 + 1/2",
        label="entropy",
        because="moments of the normal law",
    )
    d.claim("diff(log(2*pi*(v + t))/2 + 1/2, t) = 1/(2*(v + t))", label="slope", by="diff")
    d.claim("diff(log(Normal(x; m, u)), x) = -(x - m)/u", label="score", by="diff")
    d.claim(
        "Int((-(x - m)/u)**2*Normal(x; m, u), x, -oo, oo)/2 = 1/(2*u)",
        label="Fisher information",
        because="the variance over u**2",
    )
    d.wrong("diff(log(2*pi*(v + t))/2 + 1/2, t) = 1/(v + t)", why="factor 1 in place of 1/2")


family.missing(
    "fokker_planck",
    "Fokker-Planck equation",
    waits_for="ode (Ito's formula on test functions), ftc over the line with decay",
)
family.missing(
    "ml_weighting",
    "Likelihood weighting bound",
    waits_for="laws of paths (Girsanov), gibbs and the chain rule for divergences on them",
)
