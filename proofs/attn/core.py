"""Attention and the softmax: definition, derivatives, limits, masks and blocks."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.attn.common import family


@family.theorem(
    "definition",
    title="Scaled dot-product attention with a mask",
    source="Vaswani et al. (2017), equation 1",
)
def definition(d: Derivation) -> None:
    """One row: a is the score of an unmasked entry with value u, the other scores are x[i] with
    masks m[i] in {0, 1} and values v[i]. The denominator is positive since one entry is unmasked;
    so the weights sum to 1, and values between two bounds give an output between them.

    Not shown: that the scores are inner products over the root of the dimension; they are any
    numbers.
    """
    d.declare(n="integer >= 1", a="real", u="real", low="real", high="real")
    d.declare(
        {"x[i]": "real", "m[i]": "integer in [0, 1]", "g[i]": "nonnegative", "f[i]": "nonnegative"}
    )
    d.define("total", "exp(a) + Sum(m[j]*exp(x[j]), j, 1, n)")
    d.start("total", label="positive").ge("exp(a)", because="0 <= m[j]*exp(x[j])").gt(
        "0", because="an exponential"
    )
    d.start("exp(a)/total + Sum(m[i]*exp(x[i])/total, i, 1, n)", label="weights").eq(
        "(exp(a) + Sum(m[i]*exp(x[i]), i, 1, n))/total", using="positive", because="one denominator"
    ).eq("1", using="positive", because="definition of the total")
    d.start(
        "(exp(a)*low + Sum(m[i]*exp(x[i])*(low + g[i]), i, 1, n))/total", label="hull from below"
    ).eq(
        "low + Sum(m[i]*exp(x[i])*g[i], i, 1, n)/total",
        using="positive",
        because="the values are low + g[i], and low for the first",
    ).ge("low", using="positive", because="no weight is negative")
    d.start(
        "(exp(a)*high + Sum(m[i]*exp(x[i])*(high - f[i]), i, 1, n))/total", label="hull from above"
    ).eq(
        "high - Sum(m[i]*exp(x[i])*f[i], i, 1, n)/total",
        using="positive",
        because="the values are high - f[i]",
    ).le("high", using="positive", because="no weight is negative")
    d.wrong("exp(a)/total + Sum(exp(x[i])/total, i, 1, n) = 1", why="no mask in the numerators")
    d.wrong("total = exp(a) + Sum(exp(m[j]*x[j]), j, 1, n)", why="a mask that multiplies the score")


X = "Matrix([[1/5, 4/5], [1/2, 1/2], [1, 1/2]])"
Z = "exp(3/10) + exp(3/8) + exp(5/8)"


@family.theorem(
    "midterm",
    title="Causal self-attention of three tokens in numbers",
    source="Vaswani et al. (2017), equation 1; Midterm 24-789, question 2(a)",
)
def midterm(d: Derivation) -> None:
    """Scale 1, one head, W_v = I. The first token sees itself, the second has two equal scores, the
    third the scores 0.3, 0.375, 0.625. The decimals of the last row follow by enclosing the
    exponentials.
    """
    d.define("X", X)
    d.define("Q", "X @ Matrix([[1/2, 1/2], [0, 1]])")
    d.define("K", "X @ Matrix([[1, 0], [-1/2, 1/2]])")
    d.define(
        "A",
        f"Matrix([[1, 0, 0], [1/2, 1/2, 0], [exp(3/10)/({Z}), exp(3/8)/({Z}), exp(5/8)/({Z})]])",
    )
    d.start("Q", label="queries").eq("Matrix([[1/10, 9/10], [1/4, 3/4], [1/2, 1]])")
    d.start("K", label="keys").eq("Matrix([[-1/5, 2/5], [1/4, 1/4], [3/4, 1/4]])")
    d.start("Q @ K.T", label="scores").eq(
        "Matrix([[34/100, 1/4, 3/10], [1/4, 1/4, 3/8], [3/10, 3/8, 5/8]])", because="multiply"
    )
    d.start("exp(1/4)/(exp(1/4) + exp(1/4))", label="second row").eq("1/2", because="equal scores")
    first, second = (
        f"(exp(3/10)*{p} + exp(3/8)*1/2 + exp(5/8)*{q})/({Z})"
        for p, q in (("1/5", "1"), ("4/5", "1/2"))
    )
    d.start("A @ X", label="output").eq(
        f"Matrix([[1/5, 4/5], [7/20, 13/20], [{first}, {second}]])", because="multiply"
    )
    for name, text, low, high in (
        ("first", first, "0.6132365", "0.6132375"),
        ("second", second, "0.5866565", "0.5866575"),
    ):
        d.start(low, label=f"{name} from below").lt(text, because="enclose the exponentials")
        d.start(text, label=f"{name} from above").lt(high, because="enclose the exponentials")
    d.wrong(
        (
            "0.6132365 < (exp(0.3*sqrt(2)/2)*1/5 + exp(3/8*sqrt(2)/2)*1/2 + "
            "exp(5/8*sqrt(2)/2))/(exp(0.3*sqrt(2)/2) + exp(3/8*sqrt(2)/2) + exp(5/8*sqrt(2)/2))"
        ),
        why="scores divided by the square root of 2",
    )
    d.wrong(
        "(exp(34/100)*1/5 + exp(1/4)*1/2 + exp(3/10))/(exp(34/100) + exp(1/4) + exp(3/10)) = 1/5",
        why="no mask in the first row",
    )
    d.wrong(
        f"exp(3/10)/(exp(34/100) + exp(1/4) + exp(3/10)) = exp(3/10)/({Z})",
        why="softmax over columns",
    )


@family.theorem("softmax", title="Properties of the softmax", source="Bridle (1990); standard")
def softmax(d: Derivation) -> None:
    """A shift of all scores cancels. The weights are positive and sum to 1. The derivative of the
    weight p(a, b) of a score a by a itself is p(1 - p); by another score b it is minus the product
    of the two weights: diag(p) - p p'. The sum of a row of it is 0, so the vector of ones is in its
    kernel. A larger score has a larger weight.
    """
    d.declare(n="integer >= 1", a="real", b="real", c="real", g="positive", r="real")
    d.declare({"x[i]": "real"})
    d.define("S", "Sum(exp(x[i]), i, 1, n)")
    d.define("p(s, t)", "exp(s)/(exp(s) + exp(t) + S)")
    d.start("exp(a + c)/Sum(exp(x[i] + c), i, 1, n)", label="shift").eq(
        "exp(c)*exp(a)/(exp(c)*S)", because="exp(x + c) = exp(c)*exp(x)"
    ).eq("exp(a)/S", because="cancel")
    d.start("exp(r)/S", label="positive").gt("0", because="exponentials")
    d.start("Sum(exp(x[i])/Sum(exp(x[j]), j, 1, n), i, 1, n)", label="sum").eq(
        "Sum(exp(x[i]), i, 1, n)/Sum(exp(x[j]), j, 1, n)", because="one denominator"
    ).eq("1", because="cancel")
    d.start("diff(p(a, b), a)", label="diagonal").eq(
        "(exp(a)*(exp(a) + exp(b) + S) - exp(a)*exp(a))/(exp(a) + exp(b) + S)**2",
        because="quotient rule",
    ).eq("p(a, b)*(1 - p(a, b))", because="definition of p")
    d.start("diff(p(a, b), b)", label="off the diagonal").eq(
        "-exp(a)*exp(b)/(exp(a) + exp(b) + S)**2", because="quotient rule"
    ).eq("-p(a, b)*p(b, a)", because="definition of p")
    d.start(
        (
            "p(a, b)*(1 - p(a, b)) - p(a, b)*p(b, a) - Sum(p(a, b)*exp(x[i])/(exp(a) + exp(b) + S), "
            "i, 1, n)"
        ),
        label="kernel",
    ).eq(
        "p(a, b)*(1 - p(a, b) - p(b, a) - S/(exp(a) + exp(b) + S))", because="take p out of the sum"
    ).eq("0", because="the weights sum to 1")
    d.start("p(a, a + g)", label="order").lt("p(a + g, a)", because="exp increases")
    d.wrong("diff(p(a, b), b) = 0", why="the Jacobian is diagonal")
    d.wrong("p(2*a, 2*b) = p(a, b)", why="invariant under scaling")


@family.theorem(
    "softmax_limits",
    title="Temperature limits of the softmax",
    source="Hinton, Vinyals, Dean (2015)",
)
def softmax_limits(d: Derivation) -> None:
    """The largest score m leads by at least e > 0: the others are m - e - g[i]. Its weight at
    temperature t is at least 1 - n exp(-e/t), which tends to 1 as t -> 0. If all scores lie in [l,
    l + r], a weight is between exp(-r/t)/n and exp(r/t)/n, and both tend to 1/n. With s = 1/t the
    entropy log Z - s U has the derivative -s Var(x), where Var >= 0 by Cauchy-Schwarz: it does not
    grow with s, so it does not fall with t.

    Not shown: the limits themselves, and ties at the top.
    """
    d.declare(n="integer >= 1", m="real", e="positive", t="positive", s="positive")
    d.declare({"g[i]": "nonnegative", "x[i]": "real"})
    d.define("others(k)", "Sum(exp((m - e - g[i])/t), i, 1, k)")
    d.start("Sum(exp((m - e - g[i])/t), i, 1, n)", label="the others").le(
        "n*exp((m - e)/t)", because="n terms, and 0 <= g[i]"
    ).eq("n*exp(-e/t)*exp(m/t)", because="exp of a sum")
    d.start("1 - exp(m/t)/(exp(m/t) + others(n))", label="cold").eq(
        "others(n)/(exp(m/t) + others(n))", because="common denominator"
    ).le("others(n)/exp(m/t)", because="0 <= others").le(
        "n*exp(-e/t)*exp(m/t)/exp(m/t)", using="the others", because="the bound above"
    ).eq("n*exp(-e/t)", because="cancel")
    Z, M, N = (f"Sum({f}exp(s*x[i]), i, 1, n)" for f in ("", "x[i]*", "x[i]**2*"))
    entropy, variance = f"log({Z}) - s*{M}/{Z}", f"({N}/{Z} - ({M}/{Z})**2)"
    d.start(f"Sum(exp(s*x[i])/{Z}*(log({Z}) - s*x[i]), i, 1, n)", label="entropy").eq(
        entropy, because="-log of a weight is log Z - s x; the weights sum to 1"
    )
    d.start(f"{M}**2", label="Cauchy-Schwarz").le(f"{N}*{Z}", because="for the weights exp(s*x[i])")
    d.start(variance, label="variance").eq(
        f"({N}*{Z} - {M}**2)/{Z}**2", because="common denominator"
    ).ge("0", using="Cauchy-Schwarz", because="the numerator is not negative")
    d.start(f"diff({entropy}, s)", label="slope").eq(
        f"{M}/{Z} - {M}/{Z} - s*{variance}", because="Z' = M and M' = N"
    ).eq(f"-s*{variance}", because="algebra").le("0", using="variance", because="0 < s")
    d.wrong(f"diff({entropy}, s) = s*{variance}", why="entropy decreasing in the temperature")
    d.wrong("1 - exp(m/t)/(exp(m/t) + others(n)) <= exp(-e/t)/n", why="the others share one bound")


@family.theorem(
    "softmax_hot", title="A hot softmax is nearly uniform", source="Hinton, Vinyals, Dean (2015)"
)
def softmax_hot(d: Derivation) -> None:
    """Scores l + f[i] with 0 <= f[i] <= r, where the entry looked at has l + y. Every exponential
    is between exp(l/t) and exp((l + r)/t), so a weight is between exp(-r/t)/n and exp(r/t)/n.
    """
    d.declare(n="integer >= 1", t="positive", l="real", r="nonnegative", y="nonnegative")
    d.declare({"u[i]": "in [0, 1]"})
    d.assume(h_range="y <= r")
    d.define("Z", "Sum(exp((l + r*u[i])/t), i, 1, n)")
    d.start("Z", label="below").ge("Sum(exp(l/t), i, 1, n)", because="0 <= r*u[i]").eq("n*exp(l/t)")
    d.start("Z", label="above").le("Sum(exp((l + r)/t), i, 1, n)", because="u[i] <= 1").eq(
        "n*exp(r/t)*exp(l/t)", because="n equal terms"
    )
    d.start("exp((l + y)/t)/Z", label="weight from above").le(
        "exp((l + y)/t)/(n*exp(l/t))", using="below"
    ).eq("exp(y/t)/n", because="cancel").le("exp(r/t)/n", because="y <= r")
    d.start("exp((l + y)/t)/Z", label="weight from below").ge(
        "exp((l + y)/t)/(n*exp(r/t)*exp(l/t))", using="above"
    ).eq("exp(y/t)*exp(-r/t)/n", because="cancel").ge("exp(-r/t)/n", because="0 <= y")
    d.wrong("exp((l + y)/t)/Z = 1/n", why="uniform at every temperature")


@family.theorem(
    "scale_variance",
    title="Why scores are divided by the square root of the dimension",
    source="Vaswani et al. (2017), footnote 4",
)
def scale_variance(d: Derivation) -> None:
    """Finite laws: the inner product of the first coordinates takes the value s[c] with probability
    w[c], and has mean 0 and variance u; the next query entry is x[a] with probability p[a], the
    next key entry y[b] with r[b], both with mean 0 and variance 1, all independent. One more
    coordinate adds 1 to the variance and keeps the mean 0, so d coordinates have the variance d.
    For the correlated choice k = q of signs one coordinate has variance 0.

    Not shown: laws that are not finite; the last step from one more coordinate to d of them.
    """
    d.declare(
        n="integer >= 1", m="integer >= 1", l="integer >= 1", u="nonnegative", z="real", t="real"
    )
    d.declare({"p[i]": "positive", "r[i]": "positive", "w[i]": "positive"})
    d.declare({"x[i]": "real", "y[i]": "real", "s[i]": "real"})
    d.assume(h_norm_p="Sum(p[a], a, 1, n) = 1", h_norm_r="Sum(r[b], b, 1, m) = 1")
    d.assume(h_norm_w="Sum(w[c], c, 1, l) = 1", h_mean_w="Sum(w[c]*s[c], c, 1, l) = 0")
    d.assume(h_mean_p="Sum(p[a]*x[a], a, 1, n) = 0", h_mean_r="Sum(r[b]*y[b], b, 1, m) = 0")
    d.assume(h_var_p="Sum(p[a]*x[a]**2, a, 1, n) = 1", h_var_r="Sum(r[b]*y[b]**2, b, 1, m) = 1")
    d.assume(h_var_w="Sum(w[c]*s[c]**2, c, 1, l) = u")
    d.start("Sum(r[b]*(z + t*y[b])**2, b, 1, m)", label="over the key").eq(
        "z**2 + t**2", because="mean 0 and variance 1 of the key entry"
    )
    d.start("Sum(p[a]*(z**2 + x[a]**2), a, 1, n)", label="over the query").eq(
        "z**2 + 1", because="variance 1 of the query entry"
    )
    d.start("Sum(w[c]*(s[c]**2 + 1), c, 1, l)", label="over the rest").eq(
        "u + 1", because="variance u of the first coordinates"
    )
    d.start(
        "Sum(Sum(Sum(w[c]*p[a]*r[b]*(s[c] + x[a]*y[b])**2, b, 1, m), a, 1, n), c, 1, l)",
        label="variance",
    ).eq("u + 1", because="the three steps together")
    d.start(
        "Sum(Sum(Sum(w[c]*p[a]*r[b]*(s[c] + x[a]*y[b]), b, 1, m), a, 1, n), c, 1, l)", label="mean"
    ).eq("0", because="each mean is 0")
    d.start("((1*1)**2 + ((-1)*(-1))**2)/2 - ((1*1 + (-1)*(-1))/2)**2", label="key is query").eq(
        "0", because="q*q = 1 for a sign q, so independence is needed"
    )
    d.wrong("Sum(r[b]*(z + t*y[b])**2, b, 1, m) = (z + t)**2", why="standard deviations are added")


@family.theorem(
    "causal",
    title="A causal mask makes the dependence triangular",
    source="Vaswani et al. (2017), section 3.2.3",
)
def causal(d: Derivation) -> None:
    """Three tokens, any score function s and value function v, masks in {0, 1}. What is masked has
    the factor 0, so the first row does not change with the second and third token, nor the second
    row with the third. A token-wise map f with a residual, and a second layer on top, keep this.

    Not shown: more than three tokens and two layers; the factorisation of p(x) in one pass.
    """
    d.declare({"s(a, b)": "real", "v(a)": "real", "f(a)": "real"})
    d.declare(x="real", y="real", z="real", y_2="real", z_2="real")
    weights = ("1", "m", "n")
    top = " + ".join(f"{w}*exp(s(q, {k}))*v({k})" for w, k in zip(weights, "abc", strict=True))
    low = " + ".join(f"{w}*exp(s(q, {k}))" for w, k in zip(weights, "abc", strict=True))
    d.define("out(q, a, b, c, m, n)", f"({top})/({low})")
    d.define("one(a, b, c)", "a + f(out(a, a, b, c, 0, 0))")
    d.define("two(a, b, c)", "b + f(out(b, a, b, c, 1, 0))")
    d.define("three(a, b, c)", "c + f(out(c, a, b, c, 1, 1))")
    d.start("one(x, y, z)", label="first token").eq("x + f(v(x))", because="masked").eq(
        "one(x, y_2, z_2)", because="the same for other tokens"
    )
    d.start("two(x, y, z)", label="second token").eq("two(x, y, z_2)", because="z has the factor 0")
    layer = "one({0}), two({0}), three({0})"
    first, second = (layer.format(f"x, y, {c}") for c in ("z", "z_2"))
    d.start(f"two({first})", label="second layer").eq(
        f"two({second})", because="the masked entry again has the factor 0"
    )
    d.wrong("out(x, x, y, z, 1, 1) = out(x, x, y_2, z, 1, 1)", why="bidirectional")
    d.wrong(
        (
            "exp(s(y, x))/(exp(s(y, x)) + exp(s(y, y)) + exp(s(y, z))) + exp(s(y, y))/(exp(s(y, x)) "
            "+ exp(s(y, y)) + exp(s(y, z))) = 1"
        ),
        why="a mask after the softmax, without renormalising",
    )


@family.theorem(
    "permutation",
    title="Permutation equivariance",
    source="Lee et al. (2019), Set Transformer, property 1",
)
def permutation(d: Derivation) -> None:
    """Scores of a permuted sequence are P S P'. If the weights are permuted in the same way, the
    outputs are. That a row softmax is: for three tokens, any score and value functions, a swap and
    a rotation, which make all permutations, only change the order of the terms.

    Not shown: the softmax step for more tokens. The hull is `attn.definition`.
    """
    d.declare(n="integer >= 1", k="integer >= 1", m="integer >= 1")
    d.declare(X="matrix n x m", Q="matrix m x k", K="matrix m x k", V="matrix m x k")
    d.declare(P="matrix n x n", A="matrix n x n", x="real", y="real", z="real")
    d.declare({"s(a, b)": "real", "v(a)": "real"})
    d.assume(h_permutation="P.T @ P = eye(n)")
    terms = " + ".join(f"exp(s(q, {c}))*v({c})" for c in "abc")
    total = " + ".join(f"exp(s(q, {c}))" for c in "abc")
    d.define("out(q, a, b, c)", f"({terms})/({total})")
    d.start("(P @ X @ Q) @ (P @ X @ K).T", label="scores").eq(
        "P @ ((X @ Q) @ (X @ K).T) @ P.T", because="transpose of a product"
    )
    d.start("(P @ A @ P.T) @ (P @ X @ V)", label="output").eq(
        "P @ A @ (P.T @ P) @ X @ V", because="associativity"
    ).eq("P @ (A @ X @ V)", because="P'P = I")
    d.start("out(y, y, x, z)", label="swap").eq("out(y, x, y, z)", because="sums commute")
    d.start("out(y, y, z, x)", label="rotation").eq("out(y, x, y, z)", because="sums commute")
    d.wrong("v(x) = out(x, x, y, z)", why="equivariant with a causal mask: the first row is v(x)")


@family.theorem(
    "online_softmax",
    title="Online softmax",
    source="Milakov, Gimelshein (2018), section 3; Dao et al. (2022), section 3.1",
)
def online_softmax(d: Derivation) -> None:
    """Block one has scores x[i] and values v[i], block two y[j] and w[j]. Each keeps a shift (its
    maximum), the sum l of the shifted exponentials, and its output o. Rescaled to a common shift
    the sums add, and the weighted outputs give the softmax over both blocks; the shifts may be any
    numbers.
    """
    d.declare(n="integer >= 1", k="integer >= 1", p="real", q="real")
    d.declare({"x[i]": "real", "v[i]": "real", "y[i]": "real", "w[i]": "real"})
    d.define("m", "max(p, q)")
    d.define("l_1", "Sum(exp(x[i] - p), i, 1, n)")
    d.define("l_2", "Sum(exp(y[i] - q), i, 1, k)")
    d.define("o_1", "Sum(exp(x[i] - p)*v[i], i, 1, n)/l_1")
    d.define("o_2", "Sum(exp(y[i] - q)*w[i], i, 1, k)/l_2")
    d.define("l", "exp(p - m)*l_1 + exp(q - m)*l_2")
    d.start("l", label="sum").eq(
        "Sum(exp(x[i] - m), i, 1, n) + Sum(exp(y[i] - m), i, 1, k)", because="exp(p - m)*exp(x - p)"
    )
    d.start("exp(p - m)*l_1*o_1 + exp(q - m)*l_2*o_2", label="weighted").eq(
        "exp(p - m)*Sum(exp(x[i] - p)*v[i], i, 1, n) + exp(q - m)*Sum(exp(y[i] - q)*w[i], i, 1, k)",
        because="l_1*o_1 is the sum itself",
    ).eq(
        "Sum(exp(x[i] - m)*v[i], i, 1, n) + Sum(exp(y[i] - m)*w[i], i, 1, k)",
        because="into the sums",
    )
    d.start("l_1", label="first sum").gt("0", because="a sum of exponentials")
    d.start("l_2", label="second sum").gt("0", because="a sum of exponentials")
    d.start("(exp(p - m)*l_1*o_1 + exp(q - m)*l_2*o_2)/l", label="output").eq(
        (
            "(Sum(exp(x[i] - m)*v[i], i, 1, n) + Sum(exp(y[i] - m)*w[i], i, 1, k))/(Sum(exp(x[i] - "
            "m), i, 1, n) + Sum(exp(y[i] - m), i, 1, k))"
        ),
        using=["sum", "weighted", "first sum", "second sum"],
        because="the two lines above",
    ).eq(
        (
            "(Sum(exp(x[i])*v[i], i, 1, n) + Sum(exp(y[i])*w[i], i, 1, k))/(Sum(exp(x[i]), i, 1, n) "
            "+ Sum(exp(y[i]), i, 1, k))"
        ),
        because="shift invariance",
    )
    d.wrong(
        "(exp(p - m)*l_1*o_1 + exp(q - m)*l_2*o_2)/l = (o_1 + o_2)/2", why="average of the outputs"
    )
