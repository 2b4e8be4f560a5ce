"""Infinite divergences: what exceeds every bound, and why; the two-set partition; powers of the
ratio.
"""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.info.common import family, kl

BELOW = "Int(Normal(z; m, s**2), z, -oo, 0)"
BINARY = "a*log(a/b) + (1 - a)*log((1 - a)/(1 - b))"


@family.theorem(
    "dpi",
    title="Data processing: a partition into two sets does not increase the divergence",
    source="Csiszar (1967); Cover and Thomas (2006), section 2.7",
)
def dpi(d: Derivation) -> None:
    """Let X and Y be the two parts, of mass a and 1 - a under p, b and 1 - b under q. On each part
    the log-sum inequality holds, by the tangent of the logarithm at q*a/(p*b): so the divergence is
    at least that of the two coins.

    Not shown: partitions into more sets; maps between spaces; other divergences than this one.
    """
    d.declare({"X": "space", "Y": "space", "p(x)": "positive", "q(x)": "positive"})
    d.declare({"a": "in (0, 1)", "b": "in (0, 1)"})
    d.assume(h_mass_p="Int(p(x), x, X) = a", h_rest_p="Int(p(x), x, Y) = 1 - a")
    d.assume(h_mass_q="Int(q(x), x, X) = b", h_rest_q="Int(q(x), x, Y) = 1 - b")
    one, two = kl("p(x)", "q(x)"), kl("p(x)", "q(x)", "x", "Y")
    d.declare(A="real", B="real")
    d.assume(h_integrable_X=f"{one} = A", h_integrable_Y=f"{two} = B")
    d.start("A - a*log(a/b)", "first part").eq(
        "Int(p(x)*log(p(x)*b/(q(x)*a)), x, X)", because="h_integrable_X, h_mass_p"
    ).ge("Int(p(x) - q(x)*a/b, x, X)", by="gibbs", because="-log(t) >= 1 - t at every x").eq(
        "0", because="h_mass_p, h_mass_q"
    )
    d.start("B - (1 - a)*log((1 - a)/(1 - b))", "second part").eq(
        "Int(p(x)*log(p(x)*(1 - b)/(q(x)*(1 - a))), x, Y)", because="h_integrable_Y, h_rest_p"
    ).ge(
        "Int(p(x) - q(x)*(1 - a)/(1 - b), x, Y)", by="gibbs", because="-log(t) >= 1 - t at every x"
    ).eq("0", because="h_rest_p, h_rest_q")
    d.start(f"{one} + {two}", "partition").eq("A + B", because="h_integrable_X, h_integrable_Y").ge(
        BINARY, using=("first part", "second part"), because="the two parts"
    )
    d.wrong(f"{one} + {two} = {BINARY}", "equality for every partition")
    d.wrong(f"{one} + {two} <= {BINARY}", "the inequality turned round")


@family.theorem(
    "kl_support",
    title="A divergence exceeds every bound as the second law's mass vanishes on a set of positive"
    " mass",
    source="Cover and Thomas (2006), section 2.3",
)
def kl_support(d: Derivation) -> None:
    """A normal law gives the negative numbers the mass Phi(-m/s) > 0; a log-normal law lives on the
    positive numbers, so gives them none. A law with the mass a on a set, against one with the mass
    b there, has a divergence of at least that of two coins (`dpi`), which is at least -a*log(b) -
    log(2): for every M there is b > 0 for which it is at least M, and at smaller b too. In the
    other direction the divergence is a number, written out here.

    Infinity is no number of this language: "the divergence is infinite" is shown as these bounds.
    Not shown: the limit b -> 0 itself.
    """
    d.declare({"m": "real", "s": "positive", "n": "real", "v": "positive", "w": "positive"})
    d.declare(a="in (0, 1)", b="in (0, 1)", M="positive", r="in (0, 1]", z="real")
    d.define("c", "r*exp(-(M + log(2))/a)")
    d.start(BELOW, "normal").eq("(1 + erf(-m/(s*sqrt(2))))/2", because="the error function").gt(
        "0", because="erf lies above -1"
    )
    d.claim(
        "Int(LogNormal(z; n, v), z, 0, oo) = 1",
        "log-normal",
        because="all its mass is on the positive numbers",
    )
    d.start("a*log(a) + (1 - a)*log(1 - a)", "coin").ge(
        "-log(2)", because="the entropy of a coin is at most log(2)"
    )
    d.start(BINARY, "two sets").ge(
        "a*log(a) + (1 - a)*log(1 - a) - a*log(b)", because="log(1 - b) is not positive"
    ).ge("-log(2) - a*log(b)", using="coin", because="coin")
    d.start("-log(2) - a*log(c)", "every bound").ge(
        "-log(2) - a*log(exp(-(M + log(2))/a))",
        because="c is at most that; the logarithm increases",
    ).eq("M", because="log(exp(r)) = r")
    d.start(
        "Int(LogNormal(x; n, v)*log(LogNormal(x; n, v)/Normal(x; m, w)), x, 0, oo)",
        "other direction",
    ).eq(
        "-n - log(2*pi*v)/2 - 1/2 + log(2*pi*w)/2 + (exp(2*n + 2*v) - 2*m*exp(n + v/2) + m**2)/(2*w)",
        because="the moments of x and of log(x)",
    )
    d.wrong(f"{BELOW} = 0", "absolutely continuous after all")
    d.wrong(f"{BELOW} = (1 + erf(-m/s))/2", "the root of 2 left out")
    d.wrong("-log(2) - a*log(b) <= 1", "bounded as b falls")


