"""Normal densities multiplied, mapped, convolved and differentiated, and two matrix identities."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gauss.common import family

MIXTURE = "Sum(p[k]*Normal(y; a*q[k], v), k, 1, K)"


@family.theorem(
    "complete_square", title="Completing the square", source="Bishop (2006), section 2.3.1"
)
def complete_square(d: Derivation) -> None:
    """Multiply out with inv(L) @ L = I. On the line the density proportional to exp(-l*x**2/2 +
    h*x) is Normal(x; h/l, 1/l), and the integral gives its constant.

    Not shown: the constant in several dimensions.
    """
    d.declare(
        n="integer >= 1",
        L="spd n x n",
        u="vector n",
        h="vector n",
        y="real",
        l="positive",
        e="real",
    )
    d.start("-quad(L, u)/2 + dot(h, u)", "vectors").eq(
        "-quad(L, u - inv(L) @ h)/2 + quad(inv(L), h)/2",
        because="L is symmetric and inv(L) @ L = I",
    )
    d.start("-l*y**2/2 + e*y", "on the line").eq(
        "-l*(y - e/l)**2/2 + e**2/(2*l)", because="multiply out"
    )
    d.start("exp(-l*y**2/2 + e*y)", "density").eq(
        "exp(-l*(y - e/l)**2/2)*exp(e**2/(2*l))", because="on the line"
    ).eq(
        "sqrt(2*pi/l)*exp(e**2/(2*l))*Normal(y; e/l, 1/l)", because="the density with variance 1/l"
    )
    d.start("Int(exp(-l*y**2/2 + e*y), y, -oo, oo)", "constant").eq(
        "sqrt(2*pi/l)*exp(e**2/(2*l))*Int(Normal(y; e/l, 1/l), y, -oo, oo)", because="density"
    ).eq("sqrt(2*pi/l)*exp(e**2/(2*l))", because="a density has the mass 1")
    d.wrong(
        "exp(-l*y**2/2 + e*y) = sqrt(2*pi*l)*exp(e**2*l/2)*Normal(y; e*l, l)",
        "the variance l for 1/l",
    )
    d.wrong("-quad(L, u)/2 + dot(h, u) = -quad(L, u - L @ h)/2 + quad(L, h)/2", "L for its inverse")


@family.theorem(
    "product",
    title="Product of two normal densities on the line",
    source="Petersen and Pedersen (2012), section 8.1.8",
)
def product(d: Derivation) -> None:
    """Precisions add, and the mean is weighted by them. What is left over is the density of a at b
    with the variances added; it is the integral of the product.

    Not shown: vectors.
    """
    d.declare(x="real", a="real", b="real", A="positive", B="positive")
    d.define("C", "1/(1/A + 1/B)")
    d.define("c", "C*(a/A + b/B)")
    d.start("-(x - a)**2/(2*A) - (x - b)**2/(2*B)", "exponents").eq(
        "-(x - c)**2/(2*C) - (a - b)**2/(2*(A + B))", because="complete the square in x"
    )
    d.start("Normal(x; a, A)*Normal(x; b, B)", "product").eq(
        "exp(-(x - a)**2/(2*A) - (x - b)**2/(2*B))/(2*pi*sqrt(A*B))", because="the two densities"
    ).eq(
        "exp(-(x - c)**2/(2*C) - (a - b)**2/(2*(A + B)))/(2*pi*sqrt((A + B)*C))",
        because="exponents; A*B = (A + B)*C",
    ).eq("Normal(a; b, A + B)*Normal(x; c, C)", because="two densities again")
    d.start("Int(Normal(x; a, A)*Normal(x; b, B), x, -oo, oo)", "overlap").eq(
        "Normal(a; b, A + B)", because="the second factor has the mass 1"
    )
    d.wrong(
        "Normal(x; a, A)*Normal(x; b, B) = Normal(x; c, C)",
        "the factor Normal(a; b, A + B) missing",
    )
    d.wrong(
        "Normal(x; a, A)*Normal(x; b, B) = Normal(a; b, A + B)*Normal(x; (a*A + b*B)/(A + B), C)",
        "weights by the variances",
    )


@family.theorem(
    "affine_1d",
    title="Affine images and independent sums of normal numbers",
    source="Bishop (2006), section 2.3; Luo (2022), eq. 64-66",
)
def affine_1d(d: Derivation) -> None:
    """The image by x -> a*x + b has the density at the inverse over |a|. The density of a sum of
    independent numbers is a convolution, which integrates the product over one of them. So a*e1 +
    b*e2 of standard normal numbers has the variance a**2 + b**2.

    Not shown: vectors and degenerate laws, which are `affine`.
    """
    d.declare(
        x="real", y="real", m="real", n="real", v="positive", w="positive", b="real", a="nonzero"
    )
    d.declare(c="nonzero")
    d.start("Normal((y - b)/a; m, v)*abs(diff((y - b)/a, y))", "image").eq(
        "Normal((y - b)/a; m, v)/abs(a)", because="the slope of the inverse"
    ).eq("Normal(y; a*m + b, a**2*v)", because="(y - b)/a - m = (y - (a*m + b))/a")
    d.start("Int(Normal(x; m, v)*Normal(y - x; n, w), x, -oo, oo)", "sum").eq(
        "Normal(y; m + n, v + w)", because="complete the square in x; the mass 1"
    )
    d.start("Int(Normal(x; 0, a**2)*Normal(y - x; 0, c**2), x, -oo, oo)", "noises merged").eq(
        "Normal(y; 0, a**2 + c**2)", because="the variances add"
    ).eq("Normal(y/sqrt(a**2 + c**2); 0, 1)/sqrt(a**2 + c**2)", because="image of a standard one")
    d.wrong(
        "Int(Normal(x; 0, a**2)*Normal(y - x; 0, c**2), x, -oo, oo) = Normal(y; 0, (abs(a) + abs(c))**2)",
        "standard deviations added",
    )


@family.theorem(
    "linear_posterior_1d",
    title="Linear model with normal noise on the line: evidence and posterior",
    source="Bishop (2006), eq. 2.113-2.117",
)
def linear_posterior_1d(d: Derivation) -> None:
    """The joint density is a product of two; complete the square in z. The factor without z is the
    evidence, the other the posterior, whose precision is that of the prior and a**2 times that of
    the noise.

    Not shown: vectors, which is `linear_posterior`.
    """
    d.declare(x="real", z="real", a="real", b="real", m="real", v="positive", w="positive")
    d.define("S", "1/(1/w + a**2/v)")
    d.start("Normal(x; a*z + b, v)*Normal(z; m, w)", "joint").eq(
        "Normal(x; a*m + b, v + a**2*w)*Normal(z; S*(a*(x - b)/v + m/w), S)",
        because="complete the square in z",
    )
    d.start("Int(Normal(x; a*z + b, v)*Normal(z; m, w), z, -oo, oo)", "evidence").eq(
        "Normal(x; a*m + b, v + a**2*w)", because="the second factor has the mass 1"
    )
    d.start("Normal(x; a*z + b, v)*Normal(z; m, w)/Normal(x; a*m + b, v + a**2*w)", "posterior").eq(
        "Normal(z; S*(a*(x - b)/v + m/w), S)", because="joint over evidence"
    )
    d.start("Int(z*Normal(z; S*(a*(x - b)/v + m/w), S), z, -oo, oo)", "posterior mean").eq(
        "m + a*w/(v + a**2*w)*(x - (a*m + b))", because="the mean of the density"
    )
    d.wrong(
        "Int(Normal(x; a*z + b, v)*Normal(z; m, w), z, -oo, oo) = Normal(x; a*m + b, a**2*w)",
        "the noise left out of the evidence",
    )
    d.wrong(
        "Normal(x; a*z + b, v)*Normal(z; m, w)"
        " = Normal(x; a*m + b, v + a**2*w)*Normal(z; S*(a*(x - b)/v + m/w), v/a**2)",
        "the precision of the prior left out",
    )


@family.theorem(
    "convolution_blur",
    title="A density blurred by normal noise",
    source="Song et al. (2021), appendix D; Evans (2010), section 2.3",
)
def convolution_blur(d: Derivation) -> None:
    """The normal density obeys the heat equation in its variance, and so does a mixture of K of
    them, the blur of K points. Blurring twice adds the variances.

    Not shown: the blur of other laws, for which derivative and integral must be exchanged; vectors.
    """
    d.declare(
        {"p[k]": "positive", "q[k]": "real"},
        K="integer >= 1", x="real", y="real", m="real", a="real",
        v="positive", w="positive", s="positive",
    )  # fmt: skip
    d.claim("diff(Normal(x; m, v), v) = diff(Normal(x; m, v), x, 2)/2", "heat equation")
    d.start(f"diff({MIXTURE}, v)", "blurred points").eq(
        f"diff({MIXTURE}, y, 2)/2", because="term by term"
    )
    d.start("Int(Normal(x; m, v)*Normal(y; x, w), x, -oo, oo)", "twice").eq(
        "Normal(y; m, v + w)", because="complete the square in x"
    )
    d.wrong(
        "diff(Normal(x; m, s**2), s) = diff(Normal(x; m, s**2), x, 2)/2", "s for s**2 as the time"
    )
    d.wrong(
        "Int(Normal(x; m, v**2)*Normal(y; x, w**2), x, -oo, oo) = Normal(y; m, (v + w)**2)",
        "standard deviations added",
    )


@family.theorem("score", title="Score of a normal law on the line", source="Song and Ermon (2019)")
def score(d: Derivation) -> None:
    """Differentiate the quadratic; at x = m + s*e the score is -e/s. Its mean is 0 and its variance
    is the Fisher information 1/v.

    Not shown: vectors.
    """
    d.declare(x="real", m="real", v="positive", s="positive", e="real")
    d.start("log(Normal(x; m, v))", "log density").eq(
        "-log(2*pi*v)/2 - (x - m)**2/(2*v)", because="the log of the density"
    )
    d.start("diff(log(Normal(x; m, v)), x)", "score").eq("-(x - m)/v", because="differentiate")
    d.start("-(m + s*e - m)/s**2", "reparameterised").eq("-e/s", because="x = m + s*e")
    d.start("Int(-(x - m)/v*Normal(x; m, v), x, -oo, oo)", "mean of the score").eq(
        "0", because="the mean of x is m"
    )
    d.start("Int((-(x - m)/v)**2*Normal(x; m, v), x, -oo, oo)", "information").eq(
        "1/v", because="the variance of x is v"
    )
    d.wrong("diff(log(Normal(x; m, v)), x) = (x - m)/v", "the minus missing")
    d.wrong("-(m + s*e - m)/s**2 = -e/s**2", "s**2 for s")


@family.theorem(
    "tweedie",
    title="Tweedie's formula",
    source="Robbins (1956); Efron (2011); Luo (2022), eq. 131-133",
)
def tweedie(d: Derivation) -> None:
    """The density of y is a mixture of normal densities about the points a*q[k]; its derivative
    brings down -(y - a*q[k])/v. Divided by the density the weights become those of the posterior of
    x given y.

    Not shown: laws of x with more than finitely many values; the posterior variance for K points is
    in terms of the posterior's moments; vectors.
    """
    d.declare(
        {"p[k]": "positive", "q[k]": "real"},
        K="integer >= 1", y="real", a="real", m="real", v="positive", w="positive",
    )  # fmt: skip
    d.start(f"diff({MIXTURE}, y)", "derivative").eq(
        "Sum(-(y - a*q[k])/v*p[k]*Normal(y; a*q[k], v), k, 1, K)", because="term by term"
    )
    d.start(f"y + v*diff(log({MIXTURE}), y)", "formula").eq(
        f"y + v*diff({MIXTURE}, y)/{MIXTURE}", because="the derivative of a logarithm"
    ).eq(
        f"a*Sum(p[k]*q[k]*Normal(y; a*q[k], v), k, 1, K)/{MIXTURE}",
        because="derivative; the terms with y cancel",
    )
    d.start(f"v + v**2*diff(log({MIXTURE}), y, 2)", "second order").eq(
        f"a**2*(Sum(p[k]*q[k]**2*Normal(y; a*q[k], v), k, 1, K)/{MIXTURE}"
        f" - (Sum(p[k]*q[k]*Normal(y; a*q[k], v), k, 1, K)/{MIXTURE})**2)",
        because="differentiate once more",
    )
    d.start("y + v*diff(log(Normal(y; m, v + w)), y)", "normal law of x").eq(
        "(w*y + v*m)/(v + w)", because="the mean of the posterior"
    )
    d.wrong(
        "y - v*diff(log(Normal(y; m, v + w)), y) = (w*y + v*m)/(v + w)", "the sign of the score"
    )
    d.wrong("y + sqrt(v)*diff(log(Normal(y; m, v + w)), y) = (w*y + v*m)/(v + w)", "sqrt(v) for v")


@family.theorem(
    "woodbury",
    title="Woodbury identity and matrix determinant lemma",
    source="Petersen and Pedersen (2012), eq. 156",
)
def woodbury(d: Derivation) -> None:
    """Multiply the proposed inverse by A + U C V; the determinant lemma takes out A and C first."""
    d.declare(
        n="integer >= 1", m="integer >= 1", A="matrix n x n", C="matrix m x m", U="matrix n x m"
    )
    d.declare(V="matrix m x n")
    d.assume(h_A="det(A) != 0", h_C="det(C) != 0", h_S="det(V @ inv(A) @ U + inv(C)) != 0")
    d.start("det(A + U @ C @ V)", "determinant").eq(
        "det(A)*det(C)*det(V @ inv(A) @ U + inv(C))", because="the block determinant, in two ways"
    )
    d.start("det(A + U @ C @ V)", "invertible").eq(
        "det(A)*det(C)*det(V @ inv(A) @ U + inv(C))", using="determinant", because="determinant"
    ).ne("0", because="h_A, h_C, h_S")
    d.start("inv(A + U @ C @ V)", "inverse").eq(
        "inv(A) - inv(A) @ U @ inv(V @ inv(A) @ U + inv(C)) @ V @ inv(A)",
        using="invertible",
        because="multiply by A + U @ C @ V",
    )
    d.wrong("det(A + U @ C @ V) = det(A)*det(V @ inv(A) @ U + inv(C))", "det(C) left out")


@family.theorem(
    "sylvester",
    title="Sylvester's determinant identity",
    source="Petersen and Pedersen (2012), eq. 24",
)
def sylvester(d: Derivation) -> None:
    """The determinant lemma with A = I and C = I, where nothing need be invertible. A column and a
    row give the rank-one form, used for planar flows.
    """
    d.declare(n="integer >= 1", m="integer >= 1", U="matrix n x m", V="matrix m x n")
    d.declare(u="vector n", w="vector n")
    d.claim("det(eye(n) + U @ V) = det(eye(m) + V @ U)", "identity", because="block determinants")
    d.claim("det(eye(n) + u @ transpose(w)) = 1 + dot(w, u)", "rank one", because="m = 1")
    d.wrong("det(eye(n) + u @ transpose(w)) = 1 - dot(w, u)", "the sign")
