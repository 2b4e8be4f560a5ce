"""Flows: layers of images, of dynamics and of residual networks, and maps of the line."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.flow.common import family


@family.theorem(
    "conv1x1", title="Invertible 1x1 convolution", source="Kingma and Dhariwal (2018), eqs. 9-11"
)
def conv1x1(d: Derivation) -> None:
    """An image of h times w pixels with c channels: each pixel is multiplied by one matrix W, so
    the determinant of the whole is a product over the pixels. With ``W = P L U``, P orthogonal,
    L with determinant 1 and U with the diagonal s, the logarithm of the determinant of W is the
    sum of the log|s_i|; r[i] stands for |s_i|.

    Not shown: that the Jacobian is block diagonal; the determinants of the triangular factors L
    (h_L) and, beyond c = 3, U.
    """
    d.declare({"c": "integer >= 1", "h": "integer >= 1", "w": "integer >= 1", "r[i]": "positive"})
    d.declare(s1="nonzero", s2="nonzero", s3="nonzero")
    d.declare({"P": "matrix c x c", "L": "matrix c x c", "U": "matrix c x c", "W": "matrix c x c"})
    d.declare(k="real", l="real", m="real", n="integer >= 1")
    d.assume(h_W="det(W) != 0", h_P="P.T @ P = eye(c)", h_L="det(L) = 1")
    d.start("log(Prod(Prod(abs(det(W)), i, 1, w), j, 1, h))", "pixels").eq(
        "log(abs(det(W))**(h*w))", because="equal factors"
    ).eq("h*w*log(abs(det(W)))", because="the logarithm of a power")
    d.start("det(P)**2", "orthogonal").eq("det(P.T @ P)", because="a product").eq(
        "1", because="h_P"
    )
    d.start("det(P @ L @ U)**2", "factors").eq(
        "det(P)**2*det(L)**2*det(U)**2", because="a product"
    ).eq("det(U)**2", using="orthogonal", because="h_P, h_L")
    d.start("det(Matrix([[s1, k, l], [0, s2, m], [0, 0, s3]]))", "triangular").eq(
        "s1*s2*s3", because="c = 3"
    )
    d.start("log(abs(s1*s2*s3))", "three_channels").eq(
        "log(abs(s1)) + log(abs(s2)) + log(abs(s3))", because="the logarithm of a product"
    )
    d.start("log(Prod(r[i], i, 1, n))", "logarithm").eq(
        "Sum(log(r[i]), i, 1, n)", because="the logarithm of a product, n = c"
    )
    d.wrong(
        "log(Prod(Prod(abs(det(W)), i, 1, w), j, 1, h)) = c*log(abs(det(W)))", "c instead of h*w"
    )
    d.wrong("log(Prod(r[i], i, 1, n)) = Sum(log(r[i]**2), i, 1, n)", "the square kept")


@family.theorem(
    "actnorm_squeeze", title="Elementary layers", source="Kingma and Dhariwal (2018); standard"
)
def actnorm_squeeze(d: Derivation) -> None:
    """Actnorm scales each channel at each of h times w pixels; s[c] is the absolute value of a
    scale. A permutation or any other orthogonal layer has a determinant with square 1; a
    Householder reflection has -1, and undoes itself. The slopes of logit, sigmoid and leaky
    ReLU.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "h": "integer >= 1",
            "w": "integer >= 1",
            "s[c]": "positive",
            "b": "real",
        }
    )
    d.declare(
        {"d": "integer >= 1", "v": "vector d", "P": "matrix d x d", "u": "in (0, 1)", "x": "real"}
    )
    d.declare(a="positive", y="negative", z="positive", k="nonzero")
    d.assume(h_v="0 < dot(v, v)", h_P="P.T @ P = eye(d)")
    d.start("log(Prod(s[c], c, 1, n))", "channels").eq(
        "Sum(log(s[c]), c, 1, n)", because="the logarithm of a product"
    )
    d.start("log(Prod(Prod(Prod(s[c], c, 1, n), i, 1, w), j, 1, h))", "actnorm").eq(
        "h*w*log(Prod(s[c], c, 1, n))", because="one factor for each pixel"
    ).eq("h*w*Sum(log(s[c]), c, 1, n)", using="channels", because="the channels")
    d.start("diff(k*x + b, x)", "slope").eq("k", because="affine")
    d.start("det(P)**2", "permutation").eq("det(P.T @ P)", because="a product").eq(
        "1", because="h_P"
    )
    d.start("det(eye(d) - 2*(v @ v.T)/dot(v, v))", "householder").eq(
        "1 - 2*dot(v, v)/dot(v, v)", because="Sylvester"
    ).eq("-1", because="1 - 2")
    d.start("(eye(d) - 2*(v @ v.T)/dot(v, v)) @ (eye(d) - 2*(v @ v.T)/dot(v, v))", "reflection").eq(
        "eye(d)", because="a reflection undoes itself"
    )
    d.start("log(abs(diff(log(u/(1 - u)), u)))", "logit").eq(
        "log(1/(u*(1 - u)))", because="differentiated"
    ).eq("-log(u*(1 - u))", because="the logarithm of an inverse")
    d.start("log(abs(diff(sigmoid(x), x)))", "sigmoid").eq(
        "log(sigmoid(x)*(1 - sigmoid(x)))", because="differentiated"
    )
    d.start("log(abs(diff(max(a*y, 0) + min(a*y, 0), y)))", "leaky_relu").eq(
        "log(a)", because="slope a where the input is negative"
    )
    d.wrong("det(eye(d) - 2*(v @ v.T)/dot(v, v)) = 1", "a reflection taken for a rotation")
    d.wrong("diff(max(z - 2, 0), z) != 0", "ReLU allowed: its slope is 0 for negative inputs")
    d.wrong("log(abs(diff(log(u/(1 - u)), u))) = log(u*(1 - u))", "the sign")
    d.wrong("det(P) = 1", "only rotations are orthogonal")


