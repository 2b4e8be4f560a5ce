"""The log-normal reparameterisation: maps found by matching cumulative distributions, and divergences."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.reparam.common import family

STANDARD = "(1 + erf(log(a)/sqrt(2)))/2"
GENERAL = "(1 + erf((log(a) - mu)/(sigma*sqrt(2))))/2"
INVERSE = "(a*exp(-mu))**(1/sigma)"
Q = "LogNormal(z; mu, sigma**2)"
KL = f"Int({Q}*log({Q}/LogNormal(z; 0, 1)), z, 0, oo)"
CROSS = f"Int({Q}*log({Q}/Normal(z; n, w)), z, 0, oo)"


@family.theorem(
    "lognormal_T",
    title="From the standard normal law to the standard log-normal law",
    source="TUM endterm 2023, problem 2a; Devroye (1986), section 2.2",
)
def lognormal_T(d: Derivation) -> None:
    """T is to increase and T(e) to be log-normal. Then P(T(e) <= a) = P(e <= t) for t, the inverse
    of T at a > 0; both cumulative distributions are integrals of the densities. They agree at t =
    log(a), and at no other t, for the error function increases strictly. So T(e) = exp(e), which
    does increase.

    Without the direction the map is not determined: exp(-e), which decreases, gives the same law.

    Not shown: that equal cumulative distributions mean equal laws; maps that neither increase nor
    decrease.
    """
    d.declare(
        e="real", u="real", a="positive", c="positive", k="nonnegative", x="real", z="positive"
    )
    d.define("Phi(t)", "(1 + erf(t/sqrt(2)))/2")
    d.claim(
        "Int(Normal(x; 0, 1), x, -oo, u) = Phi(u)",
        "normal cdf",
        because="the derivative of erf is the density up to scale",
    )
    d.claim(
        f"Int(LogNormal(z; 0, 1), z, 0, a) = {STANDARD}", "log-normal cdf", because="z = exp(x)"
    )
    d.claim("0 < diff(exp(e), e)", "direction", because="the exponential is positive")
    d.start("exp(log(a) - k)", "event").le("exp(log(a))", because="exp increases").eq(
        "a", because="exp(log(a)) = a"
    )
    d.start("exp(log(a) + c)", "other event").gt(
        "exp(log(a))", because="exp increases strictly"
    ).eq("a")
    d.start("Int(Normal(x; 0, 1), x, -oo, log(a))", "match").eq(
        "Phi(log(a))", because="P(T(e) <= a) = P(e <= log(a)), by event, other event; normal cdf"
    ).eq(STANDARD, by="unfold", because="definition").eq(
        "Int(LogNormal(z; 0, 1), z, 0, a)", because="log-normal cdf"
    )
    d.claim("0 < diff(erf(u), u)", "erf increases", because="2/sqrt(pi)*exp(-u**2) > 0")
    d.start("Phi(log(a) - c)", "no smaller inverse").lt(
        STANDARD, because="erf increases strictly, so t < log(a) gives too little"
    )
    d.start("Phi(log(a) + c)", "no larger inverse").gt(
        STANDARD, because="erf increases strictly, so t > log(a) gives too much"
    )
    d.start("Normal(log(z); 0, 1)*diff(log(z), z)", "density").eq(
        "exp(-log(z)**2/2)/(z*sqrt(2*pi))", because="the density at the inverse times its slope"
    ).eq("LogNormal(z; 0, 1)", because="the log-normal density")
    d.claim("diff(exp(-e), e) < 0", "other direction", because="the chain rule")
    d.start("Int(Normal(x; 0, 1), x, -log(a), oo)", "decreasing map").eq(
        "1 - Phi(-log(a))", because="P(exp(-e) <= a) = P(e >= -log(a))"
    ).eq(STANDARD, because="erf is odd").eq(
        "Int(LogNormal(z; 0, 1), z, 0, a)", because="log-normal cdf"
    )
    d.wrong("Normal(exp(z); 0, 1)*exp(z) = LogNormal(z; 0, 1)", "T = log, the inverse for the map")
    d.wrong(f"Int(Normal(x; 0, 1), x, -sqrt(a), sqrt(a)) = {STANDARD}", "T(e) = e**2: P(e**2 <= a)")
    d.wrong("exp(-e) = exp(e)", "uniqueness claimed without the direction: both maps match")


@family.theorem(
    "lognormal_M",
    title="From the standard to a general log-normal law",
    source="TUM endterm 2023, problem 2b",
)
def lognormal_M(d: Derivation) -> None:
    """M is to increase and to carry LogNormal(0, 1) to LogNormal(mu, sigma**2). With y the inverse
    of M at a > 0 the cumulative distributions are equal when log(y) = (log(a) - mu)/sigma, and only
    then: multiply by sigma and take exponentials. So M(z) = z**sigma*exp(mu), which increases as
    sigma > 0.

    The exponent -sigma gives the same law with a decreasing map.

    Not shown: that equal cumulative distributions mean equal laws.
    """
    d.declare(mu="real", sigma="positive", a="positive", z="positive", c="> 1", k="in (0, 1)")
    d.define("M(y)", "y**sigma*exp(mu)")
    d.claim(
        f"Int({Q}, z, 0, a) = {GENERAL}",
        "target cdf",
        because="z = exp(mu + sigma*x), a normal integral",
    )
    d.claim("0 < diff(M(z), z)", "direction", because="sigma*z**(sigma - 1)*exp(mu) > 0")
    d.start(f"log({INVERSE})", "log of the inverse").eq(
        "log(a*exp(-mu))/sigma", because="the log of a power"
    ).eq("(log(a) - mu)/sigma", because="the log of a product")
    d.start(f"M({INVERSE})", "inverse").eq(
        f"({INVERSE})**sigma*exp(mu)", by="unfold", because="definition"
    ).eq("a*exp(-mu)*exp(mu)", because="the power 1/sigma undone").eq(
        "a", because="exp(-mu)*exp(mu) = 1"
    )
    d.start("(M(z)*exp(-mu))**(1/sigma)", "inverse, the other way").eq(
        "z", because="algebra of powers"
    )
    d.start(f"Int(LogNormal(z; 0, 1), z, 0, {INVERSE})", "match").eq(
        f"(1 + erf(log({INVERSE})/sqrt(2)))/2",
        because="P(M(z) <= a) = P(z <= inverse), M increasing",
    ).eq(GENERAL, because="log of the inverse").eq(f"Int({Q}, z, 0, a)", because="target cdf")
    d.start(f"(1 + erf(log(c*{INVERSE})/sqrt(2)))/2", "no larger inverse").gt(
        f"(1 + erf(log({INVERSE})/sqrt(2)))/2", because="log and erf increase strictly"
    ).eq(GENERAL, because="log of the inverse")
    d.start(f"(1 + erf(log(k*{INVERSE})/sqrt(2)))/2", "no smaller inverse").lt(
        f"(1 + erf(log({INVERSE})/sqrt(2)))/2", because="log and erf increase strictly"
    ).eq(GENERAL, because="log of the inverse")
    inverse = "(z*exp(-mu))**(1/sigma)"
    d.start(f"LogNormal({inverse}; 0, 1)*diff({inverse}, z)", "density").eq(
        Q, because="the density at the inverse times its slope"
    )
    d.claim(
        "diff(z**(-sigma)*exp(mu), z) < 0", "other direction", because="the exponent is negative"
    )
    d.start("Int(LogNormal(z; 0, 1), z, (a*exp(-mu))**(-1/sigma), oo)", "decreasing map").eq(
        "(1 - erf(log((a*exp(-mu))**(-1/sigma))/sqrt(2)))/2",
        because="P(z**(-sigma)*exp(mu) <= a) = P(z >= (a*exp(-mu))**(-1/sigma))",
    ).eq(GENERAL, because="the logarithm turns its sign, and erf is odd")
    d.wrong("M(z) = sigma*z + mu", "an affine map")
    d.wrong("M(z) = z**(1/sigma)*exp(-mu)", "the inverse for the map")
    d.wrong("M(z) = z**(sigma**2)*exp(mu)", "the variance in the exponent")


@family.theorem(
    "lognormal_C",
    title="From the standard normal law to a general log-normal law",
    source="TUM endterm 2023, problem 2c",
)
def lognormal_C(d: Derivation) -> None:
    """Apply T, then M: a power of an exponential is an exponential. The result increases in e, has
    the inverse (log(a) - mu)/sigma, and the cumulative distribution of LogNormal(mu, sigma**2). It
    is differentiable in both parameters, which is what gradients need.

    Not shown: that equal cumulative distributions mean equal laws.
    """
    d.declare(mu="real", sigma="positive", e="real", a="positive", x="real", z="positive")
    d.define("T(t)", "exp(t)")
    d.define("M(y)", "y**sigma*exp(mu)")
    d.define("C(t, p, q)", "exp(q*t + p)")
    d.start("M(T(e))", "composition").eq(
        "exp(e)**sigma*exp(mu)", by="unfold", because="definitions"
    ).eq("exp(sigma*e)*exp(mu)", because="a power of an exponential, whose base is positive").eq(
        "exp(sigma*e + mu)", because="exp of a sum"
    ).eq("C(e, mu, sigma)", by="unfold", because="definition")
    d.claim("0 < diff(C(e, mu, sigma), e)", "direction", because="sigma > 0")
    d.start("(log(C(e, mu, sigma)) - mu)/sigma", "inverse").eq("e", because="log(exp(t)) = t")
    d.start("C((log(a) - mu)/sigma, mu, sigma)", "inverse, the other way").eq(
        "a", because="exp(log(a)) = a"
    )
    d.start("Int(Normal(x; 0, 1), x, -oo, (log(a) - mu)/sigma)", "match").eq(
        GENERAL, because="P(C <= a) = P(e <= inverse); the normal cdf"
    ).eq(f"Int({Q}, z, 0, a)", because="the log-normal cdf")
    d.start("Normal((log(z) - mu)/sigma; 0, 1)*diff((log(z) - mu)/sigma, z)", "density").eq(
        Q, because="the density at the inverse times its slope"
    )
    d.claim("diff(C(e, mu, sigma), mu) = C(e, mu, sigma)", "slope in mu", because="differentiate")
    d.claim(
        "diff(C(e, mu, sigma), sigma) = e*C(e, mu, sigma)",
        "slope in sigma",
        because="differentiate",
    )
    d.start("Int(exp(sigma*x + mu)*Normal(x; 0, 1), x, -oo, oo)", "mean").eq(
        "exp(mu + sigma**2/2)", because="gauss.mgf"
    ).eq(f"Int(z*{Q}, z, 0, oo)", because="the mean of the log-normal law")
    d.wrong("T(M(z)) = C(z, mu, sigma)", "the maps in the wrong order")
    d.wrong("M(T(e)) = exp(sigma*(e + mu))", "mu inside the power")


@family.theorem(
    "lognormal_kl",
    title="KL divergence between log-normal laws",
    source="TUM endterm 2023, problem 2d; Cover and Thomas (2006), theorem 8.6.1",
)
def lognormal_kl(d: Derivation) -> None:
    """In the ratio of the densities the slopes of the logarithm cancel, so by z = exp(x) the
    divergence is that between the normal laws of log(z). The density has the mass 1 by the same
    substitution.
    """
    d.declare(mu="real", sigma="positive", nu="real", tau="positive", z="positive", x="real")
    p, q = "Normal(x; mu, sigma**2)", "LogNormal(z; nu, tau**2)"
    d.start(Q, "density").eq(
        "exp(-(log(z) - mu)**2/(2*sigma**2))/(z*sigma*sqrt(2*pi))", because="definition"
    )
    d.start(f"Int({Q}, z, 0, oo)", "mass").eq(f"Int({p}, x, -oo, oo)", because="z = exp(x)").eq(
        "1", because="the Gaussian integral"
    )
    d.start(f"log({Q}/LogNormal(z; 0, 1))", "log ratio").eq(
        "log(Normal(log(z); mu, sigma**2)/Normal(log(z); 0, 1))", because="the factor 1/z cancels"
    ).eq(
        "((log(z))**2 - (log(z) - mu)**2/sigma**2 - log(sigma**2))/2",
        because="logs of the densities",
    )
    d.start(KL, "divergence").eq(
        f"Int({p}*log({p}/Normal(x; 0, 1)), x, -oo, oo)", because="log ratio, and z = exp(x)"
    ).eq("(sigma**2 + mu**2 - 1 - log(sigma**2))/2", because="gauss.kl_1d").ge(
        "(sigma**2 + mu**2 - 1 - (sigma**2 - 1))/2", because="log(t) <= t - 1"
    ).eq("mu**2/2", because="algebra").ge("0", because="a square")
    d.start(f"Int({Q}*log({Q}/{q}), z, 0, oo)", "two general laws").eq(
        "(log(tau**2/sigma**2) + (sigma**2 + (mu - nu)**2)/tau**2 - 1)/2", because="as before"
    )
    normal = f"Int({p}*log({p}/Normal(x; 0, 1)), x, -oo, oo)"
    d.wrong(
        f"{normal} = (sigma**2 + mu**2 - 1 - log(sigma**2))/2 + mu", "entropy taken as invariant"
    )
    d.wrong(f"{normal} = (sigma**2 + mu**2 - 1 - log(sigma))/2", "log(sigma) for log(sigma**2)")


@family.theorem(
    "lognormal_support",
    title="A normal law against a log-normal prior: what makes the divergence infinite",
    source="TUM endterm 2023, problem 2d; Cover and Thomas (2006), eq. 2.26",
)
def lognormal_support(d: Derivation) -> None:
    """The normal law puts the positive mass Phi(-m/s) on z <= 0, where a log-normal law has none,
    for every m and s. Two laws that give a set the masses p and q are at least the divergence of
    these two-point laws apart, which exceeds every bound as q falls to 0: `two_point_bound`. The
    other way round the divergence is finite, by its value.

    Not shown: that the divergence is at least that of the two-point laws (data processing), and
    hence the value infinity, which is no number here.
    """
    d.declare(m="real", s="positive", n="real", w="positive", z="positive", x="real", mu="real")
    d.declare(sigma="positive", B="real")
    d.start("Int(Normal(x; m, s**2), x, -oo, 0)", "mass below 0").eq(
        "(1 + erf(-m/(s*sqrt(2))))/2", because="the normal cdf at 0"
    ).gt("0", because="erf > -1")
    d.start(f"1 - Int({Q}, z, 0, oo)", "mass that the other leaves").eq(
        "0", because="its mass on z > 0 is 1"
    )
    finite = (
        "(log(w/sigma**2) - 1 - 2*mu"
        " + (exp(2*mu + 2*sigma**2) - 2*n*exp(mu + sigma**2/2) + n**2)/w)/2"
    )
    d.start(CROSS, "the other way round").eq(
        finite, because="the means of log(z), z and z**2 are finite"
    )
    d.wrong("Int(Normal(x; m, s**2), x, -oo, 0) = 0", "equal supports taken for granted")
    d.wrong(f"{finite} >= B", "infinite in this direction too")


@family.theorem(
    "two_point_bound",
    title="Two-point laws whose divergence exceeds a given bound",
    source="Cover and Thomas (2006), eq. 2.26",
)
def two_point_bound(d: Derivation) -> None:
    """For a fixed p the divergence of (p, 1 - p) from (q, 1 - q) exceeds every bound B once q is
    small enough: the term -p*log(q) grows, log(1 - q) is negative, and the rest is an entropy, at
    most log(2).
    """
    d.declare(B="real", p="in (0, 1)", q="in (0, 1)")
    d.assume(h_small="log(q) <= -(B + log(2))/p")
    d.claim(
        "0 <= p*log(p) + (1 - p)*log(1 - p) + log(2)", "entropy of two", because="at most log(2)"
    )
    d.start("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q))", "divergence").eq(
        "p*log(p) + (1 - p)*log(1 - p) - p*log(q) - (1 - p)*log(1 - q)", because="logs of quotients"
    ).ge("p*log(p) + (1 - p)*log(1 - p) - p*log(q)", because="log(1 - q) < 0").ge(
        "-log(2) - p*log(q)", using="entropy of two", because="entropy of two"
    ).ge("-log(2) + (B + log(2))", because="h_small times p").eq("B", because="algebra")
    d.wrong("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) <= B", "finite after all")
    d.wrong("p*log(q/p) + (1 - p)*log((1 - q)/(1 - p)) >= B", "the ratio upside down")