@family.theorem(
    "kl_same_support_infinite",
    title="Cauchy against normal: the divergence over [-t, t] exceeds every bound, with equal"
    " supports",
    source="TUM endterm (2023), problem 2d, whose reason it refutes",
)
def kl_same_support_infinite(d: Derivation) -> None:
    """Both densities are positive on the whole line. The log of the ratio is x**2/2 - log(1 + x**2)
    and a constant, and log(1 + x**2) <= x**2/4 - 3/4 + log(4), its tangent at x**2 = 3; so it is at
    least x**2/4 - 7/8. Integrated against the Cauchy density over [-t, t] that is at least t/(2*pi)
    - 9/8: for every M, t = 2*pi*(M + 9/8) makes it M. That the integral over [-t, t] exists is
    h_integrable; its integrand is continuous.

    Infinity is no number of this language: "the divergence is infinite" is shown as this bound.
    """
    d.declare(x="real", t="positive", M="positive", F="real")
    ratio = "log(1/(pi*(1 + x**2))/Normal(x; 0, 1))"
    truncated = f"Int({ratio}/(pi*(1 + x**2)), x, -t, t)"
    d.assume(h_integrable=f"{truncated} = F")
    d.claim("0 < 1/(pi*(1 + x**2))", "Cauchy", because="positive on the line")
    d.claim("0 < Normal(x; 0, 1)", "normal", because="positive on the line")
    d.claim("log(1 + x**2) <= x**2/4 - 3/4 + log(4)", "tangent", because="the logarithm is concave")
    d.start(ratio, "ratio").eq(
        "x**2/2 - log(1 + x**2) - log(pi) + log(2*pi)/2", because="the log of the densities"
    ).ge("x**2/4 + 3/4 - log(4) - log(pi) + log(2*pi)/2", using="tangent", because="tangent").ge(
        "x**2/4 - 7/8", because="numbers"
    )
    d.start(truncated, "truncated").eq(
        "Int((x**2/2 - log(1 + x**2) - log(pi) + log(2*pi)/2)/(pi*(1 + x**2)), x, -t, t)",
        because="ratio",
    ).ge(
        "Int((x**2/4 + 3/4 - log(4) - log(pi) + log(2*pi)/2)/(pi*(1 + x**2)), x, -t, t)",
        because="tangent, at every x",
    ).ge("Int((x**2/4 - 7/8)/(pi*(1 + x**2)), x, -t, t)", because="numbers").eq(
        "(t/2 - 9/4*atan(t))/pi", because="x**2/(1 + x**2) = 1 - 1/(1 + x**2)"
    ).ge("t/(2*pi) - 9/8", because="atan(t) < pi/2")
    d.start("2*pi*(M + 9/8)/(2*pi) - 9/8", "every bound").eq("M", because="algebra")
    d.wrong("(t/2 - 9/4*atan(t))/pi <= 20", "finite, since the supports are equal")