@family.theorem(
    "leapfrog",
    title="Leapfrog is volume preserving and reversible",
    source="Neal (2011); Caterini et al. (2018)",
)
def leapfrog(d: Derivation) -> None:
    """Half a kick, a drift, half a kick. Each is a shear with determinant 1, whatever the slopes
    of the force are; so is their product. After the momentum is flipped, the same step leads
    back: for any force g. The energy is not kept: for the oscillator it changes.

    Not shown: that the Jacobian of the step is that product, for a force that is not a polynomial.
    """
    d.declare(
        {
            "g(q)": "real",
            "q": "real",
            "p": "real",
            "e": "real",
            "k1": "real",
            "k2": "real",
            "a": "real",
            "b": "real",
        }
    )
    d.define("h(q, p)", "p - e/2*g(q)").define("Q(q, p)", "q + e*h(q, p)")
    d.define("P(q, p)", "h(q, p) - e/2*g(Q(q, p))")
    d.define("f(q)", "a*q + b*q**3").define("hf(q, p)", "p - e/2*f(q)").define(
        "Qf(q, p)", "q + e*hf(q, p)"
    )
    d.define("Pf(q, p)", "hf(q, p) - e/2*f(Qf(q, p))")
    d.start(
        "det(Matrix([[1, 0], [-e*k2/2, 1]]) @ Matrix([[1, e], [0, 1]]) @ Matrix([[1, 0],"
        " [-e*k1/2, 1]]))",
        "shears",
    ).eq(
        "det(Matrix([[1, 0], [-e*k2/2, 1]]))*det(Matrix([[1, e], [0, 1]]))*det(Matrix([[1,"
        " 0], [-e*k1/2, 1]]))",
        because="a product",
    ).eq("1", because="triangular")
    d.start(
        "det(Matrix([[diff(Qf(q, p), q), diff(Qf(q, p), p)], [diff(Pf(q, p), q), diff(Pf(q,"
        " p), p)]]))",
        "example",
    ).eq("1", because="the force a*q + b*q^3, differentiated")
    d.start("Q(Q(q, p), -P(q, p))", "back_position").eq(
        "Q(q, p) - e*(P(q, p) + e/2*g(Q(q, p)))", because="one more step"
    ).eq("q", because="the drift is undone")
    d.start("P(Q(q, p), -P(q, p))", "back_momentum").eq("-p", because="both kicks are undone")
    d.wrong(
        "(p - e*q/2 - e*(q + e*(p - e*q/2))/2)**2 + (q + e*(p - e*q/2))**2 = p**2 + q**2",
        "the energy is conserved",
    )
    d.wrong("Q(Q(q, p), P(q, p)) = q", "no flip of the momentum")


