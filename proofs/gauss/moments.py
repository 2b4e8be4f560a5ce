"""Expectations under a normal law on the line: moments, exponentials, integration by parts."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gauss.common import family

N = "Normal(x; m, v)"
CUBIC = "a + b*x + c*x**2 + e*x**3"
PAIR = "Normal(y; 0, 1), y, -oo, oo)*Normal(x; 0, 1), x, -oo, oo)"
FORM = "(p*x**2 + q*x*y + r*y*x + t*y**2)"


@family.theorem(
    "isserlis",
    title="Moments of a normal law",
    source="Isserlis (1918); Bishop (2006), exercise 2.8",
)
def isserlis(d: Derivation) -> None:
    """Integration by parts lowers the degree by two: the central moments are 0 for an odd degree
    and (2*k - 1)!!*v**k for 2*k. For two numbers that are linear in independent standard normal
    ones, the mean of the product of their squares is the sum over the three pairings.

    Not shown: degrees above 6; four different numbers at once, in any dimension.
    """
    d.declare(x="real", y="real", m="real", n="real", v="positive")
    d.declare(a="real", b="real", c="real", e="real")
    for degree in (1, 3):
        d.claim(
            f"Int((x - m)**{degree}*{N}, x, -oo, oo) = 0", f"degree {degree}", because="odd about m"
        )
    for degree, value in ((2, "v"), (4, "3*v**2"), (6, "3*5*v**3")):
        d.claim(
            f"Int((x - m)**{degree}*{N}, x, -oo, oo) = {value}",
            f"degree {degree}",
            because="by parts, down to the mass",
        )
    d.claim(
        f"Int((x - n)**4*{N}, x, -oo, oo) = 3*v**2 + 6*v*(m - n)**2 + (m - n)**4",
        "about another point",
        because="x - n = (x - m) + (m - n)",
    )
    d.start(f"Int(Int((a*x + b*y)*(c*x + e*y)*{PAIR}", "covariance").eq(
        "Int((a*c*x**2 + b*e)*Normal(x; 0, 1), x, -oo, oo)", because="the moments of y"
    ).eq("a*c + b*e", because="the second moment of x")
    d.start(f"Int(Int((a*x + b*y)**2*(c*x + e*y)**2*{PAIR}", "pairings").eq(
        "(a**2 + b**2)*(c**2 + e**2) + (a*c + b*e)**2 + (a*c + b*e)**2",
        because="moments of degree 2 and 4, of y and then of x",
    )
    d.wrong(f"Int((x - m)**4*{N}, x, -oo, oo) = v**2", "one pairing of three")
    d.wrong("Int(x**4*Normal(x; 0, 1), x, -oo, oo) = 1", "the fourth moment as a square")


@family.theorem(
    "quadratic_1d",
    title="Expectation of a quadratic",
    source="Petersen and Pedersen (2012), eq. 318",
)
def quadratic_1d(d: Derivation) -> None:
    """Any density p with mean m and variance v will do: expand the square about the mean.

    Not shown: vectors, which is `quadratic`.
    """
    d.declare({"p(x)": "nonnegative"}, u="real", a="real", m="real", v="nonnegative")
    d.assume(
        h_norm="Int(p(x), x, -oo, oo) = 1",
        h_mean="Int(x*p(x), x, -oo, oo) = m",
        h_variance="Int((x - m)**2*p(x), x, -oo, oo) = v",
    )
    d.claim("Int(x**2*p(x), x, -oo, oo) = m**2 + v", "second moment", because="x = (x - m) + m")
    d.start("Int((u*x - a)**2*p(x), x, -oo, oo)", "square").eq(
        "Int((u**2*x**2 - 2*a*u*x + a**2)*p(x), x, -oo, oo)", because="expand"
    ).eq("u**2*(m**2 + v) - 2*a*u*m + a**2", because="second moment, h_mean, h_norm").eq(
        "(u*m - a)**2 + u**2*v", because="complete the square"
    )
    d.start("Int(u*x**2*p(x), x, -oo, oo)", "form").eq("u*m**2 + u*v", because="second moment")
    d.wrong("Int((u*x - a)**2*p(x), x, -oo, oo) = (u*m - a)**2", "the variance left out")
    d.wrong("Int((u*x - a)**2*p(x), x, -oo, oo) = (u*m - a)**2 + u*v", "u for u**2")


@family.theorem(
    "mgf",
    title="Moment generating function; moments, median and mode of a log-normal law",
    source="Johnson, Kotz, Balakrishnan (1994), ch. 14",
)
def mgf(d: Derivation) -> None:
    """Complete the square in the exponent: exp(t*x)*Normal(x; m, v) is a multiple of the density
    with mean m + t*v. A log-normal number is the exponential of a normal one, so its moments of
    every real order are values of that function. Its median is where the cumulative distribution is
    1/2; its mode is the maximum of the density.

    Not shown: vectors, which go by the same square with t*m and t**2*v for dot(t, m) and quad(S,
    t).
    """
    d.declare(x="real", t="real", m="real", v="positive", z="positive")
    d.start(f"exp(t*x)*{N}", "square").eq(
        "exp(t*m + t**2*v/2)*Normal(x; m + t*v, v)", because="complete the square in x"
    )
    d.start(f"Int(exp(t*x)*{N}, x, -oo, oo)", "generating function").eq(
        "exp(t*m + t**2*v/2)*Int(Normal(x; m + t*v, v), x, -oo, oo)", because="square"
    ).eq("exp(t*m + t**2*v/2)", because="a density has the mass 1")
    d.start("Int(z**t*LogNormal(z; m, v), z, 0, oo)", "log-normal moments").eq(
        f"Int(exp(t*x)*{N}, x, -oo, oo)", because="z = exp(x)"
    ).eq("exp(t*m + t**2*v/2)", because="generating function")
    d.claim(
        "Int(z*LogNormal(z; m, v), z, 0, oo) = exp(m + v/2)", "log-normal mean", because="t = 1"
    )
    d.start(
        "Int(z**2*LogNormal(z; m, v), z, 0, oo) - Int(z*LogNormal(z; m, v), z, 0, oo)**2",
        "log-normal variance",
    ).eq("exp(2*m + 2*v) - exp(m + v/2)**2", because="t = 2 and t = 1").eq(
        "exp(2*m + v)*(exp(v) - 1)", because="take exp(2*m + v) out"
    )
    d.claim("Int(LogNormal(z; m, v), z, 0, exp(m)) = 1/2", "median", because="erf(0) = 0")
    d.start("diff(log(LogNormal(z; m, v)), z)", "slope").eq(
        "-(1 + (log(z) - m)/v)/z", because="differentiate; it is 0 where log(z) = m - v"
    )
    d.claim("LogNormal(z; m, v) <= LogNormal(exp(m - v); m, v)", "mode", because="the maximum")
    d.wrong("Int(z*LogNormal(z; m, v), z, 0, oo) = exp(m)", "the median for the mean")
    d.wrong("LogNormal(z; m, v) <= LogNormal(exp(m); m, v)", "the median for the mode")


@family.theorem("stein", title="Stein's lemma on the line", source="Stein (1981), lemma 1")
def stein(d: Derivation) -> None:
    """The density has the derivative -(x - m)/v times itself; integrate by parts, where f times the
    density tends to 0 at both ends. Shown for every polynomial of degree three and every
    exponential.

    Not shown: other functions, as a declared function is not known to have a derivative; vectors.
    """
    d.declare(x="real", m="real", v="positive", a="real", b="real", c="real", e="real", t="real")
    d.start(f"diff({N}, x)", "slope of the density").eq(
        f"-(x - m)/v*{N}", because="the chain rule on the exponent"
    )
    for f, slope, label in (
        (CUBIC, "b + 2*c*x + 3*e*x**2", "polynomial"),
        ("exp(t*x)", "t*exp(t*x)", "exponential"),
    ):
        d.start(f"v*diff(({f})*{N}, x)", f"{label}, product").eq(
            f"v*({slope})*{N} - (x - m)*({f})*{N}", because="the product rule; slope of the density"
        )
        d.start(f"Int((x - m)*({f})*{N}, x, -oo, oo)", label).eq(
            f"v*Int(diff({f}, x)*{N}, x, -oo, oo)",
            because="the product rule; the product tends to 0 at both ends",
        )
    d.wrong(
        f"Int((x - m)*({CUBIC})*{N}, x, -oo, oo) = Int(({'b + 2*c*x + 3*e*x**2'})*{N}, x, -oo, oo)/v",
        "1/v for v",
    )


@family.theorem(
    "bonnet_price",
    title="Gradients of a normal expectation on the line",
    source="Price (1958); Rezende, Mohamed, Wierstra (2014), eq. 7-8",
)
def bonnet_price(d: Derivation) -> None:
    """A derivative by the mean is the expectation of f', one by the variance half that of f''. The
    density obeys the heat equation; the expectations of a cubic and of an exponential are closed
    formulas, whose derivatives are compared.

    Not shown: other functions f, for which derivative and integral must be exchanged; vectors.
    """
    d.declare(x="real", m="real", v="positive", a="real", b="real", c="real", e="real", t="real")
    d.claim(f"diff({N}, m) = -diff({N}, x)", "density and mean", because="it depends on x - m")
    d.claim(
        f"diff({N}, v) = diff({N}, x, 2)/2", "density and variance", because="the heat equation"
    )
    for f, label in ((CUBIC, "cubic"), ("exp(t*x)", "exponential")):
        d.claim(
            f"diff(Int(({f})*{N}, x, -oo, oo), m) = Int(diff({f}, x)*{N}, x, -oo, oo)",
            f"{label}, by the mean",
            because="both in closed form",
        )
        d.claim(
            f"diff(Int(({f})*{N}, x, -oo, oo), v) = Int(diff({f}, x, 2)*{N}, x, -oo, oo)/2",
            f"{label}, by the variance",
            because="both in closed form",
        )
    d.wrong(
        f"diff(Int(exp(t*x)*{N}, x, -oo, oo), v) = Int(t**2*exp(t*x)*{N}, x, -oo, oo)",
        "no factor 1/2",
    )


@family.theorem(
    "mixture_moments",
    title="Moments of a mixture of normal laws",
    source="Bishop (2006), exercise 9.12",
)
def mixture_moments(d: Derivation) -> None:
    """The mean is the mean of the means, and the variance the mean variance and the variance of the
    means together. An expectation is the mixture of the components' expectations, term by term.

    Not shown: that the integral and a sum of K terms change places; for two components it is
    `mixture_moments_2`. Vectors.
    """
    d.declare(
        {"p[k]": "nonnegative", "mu[k]": "real", "s[k]": "positive"}, x="real", K="integer >= 1"
    )
    d.assume(h_norm="Sum(p[k], k, 1, K) = 1")
    d.start("Sum(p[k]*Int(x*Normal(x; mu[k], s[k]), x, -oo, oo), k, 1, K)", "mean").eq(
        "Sum(p[k]*mu[k], k, 1, K)", because="the mean of each component"
    )
    d.start("Sum(p[k]*Int(x**2*Normal(x; mu[k], s[k]), x, -oo, oo), k, 1, K)", "second moment").eq(
        "Sum(p[k]*(s[k] + mu[k]**2), k, 1, K)", because="the second moment of each component"
    )
    d.start("Sum(p[k]*(s[k] + (mu[k] - Sum(p[i]*mu[i], i, 1, K))**2), k, 1, K)", "variance").eq(
        "Sum(p[k]*(s[k] + mu[k]**2), k, 1, K) - Sum(p[k]*mu[k], k, 1, K)**2",
        because="expand the square; h_norm",
    )
    d.wrong(
        "Sum(p[k]*(s[k] + mu[k]**2), k, 1, K) - Sum(p[k]*mu[k], k, 1, K)**2"
        " = Sum(p[k]*s[k], k, 1, K)",
        "the variances alone",
    )


@family.theorem(
    "mixture_moments_2",
    title="Moments of a mixture of two normal laws",
    source="Bishop (2006), exercise 9.12",
)
def mixture_moments_2(d: Derivation) -> None:
    """Integrals of the mixed density are mixtures of integrals. The variance has a part within the
    components and a part between them.
    """
    d.declare(x="real", m="real", n="real", v="positive", w="positive", r="in [0, 1]")
    mixture = f"(r*{N} + (1 - r)*Normal(x; n, w))"
    d.claim(f"Int({mixture}, x, -oo, oo) = 1", "mass")
    d.claim(f"Int(x*{mixture}, x, -oo, oo) = r*m + (1 - r)*n", "mean")
    d.start(f"Int((x - (r*m + (1 - r)*n))**2*{mixture}, x, -oo, oo)", "variance").eq(
        "r*(v + m**2) + (1 - r)*(w + n**2) - (r*m + (1 - r)*n)**2", because="second moments"
    ).eq("r*v + (1 - r)*w + r*(1 - r)*(m - n)**2", because="within and between the components")
    d.wrong(
        f"Int((x - (r*m + (1 - r)*n))**2*{mixture}, x, -oo, oo) = r*v + (1 - r)*w",
        "the variances alone",
    )


@family.theorem(
    "hutchinson",
    title="The trace estimator in two dimensions",
    source="Hutchinson (1989); Grathwohl et al. (2019), eq. 6",
)
def hutchinson(d: Derivation) -> None:
    """With independent numbers of mean 0 and variance 1 the cross terms vanish, and the mean of the
    quadratic form is the trace. Its variance is twice the squared norm of the symmetric part under
    normal noise; under random signs the diagonal contributes none. The four signs are written out.

    Not shown: more than two dimensions.
    """
    d.declare(x="real", y="real", p="real", q="real", r="real", t="real")
    d.claim(
        f"Int(Int({FORM}*{PAIR} = p + t", "normal noise", because="second moments, no cross term"
    )
    d.start(f"Int(Int({FORM}**2*{PAIR} - (p + t)**2", "variance under normal noise").eq(
        "3*p**2 + 2*p*t + 3*t**2 + (q + r)**2 - (p + t)**2", because="fourth moments"
    ).eq("2*(p**2 + t**2 + 2*((q + r)/2)**2)", because="the symmetric part has (q + r)/2 twice")
    signs = [("1", "1"), ("1", "(-1)"), ("(-1)", "1"), ("(-1)", "(-1)")]
    forms = [FORM.replace("x", a).replace("y", b) for a, b in signs]
    d.start(f"({' + '.join(forms)})/4", "random signs").eq("p + t", because="all four signs")
    d.start(f"({' + '.join(f'{f}**2' for f in forms)})/4 - (p + t)**2", "variance of signs").eq(
        "2*(2*((q + r)/2)**2)", because="off the diagonal only"
    ).le("2*(p**2 + t**2 + 2*((q + r)/2)**2)", because="the diagonal adds squares")
    d.wrong(f"Int(Int({FORM}**2*{PAIR} - (p + t)**2 <= (q + r)**2", "normal noise varies less")
