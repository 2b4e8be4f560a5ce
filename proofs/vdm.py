"""Variational diffusion models: posteriors between any two times, and the loss in signal-to-noise
ratio.

Main definitions
----------------
``q(z_t | x) = Normal(p*x, v)`` with p = alpha_t and v = sigma_t**2; at the earlier time s these are
``q`` and ``w``. The ratio of signal to noise is ``p**2/v``, and smaller at t: ``p**2/v < q**2/w``.

Main statements
---------------
`posterior`, `loss`, `refinement`, and `immse` for normal data.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("vdm", "Variational diffusion")


@family.theorem(
    "posterior",
    title="The law of z_s given z_t and the data",
    source="Kingma, Salimans, Poole, Ho (2021), eq. 23-29 and App. A.2",
)
def posterior(d: Derivation) -> None:
    """The transition from s to t is Normal(r*z_s, c) with r = p/q and c = v - r**2*w, positive
    since the ratio falls. Complete the square in z_s: variance c*w/v, mean r*w/v*z_t + q*c/v*x.

    ``y`` is z_s and ``z`` is z_t. Letters for the square: any r and positive c, w, with v = r**2*w
    + c.
    """
    d.declare(x="real", y="real", z="real", r="positive", c="positive", w="positive", q="positive")
    d.declare(p="positive", v="positive")
    d.assume(h_snr="p**2/v < q**2/w")
    d.claim("v - (p/q)**2*w > 0", label="transition variance", because="the ratio falls")
    d.claim(
        "r**2*w + (v - r**2*w) = v", label="composition", by="ring", because="the variance of z_t"
    )
    d.start("1/(r**2/c + 1/w)", label="variance").eq("c*w/(r**2*w + c)", by="ring")
    d.claim(
        "Normal(z; r*y, c)*Normal(y; q*x, w) = Normal(z; r*q*x, r**2*w + c)"
        "*Normal(y; r*w/(r**2*w + c)*z + q*c/(r**2*w + c)*x, c*w/(r**2*w + c))",
        label="bayes",
        because="complete the square in y",
    )
    d.wrong("r**2*w + (v - w) = v", why="sigma_t**2 - sigma_s**2 as the transition variance")


@family.theorem(
    "loss",
    title="The diffusion loss in signal-to-noise ratio",
    source="Kingma, Salimans, Poole, Ho (2021), eq. 13-18",
)
def loss(d: Derivation) -> None:
    """With equal variances the divergence is the squared difference of means over twice the
    variance; only the x terms differ. The weight is half the drop of the ratio. Summed for equal
    errors it telescopes. With the error a function of the ratio, the integral over time becomes one
    over the ratio.

    ``c = v - (p/q)**2*w``. The last chain is for the schedule exp(-t) on [0, T] and the error of
    standard normal data. Not shown: the limit of many steps; other schedules.
    """
    d.declare(
        {"S[t]": "positive"},
        x="real",
        y="real",
        q="positive",
        w="positive",
        p="positive",
        v="positive",
    )
    d.declare(z="real", n="integer >= 1", E="real", T="positive", t="real")
    d.assume(h_snr="p**2/v < q**2/w")
    c = "(v - (p/q)**2*w)"
    d.claim(f"{c} > 0", label="transition variance", because="the ratio falls")
    mean = f"p/q*w/v*z + q*{c}/v*"
    d.start(f"KL(Normal({mean}x, {c}*w/v), Normal({mean}y, {c}*w/v))", label="divergence").eq(
        f"({mean}x - ({mean}y))**2/(2*({c}*w/v))",
        using=("transition variance",),
        because="equal variances",
    ).eq(f"q**2*{c}/(2*v*w)*(x - y)**2", using=("transition variance",), because="z cancels").eq(
        "(q**2/w - p**2/v)/2*(x - y)**2", by="ring", because="q**2*c = q**2*v - p**2*w"
    )
    d.claim(
        "Sum((S[t - 1] - S[t])/2*E, t, 1, n) = (S[0] - S[n])/2*E",
        label="equal errors",
        because="the sum telescopes",
    )
    d.start("-Int(diff(exp(-t), t)/(1 + exp(-t)), t, 0, T)/2", label="one schedule").eq(
        "(log(2) - log(1 + exp(-T)))/2", because="an antiderivative"
    )
    d.claim(
        "Int(1/(1 + z), z, exp(-T), 1)/2 = (log(2) - log(1 + exp(-T)))/2",
        label="by the ratio",
        because="the same value, from the end points alone",
    )
    d.wrong(
        f"q**2*{c}/(2*v*w)*(x - y)**2 = (q**2/w - p**2/v)*(x - y)**2",
        why="factor 1 in place of 1/2",
    )


@family.theorem(
    "refinement",
    title="More steps help when denoising is easier at a higher ratio",
    source="Kingma, Salimans, Poole, Ho (2021), eq. 15",
)
def refinement(d: Derivation) -> None:
    """Split the drop a - c of the ratio at b: the upper part gets the error f of the new time in
    place of e.
    """
    d.declare(a="positive", b="positive", c="positive", e="nonnegative", f="nonnegative")
    d.assume(h_upper="b <= a", h_lower="c <= b", h_easier="f <= e")
    d.start("(a - b)/2*f + (b - c)/2*e - (a - c)/2*e", label="change").eq(
        "(a - b)/2*(f - e)", by="ring"
    ).le("0", because="a - b is not negative, f - e not positive")
    d.wrong("(a - b)/2*f + (b - c)/2*e - (a - c)/2*e = 0", why="refinement said to change nothing")
    d.wrong("(a - b)/2*f + (b - c)/2*e - (a - c)/2*e < 0", why="refinement said always to help")


@family.theorem(
    "immse",
    title="Information and minimal error, for normal data",
    source="Guo, Shamai, Verdu (2005)",
)
def immse(d: Derivation) -> None:
    """For x of variance v the channel sqrt(g)*x + noise carries log(1 + g*v)/2; the error of the
    posterior mean is v/(1 + g*v), and its half is the derivative. Integrated over g it gives back
    the information.

    Not shown: data that are not normal (the general relation needs de Bruijn's identity).
    """
    d.declare(v="positive", g="positive", a="positive", b="positive", u="real")
    d.assume(h_order="a <= b")
    d.claim("1/(1/v + g) = v/(1 + g*v)", label="error", by="ring", because="precisions add")
    d.start("diff(log(1 + g*v)/2, g)", label="derivative").eq("v/(1 + g*v)/2", by="diff")
    d.claim(
        "Int(v/(1 + u*v)/2, u, a, b) = log(1 + b*v)/2 - log(1 + a*v)/2",
        label="loss",
        because="the fundamental theorem",
    )
    d.wrong("diff(log(1 + g*v)/2, g) = v/(1 + g*v)", why="without the factor 1/2")
