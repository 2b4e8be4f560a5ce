"""Laws on the line under monotone maps, and scores."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.prob.common import family

CDF = "(1 + erf(({0} - {1})/({2}*sqrt(2))))/2"


@family.theorem(
    "pushforward_monotone",
    title="The density of a monotone image: the exponential, and affine maps, of a normal variable",
    source="Bishop (2006), eq. 1.27",
)
def pushforward_monotone(d: Derivation) -> None:
    """The distribution function of T(z) is that of z at the inverse of T when T increases, and 1
    less it when T decreases; its slope is the density at the inverse times the size of the
    inverse's slope. For T = exp that is the log-normal density, for T = exp(-z) the log-normal
    density of mean -m, for a*z + b, a of either sign, a normal density. Each has the mass 1.

    Not shown: other maps.
    """
    d.declare(
        m="real",
        s="positive",
        x="positive",
        y="real",
        z="real",
        a="nonzero",
        b="real",
        v="positive",
    )
    d.declare(c="positive")
    d.start(f"diff({CDF.format('z', 'm', 's')}, z)", "normal").eq(
        "Normal(z; m, s**2)", by="diff", because="the slope of erf"
    )
    d.start(f"diff({CDF.format('log(x)', 'm', 's')}, x)", "exponential").eq(
        "Normal(log(x); m, s**2)*abs(diff(log(x), x))", because="the chain rule; 1/x is positive"
    ).eq("LogNormal(x; m, s**2)", because="the density")
    d.start(f"diff(1 - {CDF.format('(-log(x))', 'm', 's')}, x)", "falling").eq(
        "Normal(-log(x); m, s**2)*abs(diff(-log(x), x))", because="the slope of -log(x) is -1/x"
    ).eq("LogNormal(x; -m, s**2)", because="the density")
    d.start("Int(LogNormal(x; m, v), x, 0, oo)", "mass").eq(
        "1", by="ftc", because="its distribution function"
    )
    d.start("Normal((y - b)/a; m, v)*abs(diff((y - b)/a, y))", "affine").eq(
        "Normal((y - b)/a; m, v)/abs(a)", because="the slope is 1/a"
    ).eq("Normal(y; a*m + b, a**2*v)", because="sqrt(a**2) = abs(a)")
    d.wrong("Normal((y - b)/a; m, v)/a = Normal(y; a*m + b, a**2*v)", "no absolute value")
    d.wrong(
        "Normal((y - b)/a; m, v)*abs(a) = Normal(y; a*m + b, a**2*v)", "the slope of the map itself"
    )


@family.theorem(
    "cdf_inversion",
    title="Inverse sampling for the logistic and the exponential law",
    source="Devroye (1986), chapter 2",
)
def cdf_inversion(d: Derivation) -> None:
    """F and its inverse undo each other, and F increases strictly: so F(x) <= u just where x is at
    most the inverse at u, and the inverse at a uniform u has the distribution function F. Here F is
    sigmoid(x), and 1 - exp(-r*x) for x > 0. With an atom the second part fails: a coin of
    probability p takes only the values 1 - p and 1 of its own F.

    Not shown: other laws; generalised inverses.
    """
    d.declare(x="real", y="positive", u="in (0, 1)", w="in (0, 1)", r="positive", p="in (0, 1)")
    d.claim("sigmoid(log(u/(1 - u))) = u", "logistic", because="the logit")
    d.claim("log(sigmoid(x)/(1 - sigmoid(x))) = x", "logit", because="the inverse")
    d.claim("0 < diff(sigmoid(x), x)", "logistic rises", because="D*(1 - D)")
    d.claim("0 < diff(log(u/(1 - u)), u)", "logit rises", because="1/(u*(1 - u))")
    d.claim("1 - exp(-r*(-log(1 - u)/r)) = u", "exponential", because="exp undoes log")
    d.claim("-log(1 - (1 - exp(-r*y)))/r = y", "inverse", because="log undoes exp")
    d.claim("0 < diff(1 - exp(-r*y), y)", "exponential rises", because="the density")
    d.start("Int(1, t, 0, sigmoid(x))", "uniform").eq(
        "sigmoid(x)", by="ftc", because="the share of u below F(x)"
    )
    d.wrong("1 - exp(-r*(-log(u)/r)) = u", "F(x) for 1 - F(x)")
    d.wrong("sigmoid(u/(1 - u)) = u", "the logarithm left out")


@family.theorem(
    "cdf_match",
    title="The increasing map from a normal to a log-normal law, and the falling one",
    source="TUM endterm (2023), problems 2a and 2b",
)
def cdf_match(d: Derivation) -> None:
    """An increasing T carries the normal law to the log-normal one just where the two distribution
    functions agree at z and T(z): the arguments of erf are equal, as erf increases strictly, so
    log(T(z)) = n + t*(z - m)/s. A falling map has 1 less the one function instead. Both maps are
    solutions; without a direction the map is not unique.

    Not shown: other pairs of laws; that no other map of the same direction will do, beyond the
    strict increase of erf.
    """
    d.declare(z="real", m="real", n="real", s="positive", t="positive", x="real", r="positive")
    up, down = "exp(n + t*(z - m)/s)", "exp(n - t*(z - m)/s)"
    d.start(CDF.format(f"log({up})", "n", "t"), "increasing").eq(
        CDF.format("z", "m", "s"), because="log undoes exp; t cancels"
    )
    d.start(f"1 - {CDF.format(f'log({down})', 'n', 't')}", "falling").eq(
        CDF.format("z", "m", "s"), because="erf is odd"
    )
    d.claim(f"0 < diff({up}, z)", "rises", because="t/s is positive")
    d.claim(f"diff({down}, z) < 0", "falls", because="-t/s is negative")
    d.claim("erf(x) < erf(x + r)", "erf rises", by="monotone_fn", because="its slope is positive")
    d.wrong(f"{up} = {down}", "uniqueness without a direction")
    d.wrong(
        f"{CDF.format(f'log({down})', 'n', 't')} = {CDF.format('z', 'm', 's')}",
        "the falling map taken for increasing",
    )


@family.theorem(
    "score_mean_zero",
    title="The mean of the score is 0, and the log-derivative trick",
    source="Williams (1992); Mohamed et al. (2020), section 4",
)
def score_mean_zero(d: Derivation) -> None:
    """A law on K points with p[k] proportional to exp(b[k]*t): the masses add up to 1 at every t,
    so their slopes p*score add up to 0, and the slope of a mean of f is the mean of f times the
    score. The same for the mean of a normal law. On (0, r) the uniform density has the score -1/r,
    whose mean is not 0: its support moves.

    Not shown: other families; integrals over a space, where the derivative must be taken under the
    integral.
    """
    d.declare({"K": "integer >= 1", "k": "integer", "b[k]": "real", "f[k]": "real", "t": "real"})
    d.declare({"r": "positive"})
    d.declare(x="real", m="real", v="positive")
    d.define("Z(s)", "Sum(exp(b[k]*s), k, 1, K)").define(
        "mean(s)", "Sum(b[k]*exp(b[k]*s), k, 1, K)/Z(s)"
    )
    p, score = "exp(b[k]*t)/Z(t)", "(b[k] - mean(t))"
    d.claim(
        f"diff(log({p}), t) = {score}", "score", because="the derivative of log(Z) is the mean of b"
    )
    d.start(f"Sum({p}*{score}, k, 1, K)", "mean score").eq(
        "Sum(b[k]*exp(b[k]*t), k, 1, K)/Z(t) - mean(t)*Sum(exp(b[k]*t), k, 1, K)/Z(t)",
        because="linearity",
    ).eq("0", because="definitions")
    d.start(f"diff(Sum({p}*f[k], k, 1, K), t)", "trick").eq(
        f"Sum({p}*f[k]*{score}, k, 1, K)", because="p' = p*score"
    )
    d.start("Int(Normal(x; m, v)*diff(log(Normal(x; m, v)), m), x, -oo, oo)", "normal").eq(
        "Int(Normal(x; m, v)*((x - m)/v), x, -oo, oo)", because="the derivative in m"
    ).eq("0", because="the mean of x is m")
    d.start("Int(1/r*diff(log(1/r), r), x, 0, r)", "moving support").eq(
        "-1/r", because="the score is -1/r"
    ).lt("0", because="not 0")
    d.wrong("Int(1/r*diff(log(1/r), r), x, 0, r) = 0", "also when the support moves")
    d.wrong(f"Sum({p}*{score}, k, 1, K) = mean(t)", "the mean of b not subtracted")
