"""Flows: layers, their inverses and the determinants of their Jacobians."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.flow.common import family


@family.theorem(
    "affine_coupling",
    title="Affine coupling (RealNVP)",
    source="Dinh, Sohl-Dickstein, Bengio (2017), eqs. 4-8",
)
def affine_coupling(d: Derivation) -> None:
    """``y1 = x1``, ``y2 = x2*exp(s(x1)) + t(x1)``. The Jacobian is lower triangular: the first row
    is (1, 0), the last entry is exp(s), and what stands below the diagonal, k, does not matter;
    s and t may be any functions. With n coordinates in the second part the diagonal holds
    exp(s_j), and the logarithms add. The inverse needs s and t forwards only.

    Not shown: the expansion of a triangular determinant of any size; it is shown for one and for
    two coordinates in the second part.
    """
    d.declare(
        {"s(x)": "real", "t(x)": "real", "s2(x)": "real", "t2(x)": "real", "sigma[j]": "real"}
    )
    d.declare(x="real", y="real", z="real", k="real", l="real", n="integer >= 1", v="real")
    d.start("Matrix([[diff(x, x), diff(x, y)], [k, diff(y*exp(s(x)) + t(x), y)]])", "jacobian").eq(
        "Matrix([[1, 0], [k, exp(s(x))]])", because="s and t do not see y"
    )
    d.start(
        "det(Matrix([[diff(x, x), diff(x, y)], [k, diff(y*exp(s(x)) + t(x), y)]]))", "determinant"
    ).eq("exp(s(x))", because="triangular: k drops out")
    d.start("log(abs(det(Matrix([[1, 0], [k, exp(s(x))]]))))", "log_determinant").eq(
        "log(exp(s(x)))", because="an exponential is positive"
    ).eq("s(x)", because="the logarithm of an exponential")
    d.start(
        "log(abs(det(Matrix([[1, 0, 0], [k, diff(y*exp(s(x)) + t(x), y), diff(y*exp(s(x))"
        " + t(x), z)],"
        " [l, diff(z*exp(s2(x)) + t2(x), y), diff(z*exp(s2(x)) + t2(x), z)]]))))",
        "two_coordinates",
    ).eq("log(exp(s(x))*exp(s2(x)))", because="triangular").eq("s(x) + s2(x)", because="logarithm")
    d.start("log(Prod(exp(sigma[j]), j, 1, n))", "coordinates").eq(
        "Sum(sigma[j], j, 1, n)", because="the logarithm of a product"
    )
    d.start("((y*exp(s(x)) + t(x)) - t(x))*exp(-s(x))", "inverse").eq(
        "y*(exp(s(x))*exp(-s(x)))", because="the shift is undone"
    ).eq("y", because="the scale is undone")
    d.start("log(Normal((v - t(x))*exp(-s(x)); 0, 1)) - s(x)", "density").eq(
        "log(Normal(v; t(x), exp(2*s(x))))", because="the law of the second part given the first"
    )
    d.wrong("log(Prod(exp(sigma[j]), j, 1, n)) = Prod(sigma[j], j, 1, n)", "the product of s")
    d.wrong(
        "det(Matrix([[1, 0], [k, exp(s(x))]])) = exp(s(x)) - k", "needs the Jacobians of s and t"
    )
    d.wrong("((y*exp(s(x)) + t(x)) - t(x))*exp(s(x)) = y", "the scale applied twice")
    d.wrong(
        "log(Normal((v - t(x))*exp(-s(x)); 0, 1)) + s(x) = log(Normal(v; t(x), exp(2*s(x))))",
        "sign",
    )


@family.theorem(
    "additive_coupling",
    title="Additive coupling (NICE)",
    source="Dinh, Krueger, Bengio (2015), sections 3.2-3.3",
)
def additive_coupling(d: Derivation) -> None:
    """``y2 = x2 + m(x1)``: a shear. The determinant is 1 whatever m is, and the inverse subtracts
    m. A last diagonal scaling adds the sum of the log|S_i|; S[i] stands for the absolute value
    of a scale, and for three scales of any sign it is written out.

    Not shown: triangular determinants of any size.
    """
    d.declare(
        {
            "m(x)": "real",
            "S[i]": "positive",
            "x": "real",
            "y": "real",
            "k": "real",
            "n": "integer >= 1",
        }
    )
    d.declare(a="nonzero", b="nonzero", c="nonzero")
    d.start("det(Matrix([[diff(x, x), diff(x, y)], [k, diff(y + m(x), y)]]))", "determinant").eq(
        "det(Matrix([[1, 0], [k, 1]]))", because="m does not see y"
    ).eq("1", because="triangular")
    d.start("(y + m(x)) - m(x)", "inverse").eq("y", because="subtracted again")
    d.start("log(Prod(S[i], i, 1, n))", "scaling").eq(
        "Sum(log(S[i]), i, 1, n)", because="the logarithm of a product"
    )
    d.start("log(abs(a*b*c))", "three_scales").eq(
        "log(abs(a)*abs(b)*abs(c))", because="the absolute value of a product"
    ).eq("log(abs(a)) + log(abs(b)) + log(abs(c))", because="the logarithm of a product")
    d.wrong("log(det(Matrix([[1, 0], [k, 1]]))) = m(x)", "log det = m")
    d.wrong("det(Matrix([[1, 0], [k, 1]])) = 1 - k", "the shear counted")
    d.wrong("log(Prod(S[i], i, 1, n)) = Sum(S[i], i, 1, n)", "the sum of the scales")


@family.theorem(
    "autoregressive",
    title="Autoregressive flows (MAF, IAF)",
    source="Papamakarios, Pavlakou, Murray (2017); Kingma et al. (2016)",
)
def autoregressive(d: Derivation) -> None:
    """``x_i = z_i*s_i + m_i``, where s_i and m_i see the earlier coordinates alone. So the
    derivative of x_i in a later coordinate is 0 and in its own it is s_i; in three dimensions
    the determinant is the product whatever stands below the diagonal. In n dimensions the
    log-density is the sum of the normal log-densities of the x_i given the earlier ones: each
    is evaluated from x alone.

    Not shown: triangular determinants of any size; the cost of sampling.
    """
    d.declare(
        {
            "s(x, y)": "positive",
            "m(x, y)": "real",
            "z1": "real",
            "z2": "real",
            "z3": "real",
            "z4": "real",
        }
    )
    d.declare(
        {"a": "positive", "b": "positive", "c": "positive", "k": "real", "l": "real", "q": "real"}
    )
    d.declare({"n": "integer >= 1", "x[i]": "real", "mu[i]": "real", "sigma[i]": "positive"})
    d.start("diff(z3*s(z1, z2) + m(z1, z2), z3)", "own").eq(
        "s(z1, z2)", because="s and m do not see z3"
    )
    d.start("diff(z3*s(z1, z2) + m(z1, z2), z4)", "later").eq("0", because="nothing sees z4")
    d.start("det(Matrix([[a, 0, 0], [k, b, 0], [l, q, c]]))", "determinant").eq(
        "a*b*c", because="triangular"
    )
    d.start("log(abs(det(Matrix([[a, 0, 0], [k, b, 0], [l, q, c]]))))", "log_determinant").eq(
        "log(a*b*c)", because="positive scales"
    ).eq("log(a) + log(b) + log(c)", because="the logarithm of a product")
    d.start(
        "Sum(log(Normal((x[i] - mu[i])/sigma[i]; 0, 1)) - log(sigma[i]), i, 1, n)", "likelihood"
    ).eq(
        "Sum(log(Normal(x[i]; mu[i], sigma[i]**2)), i, 1, n)",
        because="change of variables, entry by entry",
    )
    d.start("(z3*s(z1, z2) + m(z1, z2) - m(z1, z2))/s(z1, z2)", "inverse").eq(
        "z3", because="s is positive"
    )
    d.wrong(
        "log(abs(det(Matrix([[a, 0, 0], [k, b, 0], [l, q, c]])))) = a + b + c", "the sum of sigma"
    )
    d.wrong(
        "det(Matrix([[a, 0, 0], [k, b, 0], [l, q, c]])) = a*b*c - k*q", "entries below the diagonal"
    )
    d.wrong("diff(z3*s(z1, z2) + m(z1, z2), z3) = z3", "the derivative in the wrong factor")


@family.theorem(
    "planar", title="Planar flow", source="Rezende and Mohamed (2015), eqs. 10-12 and appendix A.1"
)
def planar(d: Derivation) -> None:
    """``f(z) = z + u*tanh(w.z + b)``. Its derivative in the direction y is ``(I + h'uw')y``, and
    the determinant of a rank one change of the identity is ``1 + h'w.u``. Along w the map is
    ``s + c*tanh(s + b)`` with c = w.u, which increases for c > -1. At c = -1 the determinant
    vanishes where w.z + b = 0, and for c = -q/tanh(q) < -1 the points q and -q collide.
    Replacing u by the vector below makes w.u equal to ``softplus(w.u) - 1 > -1``.

    Not shown: injectivity at c = -1; that injectivity along w is enough; a collision for every c <
    -1.
    """
    d.declare(
        {"d": "integer >= 1", "u": "vector d", "w": "vector d", "z": "vector d", "y": "vector d"}
    )
    d.declare(
        b="real", t="real", h="real", c="in (-1, oo)", r="real", s="real", m="real", q="positive"
    )
    d.assume(h_order="r < s", h_w="0 < dot(w, w)")
    d.start("diff(z + t*y + tanh(dot(w, z + t*y) + b)*u, t; 0)", "jacobian").eq(
        "y + (1 - tanh(dot(w, z) + b)**2)*dot(w, y)*u", because="the slope of tanh is 1 - tanh^2"
    ).eq(
        "(eye(d) + (1 - tanh(dot(w, z) + b)**2)*(u @ w.T)) @ y",
        because="dot(w, y)*u = (u @ w.T) @ y",
    )
    d.start("det(eye(d) + h*(u @ w.T))", "lemma").eq("1 + h*dot(w, u)", because="Sylvester")
    d.start("det(eye(d) + (1 - tanh(dot(w, z) + b)**2)*(u @ w.T))", "determinant").eq(
        "1 + (1 - tanh(dot(w, z) + b)**2)*dot(w, u)", because="the lemma at h = h'"
    )
    d.claim("0 < 1 - tanh(t)**2", "slope", because="tanh lies strictly between -1 and 1")
    d.claim("1 - tanh(t)**2 <= 1", "slope_below", because="a square")
    d.claim("0 < 1 + c*(1 - tanh(t)**2)", "positive", because="c > -1 and the slope is at most 1")
    d.claim("r + c*tanh(r + b) < s + c*tanh(s + b)", "increasing", because="the slope is positive")
    d.start("1 + (-1)*(1 - tanh(0)**2)", "boundary").eq("0", because="at c = -1 and w.z + b = 0")
    d.claim("-q/tanh(q) < -1", "too_small", because="tanh(q) < q")
    d.start("q - q/tanh(q)*tanh(q)", "collision").eq("0", because="c = -q/tanh(q)").eq(
        "-q - q/tanh(q)*tanh(-q)", because="tanh is odd: q and -q collide"
    )
    d.start("dot(w, u + (m - dot(w, u))*w/dot(w, w))", "constraint").eq(
        "dot(w, u) + (m - dot(w, u))", because="linear"
    ).eq("m", because="the terms cancel")
    d.claim("softplus(m) - 1 > -1", "enforced", because="softplus is positive")
    d.start(
        "1 + (1 - tanh(t)**2)*dot(w, u + (softplus(dot(w, u)) - 1 - dot(w, u))*w/dot(w, w))",
        "valid",
    ).eq(
        "1 + (1 - tanh(t)**2)*(softplus(dot(w, u)) - 1)",
        because="the constraint at m = softplus - 1",
    ).gt("0", because="softplus is positive")
    d.wrong("det(eye(d) + h*(u @ w.T)) = 1 + dot(w, u)", "without the slope h'")
    d.wrong("det(eye(d) + h*(u @ w.T)) = 1 + h*dot(w, w)", "w.w for w.u")
    d.wrong("dot(w, u + (m - dot(w, u))*w) = m", "without the division by w.w")
    d.wrong("0 <= c", "the condition w.u >= 0 is necessary")


@family.theorem(
    "radial", title="Radial flow", source="Rezende and Mohamed (2015), eq. 14 and appendix A.2"
)
def radial(d: Derivation) -> None:
    """``f(z) = z + b*v/(a + r)`` with ``v = z - z0`` and r its length. The derivative in the
    direction y is ``((1 + b*h)I + (b*h'/r)vv')y`` with ``h = 1/(a + r)`` and ``h' = -h^2``; d -
    1 directions across v are stretched by ``1 + b*h``, the one along v by ``1 + b*h + b*h'r``.
    Both are positive for b >= -a, and the radius moves increasingly. The plane is written out
    by coordinates as well.

    Not shown: the centre v = 0, where the map is smooth only in its first derivative; that b >= -a
    is necessary.
    """
    d.declare(
        {"d": "integer >= 1", "v": "vector d", "y": "vector d", "r": "positive", "a": "positive"}
    )
    d.declare(
        b="real",
        t="real",
        p="nonnegative",
        q="nonnegative",
        x1="positive",
        x2="real",
        g="positive",
        k="real",
    )
    d.assume(h_radius="dot(v, v) = r**2", h_invertible="-a <= b", h_order="p < q")
    root = "sqrt(x1**2 + x2**2)"
    d.start("diff(v + t*y + b*(v + t*y)/(a + sqrt(dot(v + t*y, v + t*y))), t; 0)", "jacobian").eq(
        "((1 + b/(a + r))*eye(d) - (b/((a + r)**2*r))*(v @ v.T)) @ y",
        because="product and chain rule",
    )
    d.claim("0 < 1 + b/(a + r)", "tangential", because="b >= -a > -(a + r)")
    d.start("det(g*eye(d) + k*(v @ v.T))", "lemma").eq(
        "g**(d - 1)*(g + k*r**2)", because="a rank one change of a multiple of the identity"
    )
    d.start("det((1 + b/(a + r))*eye(d) - (b/((a + r)**2*r))*(v @ v.T))", "determinant").eq(
        "(1 + b/(a + r))**(d - 1)*((1 + b/(a + r)) - b/((a + r)**2*r)*r**2)",
        using=[("lemma", {"g": "1 + b/(a + r)", "k": "-b/((a + r)**2*r)"}), "tangential"],
        because="the lemma",
    ).eq(
        "(1 + b/(a + r))**(d - 1)*(1 + b/(a + r) - b*r/(a + r)**2)",
        using="tangential",
        because="r cancels",
    )
    d.start("1 + b/(a + r) - b*r/(a + r)**2", "radial").eq(
        "1 + a*b/(a + r)**2", because="common denominator"
    ).gt("0", because="-a*b <= a^2 < (a + r)^2")
    d.claim(
        "p + b*p/(a + p) < q + b*q/(a + q)", "increasing", because="its slope is 1 + a*b/(a + r)^2"
    )
    d.start(
        f"det(Matrix([[diff(x1 + b*x1/(a + {root}), x1), diff(x1 + b*x1/(a + {root}), x2)],"
        f" [diff(x2 + b*x2/(a + {root}), x1), diff(x2 + b*x2/(a + {root}), x2)]]))",
        "plane",
    ).eq(
        f"(1 + b/(a + {root}))*(1 + b/(a + {root}) - b*{root}/(a + {root})**2)",
        because="d = 2, differentiated",
    )
    d.wrong(
        "det((1 + b/(a + r))*eye(d) - (b/((a + r)**2*r))*(v @ v.T))"
        " = (1 + b/(a + r))**d*(1 + b/(a + r) - b*r/(a + r)**2)",
        "the exponent d",
    )
    d.wrong("1 + b/(a + r) - b*r/(a + r)**2 = 1 + b*r/(a + r)**2", "a and r confused")


@family.theorem("sylvester", title="Sylvester flow", source="van den Berg et al. (2018), theorem 1")
def sylvester(d: Derivation) -> None:
    """``f(z) = z + A h(Bz + b)`` has the Jacobian ``I + A H B`` with the diagonal matrix H of
    slopes. Sylvester's identity moves A to the other side: a determinant of size m instead of
    d. For m = 1 it is the planar flow.

    Not shown: the Jacobian itself, for h applied to the entries of a vector.
    """
    d.declare(
        {
            "d": "integer >= 1",
            "m": "integer >= 1",
            "A": "matrix d x m",
            "B": "matrix m x d",
            "H": "matrix m x m",
        }
    )
    d.declare({"u": "vector d", "w": "vector d", "h": "real"})
    d.start("det(eye(d) + A @ (H @ B))", "determinant").eq(
        "det(eye(m) + (H @ B) @ A)", because="Sylvester, with A and H @ B"
    ).eq("det(eye(m) + H @ B @ A)", because="products associate")
    d.start("det(eye(d) + u @ (h*w.T))", "planar").eq("1 + h*dot(w, u)", because="m = 1")
    d.wrong("det(eye(d) + A @ H @ B) = det(eye(m) + B @ A)", "without the diagonal of slopes")
    d.wrong("det(eye(d) + A @ B) = 1 + det(B @ A)", "the determinant of a sum")