@family.theorem(
    "renyi", title="Renyi divergences between 0 and 1", source="van Erven and Harremoes (2014)"
)
def renyi(d: Derivation) -> None:
    """Let M be the integral of p**a*q**(1 - a), for a in (0, 1). By Jensen's inequality the
    divergence of order a is at most that of order 1; at order 1/2 it is -2*log of the integral of
    the root of p*q. It is not negative, since M <= 1 by p**a*q**(1 - a) <= a*p + (1 - a)*q.

    Not shown: that the divergence rises with the order in general; the limit a -> 1.
    """
    d.declare({"X": "space", "x": "real", "p(x)": "positive", "q(x)": "positive", "a": "in (0, 1)"})
    d.declare({"r": "positive"})
    d.declare(M="positive", A="real", s="positive")
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_q="Int(q(x), x, X) = 1")
    d.assume(
        h_moment="Int(p(x)**a*q(x)**(1 - a), x, X) = M", h_integrable=f"{kl('p(x)', 'q(x)')} = A"
    )
    d.start("log(M)", "jensen").ge(
        "Int(p(x)*log((q(x)/p(x))**(1 - a)), x, X)",
        by="jensen",
        because="M is the mean of (q/p)**(1 - a) under p",
    ).eq("-(1 - a)*A", by="lin_E", because="the log of a power; h_integrable")
    d.start("log(M)/(a - 1)", "at most").le("A", using="jensen", because="a - 1 is negative")
    d.start("M", "moment").eq("Int(p(x)**a*q(x)**(1 - a), x, X)", because="h_moment").le(
        "Int(a*p(x) + (1 - a)*q(x), x, X)", because="means with weights a and 1 - a, at every x"
    ).eq("1", by="lin_E", because="h_norm_p, h_norm_q")
    d.start("log(M)/(a - 1)", "not negative").ge(
        "0", using="moment", because="log(M) <= 0 and a - 1 < 0"
    )
    d.claim(
        "p(x)**(1/2)*q(x)**(1 - 1/2) = sqrt(p(x)*q(x))",
        "order 1/2",
        because="roots of positive numbers",
    )
    d.wrong("log(M)/(a - 1) >= A", "falling with the order")
    d.wrong("log(M)/(1 - a) = A", "the sign, and equality")


@family.theorem(
    "pinsker",
    title="Pinsker's inequality for a partition into two sets",
    source="Pinsker (1964); Csiszar (1967)",
)
def pinsker(d: Derivation) -> None:
    """For two coins, twice the squared difference is at most the divergence: in b the derivative of
    the gap has the sign of b - a, since b*(1 - b) <= 1/4. Let X be the set where p >= q and Y the
    rest, of masses a and 1 - a under p, b and 1 - b under q: the total variation distance is a - b,
    and the divergence of the coins is at most that of the laws (`dpi`).
    """
    d.declare({"X": "space", "Y": "space", "p(x)": "positive", "q(x)": "positive"})
    d.declare({"a": "in (0, 1)", "b": "in (0, 1)"})
    d.assume(h_mass_p="Int(p(x), x, X) = a", h_rest_p="Int(p(x), x, Y) = 1 - a")
    d.assume(h_mass_q="Int(q(x), x, X) = b", h_rest_q="Int(q(x), x, Y) = 1 - b")
    d.declare(A="real", B="real")
    one, two = kl("p(x)", "q(x)"), kl("p(x)", "q(x)", "x", "Y")
    d.assume(h_integrable_X=f"{one} = A", h_integrable_Y=f"{two} = B")
    d.claim(
        f"2*(a - b)**2 <= {BINARY}", "coins", because="the derivative in b has the sign of b - a"
    )
    d.start("(Int(p(x) - q(x), x, X) + Int(q(x) - p(x), x, Y))/2", "distance").eq(
        "a - b", by="lin_E", because="the masses of the two sets"
    )
    d.start("A - a*log(a/b)", "first part").eq(
        "Int(p(x)*log(p(x)*b/(q(x)*a)), x, X)", because="h_integrable_X, h_mass_p"
    ).ge("Int(p(x) - q(x)*a/b, x, X)", by="gibbs", because="-log(t) >= 1 - t").eq(
        "0", because="the masses"
    )
    d.start("B - (1 - a)*log((1 - a)/(1 - b))", "second part").eq(
        "Int(p(x)*log(p(x)*(1 - b)/(q(x)*(1 - a))), x, Y)", because="h_integrable_Y, h_rest_p"
    ).ge("Int(p(x) - q(x)*(1 - a)/(1 - b), x, Y)", by="gibbs", because="-log(t) >= 1 - t").eq(
        "0", because="the masses"
    )
    d.start(f"{one} + {two}", "pinsker").eq("A + B", because="h_integrable_X, h_integrable_Y").ge(
        BINARY, using=("first part", "second part"), because="info.dpi"
    ).ge("2*(a - b)**2", using="coins", because="coins").eq(
        "2*((Int(p(x) - q(x), x, X) + Int(q(x) - p(x), x, Y))/2)**2",
        using="distance",
        because="distance",
    )
    d.wrong(f"4*(a - b)**2 <= {BINARY}", "the constant 1/4 under the root")
