"""Flow matching: velocities that carry one law into another.

Main definitions
----------------
A path of normal laws has mean m_t and deviation s_t; a first derivative at time t sees their values
and slopes alone, so at t = 0 they are written ``m + n*t`` and ``s + r*t`` with free letters. The
continuity equation in one dimension is ``dp/dt = -d(p*u)/dx``.

Main statements
---------------
`gaussian_path`, `ot_path`, `marginal_velocity`, `cfm`, `velocity_score`, `continuity`; `rectified`
and `straightness` for a pair of normal laws.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("fm", "Flow matching")


@family.theorem(
    "gaussian_path",
    title="The velocity of a normal path",
    source="Lipman, Chen, Ben-Hamu, Nickel, Le (2023), Thm 3, eq. 10-15",
)
def gaussian_path(d: Derivation) -> None:
    """The map m_t + s_t*z has the slope m' + s'*z, and z = (x - m)/s. The density satisfies the
    continuity equation with this velocity, at the time t = 0 of paths with any values and slopes
    there.
    """
    d.declare(x="real", z="real", t="real", m="real", n="real", s="positive", r="real")
    d.start("diff(m + n*t + (s + r*t)*z, t)", label="flow").eq("n + r*z", by="diff")
    d.claim(
        "r/s*((m + s*z) - m) + n = n + r*z", label="velocity", by="ring", because="at x = m + s*z"
    )
    velocity = "(r/s*(x - m) + n)"
    d.start("diff(Normal(x; m + n*t, (s + r*t)**2), t; 0)", label="continuity").eq(
        "Normal(x; m, s**2)*((x - m)**2*r/s**3 + (x - m)*n/s**2 - r/s)",
        because="logarithmic derivative",
    ).eq(f"-diff(Normal(x; m, s**2)*{velocity}, x)", because="product rule")
    d.wrong("s/r*((m + s*z) - m) + n = n + r*z", why="sigma/sigma' in place of sigma'/sigma")


@family.theorem(
    "ot_path",
    title="The optimal-transport path",
    source="Lipman, Chen, Ben-Hamu, Nickel, Le (2023), eq. 20-23",
)
def ot_path(d: Derivation) -> None:
    """Straight lines from z to g*z + x: the velocity at the point reached is the constant x - (1 - g)*z.

    ``g`` is sigma_min, ``x`` the data point, ``z`` the start, ``y`` any point.
    """
    d.declare(x="real", y="real", z="real", g="in [0, 1)", t="in [0, 1)")
    d.claim("1 - (1 - g)*t > 0", label="deviation", because="(1 - g)*t < 1")
    d.start("diff((1 - (1 - g)*t)*z + t*x, t)", label="slope").eq("x - (1 - g)*z", by="diff")
    d.start("-(1 - g)/(1 - (1 - g)*t)*(y - t*x) + x", label="velocity").eq(
        "(x - (1 - g)*y)/(1 - (1 - g)*t)", using=("deviation",), because="common denominator"
    )
    d.start("(x - (1 - g)*((1 - (1 - g)*t)*z + t*x))/(1 - (1 - g)*t)", label="along the path").eq(
        "(x - (1 - g)*z)*(1 - (1 - g)*t)/(1 - (1 - g)*t)", using=("deviation",), because="factor"
    ).eq("x - (1 - g)*z", using=("deviation",), because="cancel")
    d.wrong("diff((1 - (1 - g)*t)*z + t*x, t) = x - z", why="x_1 - x_0 for sigma_min > 0")


@family.theorem(
    "marginal_velocity",
    title="The marginal velocity generates the marginal path",
    source="Lipman, Chen, Ben-Hamu, Nickel, Le (2023), eq. 6-8, Thm 1",
)
def marginal_velocity(d: Derivation) -> None:
    """With weights w_k the flux p*u of the marginal is the sum of the fluxes w_k*p_k*u_k, so the
    continuity equation adds up.

    K conditional paths, normal with any means, slopes of means and deviations at t = 0
    (`gaussian_path`). Not shown: a continuum of data points.
    """
    d.declare(
        {"w[k]": "positive", "m[k]": "real", "n[k]": "real", "r[k]": "real", "s[k]": "positive"}
    )
    d.declare(K="integer >= 1", x="real", t="real")
    p, u = "Normal(x; m[k], s[k]**2)", "(r[k]/s[k]*(x - m[k]) + n[k])"
    total = f"Sum(w[k]*{p}, k, 1, K)"
    d.claim(
        f"{total}*(Sum(w[k]*{p}*{u}, k, 1, K)/{total}) = Sum(w[k]*{p}*{u}, k, 1, K)",
        label="flux",
        because="the total is positive",
    )
    slope = f"{p}*((x - m[k])**2*r[k]/s[k]**3 + (x - m[k])*n[k]/s[k]**2 - r[k]/s[k])"
    d.start(
        "diff(Sum(w[k]*Normal(x; m[k] + n[k]*t, (s[k] + r[k]*t)**2), k, 1, K), t; 0)", label="time"
    ).eq(f"Sum(w[k]*{slope}, k, 1, K)", because="term by term")
    d.start(f"-diff(Sum(w[k]*{p}*{u}, k, 1, K), x)", label="space").eq(
        f"Sum(w[k]*{slope}, k, 1, K)", because="term by term"
    )
    d.wrong(
        "(Normal(x; 0, 1)*1 + Normal(x; 1, 1)*2)/(Normal(x; 0, 1) + Normal(x; 1, 1)) = (1 + 2)/2",
        why="the average under the prior weights",
    )


@family.theorem(
    "cfm",
    title="Conditional flow matching has the same gradient",
    source="Lipman, Chen, Ben-Hamu, Nickel, Le (2023), Thm 2; Tong et al. (2024)",
)
def cfm(d: Derivation) -> None:
    """At one x_t, under the law r of the conditional velocity c with mean u and second moment s,
    the error of a guess v is (v - u)**2 plus the variance s - u**2, in which v does not occur.

    Not shown: the average over x_t.
    """
    d.declare({"r(c)": "nonnegative"}, c="real", u="real", s="nonnegative", v="real")
    d.assume(
        h_norm="Int(r(c), c, -oo, oo) = 1",
        h_mean="Int(c*r(c), c, -oo, oo) = u",
        h_second="Int(c**2*r(c), c, -oo, oo) = s",
    )
    d.start("Int((v - c)**2*r(c), c, -oo, oo)", label="error").eq(
        "v**2 - 2*v*u + s", because="expand; the moments of r"
    ).eq("(v - u)**2 + (s - u**2)", by="ring")
    d.claim("diff((v - u)**2 + (s - u**2), v) = diff((v - u)**2, v)", label="gradient", by="diff")
    d.wrong("(v - u)**2 + (s - u**2) = (v - u)**2", why="the two losses said to be equal")


@family.theorem(
    "velocity_score",
    title="Velocity and score on normal paths",
    source="Albergo et al. (2023); Zheng et al. (2023); Ma et al. (2024)",
)
def velocity_score(d: Derivation) -> None:
    """Given x the mean of a'*x_1 + s'*e, with e = (x - a*x_1)/s, is linear in D = E[x_1 | x]; and
    the score is -(x - a*D)/s**2 (Tweedie). The field of the probability flow with f = a'/a and g**2
    = 2*(s*s' - s**2*a'/a) is the same.

    ``b`` is a', ``r`` is s'. Tweedie's relation is shown for data at K points.
    """
    d.declare({"w[k]": "positive", "y[k]": "real"}, K="integer >= 1", x="real", D="real")
    d.declare(a="positive", b="real", s="positive", r="real", v="positive")
    total = "Sum(w[k]*Normal(x; y[k], v), k, 1, K)"
    d.start(f"x + v*diff(log({total}), x)", label="tweedie").eq(
        f"Sum(w[k]*Normal(x; y[k], v)*y[k], k, 1, K)/{total}",
        because="here y_k is a times the data point and v is s**2",
    )
    d.start("b*D + r*((x - a*D)/s)", label="velocity").eq(
        "b/a*x + (b*s**2/a - s*r)*(-(x - a*D)/s**2)",
        by="ring",
        because="the score is -(x - a*D)/s**2",
    ).eq("b/a*x - 2*(s*r - s**2*b/a)/2*(-(x - a*D)/s**2)", by="ring", because="f*x - g**2/2*score")
    d.wrong(
        "b*D + r*((x - a*D)/s) = b/a*x - (b*s**2/a - s*r)*(-(x - a*D)/s**2)",
        why="sign of the score's coefficient",
    )


@family.theorem(
    "rectified",
    title="Rectified flow between two normal laws",
    source="Liu, Gong, Liu (2023), Thm 3.3 and 3.5",
)
def rectified(d: Derivation) -> None:
    """From Normal(0, 1) to an independent Normal(0, v): x_t has variance q = (1 - t)**2 + t**2*v
    and the velocity is (t*v - (1 - t))/q*x. The curves z*sqrt(q) solve the flow, so Z_t has the
    variance of x_t and Z_1 = sqrt(v)*Z_0. The cost (sqrt(v) - 1)**2 is less than 1 + v; the
    coupling is another.

    Not shown: other laws and convex costs (Jensen's inequality twice).
    """
    d.declare(z="real", v="positive", t="in [0, 1]", x="real")
    q = "((1 - t)**2 + t**2*v)"
    d.claim(f"{q} > 0", label="variance")
    d.start(f"diff(z*sqrt({q}), t)", label="flow").eq(f"z*(t*v - (1 - t))/sqrt({q})", by="diff").eq(
        f"(t*v - (1 - t))/{q}*(z*sqrt({q}))", using=("variance",), because="the velocity there"
    )
    d.claim("z*sqrt((1 - 0)**2 + 0**2*v) = z", label="start")
    d.claim("z*sqrt((1 - 1)**2 + 1**2*v) = sqrt(v)*z", label="end")
    d.start("(sqrt(v) - 1)**2", label="cost").eq("v + 1 - 2*sqrt(v)", because="expand").lt("1 + v")
    d.wrong("(sqrt(v) - 1)**2 = 1 + v", why="the costs said to be equal")
    d.claim(
        "Int(z*(sqrt(v)*z)*Normal(z; 0, 1), z, -oo, oo) = sqrt(v)",
        label="coupling",
        because="the covariance of the two ends, which was 0",
    )
    d.wrong(
        "Int(z*(sqrt(v)*z)*Normal(z; 0, 1), z, -oo, oo) = 0", why="the coupling said to be kept"
    )


@family.theorem(
    "straightness",
    title="Straight flows are exact in one step",
    source="Liu, Gong, Liu (2023), eq. 4",
)
def straightness(d: Derivation) -> None:
    """A constant velocity along the curve gives Z_1 = Z_0 + v, and straightness 0. On normal laws
    (`rectified`) the first step lands on z + (-1)*z = 0, while the flow ends at sqrt(v)*z. The flow
    v(x) = a*x has Euler error in n steps of exp(a) - (1 + a/n)**n, which is not negative.

    Not shown: the converse; the order 1/n of the error in general.
    """
    d.declare(z="real", c="real", t="real", v="positive", a="positive", n="integer >= 1")
    d.start("z + Int(c, t, 0, 1)", label="constant velocity").eq("z + c", by="ftc")
    d.claim("Int((c - c)**2, t, 0, 1) = 0", label="straightness", by="ftc")
    d.claim(
        "z + (0*v - (1 - 0))/((1 - 0)**2 + 0**2*v)*z = 0",
        label="one step",
        because="the velocity at t = 0 is -z",
    )
    d.claim("sqrt(v)*1 > 0", label="the flow", because="from z = 1 it ends at sqrt(v)")
    d.claim("(1 + a/n)**n <= exp(a)", label="euler", because="1 + x <= exp(x)")
    d.wrong(
        "sqrt(v)*1 = 1 + (0*v - (1 - 0))/((1 - 0)**2 + 0**2*v)*1", why="always exact in one step"
    )


@family.theorem(
    "continuity",
    title="Continuity equation for affine flows, and a velocity that is not unique",
    source="Villani (2009); Lipman et al. (2023), App. A",
)
def continuity(d: Derivation) -> None:
    """An affine flow x' = r*x + n moves Normal(m, s**2) so that the continuity equation holds. In
    the plane the rotation field (-y, x) carries no mass out of any ring: added to a velocity it
    changes no marginal of a round normal law.

    Not shown: fields that are not affine (a test function and an integration by parts).
    """
    d.declare(
        x="real", y="real", t="real", m="real", n="real", r="real", s="positive", v="positive"
    )
    d.claim(
        "diff(Normal(x; m + (r*m + n)*t, (s + r*s*t)**2), t; 0) = -diff(Normal(x; m, s**2)*(r*x + n), x)",
        label="affine",
        because="mean and deviation move with the field",
    )
    density = "exp(-(x**2 + y**2)/(2*v))/(2*pi*v)"
    d.start(f"diff({density}*(-y), x) + diff({density}*x, y)", label="rotation").eq(
        f"{density}*(x*y/v) - {density}*(x*y/v)", because="derivatives of the exponent"
    ).eq("0", by="ring")
    d.wrong(f"{density}*(-y) = 0*{density}", why="the velocity said to be unique")
