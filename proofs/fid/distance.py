"""The distance of two normal fits: roots, transport, bounds, special cases, bias."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.fid.common import family

M2 = "Matrix([[a, b], [c, e]])"

SAMPLE = "Matrix([[1, 0], [0, 4]]) @ Matrix([[2, 1], [1, 1]])"


@family.theorem(
    "root_2x2",
    title="Trace of the square root of a 2 x 2 matrix",
    source="Levinger (1980), The square root of a 2 x 2 matrix",
)
def root_2x2(d: Derivation) -> None:
    """For R = (a b; c e) the theorem of Cayley and Hamilton says R^2 = tr R R - det R I. So the
    trace of R^2 is (tr R)^2 - 2 det R, and det R is the root of det R^2. Solve for tr R.
    """
    d.declare(a="real", b="real", c="real", e="real")
    d.assume(h_trace="0 <= a + e", h_det="0 <= a*e - b*c")
    d.start(f"{M2} @ {M2}", label="Cayley-Hamilton").eq(
        f"(a + e)*{M2} - (a*e - b*c)*eye(2)", because="multiply"
    )
    d.start(f"trace({M2} @ {M2})", label="trace").eq(
        "(a + e)**2 - 2*(a*e - b*c)", because="the trace of the line above"
    )
    d.start(f"sqrt(det({M2} @ {M2}))", label="determinant").eq(
        "sqrt((a*e - b*c)**2)", because="det of a product"
    ).eq("a*e - b*c", because="which is not negative")
    d.start(f"sqrt(trace({M2} @ {M2}) + 2*sqrt(det({M2} @ {M2})))", label="root").eq(
        "sqrt((a + e)**2 - 2*(a*e - b*c) + 2*(a*e - b*c))", because="trace and determinant"
    ).eq("a + e", because="which is not negative").eq(f"trace({M2})", because="definition")
    d.wrong(f"trace({M2}) = sqrt(a*a) + sqrt(e*e)", why="elementwise root of the diagonal")
    d.wrong(f"sqrt(trace({M2} @ {M2})) = trace({M2})", why="the determinant left out")


@family.theorem(
    "root_exists",
    title="The square root of a 2 x 2 matrix",
    source="Levinger (1980), The square root of a 2 x 2 matrix",
)
def root_exists(d: Derivation) -> None:
    """M = (a b; c f) with determinant s^2, s >= 0, and t^2 = tr M + 2s, t > 0. Then R = (M + s I)/t
    has R^2 = M, trace t and determinant s: it is the principal root.
    """
    d.declare(a="real", b="real", c="real", f="real", s="nonnegative", t="positive")
    d.assume(h_det="s**2 = a*f - b*c", h_trace="t**2 = a + f + 2*s")
    M = "Matrix([[a, b], [c, f]])"
    R = "Matrix([[(a + s)/t, b/t], [c/t, (f + s)/t]])"
    d.start(f"{R} @ {R}", label="square").eq(
        (
            "Matrix([[((a + s)**2 + b*c)/t**2, b*(a + f + 2*s)/t**2], [c*(a + f + 2*s)/t**2, ((f + "
            "s)**2 + b*c)/t**2]])"
        ),
        because="multiply",
    )
    d.start("((a + s)**2 + b*c)/t**2", label="first entry").eq(
        "a*(a + f + 2*s)/t**2", because="s**2 = a*f - b*c"
    ).eq("a", because="definition of t")
    d.start("b*(a + f + 2*s)/t**2", label="second entry").eq("b", because="definition of t")
    d.start("c*(a + f + 2*s)/t**2", label="third entry").eq("c", because="definition of t")
    d.start("((f + s)**2 + b*c)/t**2", label="fourth entry").eq(
        "f*(a + f + 2*s)/t**2", because="s**2 = a*f - b*c"
    ).eq("f", because="definition of t")
    d.start(f"trace({R})", label="trace").eq("(a + f + 2*s)/t", because="definition").eq("t")
    d.start(f"det({R})", label="determinant").eq(
        "(a*f - b*c + s*(a + f) + s**2)/t**2", because="expand"
    ).eq("s*(a + f + 2*s)/t**2", because="s**2 = a*f - b*c").eq("s", because="definition of t")
    d.wrong(f"{M} @ {M} = {R}", why="square for square root")
    d.wrong(f"trace({R}) = a + f", why="the trace of the matrix for that of the root")


@family.theorem(
    "formula",
    title="The distance in two dimensions",
    source="Heusel et al. (2017), equation 6; Dowson, Landau (1982)",
)
def formula(d: Derivation) -> None:
    """A = L L' and B = P P' by Cholesky, which every positive definite matrix allows. By
    `fid.root_2x2` the trace of the root of A B is the root of tr(A B) + 2 sqrt(det A det B), and
    that sum is (l u + m v + n w)^2 + (m w - n v)^2. Lagrange's identity puts it below tr A tr B,
    and the inequality of the means below the square of (tr A + tr B)/2: the distance is not
    negative.

    Not shown: that the distance is the infimum over all couplings, in more than one dimension; that
    it is zero only for equal laws.
    """
    d.declare(l="positive", n="positive", u="positive", w="positive", m="real", v="real")
    d.declare(x="real", y="real")
    d.define("A", "Matrix([[l, 0], [m, n]]) @ Matrix([[l, m], [0, n]])")
    d.define("B", "Matrix([[u, 0], [v, w]]) @ Matrix([[u, v], [0, w]])")
    d.define("root", "sqrt(trace(A @ B) + 2*sqrt(det(A)*det(B)))")
    d.define("distance", "x**2 + y**2 + trace(A) + trace(B) - 2*root")
    square = "(l*u + m*v + n*w)**2 + (m*w - n*v)**2"
    d.start("trace(A @ B) + 2*sqrt(det(A)*det(B))", label="square of the trace").eq(
        "(l*u + m*v)**2 + (m*w)**2 + (n*v)**2 + (n*w)**2 + 2*sqrt((l*n*u*w)**2)", because="multiply"
    ).eq(square, because="the root is l*n*u*w")
    d.start(square, label="Lagrange").eq(
        "(l**2 + m**2 + n**2)*(u**2 + v**2 + w**2) - (l*v - m*u)**2 - (l*w - n*u)**2",
        because="Lagrange's identity",
    ).le("(l**2 + m**2 + n**2)*(u**2 + v**2 + w**2)", because="squares").eq(
        "trace(A)*trace(B)", because="definition"
    )
    d.start("root", label="trace of the root").eq(
        f"sqrt({square})", using="square of the trace"
    ).le("sqrt(trace(A)*trace(B))", using="Lagrange", because="the root increases")
    d.start("distance", label="not negative").ge(
        "trace(A) + trace(B) - 2*root", because="squares"
    ).ge("trace(A) + trace(B) - 2*sqrt(trace(A)*trace(B))", using="trace of the root").eq(
        "(sqrt(trace(A)) - sqrt(trace(B)))**2", because="complete the square"
    ).ge("0", because="a square")
    d.wrong("distance = x + y + trace(A) + trace(B) - 2*root", why="no square on the mean term")
    d.wrong("distance = x**2 + y**2 + trace(A) + trace(B) - root", why="factor 2 dropped")
    d.wrong("0 <= trace(A) + trace(B) - 3*root", why="a factor too large")
    d.wrong("root = trace(A) + trace(B)", why="diagonals only")


@family.theorem(
    "transport",
    title="One dimension: the distance is the cost of the best transport",
    source="Dowson, Landau (1982); Gelbrich (1990)",
)
def transport(d: Derivation) -> None:
    """The map x -> n + (s/r)(x - m) takes N(m, r^2) to N(n, s^2); its mean squared step is (m -
    n)^2 + (r - s)^2. A pair with covariance p r s, where the correlation p is at most 1, costs (m -
    n)^2 + r^2 + s^2 - 2 p r s, which is no less. So it is the least cost, and it is the formula for
    d = 1.

    Not shown: that a correlation is at most 1.
    """
    d.declare(m="real", n="real", r="positive", s="positive", p="in [-1, 1]", x="real")
    d.start("Int((x - (n + s/r*(x - m)))**2*Normal(x; m, r**2), x, -oo, oo)", label="cost").eq(
        "(m - n)**2 + (r - s)**2", because="moments of the normal law"
    ).le("(m - n)**2 + r**2 + s**2 - 2*p*r*s", because="p <= 1")
    d.start("(m - n)**2 + r**2 + s**2 - 2*sqrt(r**2*s**2)", label="formula").eq(
        "(m - n)**2 + r**2 + s**2 - 2*r*s", because="r and s are positive"
    ).eq("(m - n)**2 + (r - s)**2", because="a square").ge("0", because="squares")
    d.wrong(
        "(m - n)**2 + r**2 + s**2 - 2*sqrt(r**2*s**2) = abs(m - n) + (r - s)**2",
        why="no square on the mean term",
    )
    d.wrong(
        "(m - n)**2 + r**2 + s**2 - sqrt(r**2*s**2) = (m - n)**2 + (r - s)**2",
        why="factor 2 dropped",
    )


@family.theorem(
    "trace_root",
    title="Trace of the square root of a product",
    source="Bhatia (2007), Positive definite matrices, chapter 1",
)
def trace_root(d: Derivation) -> None:
    """A = L L', and K is the positive definite root of L' B L. R = L K L^-1 is a square root of A
    B, similar to K: it has the eigenvalues of K, which are positive, so it is the principal one.
    Its trace is that of K. R' is a root of B A with the same trace. If L is symmetric, K is the
    root of A^(1/2) B A^(1/2).

    Not shown: that K exists; singular A.
    """
    d.declare(n="integer >= 1", A="spd n x n", B="spd n x n", L="matrix n x n", K="spd n x n")
    d.assume(h_factor="A = L @ L.T", h_root="K @ K = L.T @ B @ L", h_invertible="det(L) != 0")
    R = "(L @ K @ inv(L))"
    d.start(f"{R} @ {R}", label="root").eq("L @ K @ K @ inv(L)", because="L^-1 L = I").eq(
        "L @ L.T @ B @ L @ inv(L)", because="K is a root"
    ).eq("A @ B", because="A = L L'")
    d.start(f"trace{R}", label="trace").eq("trace(K @ inv(L) @ L)", because="rotate").eq("trace(K)")
    d.start(f"{R}.T @ {R}.T", label="other order").eq(
        "inv(L).T @ K @ K @ L.T", because="K is symmetric"
    ).eq("inv(L).T @ L.T @ B @ L @ L.T", because="K is a root").eq("B @ A", because="A = L L'")
    d.start(f"trace({R}.T)", label="its trace").eq(f"trace{R}", because="a transpose").eq(
        "trace(K)", using="trace"
    )
    for matrix, why in (
        (
            "Matrix([[1, 0], [0, 2]]) @ Matrix([[3, 1], [1, 2]])/sqrt(5)",
            "root of A times root of B",
        ),
        (
            "Matrix([[2 + sqrt(7/4), 5/2], [5/2, 4 + sqrt(7/4)]])/sqrt(6 + 2*sqrt(7/4))",
            "A B made symmetric",
        ),
    ):
        d.wrong(f"trace({matrix}) = sqrt(trace({SAMPLE}) + 2*sqrt(det({SAMPLE})))", why=why)
    d.wrong("K = L.T @ B @ L", why="no root taken")


@family.theorem(
    "polar",
    title="The polar decomposition behind the root",
    source="Bhatia (2007), Positive definite matrices, chapter 1",
)
def polar(d: Derivation) -> None:
    """A = L L', B = N N', and K is the positive definite root of L' B L, as in `fid.trace_root`.
    Then N' L = O K with O = N' L K^-1, and O'O = I.
    """
    d.declare(n="integer >= 1", L="matrix n x n", N="matrix n x n", K="spd n x n")
    d.assume(h_root="K @ K = L.T @ N @ N.T @ L")
    factor = "(N.T @ L @ inv(K))"
    d.start(f"{factor} @ K", label="product").eq("N.T @ L", because="K^-1 K = I")
    d.start(f"{factor}.T @ {factor}", label="orthogonal").eq(
        "inv(K) @ (L.T @ N @ N.T @ L) @ inv(K)", because="transpose of a product"
    ).eq("inv(K) @ K @ K @ inv(K)", because="K is a root").eq("eye(n)", because="K^-1 K = I")
    d.wrong("N.T @ L = K", why="the orthogonal factor left out")


@family.theorem(
    "bounds",
    title="The trace of the root between bounds without roots",
    source="Olkin, Pukelsheim (1982); Bhatia, Jain, Lim (2019), equation 16",
)
def bounds(d: Derivation) -> None:
    """A = L L', B = N N', and K is the root of L' B L, with the factor O, as `fid.polar` shows: N'
    L = O K and O'O = I. For any invertible Y, with X = Y'Y, the squared norm of Y L - Y^-T N O is
    tr(X A) + tr(X^-1 B) - 2 tr K. With a factor K = G'G and any W with W'W = I, that of G - G O'W'
    is 2 tr K - 2 tr(W N' L). Squared norms are not negative.
    """
    d.declare(n="integer >= 1", L="matrix n x n", N="matrix n x n", K="spd n x n")
    d.declare(O="matrix n x n", Y="matrix n x n", W="matrix n x n", G="matrix n x n")
    d.assume(h_polar="N.T @ L = O @ K", h_orthogonal_o="O.T @ O = eye(n)")
    d.assume(h_invertible="det(Y) != 0", h_factor="G.T @ G = K", h_orthogonal_w="W.T @ W = eye(n)")
    gap = "(Y @ L - inv(Y).T @ N @ O)"
    d.start("0", label="above").le(f"trace({gap}.T @ {gap})", because="a sum of squares").eq(
        (
            "trace(Y.T @ Y @ L @ L.T) + trace(inv(Y) @ inv(Y).T @ N @ O @ O.T @ N.T) - 2*trace(O.T "
            "@ N.T @ L)"
        ),
        because="expand and rotate",
    ).eq(
        "trace(Y.T @ Y @ L @ L.T) + trace(inv(Y) @ inv(Y).T @ N @ N.T) - 2*trace(K)",
        because="O O' = I as well, and O'N'L = O'O K",
    )
    gap = "(G - G @ O.T @ W.T)"
    d.start("0", label="below").le(f"trace({gap} @ {gap}.T)", because="a sum of squares").eq(
        "trace(G @ G.T) + trace(G @ O.T @ W.T @ W @ O @ G.T) - 2*trace(W @ O @ G.T @ G)",
        because="expand and rotate",
    ).eq("2*trace(G.T @ G) - 2*trace(W @ O @ G.T @ G)", because="W'W = I and O'O = I").eq(
        "2*trace(K) - 2*trace(W @ O @ K)", because="K = G'G"
    ).eq("2*trace(K) - 2*trace(W @ N.T @ L)", because="O K = N'L")
    d.start("2*trace(K)", label="from above").le(
        "trace(Y.T @ Y @ L @ L.T) + trace(inv(Y) @ inv(Y).T @ N @ N.T)", using="above"
    )
    d.start("trace(W @ N.T @ L)", label="from below").le("trace(K)", using="below")
    d.wrong("trace(K) <= trace(W @ N.T @ L)", why="the bound upside down")


@family.theorem(
    "special_cases",
    title="Commuting covariances, invariances, and what is none",
    source="Dowson, Landau (1982), section 3",
)
def special_cases(d: Derivation) -> None:
    """Covariances A = S^2 and B = T^2 whose roots S, T commute: S T is a root of A B, and the
    covariance part is the squared norm of S - T. A rotation Q of both laws takes a root R to Q R
    Q', a multiple by c takes it to c^2 R, so the distance is kept, and multiplied by c^2. The map
    diag(2, 1) takes I and diag(4, 1), at distance 1, to diag(4, 1) and diag(16, 1), at distance 4,
    so not every linear map keeps it. A fair coin of values 1 and -1 has the mean and the variance
    of N(0, 1), but another fourth moment.

    Not shown: that S T is the principal root, since a product of commuting positive definite
    matrices is one.
    """
    d.declare(n="integer >= 1", S="spd n x n", T="spd n x n", Q="matrix n x n", c="real")
    d.declare(A="matrix n x n", B="matrix n x n", R="matrix n x n", m="vector n", k="vector n")
    d.declare(x="real")
    d.assume(h_commute="S @ T = T @ S", h_orthogonal="Q.T @ Q = eye(n)", h_root="R @ R = A @ B")
    d.start("(S @ T) @ (S @ T)", label="root").eq("(S @ S) @ (T @ T)", because="S and T commute")
    d.start("trace(S @ S + T @ T - 2*(S @ T))", label="commuting").eq(
        "trace((S - T) @ (S - T))", because="S and T commute"
    ).eq("trace((S - T).T @ (S - T))", because="S - T is symmetric").ge("0", because="squares")
    d.start("(Q @ R @ Q.T) @ (Q @ R @ Q.T)", label="rotated root").eq(
        "Q @ R @ R @ Q.T", because="Q'Q = I"
    ).eq("(Q @ A @ Q.T) @ (Q @ B @ Q.T)", because="R is a root, and Q'Q = I")
    d.start("trace(Q @ A @ Q.T + Q @ B @ Q.T - 2*(Q @ R @ Q.T))", label="rotation").eq(
        "trace(A + B - 2*R)", because="rotate under the trace; Q'Q = I"
    )
    d.start("dot(Q @ m - Q @ k, Q @ m - Q @ k)", label="rotated means").eq(
        "dot(m - k, m - k)", because="Q'Q = I"
    )
    d.start("(c**2*R) @ (c**2*R)", label="scaled root").eq(
        "(c**2*A) @ (c**2*B)", because="R is a root"
    )
    d.start("dot(c*m - c*k, c*m - c*k) + trace(c**2*A + c**2*B - 2*(c**2*R))", label="scale").eq(
        "c**2*(dot(m - k, m - k) + trace(A + B - 2*R))", because="linear"
    )
    d.start("(sqrt(4) - sqrt(16))**2 + (1 - 1)**2", label="linear map").eq("4").ne(
        "(1 - sqrt(4))**2 + (1 - 1)**2", because="which is 1"
    )
    d.start("Int(x*Normal(x; 0, 1), x, -oo, oo)", label="first moment").eq(
        "(1 + (-1))/2", because="both means are 0"
    )
    d.start("Int(x**2*Normal(x; 0, 1), x, -oo, oo)", label="second moment").eq(
        "(1**2 + (-1)**2)/2", because="both variances are 1"
    )
    d.start("Int(x**4*Normal(x; 0, 1), x, -oo, oo)", label="fourth moment").eq("3").ne(
        "(1**4 + (-1)**4)/2", because="which is 1"
    )
    d.wrong(
        "(sqrt(4) - sqrt(16))**2 + (1 - 1)**2 = (1 - sqrt(4))**2 + (1 - 1)**2",
        why="invariant under linear maps",
    )
    d.wrong(
        "Int(x**4*Normal(x; 0, 1), x, -oo, oo) = (1**4 + (-1)**4)/2", why="zero only for equal laws"
    )


@family.theorem(
    "bias",
    title="Bias of the mean term with finite samples",
    source="Binkowski et al. (2018), section 4; Chong, Forsyth (2020)",
)
def bias(d: Derivation) -> None:
    """One feature, finite laws. The sum s[a] of k samples with mean u and variance v has mean k u
    and variance k v: one more sample, of value y[b] - u from its mean, adds its own. So has the sum
    t[b] of l samples of the other law, with mean z and variance r. The plug-in of the mean term
    exceeds (u - z)^2 by v/k + r/l on average.

    Not shown: laws that are not finite; more features, where variances become traces; the step from
    one more sample to k of them.
    """
    d.declare(n="integer >= 1", m="integer >= 1", k="integer >= 1", l="integer >= 1")
    d.declare(u="real", z="real", v="nonnegative", r="nonnegative")
    d.declare({"p[i]": "positive", "q[i]": "positive", "s[i]": "real", "t[i]": "real"})
    d.declare({"w[i]": "positive", "y[i]": "real"}, j="integer >= 1")
    d.assume(h_norm_p="Sum(p[a], a, 1, n) = 1", h_norm_q="Sum(q[b], b, 1, m) = 1")
    d.assume(h_mean_p="Sum(p[a]*s[a], a, 1, n) = k*u", h_mean_q="Sum(q[b]*t[b], b, 1, m) = l*z")
    d.assume(h_var_p="Sum(p[a]*s[a]**2, a, 1, n) = k**2*u**2 + k*v")
    d.assume(h_var_q="Sum(q[b]*t[b]**2, b, 1, m) = l**2*z**2 + l*r")
    d.assume(h_norm_w="Sum(w[c], c, 1, j) = 1", h_mean_w="Sum(w[c]*y[c], c, 1, j) = u")
    d.assume(h_var_w="Sum(w[c]*y[c]**2, c, 1, j) = u**2 + v")
    d.start("Sum(Sum(p[a]*w[c]*(s[a] + y[c]), c, 1, j), a, 1, n)", label="mean of one more").eq(
        "(k + 1)*u", because="independent, so the means add"
    )
    d.start("Sum(Sum(p[a]*w[c]*(s[a] + y[c])**2, c, 1, j), a, 1, n)", label="one more").eq(
        "(k + 1)**2*u**2 + (k + 1)*v", because="independent, so the variances add"
    )
    d.start("Sum(Sum(p[a]*q[b]*(s[a]/k - t[b]/l)**2, b, 1, m), a, 1, n)", label="plug-in").eq(
        (
            "Sum(p[a]*s[a]**2, a, 1, n)/k**2 - 2*Sum(p[a]*s[a], a, 1, n)*Sum(q[b]*t[b], b, 1, "
            "m)/(k*l) + Sum(q[b]*t[b]**2, b, 1, m)/l**2"
        ),
        because="expand; the weights sum to 1",
    ).eq("(u - z)**2 + v/k + r/l", because="the moments").ge("(u - z)**2", because="variances")
    d.wrong("(u - z)**2 + v/k + r/l = (u - z)**2", why="unbiased")
