"""Flows: the change of variables, and which maps are flows at all."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.flow.common import family

EVEN_POWER = """Matrix([
    [diff(f1(x1, x2, x3), x1), diff(f1(x1, x2, x3), x2), diff(f1(x1, x2, x3), x3)],
    [diff(f2(x1, x2, x3), x1), diff(f2(x1, x2, x3), x2), diff(f2(x1, x2, x3), x3)],
    [diff(f3(x1, x2, x3), x1), diff(f3(x1, x2, x3), x2), diff(f3(x1, x2, x3), x3)]])"""

BANANA = "Normal(x; 0, 1)*Normal(y - x**2; 0, 1)"
PAIR = "Normal(x; 0, 1)*Normal(y; 0, 1)"


@family.theorem(
    "change_of_variables",
    title="Change of variables",
    source="Rezende and Mohamed (2015), eq. 5; Dinh, Sohl-Dickstein, Bengio (2017), eq. 2",
)
def change_of_variables(d: Derivation) -> None:
    """The law of ``x = f(z)``, for any density p of z. With the inverse g, the density
    ``p(g(x))*|g'(x)|`` gives an interval of images the mass m that p gives the interval itself,
    and integrates to 1: for ``x = a*z + b`` with a positive and with a negative slope, and for
    ``x = exp(z)``.

    Not shown: maps of the line that are neither affine nor exponential; integrals in d dimensions.
    What the formula says there point by point is `change_of_variables_densities`.
    """
    d.declare(
        {"p(z)": "nonnegative"}, a="positive", r="negative", b="real", c="real", e="real", m="real"
    )
    d.assume(h_order="c <= e", h_mass="Int(p(z), z, c, e) = m", h_norm="Int(p(z), z, -oo, oo) = 1")
    d.start("Int(p((x - b)/a)*abs(diff((x - b)/a, x)), x, a*c + b, a*e + b)", "increasing").eq(
        "Int(p((x - b)/a)/a, x, a*c + b, a*e + b)", because="the inverse has the slope 1/a > 0"
    ).eq("Int(p(z), z, c, e)", because="z = (x - b)/a, which increases").eq("m", because="h_mass")
    d.start("Int(p((x - b)/r)*abs(diff((x - b)/r, x)), x, r*e + b, r*c + b)", "decreasing").eq(
        "Int(p((x - b)/r)*(-1/r), x, r*e + b, r*c + b)", because="the inverse has the slope 1/r < 0"
    ).eq("Int(p(z), z, c, e)", because="z = (x - b)/r, which turns the ends round").eq("m")
    d.start("Int(p((x - b)/a)*abs(diff((x - b)/a, x)), x, -oo, oo)", "normalised").eq(
        "Int(p(z), z, -oo, oo)", because="an affine map is onto the line"
    ).eq("1", because="h_norm")
    d.start("Int(p(log(x))*abs(diff(log(x), x)), x, 0, oo)", "exponential").eq(
        "Int(p(log(x))/x, x, 0, oo)", because="the inverse has the slope 1/x > 0"
    ).eq("1", because="z = log(x) is onto the line; h_norm")
    d.wrong("Int(p((x - b)/a)*a, x, a*c + b, a*e + b) = m", "the slope of f, not of its inverse")
    d.wrong("Int(p(a*x + b)/a, x, a*c + b, a*e + b) = m", "p taken at f(x), not at the inverse")
    d.wrong("Int(p((x - b)/r)/r, x, r*e + b, r*c + b) = m", "no absolute value")
    d.wrong("Int(p(log(x)), x, 0, oo) = 1", "no factor at all")


@family.theorem(
    "change_of_variables_densities",
    title="Change of variables, point by point",
    source="Rezende and Mohamed (2015), eq. 5; Dinh, Sohl-Dickstein, Bengio (2017), eq. 2",
)
def change_of_variables_densities(d: Derivation) -> None:
    """The chain rule on ``g(f(z)) = z`` makes the Jacobians K of g and J of f inverse to each
    other. So their determinants are, and the two forms of the density agree. Then four
    densities that are known.

    Not shown: that the chain rule gives ``h_inverse``.
    """
    d.declare({"d": "integer >= 1", "J": "matrix d x d", "K": "matrix d x d", "p": "positive"})
    d.declare(a="positive", r="negative", b="real", x="real", z="real")
    d.declare(y="positive", m="real", v="positive")
    d.assume(h_inverse="K @ J = eye(d)")
    d.start("det(K)*det(J)", "determinants").eq("det(K @ J)", because="a product").eq(
        "det(eye(d))", because="the chain rule"
    ).eq("1", because="the identity")
    d.claim("det(J) != 0", "invertible", because="the product is 1")
    d.claim("0 < abs(det(J))", "regular", using="invertible", because="not 0")
    d.start("p*abs(det(K))", "two_forms").eq(
        "p*abs(det(K)*det(J))/abs(det(J))",
        using="regular",
        because="the absolute value of a product",
    ).eq("p/abs(det(J))", using=("determinants", "regular"), because="the product is 1")
    d.start("Normal((x - b)/a; 0, 1)*abs(diff((x - b)/a, x))", "affine").eq(
        "Normal((x - b)/a; 0, 1)/a", because="the slope is positive"
    ).eq("Normal(x; b, a**2)", because="the square of a quotient")
    d.start("Normal((x - b)/r; 0, 1)*abs(diff((x - b)/r, x))", "falling").eq(
        "Normal((x - b)/r; 0, 1)/(-r)", because="the slope is negative"
    ).eq("Normal(x; b, r**2)", because="the square of a quotient")
    d.start("Normal(z; 0, 1)/abs(diff(a*z + b, z))", "by_the_latent").eq(
        "Normal(a*z + b; b, a**2)", because="the other form, at x = a*z + b"
    )
    d.start("Normal(log(y); m, v)*abs(diff(log(y), y))", "log_normal").eq(
        "Normal(log(y); m, v)/y", because="the slope of log is positive"
    ).eq("LogNormal(y; m, v)", because="its density")
    d.wrong("p*abs(det(K)) = p*abs(det(J))", "the determinant of f instead of its inverse")
    d.wrong("p*det(K) = p/abs(det(J))", "no absolute value")
    d.wrong("Normal((x - b)/a; 0, 1)*a = Normal(x; b, a**2)", "the slope of f")
    d.wrong("Normal(a*x + b; 0, 1)/a = Normal(x; b, a**2)", "the latent density at f(x)")
    d.wrong("Normal((x - b)/r; 0, 1)*diff((x - b)/r, x) = Normal(x; b, r**2)", "a negative density")


@family.theorem(
    "rank_deficient",
    title="Rank-deficient linear maps are not flows",
    source="TUM endterm (2023), problem 1a",
)
def rank_deficient(d: Derivation) -> None:
    """``A = a'a`` for a row a. A column v with ``av = 0`` that is not 0 makes two inputs collide,
    ``A(x + v) = Ax``, before any function s is applied to the entries and after. The
    determinant of A is 0, because ``A(I + vv')^-1 = A`` while the factor divides the
    determinant by ``1 + v'v > 1``; with it that of the Jacobian ``DA``. Such a v:
    ``(aa')u - (au)a'`` for a column u that is no multiple of a. For d = 2 it is written out,
    and for d = 1, where there is none, the same map is a flow: what fails is the rank.

    Not shown: that for ``d >= 2`` there is a column u that is no multiple of a.
    """
    d.declare(
        {
            "d": "integer >= 2",
            "a": "matrix 1 x d",
            "u": "vector d",
            "v": "vector d",
            "x": "vector d",
        }
    )
    d.declare({"D": "matrix d x d", "b[i]": "real", "y[i]": "real", "w[i]": "real", "s(t)": "real"})
    d.declare({"i": "integer", "a1": "real", "a2": "real", "x1": "real", "x2": "real"})
    d.declare(k="nonzero", r="real", t="real")
    d.define("e(j)", "Sum(b[l]**2, l, 1, d)*w[j] - Sum(b[l]*w[l], l, 1, d)*b[j]")
    d.assume(h_orthogonal="a @ v = zeros(1, 1)", h_nonzero="0 < dot(v, v)", h_order="r < t")
    d.assume(h_row="0 < trace(a @ a.T)", h_independent="trace(a @ u)**2 < trace(a @ a.T)*dot(u, u)")
    d.start("a.T @ a @ (x + v)", "collision").eq(
        "a.T @ a @ x + a.T @ (a @ v)", because="linear"
    ).eq("a.T @ a @ x", because="h_orthogonal")
    d.start("a @ (trace(a @ a.T)*u - trace(a @ u)*a.T)", "null_vector").eq(
        "trace(a @ a.T)*(a @ u) - trace(a @ u)*(a @ a.T)", because="linear"
    ).eq("zeros(1, 1)", because="both products have one entry")
    d.start(
        "dot(trace(a @ a.T)*u - trace(a @ u)*a.T, trace(a @ a.T)*u - trace(a @ u)*a.T)", "not_zero"
    ).eq(
        "trace(a @ a.T)*(trace(a @ a.T)*dot(u, u) - trace(a @ u)**2)", because="multiplied out"
    ).gt("0", because="h_row, h_independent")
    d.start("Sum(b[j]*e(j), j, 1, d)", "null_entries").eq(
        "Sum(b[l]**2, l, 1, d)*Sum(b[j]*w[j], j, 1, d)"
        " - Sum(b[l]*w[l], l, 1, d)*Sum(b[j]**2, j, 1, d)",
        because="linear",
    ).eq("0", because="the products are equal")
    d.start("s(Sum(b[i]*b[j]*(y[j] + e(j)), j, 1, d))", "entrywise").eq(
        "s(b[i]*Sum(b[j]*y[j], j, 1, d) + b[i]*Sum(b[j]*e(j), j, 1, d))", because="linear"
    ).eq("s(Sum(b[i]*b[j]*y[j], j, 1, d))", because="the second sum is 0")
    d.start("det(eye(d) + v @ v.T)", "lemma").eq("1 + dot(v, v)", because="Sylvester").gt(
        "1", because="h_nonzero"
    )
    d.claim("a @ inv(eye(d) + v @ v.T) = a", "absorbed", because="a @ (eye(d) + v @ v.T) = a")
    d.start("det(a.T @ a)", "determinant").eq(
        "(1 + 1/dot(v, v))*(det(a.T @ a) - det(a.T @ a)/(1 + dot(v, v)))", because="algebra"
    ).eq(
        "(1 + 1/dot(v, v))*(det(a.T @ a) - det(a.T @ a @ inv(eye(d) + v @ v.T)))", because="lemma"
    ).eq("0", using="absorbed", because="the factor is absorbed")
    d.start("det(D @ (a.T @ a))", "jacobian").eq("det(D)*det(a.T @ a)", because="a product").eq(
        "0", using="determinant", because="the second factor"
    )
    d.start(
        "Matrix([[a1], [a2]]) @ Matrix([[a1, a2]]) @ Matrix([[x1 + a2], [x2 - a1]])", "plane"
    ).eq("Matrix([[a1**2*x1 + a1*a2*x2], [a1*a2*x1 + a2**2*x2]])", because="v = (a2, -a1)").eq(
        "Matrix([[a1], [a2]]) @ Matrix([[a1, a2]]) @ Matrix([[x1], [x2]])",
        because="the terms cancel",
    )
    d.start("Matrix([[1, 2], [2, 4]]) @ Matrix([[2], [-1]])", "example").eq(
        "Matrix([[1, 2], [2, 4]]) @ Matrix([[0], [0]])",
        because="a = (1, 2): (2, -1) and (0, 0) collide",
    )
    d.start("sigmoid(k**2*r)", "one_dimension").lt("sigmoid(k**2*t)", because="d = 1: increasing")
    d.wrong("det(a.T @ a) != 0", "invertible because the sigmoid is")
    d.wrong("a.T @ a @ (x + u) = a.T @ a @ x", "any direction instead of one across a")
    d.wrong("sigmoid(k**2*r) = sigmoid(k**2*t)", "it fails for d = 1 as well")
    d.wrong("det(a.T @ a) = det(a @ a.T)", "the square matrix taken for the number")


@family.theorem(
    "even_power", title="Even powers destroy injectivity", source="TUM endterm (2023), problem 1b"
)
def even_power(d: Derivation) -> None:
    """``f = ((x3 + x2)^3, x1^4*x2 + x3, exp(x3))``. The first coordinate enters by an even power
    alone, so that x1 and -x1 have one image; they differ where x1 is not 0. The Jacobian is
    written out; its determinant vanishes on four sets, one of them x1 = 0. With x1^3 in place
    of x1^4 the map still forgets x1 where x2 = 0.
    """
    d.declare(x1="real", x2="real", x3="real", c="nonzero", u="real", v="real")
    d.define("f1(x1, x2, x3)", "(x3 + x2)**3")
    d.define("f2(x1, x2, x3)", "x1**4*x2 + x3")
    d.define("f3(x1, x2, x3)", "exp(x3)")
    d.define("g2(x1, x2, x3)", "x1**3*x2 + x3")
    d.start("Matrix([[f1(-x1, x2, x3)], [f2(-x1, x2, x3)], [f3(-x1, x2, x3)]])", "collision").eq(
        "Matrix([[(x3 + x2)**3], [(-x1)**4*x2 + x3], [exp(x3)]])", because="by definition"
    ).eq("Matrix([[f1(x1, x2, x3)], [f2(x1, x2, x3)], [f3(x1, x2, x3)]])", because="an even power")
    d.claim("-c != c", "distinct", because="c is not 0")
    d.start(EVEN_POWER, "jacobian").eq(
        "Matrix([[0, 3*(x3 + x2)**2, 3*(x3 + x2)**2], [4*x1**3*x2, x1**4, 1], [0, 0, exp(x3)]])",
        because="differentiated",
    )
    d.start(f"det({EVEN_POWER})", "determinant").eq(
        "exp(x3)*(0*x1**4 - 3*(x3 + x2)**2*4*x1**3*x2)", because="along the last row"
    ).eq("-12*x1**3*x2*(x2 + x3)**2*exp(x3)", because="collected")
    d.start("-12*0**3*x2*(x2 + x3)**2*exp(x3)", "singular").eq("0", because="at x1 = 0")
    d.start("Matrix([[f1(u, 0, x3)], [g2(u, 0, x3)], [f3(u, 0, x3)]])", "odd_power").eq(
        "Matrix([[x3**3], [x3], [exp(x3)]])", because="x1 is multiplied by x2 = 0"
    ).eq("Matrix([[f1(v, 0, x3)], [g2(v, 0, x3)], [f3(v, 0, x3)]])", because="for every v")
    d.wrong("-12*x1**3*x2*(x2 + x3)**2*exp(x3) != 0", "a Jacobian that vanishes nowhere")
    d.wrong("f2(-x1, x2, x3) != f2(x1, x2, x3)", "an even power told apart")
    d.wrong("g2(-x1, x2, x3) != g2(x1, x2, x3)", "the odd power is one to one")
    d.wrong("g2(-x1, x2, x3) = g2(x1, x2, x3)", "the same collision for the odd power")
    d.wrong(f"det({EVEN_POWER}) = 12*x1**3*x2*(x2 + x3)**2*exp(x3)", "the sign of the minor")


@family.theorem(
    "unit_jacobian_1d",
    title="Unit Jacobian in one dimension",
    source="TUM endterm (2023), problem 1c",
)
def unit_jacobian_1d(d: Derivation) -> None:
    """A map of the line whose inverse is ``x + b`` has slope 1, and moves a density by -b. The new
    density is normalised, its mean is moved by -b and its variance kept; for b other than 0 it
    is another density, at one point already. So "such a flow models the first density alone" is
    false.

    Not shown: that slope 1 everywhere forces the inverse to be ``x + b``.
    """
    d.declare({"x": "real", "b": "real", "m": "real", "v": "positive", "c": "nonzero"})
    d.start("diff(x + b, x)", "slope").eq("1", because="a translation")
    d.start("Normal(x + b; m, v)*abs(diff(x + b, x))", "translate").eq(
        "Normal(x + b; m, v)", because="the slope is 1"
    ).eq("Normal(x; m - b, v)", because="x + b - m = x - (m - b)")
    d.start("Int(Normal(x + b; m, v), x, -oo, oo)", "normalised").eq(
        "Int(Normal(x; m - b, v), x, -oo, oo)", because="a translate"
    ).eq("1", because="a normal density")
    d.start("Int(x*Normal(x + b; m, v), x, -oo, oo)", "mean").eq("m - b", because="moved by -b")
    d.start("Int((x - (m - b))**2*Normal(x + b; m, v), x, -oo, oo)", "variance").eq(
        "v", because="the shape stays"
    )
    d.start("Normal(m + c; m, v)", "another").eq(
        "exp(-c**2/(2*v))*Normal(m; m, v)", because="the exponent at m + c"
    ).lt("Normal(m; m, v)", because="the exponential is below 1")
    d.start("Normal(x + 1; 0, 1)", "example").eq("Normal(x; -1, 1)", because="m = 0, v = 1, b = 1")
    d.start("KL(Normal(-1, 1), Normal(0, 1))", "divergence").eq("1/2", because="the example again")
    d.start("Normal(-x + b; m, v)*abs(diff(-x + b, x))", "reflection").eq(
        "Normal(x; b - m, v)", because="slope -1 has absolute value 1"
    )
    d.wrong("Normal(x + b; m, v) = Normal(x; m, v)", "only the first density")
    d.wrong("Normal(x + b; m, v) = Normal(x; m + b, v)", "moved the other way")
    d.wrong("Normal(m + c; m, v) = Normal(m; m, v)", "no translate differs")


@family.theorem(
    "volume_preserving",
    title="Volume-preserving maps: invariants and expressivity",
    source="Dinh, Krueger, Bengio (2015), section 3.2; TUM endterm (2023), problem 1c",
)
def volume_preserving(d: Derivation) -> None:
    """Where ``|det J| = 1`` the density is carried along, ``p_x(f(z)) = p(z)``. In d = 2 the
    additive coupling ``(z1, z2 + z1^2)`` does so, and turns the standard normal law into
    another: the second coordinate has variance 3. Mass, greatest density and entropy are those
    of the normal law. So no such map reaches a normal law with variance 4, whose density is
    nowhere above 1/(8*pi).

    Not shown: the invariance of entropy and of level sets for every volume-preserving map.
    """
    d.declare({"d": "integer >= 1", "J": "matrix d x d", "p": "positive", "x": "real", "y": "real"})
    d.assume(h_unit="abs(det(J)) = 1")
    d.start("p/abs(det(J))", "carried").eq("p", because="h_unit")
    d.start(
        "det(Matrix([[diff(x, x), diff(x, y)], [diff(y + x**2, x), diff(y + x**2, y)]]))",
        "coupling",
    ).eq("det(Matrix([[1, 0], [2*x, 1]]))", because="differentiated").eq("1", because="triangular")
    d.start("Int(Normal(y - x**2; 0, 1), y, -oo, oo)", "normalised").eq(
        "1", because="given x, y is normal; x is standard normal"
    )
    d.start("Int(y*Normal(y - x**2; 0, 1), y, -oo, oo)", "mean_given_x").eq(
        "x**2", because="its mean"
    )
    d.start("Int(x**2*Normal(x; 0, 1), x, -oo, oo)", "mean").eq("1", because="the second moment")
    d.start("Int((y - 1)**2*Normal(y - x**2; 0, 1), y, -oo, oo)", "square_given_x").eq(
        "1 + (x**2 - 1)**2", because="variance and squared distance of the means"
    )
    d.start("Int((1 + (x**2 - 1)**2)*Normal(x; 0, 1), x, -oo, oo)", "variance").eq(
        "Int((x**4 - 2*x**2 + 2)*Normal(x; 0, 1), x, -oo, oo)", because="multiplied out"
    ).eq("3", because="3 - 2 + 2")
    d.start(BANANA, "greatest").le("1/(2*pi)", because="the greatest value of the normal density")
    d.start(f"Int(-log({BANANA})*Normal(y - x**2; 0, 1), y, -oo, oo)", "entropy_given_x").eq(
        "log(2*pi) + x**2/2 + 1/2", because="the second moment of y given x"
    )
    d.start("Int((log(2*pi) + x**2/2 + 1/2)*Normal(x; 0, 1), x, -oo, oo)", "entropy").eq(
        "log(2*pi) + 1", because="the second moment of x"
    ).eq("log(2*pi*exp(1))", because="1 = log(e)")
    d.start("2*Int(-log(Normal(x; 0, 1))*Normal(x; 0, 1), x, -oo, oo)", "entropy_before").eq(
        "log(2*pi*exp(1))", because="two independent coordinates"
    )
    d.start("Normal(x; 0, 4)*Normal(y; 0, 4)", "out_of_reach").le("1/(8*pi)").lt(
        "Normal(0; 0, 1)*Normal(0; 0, 1)", because="the greatest value is not kept"
    )
    d.wrong("Int((x**4 - 2*x**2 + 2)*Normal(x; 0, 1), x, -oo, oo) = 1", "no other law is reached")
    d.wrong(
        "Normal(0; 0, 4)*Normal(0; 0, 4) = Normal(0; 0, 1)*Normal(0; 0, 1)", "scaling is reached"
    )
    d.wrong(
        "log(2*pi*exp(1)) = log(2*pi*exp(1)*sqrt(3))", "the entropy of a normal law with variance 3"
    )
    d.wrong(f"{BANANA} = {PAIR}", "the same density")


@family.theorem(
    "local_not_global",
    title="A Jacobian that vanishes nowhere does not make a map invertible",
    source="standard; Hadamard's theorem gives a sufficient condition",
)
def local_not_global(d: Derivation) -> None:
    """``f(x, y) = (exp(x)*cos(y), exp(x)*sin(y))`` has a positive Jacobian determinant everywhere,
    and a period in y: y and y + 2*pi collide. In one dimension a positive slope does suffice:
    ``x + exp(x)`` increases.

    Not shown: Hadamard's theorem, by which a proper map with such a Jacobian is invertible.
    """
    d.declare(x="real", y="real", r="real", t="real").assume(h_order="r < t")
    d.define("f(x, y)", "exp(x)*cos(y)").define("g(x, y)", "exp(x)*sin(y)")
    d.start(
        "det(Matrix([[diff(f(x, y), x), diff(f(x, y), y)], [diff(g(x, y), x), diff(g(x, y), y)]]))",
        "jacobian",
    ).eq("exp(2*x)*(cos(y)**2 + sin(y)**2)", because="differentiated").eq(
        "exp(2*x)", because="the circle"
    ).gt("0", because="an exponential")
    d.start("Matrix([[f(x, y + 2*pi)], [g(x, y + 2*pi)]])", "collision").eq(
        "Matrix([[f(x, y)], [g(x, y)]])", because="sine and cosine have the period 2*pi"
    )
    d.claim("y + 2*pi != y", "distinct", because="pi is not 0")
    d.start("r + exp(r)", "one_dimension").lt("t + exp(t)", because="the slope is positive")
    d.wrong("f(x, y + 2*pi) != f(x, y)", "a positive determinant makes it one to one")
    d.wrong("f(x, y + pi) = f(x, y)", "half a period")


@family.theorem(
    "composition", title="Log-determinants add", source="Rezende and Mohamed (2015), eqs. 6-7"
)
def composition(d: Derivation) -> None:
    """The Jacobian of a composition is the product of the Jacobians, each at its own point; so the
    logarithms of the determinants add. For n layers, j[k] the absolute value of a determinant,
    the log-density is that of the base minus the sum, by induction over the layers; here the
    density after n layers is ``q(n)``. In one dimension the chain rule is shown for two maps,
    each slope at its own point.

    Not shown: the chain rule in d dimensions.
    """
    d.declare({"d": "integer >= 1", "A": "matrix d x d", "B": "matrix d x d", "C": "matrix d x d"})
    d.declare(
        {"j[k]": "positive", "p": "positive", "n": "integer >= 0", "x": "real", "a": "positive"}
    )
    d.define("q(t)", "p*Prod(1/j[k], k, 1, t)")
    d.define("f(x)", "a*x + sinh(x)").define("g(x)", "x + tanh(x)")
    d.assume(h_A="det(A) != 0", h_B="det(B) != 0", h_C="det(C) != 0")
    d.start("log(abs(det(C @ B @ A)))", "three_layers").eq(
        "log(abs(det(C))*abs(det(B))*abs(det(A)))", because="a determinant of a product"
    ).eq(
        "log(abs(det(C))) + log(abs(det(B))) + log(abs(det(A)))",
        because="the logarithm of a product",
    )
    d.start("q(n + 1)", "one_more").eq("q(n)/j[n + 1]", because="the change of variables")
    d.start("log(q(n))", "layers").eq(
        "log(p) + Sum(log(1/j[k]), k, 1, n)", because="the logarithm of a product"
    ).eq("log(p) - Sum(log(j[k]), k, 1, n)", because="the logarithm of a quotient")
    d.start("diff(g(f(x)), x)", "chain_rule").eq(
        "diff(g(y), y; f(x))*diff(f(x), x)", because="the slope of g at f(x)"
    )
    d.wrong("diff(g(f(x)), x) = diff(g(y), y; x)*diff(f(x), x)", "all slopes at the first point")
    d.wrong("log(q(n)) = log(p) + Sum(log(j[k]), k, 1, n)", "the sign of the log-determinants")
    d.wrong("log(abs(det(C @ B @ A))) = log(abs(det(C + B + A)))", "the determinant of a sum")
