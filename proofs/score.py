"""Score matching and Langevin dynamics: gradients of log densities.

Main definitions
----------------
* The score of a density p is `diff(log(p(x)), x)`.
* The Fisher divergence of a field s from p is the integral of p*(s - score)**2.

Main statements
---------------
* Objectives without the unknown score: `hyvarinen`, `dsm`, `sliced`.
* Dynamics: `langevin`, `ula_bias`.
* What a score is, and what it does not see: `curl_free`, `mode_blindness`.

Notes
-----
Where a density is declared and not given, a second function stands for its derivative, and
integration by parts is a hypothesis, `h_parts`; for normal laws it is shown. Sums over K points
stand for the data.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("score", "Score matching and Langevin")

CUBIC, SLOPE = "(a + b*x + c*x**2 + e*x**3)", "(b + 2*c*x + 3*e*x**2)"
N = "Normal(x; m, v)"
MIXTURE = "Sum(p[k]*Normal(x; q[k], v), k, 1, K)"
PLANE = "Normal(y; 0, 1), y, -oo, oo)*Normal(x; 0, 1), x, -oo, oo)"


@family.theorem(
    "hyvarinen", title="Implicit score matching on the line", source="Hyvarinen (2005), theorem 1"
)
def hyvarinen(d: Derivation) -> None:
    """Expand the square. In the cross term the density cancels, and integration by parts moves the
    derivative from p to the field. What is left over does not depend on the field.

    Not shown: integration by parts for the declared p and s (h_parts), which is shown for a normal
    law in `hyvarinen_normal`; vectors.
    """
    d.declare({"p(x)": "positive", "g(x)": "real", "s(x)": "real", "t(x)": "real"})
    d.declare(x="real", A="nonnegative", B="real", C="nonnegative")
    d.assume(
        h_parts="Int(s(x)*g(x), x, -oo, oo) = -B",
        h_slope="Int(t(x)*p(x), x, -oo, oo) = B",
        h_field="Int(s(x)**2*p(x), x, -oo, oo) = A",
        h_information="Int(g(x)**2/p(x), x, -oo, oo) = C",
    )
    d.start("Int((s(x) - g(x)/p(x))**2*p(x)/2, x, -oo, oo)", "divergence").eq(
        "Int(s(x)**2*p(x)/2 - s(x)*g(x) + g(x)**2/p(x)/2, x, -oo, oo)", because="expand; p > 0"
    ).eq("A/2 + B + C/2", because="linearity: h_field, h_parts, h_information").eq(
        "Int((s(x)**2/2 + t(x))*p(x), x, -oo, oo) + C/2", because="h_field, h_slope"
    )
    d.wrong(
        "Int((s(x) - g(x)/p(x))**2*p(x)/2, x, -oo, oo)"
        " = Int((s(x)**2/2 - t(x))*p(x), x, -oo, oo) + C/2",
        "minus the derivative",
    )


@family.theorem(
    "hyvarinen_normal",
    title="Implicit score matching for a normal law and a cubic field",
    source="Hyvarinen (2005), theorem 1",
)
def hyvarinen_normal(d: Derivation) -> None:
    """Here the integration by parts is itself a computation, and the constant is half the Fisher
    information 1/v.
    """
    d.declare(x="real", m="real", v="positive", a="real", b="real", c="real", e="real")
    d.start(f"Int({CUBIC}*diff({N}, x), x, -oo, oo)", "by parts").eq(
        f"-Int({SLOPE}*{N}, x, -oo, oo)", because="the product tends to 0 at both ends"
    )
    d.start(f"Int(({CUBIC} - diff(log({N}), x))**2*{N}/2, x, -oo, oo)", "divergence").eq(
        f"Int(({CUBIC}**2/2 + {SLOPE})*{N}, x, -oo, oo) + 1/(2*v)",
        because="the same steps; the information is 1/v",
    )
    d.wrong(
        f"Int((a*x - diff(log({N}), x))**2*{N}/2, x, -oo, oo) = Int((a**2*x**2/2 + a)*{N}, x, -oo, oo)",
        "the constant left out",
    )


@family.theorem(
    "dsm", title="Denoising score matching", source="Vincent (2011), eq. 9-11 and appendix"
)
def dsm(d: Derivation) -> None:
    """At a point the density q is a mixture of the kernels q[k] with the weights p[k], and its
    slope g that of the g[k]. The squared error against the kernels' scores, weighted, differs from
    the one against the score of q by a number without s. So both have one minimiser: the mean of
    the kernels' scores.

    Not shown: the integral over x for K data points, which is `dsm_two_points` for two; laws of the
    data with more than finitely many values; vectors.
    """
    d.declare({"p[k]": "positive", "q[k]": "positive", "g[k]": "real"}, K="integer >= 1", s="real")
    d.declare({"y[k]": "real"}, x="real", v="positive")
    q, g = "Sum(p[k]*q[k], k, 1, K)", "Sum(p[k]*g[k], k, 1, K)"
    d.start("Sum(p[k]*q[k]*(s - g[k]/q[k])**2, k, 1, K)", "kernels").eq(
        f"{q}*s**2 - 2*s*{g} + Sum(p[k]*g[k]**2/q[k], k, 1, K)", because="expand; q[k] > 0"
    )
    d.start(f"{q}*(s - {g}/{q})**2", "mixture").eq(
        f"{q}*s**2 - 2*s*{g} + {g}**2/{q}", because="expand; the mixture is positive"
    )
    d.start(f"Sum(p[k]*q[k]*(s - g[k]/q[k])**2, k, 1, K) - {q}*(s - {g}/{q})**2", "difference").eq(
        f"Sum(p[k]*g[k]**2/q[k], k, 1, K) - {g}**2/{q}",
        because="kernels less mixture: no s is left",
    )
    mixture = "Sum(p[k]*Normal(x; y[k], v), k, 1, K)"
    d.start(f"diff(log({mixture}), x)", "minimiser").eq(
        f"Sum(p[k]*Normal(x; y[k], v)*(-(x - y[k])/v), k, 1, K)/{mixture}",
        because="the mean of the kernels' scores under the posterior weights",
    )
    d.wrong(
        f"Sum(p[k]*q[k]*(s - g[k]/q[k])**2, k, 1, K) = {q}*(s - {g}/{q})**2",
        "no constant between them",
    )
    d.wrong(
        f"diff(log({mixture}), x) = Sum(p[k]*Normal(x; y[k], v)*(x - y[k])/v, k, 1, K)/{mixture}",
        "the sign of the kernels' score",
    )


@family.theorem(
    "dsm_two_points",
    title="Denoising score matching for two data points",
    source="Vincent (2011), appendix",
)
def dsm_two_points(d: Derivation) -> None:
    """Integrate `dsm` for the kernels f1, f2 with the slopes g1, g2 and the weights w, 1 - w. The
    objectives for a field r differ by C, in which r does not occur.

    Not shown: that the integrals exist (h_kernels, h_constant name their values).
    """
    d.declare(
        {"f1(x)": "positive", "f2(x)": "positive", "g1(x)": "real", "g2(x)": "real", "r(x)": "real"},
        x="real", w="in (0, 1)", A="real", C="real",
    )  # fmt: skip
    d.assume(
        h_kernels="Int(w*f1(x)*(r(x) - g1(x)/f1(x))**2/2"
        " + (1 - w)*f2(x)*(r(x) - g2(x)/f2(x))**2/2, x, -oo, oo) = A",
        h_constant="Int((w*g1(x)**2/f1(x) + (1 - w)*g2(x)**2/f2(x))/2"
        " - (w*g1(x) + (1 - w)*g2(x))**2/(2*(w*f1(x) + (1 - w)*f2(x))), x, -oo, oo) = C",
    )
    two = "(w*f1(x) + (1 - w)*f2(x))"
    objective = f"Int({two}*(r(x) - (w*g1(x) + (1 - w)*g2(x))/{two})**2/2, x, -oo, oo)"
    d.start(objective, "objectives").eq("A - C", because="dsm under the integral")
    d.wrong(f"{objective} = A", "no constant between them")


@family.theorem(
    "sliced", title="Sliced score matching in two dimensions", source="Song et al. (2019), eq. 7-8"
)
def sliced(d: Derivation) -> None:
    """A direction (x, y) with independent entries of mean 0 and variance 1 turns the trace of a
    Jacobian into the mean of a quadratic form, and the squared norm of the field into the mean of a
    squared product.

    Not shown: more dimensions; that the outer expectation over the data keeps the equations.
    """
    d.declare(x="real", y="real", a="real", b="real", c="real", e="real")
    form, product = "(a*x**2 + b*x*y + c*y*x + e*y**2)", "(a*x + b*y)**2"
    d.start(f"Int(Int({form}*{PLANE}", "trace").eq("a + e", because="cross terms have the mean 0")
    d.start(f"Int(Int({product}*{PLANE}", "norm").eq(
        "a**2 + b**2", because="cross terms have the mean 0"
    )
    signs = [("1", "1"), ("1", "(-1)"), ("(-1)", "1"), ("(-1)", "(-1)")]
    for body, value, label in (
        (form, "a + e", "trace, signs"),
        (product, "a**2 + b**2", "norm, signs"),
    ):
        terms = [body.replace("x", p).replace("y", q) for p, q in signs]
        d.start(f"({' + '.join(terms)})/4", label).eq(value, because="random signs, all four")
    d.wrong(f"Int(Int({form}*{PLANE} = (a + e)/2", "directions of length 1, not of variance 1")


@family.theorem(
    "langevin",
    title="Langevin dynamics leave the density as it is",
    source="Roberts and Tweedie (1996); Welling and Teh (2011)",
)
def langevin(d: Derivation) -> None:
    """The Fokker-Planck equation of dX = score dt + sqrt(2) dW has the right-hand side -(p*score)'
    + p''. As p*score = p', it vanishes: for any mixture of normal densities, and for exp(-U) with U
    of degree four.

    Not shown: that the equation describes the law (existence and uniqueness of the dynamics);
    vectors.
    """
    d.declare(
        {"p[k]": "positive", "q[k]": "real"},
        K="integer >= 1", x="real", v="positive", a="real", b="real", c="real", e="real", Z="positive",
    )  # fmt: skip
    potential = "exp(-(a*x + b*x**2 + c*x**3 + e*x**4))/Z"
    for label, p in (("mixture", MIXTURE), ("quartic", potential)):
        d.claim(f"{p}*diff(log({p}), x) = diff({p}, x)", f"{label}, flux", because="p > 0")
        d.start(f"-diff({p}*diff(log({p}), x), x) + diff({p}, x, 2)", label).eq("0", because="flux")
        d.start(f"-diff({p}*diff(log({p}), x)/2, x) + diff({p}, x, 2)/2", f"{label}, half time").eq(
            "0", because="half the score, noise of variance 1"
        )
    n = "Normal(x; 0, v)"
    d.wrong(f"-diff({n}*diff(log({n}), x), x) + diff({n}, x, 2)/2 = 0", "noise of variance 1")


@family.theorem(
    "ula_bias",
    title="Bias of the unadjusted Langevin algorithm",
    source="Dalalyan (2017); Roberts and Tweedie (1996)",
)
def ula_bias(d: Derivation) -> None:
    """For p = Normal(0, 1) one step of size h takes x to (1 - h)*x plus noise of variance 2*h. A
    normal law of mean 0 keeps its variance V when V = (1 - h)**2*V + 2*h, whose only solution is
    1/(1 - h/2). It is above 1. The deviation from it shrinks by (1 - h)**2 < 1 in each step.

    Not shown: that the law of the iterates tends to the stationary one.
    """
    d.declare(h="in (0, 2)", V="real", x="real", y="real")
    d.define("W", "1/(1 - h/2)")
    d.start("x + h*diff(log(Normal(x; 0, 1)), x)", "drift").eq(
        "(1 - h)*x", because="the score is -x"
    )
    d.start("(1 - h)**2*W + 2*h", "fixed point").eq("W", because="algebra")
    d.start("Int(Normal(y; (1 - h)*x, 2*h)*Normal(x; 0, W), x, -oo, oo)", "one step").eq(
        "Normal(y; 0, (1 - h)**2*W + 2*h)", because="gauss.affine_1d"
    ).eq("Normal(y; 0, W)", because="fixed point")
    d.start("(1 - h)**2*V + 2*h - W", "deviation").eq("(1 - h)**2*(V - W)", because="fixed point")
    d.claim("(1 - h)**2 < 1", "shrinks", because="0 < h < 2")
    d.start("W - 1", "bias").eq("h/(2 - h)", because="algebra").gt("0", because="0 < h < 2")
    d.wrong("(1 - h)**2*1 + 2*h = 1", "no bias, at any step size")
    d.wrong("(1 - h)**2*W + h = W", "noise of variance h")


@family.theorem(
    "curl_free", title="Scores are gradient fields", source="Salimans and Ho (2021), section 2"
)
def curl_free(d: Derivation) -> None:
    """The mixed second derivatives of log(p) agree, here for any mixture of normal densities in the
    plane. A linear field has the curl of its matrix, which is 0 only for a symmetric one; then it
    is the gradient of a quadratic.

    Not shown: other densities; more dimensions; that a curl-free field has a potential in general.
    """
    d.declare(
        {"p[k]": "positive", "a[k]": "real", "b[k]": "real"},
        K="integer >= 1", x="real", y="real", v="positive", c="real", e="real", f="real", g="real",
    )  # fmt: skip
    plane = "Sum(p[k]*Normal(x; a[k], v)*Normal(y; b[k], v), k, 1, K)"
    d.start(f"diff(diff(log({plane}), x), y)", "mixture").eq(
        f"diff(diff(log({plane}), y), x)", because="both are (p*p_xy - p_x*p_y)/p**2"
    )
    d.start("diff(c*x + e*y, y) - diff(f*x + g*y, x)", "curl").eq("e - f", because="differentiate")
    d.claim("diff((c*x**2 + 2*e*x*y + g*y**2)/2, x) = c*x + e*y", "potential, x")
    d.claim("diff((c*x**2 + 2*e*x*y + g*y**2)/2, y) = e*x + g*y", "potential, y")
    d.wrong("diff(-y, y) = diff(x, x)", "a rotation as a score")
    d.wrong("diff(c*x + e*y, y) = diff(f*x + g*y, x)", "any field is a score")


@family.theorem(
    "mode_blindness",
    title="The Fisher divergence hardly sees the weights of separated modes",
    source="Wenliang and Kanagawa (2020); Song and Ermon (2019)",
)
def mode_blindness(d: Derivation) -> None:
    """Two mixtures of Normal(-a, 1) and Normal(a, 1) with the weights w and u. Their scores differ
    by 2*a times the difference of the responsibilities, which is (u - w) times the product of the
    two densities over p*q. By the inequality of means, p and q are at least multiples of the root
    of that product, so the integrand of the Fisher divergence is at most a constant times
    a**2*exp(-a**2/2) times the standard normal density. That factor falls to 0 as a grows, while
    the weights keep their divergence.

    Not shown: that the Fisher divergence, as an integral, exists; the limit of the divergence
    between the mixtures.
    """
    d.declare(x="real", a="positive", w="in (0, 1)", u="in (0, 1)", l="positive", r="positive")
    left, right = "Normal(x; -a, 1)", "Normal(x; a, 1)"
    p, q = f"(w*{left} + (1 - w)*{right})", f"(u*{left} + (1 - u)*{right})"
    d.start(f"diff(log({p}), x)", "score").eq(
        f"-x + a*(1 - 2*w*{left}/{p})", because="the responsibilities add up to 1"
    )
    d.start("u*l/(u*l + (1 - u)*r) - w*l/(w*l + (1 - w)*r)", "responsibilities").eq(
        "(u - w)*l*r/((w*l + (1 - w)*r)*(u*l + (1 - u)*r))", because="common denominator"
    )
    d.start(f"diff(log({p}), x) - diff(log({q}), x)", "difference").eq(
        f"2*a*(u - w)*{left}*{right}/({p}*{q})", because="score twice; responsibilities"
    )
    d.start("w*l + (1 - w)*r", "means").ge(
        "2*sqrt(w*(1 - w)*l*r)", because="(sqrt(w*l) - sqrt((1 - w)*r))**2"
    )
    d.start(f"sqrt({left}*{right})", "root of the product").eq(
        "exp(-a**2/2)*Normal(x; 0, 1)", because="the squares add up to x**2 + a**2"
    )
    d.start("a**2*exp(-a**2/2)", "decay").le(
        "4/a**2", because="t**2*exp(-t) <= 4*exp(-2) at t = a**2/2"
    )
    d.wrong(f"diff(log({p}), x) = diff(log({q}), x)", "blind at every distance")