@family.theorem(
    "iresnet",
    title="Invertible residual networks",
    source="Behrmann et al. (2019), theorem 1 and eq. 4",
)
def iresnet(d: Derivation) -> None:
    """If g changes distances by a factor L < 1 at most, ``x + g(x)`` increases on the line, so
    that it is one to one. One step ``w - g(x)`` of the iteration brings two guesses closer by
    L, and n steps by L^n (the step from n - 1 to n). The first two terms of the series of log
    det(I + tG) are its derivatives at 0; on the line the first terms bound it. For L = 1 it
    fails: x + (-x) is constant.

    Not shown: that the iteration converges; the map is onto; injectivity in d dimensions; the
    whole series.
    """
    d.declare(
        {
            "g(x)": "real",
            "x": "real",
            "y": "real",
            "w": "real",
            "L": "in (0, 1)",
            "D": "nonnegative",
        }
    )
    d.declare(
        {
            "n": "integer >= 1",
            "err(n)": "nonnegative",
            "d": "integer >= 1",
            "G": "matrix d x d",
            "t": "real",
            "c": "nonnegative",
        }
    )
    d.assume(h_order="y < x", h_lipschitz="abs(g(x) - g(y)) <= L*(x - y)")
    d.assume(h_step="err(n) <= L*err(n - 1)", h_before="err(n - 1) <= L**(n - 1)*D")
    d.start("(x + g(x)) - (y + g(y))", "injective").eq(
        "(x - y) + (g(x) - g(y))", because="regrouped"
    ).ge("(x - y) - abs(g(x) - g(y))", because="a number is at least minus its absolute value").ge(
        "(x - y) - L*(x - y)", because="h_lipschitz"
    ).gt("0", because="L < 1 and y < x")
    d.start("abs((w - g(x)) - (w - g(y)))", "contraction").eq(
        "abs(g(x) - g(y))", because="w cancels"
    ).le("L*(x - y)", because="h_lipschitz")
    d.start("err(n)", "error").le("L*err(n - 1)", because="h_step").le(
        "L*(L**(n - 1)*D)", because="h_before"
    )
    d.start("diff(log(det(eye(d) + t*G)), t; 0)", "first").eq(
        "trace(G)", because="Jacobi's formula"
    )
    d.start("diff(log(det(eye(d) + t*G)), t, 2; 0)", "second").eq(
        "-trace(G @ G)", because="the derivative of an inverse"
    )
    d.start("c - c**2/2", "below").le("log(1 + c)", because="two terms of the series")
    d.start("log(1 + c)", "above").le("c - c**2/2 + c**3/3", because="three terms of the series")
    d.start("x + (-x)", "boundary").eq("y + (-y)", because="g(x) = -x has L = 1")
    d.wrong("x + (-x) != y + (-y)", "L <= 1 suffices")
    d.wrong("diff(log(det(eye(d) + t*G)), t, 2; 0) = trace(G @ G)", "the sign of the second term")
    d.wrong("log(1 + c) <= c - c**2/2", "the series cut after the second term bounds from above")


