"""Gradients of the generator, disjoint supports, transport on a grid, kernels, and games."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gan.common import exists, family


@family.theorem(
    "saturation",
    title="Saturating and non-saturating gradients",
    source="Goodfellow et al. (2014), section 3",
)
def saturation(d: Derivation) -> None:
    """With the logit a, D = sigmoid(a): the slope of log(1 - D) is -D, at most D in size, so it
    vanishes with D; that of -log(D) is D - 1, and stays near -1: it is at most -1 + t once D <= t.

    Not shown: the limits themselves.
    """
    d.declare(a="real", t="in (0, 1)", D="in (0, 1)")
    d.start("diff(log(1 - sigmoid(a)), a)", "saturating").eq(
        "-sigmoid(a)", by="diff", because="D' = D*(1 - D)"
    )
    d.start("diff(-log(sigmoid(a)), a)", "non-saturating").eq(
        "sigmoid(a) - 1", by="diff", because="D' = D*(1 - D)"
    )
    d.start("abs(-(t*D))", "vanishes").eq("t*D", because="both are positive").lt(
        "t", because="D < 1"
    )
    d.start("t*D - 1", "stays").lt("-1 + t", because="D < 1")
    d.start("t*D - 1", "at least -1").gt("-1", because="t*D is positive")
    d.wrong("diff(log(1 - sigmoid(a)), a) = -(1 - sigmoid(a))", "the slope of the other loss")
    d.wrong("diff(-log(sigmoid(a)), a) = -sigmoid(a)", "vanishing too")


@family.theorem(
    "generator_gradients",
    title="Generator gradients at the optimal discriminator",
    source="Arjovsky and Bottou (2017), theorem 2.5; Goodfellow et al. (2014)",
)
def generator_gradients(d: Derivation) -> None:
    """A generator on K points with g[k] = exp(c[k] + b[k]*t): b[k] is the score, and to first order
    every smooth family of positive laws has this form. The discriminator is optimal for the
    parameter u and frozen. What the losses and the divergences differ by at t = u is a multiple of
    Sum(b*g), the slope of the mass, which is 0 for laws: so the loss log(1 - D) has the gradient of
    2*JSD, and -log(D) that of KL(g, p) - 2*JSD.

    Not shown: the derivative of an integral over a space.
    """
    d.declare({"K": "integer >= 1", "k": "integer", "p[k]": "positive", "b[k]": "real"})
    d.declare({"c[k]": "real", "t": "real", "u": "real"})
    g, frozen = "exp(c[k] + b[k]*t)", "exp(c[k] + b[k]*u)"
    slope = f"Sum(b[k]*{g}, k, 1, K)"
    jsd = f"Sum(p[k]*log(2*p[k]/(p[k] + {g})) + {g}*log(2*{g}/(p[k] + {g})), k, 1, K)"
    divergence = f"Sum({g}*log({g}/p[k]), k, 1, K)"
    fake, real = (
        f"Sum(b[k]*{g}*log({g}/(p[k] + {g})), k, 1, K)",
        f"Sum(b[k]*{g}*log(p[k]/(p[k] + {g})), k, 1, K)",
    )
    d.start(f"diff(Sum({g}*log({frozen}/(p[k] + {frozen})), k, 1, K), t)", "saturating loss").eq(
        f"Sum(b[k]*{g}*log({frozen}/(p[k] + {frozen})), k, 1, K)", because="D is frozen"
    )
    d.start(f"diff(Sum(-{g}*log(p[k]/(p[k] + {frozen})), k, 1, K), t)", "non-saturating loss").eq(
        f"-Sum(b[k]*{g}*log(p[k]/(p[k] + {frozen})), k, 1, K)", because="D is frozen"
    )
    d.start(f"diff({jsd}, t)", "twice JSD").eq(
        f"Sum(b[k]*{g}*log(2*{g}/(p[k] + {g})) + b[k]*{g} - (p[k] + {g})*(b[k]*{g}/(p[k] + {g})),"
        f" k, 1, K)",
        because="the product rule",
    ).eq(f"{fake} + log(2)*{slope}", because="p + g cancels")
    d.start(f"diff({divergence}, t)", "KL").eq(
        f"Sum(b[k]*{g}*log({g}/p[k]), k, 1, K) + {slope}", because="the product rule"
    ).eq(f"{fake} - {real} + {slope}", because="log(g/p) is the difference of the two logs")
    d.start(f"({fake} - {real} + {slope}) - ({fake} + log(2)*{slope})", "difference").eq(
        f"-{real} + (1 - log(2))*{slope}",
        by="ring",
        because="KL less twice JSD: the gradient of the non-saturating loss at u = t, and the"
        " slope of the mass",
    )
    d.claim(f"diff(Sum({g}, k, 1, K), t) = {slope}", "mass", because="0 for laws")
    d.wrong(f"diff({jsd}, t) = {fake}/2 + log(2)*{slope}", "JSD for 2*JSD")
    d.wrong(f"diff({divergence}, t) + diff({jsd}, t) = -{real} + (1 - log(2))*{slope}", "+2*JSD")


@family.theorem(
    "disjoint",
    title="Disjoint supports: constant divergences, a transport cost that is not",
    source="Arjovsky, Chintala, Bottou (2017), example 1",
)
def disjoint(d: Derivation) -> None:
    """X is the support of p and Y that of g. On X the mixture is p/2, on Y it is g/2: the
    Jensen-Shannon divergence is log(2), the total variation distance 1, whatever the distance of
    the supports. A shift by t costs abs(t) at every point, so the transport cost is at most abs(t);
    the coordinate x has slope 1 and means that differ by abs(t), so it is no less.

    The divergence KL(p, g) is infinite, which is no number: on X the density g is 0. Not shown: the
    duality that makes the two costs equal (`w1_grid` has it on a grid).
    """
    d.declare({"X": "space", "Y": "space", "p(x)": "positive", "g(x)": "positive", "t": "real"})
    d.declare({"y": "real"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_g="Int(g(x), x, Y) = 1")
    d.start(
        "(Int(p(x)*log(p(x)/((p(x) + 0)/2)), x, X) + Int(g(x)*log(g(x)/((0 + g(x))/2)), x, Y))/2",
        "JSD",
    ).eq(
        "(Int(p(x)*log(2), x, X) + Int(g(x)*log(2), x, Y))/2",
        by="lin_E",
        because="the ratios are 2",
    ).eq("log(2)", by="lin_E", because="h_norm_p, h_norm_g")
    d.start("(Int(abs(p(x) - 0), x, X) + Int(abs(0 - g(x)), x, Y))/2", "TV").eq(
        "1", by="lin_E", because="h_norm_p, h_norm_g"
    )
    d.start("Int(abs((y + t) - y), y, 0, 1)", "shift").eq(
        "abs(t)", because="the shift moves every point by t"
    )
    d.start("Int(sign(t)*(y + t), y, 0, 1) - Int(sign(t)*y, y, 0, 1)", "critic").eq(
        "sign(t)*t", because="linearity"
    ).eq("abs(t)", because="the sign of t")
    d.wrong("Int(abs((y + t) - y), y, 0, 1) = 1", "constant, as the divergences are")


@family.theorem(
    "w1_grid",
    title="Transport on a grid: duality and the formula by distribution functions",
    source="Villani (2009); Arjovsky, Chintala, Bottou (2017), eq. 2",
)
def w1_grid(d: Derivation) -> None:
    """On the points 0, ..., N let F and G be the distribution functions, both 1 at N, and s[k] in
    [-1, 1] the steps of a critic. By parts the mean difference of the critic is the sum of
    s[k]*(G[k] - F[k]), which is at most the sum of abs(F - G), and equal to it for s = sign(G - F).

    Not shown: that this is the least cost of a coupling; laws on the line or in space.
    """
    d.declare({"N": "integer >= 1", "k": "integer", "F(k)": "real", "G(k)": "real", "f(k)": "real"})
    d.declare({"s[k]": "in [-1, 1]"})
    d.declare(r="real")
    d.start("F(0)*f(0) + Sum((F(k) - F(k - 1))*f(k), k, 1, N)", "by parts").eq(
        "f(N)*F(N) - Sum((f(k + 1) - f(k))*F(k), k, 0, N - 1)",
        because="summation by parts, by induction",
    )
    d.start("Sum(s[k]*(G(k) - F(k)), k, 0, N - 1)", "bound").le(
        "Sum(abs(G(k) - F(k)), k, 0, N - 1)", because="abs(s) <= 1 in every term"
    )
    d.claim(
        "sign(r)*r = abs(r)",
        "reached",
        by="cases",
        because="s = sign(G - F) makes each term abs(G - F)",
    )
    d.wrong(
        "Sum(s[k]*(G(k) - F(k)), k, 0, N - 1) <= abs(Sum(G(k) - F(k), k, 0, N - 1))",
        "the difference of the means",
    )


@family.theorem(
    "wgan_gp_ray",
    title="An optimal critic is linear along a transport ray",
    source="Gulrajani et al. (2017), proposition 1",
)
def wgan_gp_ray(d: Derivation) -> None:
    """Let a, b, c be the values of a critic at x, at x + t*(y - x) and at y, and r the distance of
    x and y. Optimal on the pair means c - a = r (h_optimal); the slope condition bounds b - a by
    t*r and c - b by (1 - t)*r. So b - a is t*r exactly, and along the ray the critic has slope r
    per unit of t: 1 per unit of length.

    Not shown: the direction of the gradient; that an optimal critic satisfies h_optimal on every
    pair of a coupling.
    """
    d.declare(a="real", b="real", c="real", r="positive", t="in (0, 1)")
    d.assume(
        h_optimal="c - a = r", h_lipschitz_low="b - a <= t*r", h_lipschitz_high="c - b <= (1 - t)*r"
    )
    d.start("b - a", "from below").eq("r - (c - b)", because="h_optimal").ge(
        "r - (1 - t)*r", because="h_lipschitz_high"
    ).eq("t*r", because="algebra")
    d.start("b - a", "from above").le("t*r", because="h_lipschitz_low")
    d.start("diff(a + t*r, t)/r", "slope").eq("1", because="the slope over the length")
    d.wrong("b - a <= 9/10*t*r", "a critic of slope 9/10")


@family.theorem(
    "lipschitz_product",
    title="Lipschitz constants of layers multiply",
    source="Miyato et al. (2018), eq. 6-7",
)
def lipschitz_product(d: Derivation) -> None:
    """Let layer l multiply the distance of two inputs by c[l]*L[l] with c[l] in [0, 1]: at most its
    Lipschitz constant L[l]. After n layers the distance is at most the product of the constants
    times the first distance. For a linear layer, here with two outputs and two inputs, the squared
    norm of the image is at most the squared Frobenius norm times that of the input; the matrix
    diag(1, 1) shows that this is not the least constant.

    Not shown: that the least constant of a linear layer is its largest singular value.
    """
    d.declare({"n": "integer >= 1", "c(l)": "in [0, 1]", "L(l)": "positive", "e": "positive"})
    d.declare(p="real", q="real", r="real", s="real", x="real", y="real")
    d.start("e*Prod(c(l)*L(l), l, 1, n)", "layers").eq(
        "e*(Prod(c(l), l, 1, n)*Prod(L(l), l, 1, n))", because="a product of products"
    ).le("e*Prod(L(l), l, 1, n)", because="every c(l) is at most 1")
    d.start("(p*x + q*y)**2 + (r*x + s*y)**2", "linear").le(
        "(p**2 + q**2)*(x**2 + y**2) + (r*x + s*y)**2",
        because="Cauchy and Schwarz: (p*y - q*x)**2 >= 0",
    ).le(
        "(p**2 + q**2 + r**2 + s**2)*(x**2 + y**2)",
        because="Cauchy and Schwarz, for the second row",
    )
    d.start("(1*x + 0*y)**2 + (0*x + 1*y)**2", "identity").eq("x**2 + y**2", because="norm 1").le(
        "(1**2 + 0**2 + 0**2 + 1**2)*(x**2 + y**2)", because="Frobenius norm: the root of 2"
    )
    d.wrong(
        "(1*x + 0*y)**2 + (0*x + 1*y)**2 = (1**2 + 0**2 + 0**2 + 1**2)*(x**2 + y**2)",
        "the Frobenius norm as the constant",
    )
    d.wrong(
        "(p*x + q*y)**2 + (r*x + s*y)**2 <= max(p**2 + q**2, r**2 + s**2)*(x**2 + y**2)",
        "the largest row",
    )


@family.theorem(
    "mmd_features",
    title="The squared mean discrepancy of a kernel with J features",
    source="Gretton et al. (2012), lemma 6",
)
def mmd_features(d: Derivation) -> None:
    """For one feature f and laws p and q on N points, the mean products are products of means, so
    the three terms of the discrepancy are a square. A kernel with J features adds J such terms: not
    negative. In the V-statistic of n samples the n pairs of a sample with itself enter with k(x,
    x): its mean is A + (B - A)/n for A the mean of k(x, x') and B >= A that of k(x, x).

    Not shown: kernels with infinitely many features; the energy distance.
    """
    d.declare({"N": "integer >= 1", "J": "integer >= 1", "n": "integer >= 1", "p[i]": "positive"})
    d.declare({"q[i]": "positive", "f[i]": "real"})
    d.declare({"a[j]": "real", "b[j]": "real", "A": "real", "r": "positive"})
    products = (
        "Sum(Sum(p[i]*p[k]*f[i]*f[k], k, 1, N), i, 1, N) + Sum(Sum(q[i]*q[k]*f[i]*f[k], k, 1, N),"
        " i, 1, N)"
        " - 2*Sum(Sum(p[i]*q[k]*f[i]*f[k], k, 1, N), i, 1, N)"
    )
    d.start(products, "one feature").eq(
        "Sum(p[i]*f[i], i, 1, N)**2 + Sum(q[i]*f[i], i, 1, N)**2 - 2*Sum(p[i]*f[i], i, 1,"
        " N)*Sum(q[i]*f[i], i, 1, N)",
        because="a double sum of products",
    ).eq(
        "(Sum(p[i]*f[i], i, 1, N) - Sum(q[i]*f[i], i, 1, N))**2", by="ring", because="a square"
    ).ge("0", because="a square")
    d.start("Sum(a[j]**2 + b[j]**2 - 2*a[j]*b[j], j, 1, J)", "J features").eq(
        "Sum((a[j] - b[j])**2, j, 1, J)", because="a[j], b[j]: the means of feature j"
    ).ge("0", because="a sum of squares")
    d.start("(n*(n - 1)*A + n*(A + r))/n**2", "V-statistic").eq(
        "A + r/n", because="n**2 pairs, n of them equal"
    ).gt("A", because="r = B - A is positive")
    d.start("n*(n + 1)*A/(n*(n + 1))", "U-statistic").eq(
        "A", because="the pairs of different samples alone"
    )
    d.wrong(
        "Sum(a[j]**2 + b[j]**2 + 2*a[j]*b[j], j, 1, J) = Sum((a[j] - b[j])**2, j, 1, J)",
        "the cross term added",
    )
    d.wrong("(n*(n - 1)*A + n*(A + r))/n**2 = A", "the V-statistic without bias")


@family.theorem(
    "bilinear_gda",
    title="Gradient descent and ascent at once diverges on x*y",
    source="Daskalakis et al. (2018); Mescheder, Geiger, Nowozin (2018)",
)
def bilinear_gda(d: Derivation) -> None:
    """One step of size h takes (x, y) to (x - h*y, y + h*x): the squared norm grows by the factor 1
    + h**2, at every step; after k steps by its k-th power, so it is never below 1 + k*h**2 times
    the first. The flow x' = -y, y' = x keeps the norm.
    """
    d.declare(x="real", y="real", h="positive", k="integer >= 1", t="real", r="positive")
    d.start("(x - h*diff(x*y, x))**2 + (y + h*diff(x*y, y))**2", "step").eq(
        "(x - h*y)**2 + (y + h*x)**2", by="diff", because="the gradients are y and x"
    ).eq("(1 + h**2)*(x**2 + y**2)", by="ring", because="the cross terms cancel")
    d.start("(1 + h**2)**k*r", "k steps").ge("(1 + k*h**2)*r", because="Bernoulli's inequality")
    d.start("diff((x*cos(t) - y*sin(t))**2 + (x*sin(t) + y*cos(t))**2, t)", "flow").eq(
        "0", because="a rotation"
    )
    d.wrong("(x - h*y)**2 + (y + h*x)**2 <= x**2 + y**2", "convergence")
    d.wrong("(x - h*y)**2 + (y + h*x)**2 = (1 + h)**2*(x**2 + y**2)", "(1 + h)**2 for 1 + h**2")


@family.theorem(
    "noise_two_shifts",
    title="Noise that shifts both laws alike does not increase the divergence from their mixture",
    source="Arjovsky and Bottou (2017), section 3",
)
def noise_two_shifts(d: Derivation) -> None:
    """Noise that shifts by one of two amounts, with probabilities w and 1 - w, makes each law a
    mixture of two shifted laws, with common weights. The divergence of such mixtures is at most the
    mean of the divergences of the parts, and these are all equal to that without noise. Two point
    masses at distance t become normal laws with the divergence t**2/(2*v), a finite number that
    grows with t.

    Not shown: noise with a density in general, for which the same holds; the Jensen-Shannon
    divergence as a function of t.
    """
    d.declare({"X": "space", "p(x)": "positive", "m(x)": "positive", "r(x)": "positive"})
    d.declare({"n(x)": "positive", "w": "in (0, 1)"})
    d.declare(A="real", v="positive", t="positive", s="positive")
    d.define("P(x)", "w*p(x) + (1 - w)*r(x)").define("M(x)", "w*m(x) + (1 - w)*n(x)")
    d.assume(
        h_unchanged="Int(p(x)*log(p(x)/m(x)), x, X) = A",
        h_shifted="Int(r(x)*log(r(x)/n(x)), x, X) = A",
    )
    d.assume(h_integrable=exists("Int(P(x)*log(P(x)/M(x)), x, X)"))
    d.start("Int(P(x)*log(P(x)/M(x)), x, X)", "not increased").le(
        "Int(w*p(x)*log(p(x)/m(x)) + (1 - w)*r(x)*log(r(x)/n(x)), x, X)",
        because="the log-sum inequality at every x",
    ).eq("A", by="lin_E", because="h_unchanged, h_shifted")
    d.start("KL(Normal(0, v), Normal(t, v))", "point masses").eq(
        "t**2/(2*v)", because="gauss.kl_1d"
    )
    d.start("t**2/(2*v)", "grows").lt("(t + s)**2/(2*v)", because="0 < t < t + s")
    d.wrong("Int(P(x)*log(P(x)/M(x)), x, X) >= A", "noise increases it")
