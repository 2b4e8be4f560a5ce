"""Around attention: positions, normalisation, counts and recurrent chains."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.attn.common import family

ROTATION = "Matrix([[cos({0}), sin({0})], [-sin({0}), cos({0})]])"
TURN = "Matrix([[cos({0}), -sin({0})], [sin({0}), cos({0})]])"


@family.theorem(
    "linear", title="Linear attention", source="Katharopoulos et al. (2020), equations 4-6"
)
def linear(d: Derivation) -> None:
    """With features F of the queries and G of the keys the products associate; so does the row
    normaliser. Multiplications: n n k + n n m against n k m twice, for features of size k and
    values of size m. One score is exp(q k) for numbers, and no product of two features f(q) g(k).

    Not shown: that softmax attention has no finite feature map; only that a map with one feature is
    impossible.
    """
    d.declare(n="integer >= 1", k="integer >= 1", m="integer >= 1")
    d.declare(F="matrix n x k", G="matrix n x k", V="matrix n x m", one="vector n")
    d.start("(F @ G.T) @ V", label="output").eq("F @ (G.T @ V)", because="associativity")
    d.start("(F @ G.T) @ one", label="normaliser").eq("F @ (G.T @ one)", because="associativity")
    d.start(
        "Sum(Sum(Sum(1, l, 1, k), j, 1, n), i, 1, n) + Sum(Sum(Sum(1, j, 1, n), l, 1, m), i, 1, n)",
        label="quadratic",
    ).eq("n**2*(k + m)", because="scores, then values")
    d.start(
        "Sum(Sum(Sum(1, i, 1, n), l, 1, m), j, 1, k) + Sum(Sum(Sum(1, j, 1, k), l, 1, m), i, 1, n)",
        label="linear",
    ).eq("2*n*k*m", because="G'V, then F times it")
    d.start("exp(0*0)*exp(1*1) - exp(0*1)*exp(1*0)", label="rank").eq(
        "exp(1) - 1", because="this is 0 for a product f(q)*g(k)"
    ).gt("0", because="1 < exp(1)")
    d.wrong("exp(0*0)*exp(1*1) = exp(0*1)*exp(1*0)", why="equals softmax attention")
    d.wrong("(F @ G.T) @ V = G @ (F.T @ V)", why="queries and keys exchanged")


@family.theorem(
    "softmax_ce", title="Gradient of softmax cross-entropy", source="Bridle (1990); standard"
)
def softmax_ce(d: Derivation) -> None:
    """a is the score of the label, b of another class, x[i] of the rest; -log p(a) = log Z - a. The
    slope by a score is its weight less its target. With label smoothing the target of the label is
    1 - e + e/K, of another class e/K, where K = n + 2. The minimum in the weights is Gibbs'
    inequality.

    Not shown: the minimum, which is `info.gibbs`.
    """
    d.declare(n="integer >= 1", a="real", b="real", e="in [0, 1]")
    d.declare({"x[i]": "real"})
    d.define("Z(s, t)", "exp(s) + exp(t) + Sum(exp(x[i]), i, 1, n)")
    d.define("smooth(s, t)", "log(Z(s, t)) - (1 - e)*s - e/(n + 2)*(s + t + Sum(x[i], i, 1, n))")
    d.start("-log(exp(a)/Z(a, b))", label="loss").eq(
        "log(Z(a, b)) - a", because="log of a quotient"
    )
    d.start("diff(log(Z(a, b)) - a, a)", label="label").eq(
        "exp(a)/Z(a, b) - 1", because="chain rule"
    )
    d.start("diff(log(Z(a, b)) - a, b)", label="other").eq(
        "exp(b)/Z(a, b) - 0", because="chain rule"
    )
    d.start("diff(smooth(a, b), a)", label="smoothed label").eq(
        "exp(a)/Z(a, b) - (1 - e + e/(n + 2))", because="chain rule"
    )
    d.start("diff(smooth(a, b), b)", label="smoothed other").eq(
        "exp(b)/Z(a, b) - e/(n + 2)", because="chain rule"
    )
    d.wrong("diff(log(Z(a, b)) - a, a) = 1 - exp(a)/Z(a, b)", why="target less weight")


@family.theorem(
    "sinusoidal",
    title="Sinusoidal position and time encoding",
    source="Vaswani et al. (2017), section 3.5; Ho, Jain, Abbeel (2020), appendix B",
)
def sinusoidal(d: Derivation) -> None:
    """A pair is (sin t w, cos t w). Angle addition makes the step t -> t + k a matrix that depends
    on k alone, and it is a rotation. The inner product of two encodings is a sum of cos((t - s) w).
    Quiz 2, question 17: d = 128, i = 1, t = 0.1 gives 0.0864882426.
    """
    d.declare(t="real", s="real", k="real", w="real", n="integer >= 1", i="integer >= 0")
    d.declare({"f[i]": "real"})
    turn = ROTATION.format("k*w")
    d.start(f"{turn} @ Matrix([[sin(t*w)], [cos(t*w)]])", label="step").eq(
        (
            "Matrix([[cos(k*w)*sin(t*w) + sin(k*w)*cos(t*w)], [-sin(k*w)*sin(t*w) + "
            "cos(k*w)*cos(t*w)]])"
        ),
        because="multiply",
    ).eq("Matrix([[sin((t + k)*w)], [cos((t + k)*w)]])", because="angle addition")
    d.start(f"{turn}.T @ {turn}", label="rotation").eq(
        "Matrix([[sin(k*w)**2 + cos(k*w)**2, 0], [0, sin(k*w)**2 + cos(k*w)**2]])",
        because="multiply",
    )
    d.start("sin(k*w)**2 + cos(k*w)**2", label="its diagonal").eq("1", because="Pythagoras")
    d.start(f"det({turn})", label="orientation").eq("1", because="sin^2 + cos^2 = 1")
    d.start(
        "Sum(sin(t*f[i])*sin(s*f[i]) + cos(t*f[i])*cos(s*f[i]), i, 1, n)", label="inner product"
    ).eq("Sum(cos((t - s)*f[i]), i, 1, n)", because="angle addition in each pair")
    d.start("Sum(sin(t*f[i])**2 + cos(t*f[i])**2, i, 1, n)", label="norm").eq(
        "n", because="sin^2 + cos^2 = 1 in each pair"
    )
    d.start("10000**(-2*i/(2*n))", label="frequency").eq(
        "exp(-2*i/(2*n)*log(10000))", because="the width is 2 n"
    )
    d.start("0.08648824263", label="question 17 from below").lt(
        "sin(0.1*10000**(-2*1/128))", because="enclose"
    )
    d.start("sin(0.1*10000**(-2*1/128))", label="question 17 from above").lt(
        "0.08648824264", because="enclose"
    )
    d.wrong("abs(sin(0.1*10000**(-2*1/128)) - 0.0017) < 0.0001", why="the headline of question 17")
    d.wrong("sin(0.1*10000**(-1/128)) < 0.08648824264", why="exponent i/d")
    d.wrong("0.08648824263 < sin(0.1*10000**(-2*1/128)*pi/180)", why="degrees")
    d.wrong(
        (
            f"{ROTATION.format('t*w')} @ Matrix([[sin(t*w)], [cos(t*w)]]) = Matrix([[sin((t + "
            "k)*w)], [cos((t + k)*w)]])"
        ),
        why="a rotation that depends on t",
    )


@family.theorem(
    "rope", title="Rotary embeddings are relative", source="Su et al. (2021), equations 11-16"
)
def rope(d: Derivation) -> None:
    """In one pair of coordinates: R(m)' R(n) = R(n - m), so the inner product depends on the
    difference of positions alone. More pairs are a sum.

    Not shown: the sum over pairs, which adds these equations.
    """
    d.declare(m="real", n="real", w="real", q_1="real", q_2="real", k_1="real", k_2="real")
    d.define("q", "Matrix([[q_1], [q_2]])")
    d.define("k", "Matrix([[k_1], [k_2]])")
    first, second, apart, back = (TURN.format(a) for a in ("m*w", "n*w", "(n - m)*w", "(m - n)*w"))
    d.start(f"{first}.T @ {second}", label="product").eq(apart, because="angle addition")
    d.start(f"{apart}.T", label="transpose").eq(back, because="sin is odd, cos is even")
    d.start(f"dot({first} @ q, {second} @ k)", label="relative to the key").eq(
        "(q_1*k_1 + q_2*k_2)*cos((n - m)*w) + (q_2*k_1 - q_1*k_2)*sin((n - m)*w)",
        because="multiply, and angle addition",
    ).eq(f"dot(q, {apart} @ k)", because="definition of the inner product")
    d.start(f"dot(q, {apart} @ k)", label="relative to the query").eq(
        f"dot({apart}.T @ q, k)", because="transpose of a product"
    ).eq(f"dot({back} @ q, k)", using="transpose", because="the transpose turns back")
    d.start(f"dot({first} @ q, {first} @ q)", label="norm").eq(
        "(q_1**2 + q_2**2)*(sin(m*w)**2 + cos(m*w)**2)", because="multiply"
    ).eq("dot(q, q)", because="sin^2 + cos^2 = 1")
    d.wrong(f"{first}.T @ {second} = {TURN.format('(m + n)*w')}", why="angles added")


@family.theorem(
    "layernorm",
    title="Invariances of layer normalisation",
    source="Ba, Kiros, Hinton (2016), section 5.1",
)
def layernorm(d: Derivation) -> None:
    """No offset in the root, no affine map after it. The inputs are M + y[i], with mean M: the
    deviations y[i] sum to 0, and V is their mean square. The inputs a (M + y[i]) + c have the mean
    a M + c and the variance a^2 V, whose root is |a| sqrt(V): the normalised output keeps its value
    up to the sign of a. It has mean 0 and mean square 1.
    """
    d.declare({"y[i]": "real"}, n="integer >= 1", j="integer >= 1", a="nonzero")
    d.declare(c="real", V="positive", M="real")
    d.assume(h_mean="Sum(y[i], i, 1, n) = 0", h_variance="Sum(y[i]**2, i, 1, n) = n*V")
    d.start("Sum(a*(M + y[i]) + c, i, 1, n)/n", label="mean").eq(
        "(n*(a*M + c) + a*Sum(y[i], i, 1, n))/n", because="linear"
    ).eq("a*M + c", because="the deviations sum to 0")
    d.start("Sum((a*(M + y[i]) + c - (a*M + c))**2, i, 1, n)/n", label="variance").eq(
        "a**2*Sum(y[i]**2, i, 1, n)/n", because="M and c cancel"
    ).eq("a**2*V", because="definition of V")
    d.start("(a*(M + y[j]) + c - (a*M + c))/sqrt(a**2*V)", label="invariance").eq(
        "a*y[j]/(abs(a)*sqrt(V))", because="the root of a square"
    ).eq("sign(a)*(y[j]/sqrt(V))", because="a/|a| is the sign")
    d.start("Sum(y[i]/sqrt(V), i, 1, n)/n", label="mean of the output").eq(
        "Sum(y[i], i, 1, n)/sqrt(V)/n", because="linear"
    ).eq("0", because="the deviations sum to 0")
    d.start("Sum((y[i]/sqrt(V))**2, i, 1, n)/n", label="mean square of the output").eq(
        "Sum(y[i]**2, i, 1, n)/V/n", because="the square of a root"
    ).eq("1", because="definition of V")
    d.wrong("(a*(M + y[j]) + c - (a*M + c))/sqrt(a**2*V) = y[j]/sqrt(V)", why="the sign of a lost")


@family.theorem(
    "rmsnorm", title="Invariance of a root mean square", source="Zhang, Sennrich (2019), equation 4"
)
def rmsnorm(d: Derivation) -> None:
    """Q is the mean square of the inputs. No mean is taken off: the output keeps its value under a
    multiple, up to a sign, but not under a shift.
    """
    d.declare({"x[i]": "real"}, n="integer >= 1", j="integer >= 1", a="nonzero", Q="positive")
    d.assume(h_square="n*Q = Sum(x[i]**2, i, 1, n)")
    d.start("Sum((a*x[i])**2, i, 1, n)/n", label="mean square of a multiple").eq(
        "a**2*Q", because="definition of Q"
    )
    d.start("a*x[j]/sqrt(a**2*Q)", label="root mean square").eq(
        "sign(a)*(x[j]/sqrt(Q))", because="the root of a square"
    )
    d.wrong(
        "(1 + 1)/sqrt(((1 + 1)**2 + (2 + 1)**2)/2) = 1/sqrt((1**2 + 2**2)/2)",
        why="invariant under shifts",
    )


@family.theorem(
    "layernorm_jacobian",
    title="Jacobian of layer normalisation",
    source="Ba, Kiros, Hinton (2016), section 5.1; Xu et al. (2019)",
)
def layernorm_jacobian(d: Derivation) -> None:
    """N = n + 2 inputs: u, w, and the rest with sum S and sum of squares T. The mean and the
    standard deviation s depend on u; the slopes are (1 - 1/N - y^2/N)/s and (-1/N - y z/N)/s, where
    y and z are the normalised u and w.
    """
    d.declare(
        n="integer >= 0",
        u="real",
        w="real",
        S="real",
        T="real",
        s="positive",
        M="real",
        V="positive",
    )
    d.define("mean(u, w)", "(u + w + S)/(n + 2)")
    d.define("var(u, w)", "(u**2 + w**2 + T)/(n + 2) - mean(u, w)**2")
    d.assume(h_spread="0 < var(u, w)")
    d.start("diff(mean(u, w), u)", label="mean").eq("1/(n + 2)", because="linear")
    d.start("diff(var(u, w), u)", label="variance").eq(
        "2*(u - mean(u, w))/(n + 2)", because="chain rule"
    )
    root, over = "sqrt(var(u, w))", "(n + 2)"
    y, z = (f"(({v} - mean(u, w))/{root})" for v in "uw")
    d.start(f"diff((u - mean(u, w))/{root}, u)", label="diagonal").eq(
        f"(1 - 1/{over})/{root} - (u - mean(u, w))*((u - mean(u, w))/{over})/{root}**3",
        because="quotient rule",
    ).eq(f"(1 - 1/{over} - {y}**2/{over})/{root}", because="definition of y")
    d.start(f"diff((u - mean(u, w))/{root}, w)", label="off the diagonal").eq(
        f"-1/{over}/{root} - (u - mean(u, w))*((w - mean(u, w))/{over})/{root}**3",
        because="quotient rule",
    ).eq(f"(-1/{over} - {y}*{z}/{over})/{root}", because="definition of y and z")
    d.wrong(f"diff((u - mean(u, w))/{root}, w) = 0", why="a diagonal Jacobian")


@family.theorem(
    "costs", title="Parameters and operations of a block", source="Vaswani et al. (2017), table 1"
)
def costs(d: Derivation) -> None:
    """Four maps of width D with biases; with h heads of width k, D = h k, the three input maps are
    h maps D -> k each, which is the same number. The feed-forward part is D -> 4D -> D. A score is
    a product of length D in all heads, for each of n^2 pairs, and so is the sum of the values. The
    length n is in no count of parameters.

    Not shown: path lengths.
    """
    d.declare(D="integer >= 1", h="integer >= 1", k="integer >= 1", n="integer >= 1")
    d.assume(h_heads="D = h*k")
    d.define("map(p, q)", "p*q + q")
    d.start("3*(h*map(D, k)) + map(D, D)", label="heads").eq(
        "3*(D*(h*k) + h*k) + D**2 + D", because="definition"
    ).eq("4*D**2 + 4*D", because="h*k = D, whatever h is")
    d.start("map(D, 4*D) + map(4*D, D)", label="feed-forward").eq(
        "8*D**2 + 5*D", because="definition"
    )
    d.start("4*D**2 + 4*D + (8*D**2 + 5*D)", label="block").eq("12*D**2 + 9*D", because="sum")
    d.start("h*Sum(Sum(Sum(1, c, 1, k) + Sum(1, c, 1, k), j, 1, n), i, 1, n)", label="products").eq(
        "2*n**2*(h*k)", because="scores and values"
    ).eq("2*n**2*D", because="h*k = D")
    d.wrong("h*(4*map(D, D)) = 4*D**2 + 4*D", why="h times more parameters")
    d.wrong("4*D**2 + 4*D = n*(4*D**2 + 4*D)", why="parameters grow with the length")


@family.theorem(
    "vit_tokens",
    title="Tokens of a vision transformer, and windows",
    source="Dosovitskiy et al. (2021), section 3.1; Liu et al. (2021), equation 2",
)
def vit_tokens(d: Derivation) -> None:
    """An image of H = p a by W = p b has a b patches of side p. Windows of w tokens, where n = w m:
    each has w^2 scores.
    """
    d.declare(
        H="integer >= 1", W="integer >= 1", p="integer >= 1", a="integer >= 1", b="integer >= 1"
    )
    d.declare(n="integer >= 1", w="integer >= 1", m="integer >= 1")
    d.assume(h_height="H = p*a", h_width="W = p*b", h_windows="n = w*m")
    d.start("Sum(Sum(1, j, 1, b), i, 1, a)", label="tokens").eq("a*b", because="a grid").eq(
        "H*W/p**2", because="H = p a and W = p b"
    )
    d.start("Sum(w**2, i, 1, m)", label="windowed scores").eq("m*w**2", because="m windows").eq(
        "n*w"
    )
    d.start("n**2/(n*w)", label="saving").eq("n/w", because="cancel")
    d.start("4096*4096/8**2", label="small patches").eq("262144")
    d.start("262144**2", label="their scores").eq("68719476736")
    d.start("4096*4096/128**2", label="large patches").eq("1024")
    d.start("1024**2", label="scores of these").eq("1048576")
    d.start("68719476736/1048576", label="ratio").eq("65536", because="(128/8)**4")
    d.wrong("a*b = H*W/p", why="n = HW/p")
    d.wrong("68719476736/1048576 = 256", why="the ratio of the numbers of tokens")


@family.theorem(
    "rnn_gradient",
    title="Vanishing and exploding gradients",
    source="Pascanu, Mikolov, Bengio (2013), section 2.1",
)
def rnn_gradient(d: Derivation) -> None:
    """One state h(t) = f(w h(t - 1)): the gradient over T steps is the product of w f'(..). The
    slopes are c u[t], with |u[t]| <= 1 and c the bound of |f'|. So it is at most (c|w|)^T, which
    falls in T if c|w| < 1. For a linear f it is w^T.

    Not shown: states that are vectors, where the norm of the matrix takes the place of |w|.
    """
    d.declare(T="integer >= 1", w="real", c="nonnegative", z="real", v="in [0, 1)")
    d.declare({"u[i]": "in [-1, 1]"})
    d.start("abs(Prod(w*(c*u[t]), t, 1, T))", label="bound").eq(
        "Prod(abs(w*(c*u[t])), t, 1, T)", because="the absolute value of a product"
    ).le("(c*abs(w))**T", because="|u[t]| <= 1 in each factor")
    d.start("v**(T + 1)", label="vanishes").eq("v*v**T", because="one more step").le(
        "v**T", because="v < 1"
    )
    d.start("Prod(w, t, 1, T)*z", label="linear").eq("w**T*z", because="equal factors")
    d.wrong("abs(Prod(w*(c*u[t]), t, 1, T)) <= abs(w)**T", why="the slope of f left out")
    d.wrong("abs(Prod(w*(c*u[t]), t, 1, T)) = (c*abs(w))**T", why="a bound taken for the value")