@family.theorem(
    "mixture_cdf",
    title="Monotone transformations of the line",
    source="Ho et al. (2019); Durkan et al. (2019), eqs. 4-5",
)
def mixture_cdf(d: Derivation) -> None:
    """A mixture of logistic distribution functions with positive weights has a positive slope, the
    density of the mixture, and stays between 0 and the sum of the weights, which is 1; likewise
    with normal ones. A bin of a rational-quadratic spline has a positive slope when its own
    slope s and those at its knots are positive.

    Not shown: that the map is onto (0, 1); bisection.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "w[k]": "positive",
            "s[k]": "positive",
            "m[k]": "real",
            "x": "real",
            "F[k]": "in (0, 1)",
        }
    )
    d.declare(
        {"u": "in (0, 1)", "c": "positive", "d1": "positive", "d2": "positive", "v": "in (1, 2)"}
    )
    d.start("diff(Sum(w[k]*sigmoid((x - m[k])/s[k]), k, 1, n), x)", "slope").eq(
        "Sum(w[k]/s[k]*sigmoid((x - m[k])/s[k])*(1 - sigmoid((x - m[k])/s[k])), k, 1, n)",
        because="chain rule",
    ).gt("0", because="every term is positive")
    d.claim(
        "0 < Sum(w[k]*sigmoid((x - m[k])/s[k]), k, 1, n)", "above", because="every term is positive"
    )
    d.claim("sigmoid(x) < 1", "one_term", because="an exponential is positive")
    d.start("Sum(w[k], k, 1, n) - Sum(w[k]*F[k], k, 1, n)", "below").eq(
        "Sum(w[k]*(1 - F[k]), k, 1, n)", because="collected"
    ).gt("0", because="the values F[k] of distribution functions are below 1")
    d.start("diff(Sum(w[k]*(1 + erf((x - m[k])/(s[k]*sqrt(2))))/2, k, 1, n), x)", "normal").eq(
        "Sum(w[k]*Normal(x; m[k], s[k]**2), k, 1, n)", because="the density of the mixture"
    )
    d.start("diff((c*u**2 + d1*u*(1 - u))/(c + (d2 + d1 - 2*c)*u*(1 - u)), u)", "spline").eq(
        "c**2*(d2*u**2 + 2*c*u*(1 - u) + d1*(1 - u)**2)/(c*(c + (d2 + d1 - 2*c)*u*(1 - u))**2)",
        because="quotient rule",
    ).gt("0", because="every factor is positive")
    d.wrong("0 < diff(v*sigmoid(2*x) + (1 - v)*sigmoid(x), x)", "negative weights allowed")
    d.wrong("Sum(w[k]*F[k], k, 1, n) = Sum(w[k], k, 1, n)", "the bound for the value")


@family.theorem(
    "injective",
    title="Injective flows and the change of dimension",
    source="Gemici, Rezende, Mohamed (2016); Brehmer and Cranmer (2020)",
)
def injective(d: Derivation) -> None:
    """The volume of the image is measured by ``sqrt(det(J'J))``. For a square J this is |det J|; a
    change of the latent coordinates by B multiplies it by |det B|. For the circle of radius r
    it is r, and the uniform law has the density 1/(2*pi*r) for arc length; ``det(JJ')`` is 0
    there.

    Not shown: the area formula itself; that the image has no density in d dimensions.
    """
    d.declare(
        {
            "d": "integer >= 1",
            "k": "integer >= 1",
            "J": "matrix d x k",
            "B": "matrix k x k",
            "r": "positive",
            "t": "real",
        }
    )
    circle = "Matrix([[diff(r*cos(t), t)], [diff(r*sin(t), t)]])"
    d.start("det((J @ B).T @ (J @ B))", "coordinates").eq(
        "det(B.T @ (J.T @ J) @ B)", because="a transposed product"
    ).eq("det(B)**2*det(J.T @ J)", because="a determinant of a product")
    d.start("sqrt(det(B.T @ B))", "square").eq("sqrt(det(B)**2)", because="a product").eq(
        "abs(det(B))", because="the root of a square"
    )
    d.start(f"sqrt(det(transpose({circle}) @ {circle}))", "circle").eq(
        "sqrt(r**2*(sin(t)**2 + cos(t)**2))", because="differentiated"
    ).eq("r", because="r is positive")
    d.start(
        "Int(1/(2*pi*r)*sqrt(diff(r*cos(t), t)**2 + diff(r*sin(t), t)**2), t, 0, 2*pi)",
        "normalised",
    ).eq("Int(1/(2*pi), t, 0, 2*pi)", because="the speed is r").eq("1", because="a constant")
    d.start(f"det({circle} @ transpose({circle}))", "wrong_order").eq(
        "0", because="rank one in two dimensions"
    )
    d.wrong(f"det({circle} @ transpose({circle})) = r**2", "JJ' for J'J")
    d.wrong(f"sqrt(det(transpose({circle}) @ {circle})) = 1", "no volume factor")
