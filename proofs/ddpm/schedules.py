"""Denoising diffusion: schedules, their validity, and the true values of those in use."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from derive.derivation import Derivation
from proofs.ddpm.common import family

PLACES = 10**16
"""The product over a block is enclosed to 16 decimals."""


@family.theorem(
    "schedule_validity",
    title="Which schedules are valid",
    source="Technical University of Munich, endterm 2023, problem 4b-d",
)
def schedule_validity(d: Derivation) -> None:
    """With 0 < beta < 1 everywhere all products lie in (0, 1). Otherwise look at the first n that
    violates it: beta_n > 1 makes abar_n negative, beta_n = 1 makes abar 0 from n on, beta_1 = 0
    makes 1 - abar_1 = 0. Of the four schedules of the exam, sin(n/N) and log(1 + n/N) increase in
    n/N <= 1, to values below 1; 1 - 1/n is 0 at n = 1; -cos(pi*n/N) is not positive at n = 1 for N
    >= 2, and 1 at n = N.

    ``a[t]`` is a valid schedule of alphas, ``c[t]`` an arbitrary one. Not shown: beta_n < 0 as a
    sentence of its own (a negative variance), and that beta_n is the first to violate, which is the
    hypothesis h_before.
    """
    d.declare({"a[t]": "in (0, 1)", "c[t]": "real"}, n="integer >= 1", N="integer >= 1")
    d.declare(
        M="integer >= 2", k="integer >= 1", m="integer >= 1", i="integer >= 1", j="integer >= 0"
    )
    d.declare(x="in (0, 1]", y="in (0, 1/2]")
    d.assume(h_index="n <= N", h_before="0 < Prod(c[s], s, 1, m - 1)", h_above="c[m] < 0")
    d.assume(h_one="c[i] = 0")
    d.claim("Prod(a[s], s, 1, k) > 0", label="valid, below", because="every factor is positive")
    d.claim("Prod(a[s], s, 1, k) < 1", label="valid, above", because="every factor is in (0, 1)")
    d.claim(
        "Prod(c[s], s, 1, k) = Prod(c[s], s, 1, k - 1)*c[k]",
        label="last factor",
        because="split off the last factor",
    )
    d.start("Prod(c[s], s, 1, m)", label="beta above 1").eq(
        "Prod(c[s], s, 1, m - 1)*c[m]", using=(("last factor", {"k": "m"}),), because="last factor"
    ).lt("0", because="abar_{m-1} > 0 and alpha_m = 1 - beta_m < 0")
    d.claim(
        "Prod(c[s], s, 1, k + j) = Prod(c[s], s, 1, k)*Prod(c[s], s, k + 1, k + j)",
        label="split",
        because="the first k factors and the others",
    )
    d.start("Prod(c[s], s, 1, i + j)", label="beta equal to 1").eq(
        "Prod(c[s], s, 1, i)*Prod(c[s], s, i + 1, i + j)",
        using=(("split", {"k": "i"}),),
        because="the first i factors and the others",
    ).eq(
        "Prod(c[s], s, 1, i - 1)*c[i]*Prod(c[s], s, i + 1, i + j)",
        using=(("last factor", {"k": "i"}),),
        because="last factor",
    ).eq("0", because="alpha_i = 0")
    d.claim("sin(x) <= sin(1)", label="sine increases", because="the cosine is positive on (0, 1]")
    d.start("sin(n/N)", label="sine").le(
        "sin(1)", using=(("sine increases", {"x": "n/N"}),), because="n/N <= 1"
    ).lt("1", because="enclosed")
    d.claim("sin(n/N) > 0", label="sine positive", because="0 < n/N <= 1 < pi")
    d.start("log(1 + n/N)", label="logarithm").le("log(2)", because="log increases").lt(
        "1", because="enclosed"
    )
    d.claim("log(1 + n/N) > 0", label="logarithm positive", because="1 + n/N > 1")
    d.claim("1 - 1/1 = 0", label="1 - 1/n at n = 1", because="so beta_1 = 0 and 1 - abar_1 = 0")
    d.claim(
        "Prod(1 - (1 - 1/s), s, 1, k) = 1/Gamma(k + 1)",
        label="1 - 1/n: abar",
        because="alpha_s = 1/s; abar_1 is 1, so the posterior of n = 1 is 0/0",
    )
    d.claim("cos(pi*y) >= 0", label="cosine", because="pi*y <= pi/2")
    d.start("-cos(pi*1/M)", label="minus cosine at n = 1").le(
        "0", using=(("cosine", {"y": "1/M"}),), because="M >= 2"
    )
    d.claim("-cos(pi*N/N) = 1", label="minus cosine at n = N", because="cos(pi) = -1")
    d.wrong("sin(n/N) >= 1", why="the sine said to be invalid")
    d.wrong("log(1 + n/N) >= 1", why="the logarithm said to be invalid")
    d.wrong("1 - 1/k > 0", why="1 - 1/n said to be valid")
    d.wrong("-cos(pi*n/N) <= 0", why="-cos(pi*n/N) said to be negative for all n")
    d.wrong("1/(1 - Prod(1 - (1 - 1/s), s, 1, k)) > 0", why="the posterior at n = 1 taken to exist")


Enclosure = tuple[Fraction, Fraction]


def block(start: int, end: int) -> Enclosure:
    """Decimals around the product of 1 - beta over start + 1..end, for the linear schedule."""
    value = Fraction(1)
    for t in range(start + 1, end + 1):
        value *= 1 - (Fraction(1, 10000) + Fraction(t - 1, 999) * Fraction(199, 10000))
    return rounded(value, value)


def rounded(low: Fraction, high: Fraction) -> Enclosure:
    """Both ends outwards to so many decimals."""
    return Fraction(floor(low * PLACES), PLACES), Fraction(ceil(high * PLACES), PLACES)


def shown(value: Fraction) -> str:
    """A value between 0 and 1 as a decimal."""
    return f"0.{value * PLACES}".replace(".", f".{'0' * (16 - len(str(value * PLACES)))}")


def halves(d: Derivation, end: int, known: Enclosure) -> None:
    """Chains that bound abar(end) by the ends known, from a product of two blocks: 1..100 and the
    others.
    """
    part, own = f"Prod(1 - beta(s), s, 101, {end})", block(100, end)
    d.claim(f"{part} >= {shown(own[0])}", label=f"lower 101-{end}", by="interval")
    d.claim(f"{part} <= {shown(own[1])}", label=f"upper 101-{end}", by="interval")
    split = ("split", {"m": "100", "j": f"{end - 100}"})
    for name, relation, last in zip(("lower", "upper"), (">=", "<="), known, strict=True):
        chain = d.start(f"abar({end})", label=f"{name} {end}").eq(
            f"abar(100)*{part}", using=(split,), because="the first 100 factors and the others"
        )
        step = chain.ge if relation == ">=" else chain.le
        cited = (f"{name} 100", f"{name} 101-{end}")
        step(shown(last), using=cited, because="both factors are positive")


@family.theorem(
    "linear_schedule",
    title="True values of the linear schedule with 1000 steps",
    source="Ho, Jain, Abbeel (2020), sec. 4",
)
def linear_schedule(d: Derivation) -> None:
    """The product is exact arithmetic; beyond 100 factors it is taken in two blocks, each enclosed.

    A decimal is shown as two bounds, half a unit of its last place to either side: 0.897018 at t =
    100 and 0.659038508232 at t = 200. The values 0.979, 0.75 and 0.7 are passed at t = 42, 166 and
    185. Not shown: the values at t = 400, 500 and 1000, whose exact products have more than 1000
    digits.
    """
    d.declare(m="integer >= 1", j="integer >= 1")
    d.define("beta(t)", "1/10000 + (t - 1)/999*(1/50 - 1/10000)")
    d.define("abar(t)", "Prod(1 - beta(s), s, 1, t)")
    d.claim("beta(1) = 10**(-4)", label="first", because="t = 1")
    d.claim("beta(1000) = 0.02", label="last", because="t = 1000")
    d.claim(
        "abar(m + j) = abar(m)*Prod(1 - beta(s), s, m + 1, m + j)",
        label="split",
        because="the first m factors and the others",
    )
    low, high = block(0, 100)
    d.claim(f"abar(100) >= {shown(low)}", label="lower 100", by="interval")
    d.claim(f"abar(100) <= {shown(high)}", label="upper 100", by="interval")
    d.claim("abar(100) >= 0.8970175", label="abar(100) = 0.897018, below", by="interval")
    d.claim("abar(100) <= 0.8970185", label="abar(100) = 0.897018, above", by="interval")
    half = Fraction(5, 10**13)
    value = Fraction("0.659038508232")
    halves(d, 200, (value - half, value + half))
    d.claim("abar(41) > 0.979", label="t = 41", by="interval")
    d.claim("abar(42) < 0.979", label="t = 42", by="interval")
    for end, percent in ((165, 75), (166, 74), (184, 70), (185, 69)):
        halves(d, end, (Fraction(percent, 100), Fraction(percent + 1, 100)))
    d.wrong("abar(100) > 0.979", why="0.979 is passed at t = 42 already")
    d.wrong("abar(200) = 0.979", why="0.979 at t = 200, as a quiz says")
    d.wrong("abar(400) = 0.75", why="0.75 at t = 400, as a quiz says")
    d.wrong("abar(500) = 0.7", why="0.7 at t = 500, as a quiz says")


@family.theorem(
    "schedule_feasibility",
    title="Which values of abar a non-decreasing schedule can take",
    source="elementary; an audit of three values in a quiz",
)
def schedule_feasibility(d: Derivation) -> None:
    """Any non-negative, non-decreasing sequence is a running sum of non-negative increments: let
    lam(t) = -log(alpha_t) be one. A block that ends at m has an average of at most lam(m), and one
    that begins after m an average of at least lam(m). So consecutive averages do not fall. The
    three values 0.979, 0.75, 0.7 at 200, 400, 500 would make them fall.

    beta is non-decreasing exactly when -log(1 - beta) is; a block of length j starts after l.
    """
    d.declare({"inc[i]": "nonnegative"}, l="integer >= 0", m="integer >= 1", j="integer >= 1")
    d.declare(beta="in (0, 1)", gamma="in (0, 1)")
    d.assume(h_order="beta <= gamma")
    d.define("lam(t)", "Sum(inc[i], i, 0, t)")
    d.claim("-log(1 - beta) <= -log(1 - gamma)", label="logs", because="log increases")
    d.claim("lam(m) <= lam(m + j)", label="monotone", because="increments are not negative")
    d.claim(
        "Sum(lam(t), t, m + 1, m + j) >= j*lam(m)",
        label="after",
        because="every term is at least lam(m)",
    )
    d.start("Sum(lam(t), t, l + 1, l + m)", label="before").le(
        "Sum(lam(l + m), t, l + 1, l + m)", by="sum_ord", because="every term is at most the last"
    ).eq("m*lam(l + m)", because="m equal terms")
    d.start("Sum(lam(t), t, l + 1, l + m)/m", label="averages").le(
        "lam(l + m)", using=("before",), because="divide by m"
    )
    d.start("lam(m)", label="averages after").le(
        "Sum(lam(t), t, m + 1, m + j)/j", using=("after",), because="divide by j"
    )
    d.claim(
        "-log(0.7/0.75)/100 < -log(0.75/0.979)/200",
        label="the quiz",
        by="interval",
        because="the last block would have the smaller average",
    )
    d.wrong(
        "-log(0.75/0.979)/200 <= -log(0.7/0.75)/100", why="the three values said to be consistent"
    )


@family.theorem(
    "cosine_schedule", title="Cosine schedule", source="Nichol, Dhariwal (2021), eq. 17"
)
def cosine_schedule(d: Derivation) -> None:
    """abar(t) = f(t)/f(0) is 1 at 0 and 0 at T, where the cosine reaches pi/2; in between it falls, since
    the cosine does on (0, pi/2]. Any falling positive abar makes a valid beta; 0 at T makes beta_T = 1.

    ``u, w`` stand for two values of (t/T + s)/(1 + s) in (0, 1]. Clipping at 0.999 is then min(1, 0.999).
    """
    d.declare(T="integer >= 1", u="in (0, 1]", w="in (0, 1]", a="in (0, 1]", b="in (0, 1]")
    d.define("s", "0.008")
    d.define("f(t)", "cos((t/T + s)/(1 + s)*pi/2)**2")
    d.assume(h_later="w < u", h_decreasing="b < a")
    d.claim("cos(u*pi/2) < cos(w*pi/2)", label="cosine", because="the cosine falls on (0, pi/2]")
    d.claim("cos(u*pi/2) >= 0", label="cosine is not negative", because="u*pi/2 <= pi/2")
    d.claim(
        "cos(u*pi/2)**2 < cos(w*pi/2)**2",
        label="decreasing",
        using=("cosine", "cosine is not negative"),
    )
    d.claim("cos(0.008/1.008*pi/2)**2 > 0", label="closed", by="interval")
    d.start("f(0)", label="start").eq("cos(0.008/1.008*pi/2)**2", because="t = 0").gt(
        "0", using=("closed",), because="enclosed"
    )
    d.claim("f(0)/f(0) = 1", label="abar at 0", using=("start",))
    d.claim("f(T)/f(0) = 0", label="abar at T", using=("start",), because="cos(pi/2) = 0")
    d.claim("1 - b/a > 0", label="beta positive", because="b < a")
    d.claim("1 - b/a < 1", label="beta below 1", because="b > 0")
    d.claim("1 - 0/a = 1", label="beta at T", by="ring", because="abar_T = 0")
    d.claim("min(1, 0.999) < 1", label="clipped", because="so it has to be clipped")
    d.wrong("f(0) = 1", why="abar not divided by f(0)")
    d.wrong("1 - 0/a < 1", why="no clipping needed")


@family.theorem(
    "zero_terminal_snr",
    title="Rescaling to zero signal at the last step",
    source="Lin, Liu, Li, Yang (2024)",
)
def zero_terminal_snr(d: Derivation) -> None:
    """The roots of abar are moved by a straight line that fixes the first and sends the last to 0.
    There the noise does not give the data (0/0), but the velocity is -x_0.

    ``a, b`` for abar_1 and abar_T, ``c`` in between. Whether a network trains is not a statement of
    algebra.
    """
    d.declare(a="in (0, 1)", b="in (0, 1)", c="in (0, 1)", z="real", e="real")
    d.assume(h_first="c <= a", h_last="b <= c", h_gap="b < a")
    moved = "((sqrt({})  - sqrt(b))*sqrt(a)/(sqrt(a) - sqrt(b)))**2"
    d.claim("sqrt(a) - sqrt(b) > 0", label="gap", because="the root increases")
    d.claim(f"{moved.format('a')} = a", label="first step", because="the fraction is sqrt(a)")
    d.claim(f"{moved.format('b')} = 0", label="last step", because="the numerator is 0")
    d.claim("(sqrt(c) - sqrt(b))*sqrt(a)/(sqrt(a) - sqrt(b)) >= 0", label="in between")
    d.claim("1 - 0/c = 1", label="beta at T", by="ring", because="abar_T = 0")
    d.claim("0*e - sqrt(1 - 0)*z = -z", label="velocity", because="sqrt(abar_T) = 0")
    d.wrong(f"{moved.format('b')} = b", why="the last step kept")
    d.wrong(
        "(sqrt(0)*z + sqrt(1 - 0)*e - sqrt(1 - 0)*e)/sqrt(0) = z", why="x_0 from the noise: 0/0"
    )


@family.theorem(
    "discretised_decoder",
    title="The discretised decoder is a law over the 256 values",
    source="Ho, Jain, Abbeel (2020), eq. 13",
)
def discretised_decoder(d: Derivation) -> None:
    """Between neighbouring edges the density integrates to a difference of the distribution
    function F; the differences telescope, and the two outer bins reach to infinity.

    One coordinate; the edges e(1), ..., e(255) lie halfway between the values. K + 2 bins, then K =
    254.
    """
    d.declare(u="real", m="real", v="positive", i="integer >= 1", K="integer >= 1", a="real")
    d.define("F(x)", "(1 + erf((x - m)/sqrt(2*v)))/2")
    d.define("e(k)", "-1 + (2*k - 1)/255")
    d.claim("Int(Normal(u; m, v), u, e(i), e(i + 1)) = F(e(i + 1)) - F(e(i))", label="inner bin")
    d.claim("Int(Normal(u; m, v), u, -oo, a) = F(a)", label="first bin")
    d.claim("Int(Normal(u; m, v), u, a, oo) = 1 - F(a)", label="last bin")
    d.claim("Sum(F(e(k + 1)) - F(e(k)), k, 1, K) = F(e(K + 1)) - F(e(1))", label="telescope")
    d.start("F(e(1)) + Sum(F(e(k + 1)) - F(e(k)), k, 1, K) + (1 - F(e(K + 1)))", label="total").eq(
        "F(e(1)) + (F(e(K + 1)) - F(e(1))) + (1 - F(e(K + 1)))",
        using=("telescope",),
        because="neighbours cancel",
    ).eq("1", by="ring")
    d.claim(
        "F(e(1)) + Sum(F(e(k + 1)) - F(e(k)), k, 1, 254) + (1 - F(e(254 + 1))) = 1",
        label="256 values",
        using=(("total", {"K": "254"}),),
    )
    d.wrong("F(1 + 1/255) - F(-1 - 1/255) = 1", why="finite edges at -1 and 1")


@family.theorem(
    "two_step_exam",
    title="Two forward steps with numbers, entry (3, 2)",
    source="Carnegie Mellon University, 24-789, midterm, question 2(c)",
)
def two_step_exam(d: Derivation) -> None:
    """beta is a variance, so its root goes with the noise. For the entry 0.6 with noises -1 and -2 the
    values to five decimals are 0.58901 and 0.56533; the paper prints 0.58899 and 0.56530.

    Not shown: the other eight entries (two and five of the nine entries of x_1 and x_2 are misprinted).
    """
    d.define("beta(t)", "0.0001 + t*(0.02 - 0.0001)/1000")
    d.define("first", "sqrt(1 - beta(1))*0.6 + sqrt(beta(1))*(-1)")
    d.define("second", "sqrt(1 - beta(2))*first + sqrt(beta(2))*(-2)")
    d.claim("beta(1) = 1.199*10**(-4)", label="beta_1")
    d.claim("beta(2) = 1.398*10**(-4)", label="beta_2")
    for name, value in (("first", "0.58901"), ("second", "0.56533")):
        d.claim(f"{name} >= {value} - 0.000005", label=f"{name}, below", because="enclosed")
        d.claim(f"{name} <= {value} + 0.000005", label=f"{name}, above", because="enclosed")
    d.wrong("first <= 0.58899 + 0.000005", why="the printed value of x_1")
    d.wrong("second <= 0.56530 + 0.000005", why="the printed value of x_2")
    d.wrong("first = sqrt(1 - beta(1))*0.6 - beta(1)", why="beta taken for a standard deviation")
