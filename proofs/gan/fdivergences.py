"""Divergences of the form Int(q*f(p/q)): their variational bound, and the table of seven."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.gan.common import exists, family, two_laws


@family.theorem(
    "fgan_bound",
    title="The variational bound of an f-divergence",
    source="Nguyen, Wainwright, Jordan (2010); Nowozin, Cseke, Tomioka (2016), eq. 4-6",
)
def fgan_bound(d: Derivation) -> None:
    """Let c be the conjugate of f: t*u - c(t) <= f(u), an inequality stated as an equation with a
    slack s >= 0, at u = p/g and the critic t = T(x) (h_fenchel). Times g and integrated: the
    divergence less the bound is the mean slack, which is not negative; it is 0 where there is no
    slack, at T = f'(p/g). Adding k*(u - 1) to f changes nothing.

    Not shown: that a convex f satisfies h_fenchel with its conjugate, which `fgan_table` shows for
    seven f.
    """
    two_laws(d)
    d.declare({"f(u)": "real", "c(t)": "real", "s(x)": ">= 0", "T(x)": "real", "k": "real"})
    divergence = "Int(g(x)*f(p(x)/g(x)), x, X)"
    d.assume(
        h_fenchel="for all x: f(p(x)/g(x)) = T(x)*(p(x)/g(x)) - c(T(x)) + s(x)",
        h_integrable=exists(divergence),
    )
    d.assume(h_real=exists("Int(p(x)*T(x), x, X)"), h_fake=exists("Int(g(x)*c(T(x)), x, X)"))
    d.start(f"{divergence} - (Int(p(x)*T(x), x, X) - Int(g(x)*c(T(x)), x, X))", "gap").eq(
        "Int(g(x)*s(x), x, X)", by="lin_E", because="h_fenchel at every x; each integral exists"
    )
    d.start("Int(g(x)*s(x), x, X)", "slack").ge("Int(0*g(x), x, X)", because="s >= 0").eq(
        "0", because="h_norm_g"
    )
    d.start(divergence, "bound").eq(
        "Int(p(x)*T(x), x, X) - Int(g(x)*c(T(x)), x, X) + Int(g(x)*s(x), x, X)",
        using="gap",
        because="gap",
    ).ge("Int(p(x)*T(x), x, X) - Int(g(x)*c(T(x)), x, X)", using="slack", because="slack")
    d.start("Int(g(x)*(f(p(x)/g(x)) + k*(p(x)/g(x) - 1)), x, X)", "invariance").eq(
        f"{divergence} + k*(Int(p(x), x, X) - Int(g(x), x, X))", by="lin_E", because="g*(p/g) = p"
    ).eq(divergence, because="both densities have the mass 1")
    d.wrong(
        f"{divergence} <= Int(p(x)*T(x), x, X) - Int(g(x)*c(T(x)), x, X)", "the bound turned round"
    )
    d.wrong(
        f"{divergence} >= Int(p(x)*T(x), x, X) - Int(g(x)*f(T(x)), x, X)",
        "f in place of its conjugate",
    )


@family.theorem(
    "fgan_nonnegative",
    title="An f-divergence is not negative",
    source="Csiszar (1967); Nowozin, Cseke, Tomioka (2016)",
)
def fgan_nonnegative(d: Derivation) -> None:
    """Let r be the slope of a line below f that touches it at 1, where f is 0: f(u) >= r*(u - 1),
    stated as an equation with a slack s >= 0 at u = p/g (h_convex). The mean of r*(p/g - 1) under g
    is 0.

    Not shown: that only equal laws have the divergence 0.
    """
    two_laws(d)
    d.declare({"f(u)": "real", "s(x)": ">= 0", "r": "real"})
    divergence = "Int(g(x)*f(p(x)/g(x)), x, X)"
    d.assume(
        h_convex="for all x: f(p(x)/g(x)) = r*(p(x)/g(x) - 1) + s(x)",
        h_integrable=exists(divergence),
    )
    d.start(divergence, "not negative").eq(
        "Int(r*(p(x) - g(x)) + g(x)*s(x), x, X)", because="h_convex at every x"
    ).ge("Int(r*(p(x) - g(x)), x, X)", because="s >= 0 at every x").eq(
        "0", by="lin_E", because="h_norm_p, h_norm_g"
    )
    d.wrong(f"{divergence} <= 0", "the sign")


ROWS = (
    ("KL", "u*log(u)", "exp(t - 1)", "1 + log(u)", "t"),
    ("reverse KL", "-log(u)", "-1 - log(-t)", "-1/u", "-n"),
    ("Pearson", "(u - 1)**2", "t**2/4 + t", "2*(u - 1)", "t"),
    ("Neyman", "(1 - u)**2/u", "2 - 2*sqrt(1 - t)", "1 - 1/u**2", "1 - n"),
    ("Hellinger", "(sqrt(u) - 1)**2", "t/(1 - t)", "1 - 1/sqrt(u)", "1 - n"),
    (
        "JS",
        "-(u + 1)*log((1 + u)/2) + u*log(u)",
        "-log(2 - exp(t))",
        "log(2*u/(1 + u))",
        "log(2*s)",
    ),
    ("GAN", "u*log(u) - (u + 1)*log(u + 1)", "-log(1 - exp(t))", "log(u/(u + 1))", "log(s)"),
)


@family.theorem(
    "fgan_table",
    title="Seven f-divergences: conjugates and best critics",
    source="Nowozin, Cseke, Tomioka (2016), tables 1, 2, 5 and 6",
)
def fgan_table(d: Derivation) -> None:
    """For each f, with its conjugate c and every t in the domain of c: t*u - c(t) <= f(u), with
    equality at t = f'(u), the best critic at u = p/q. So c is the largest value of t*u - f(u) over
    u. Domains: t < 0 for reverse KL and GAN, written -n and log(s); t < 1 for Neyman and Hellinger,
    written 1 - n; t < log(2) for JS, written log(2*s); n > 0, 0 < s < 1.

    The tabulated f of the JS row gives twice the Jensen-Shannon divergence: the last chain.
    """
    d.declare(t="real", n="positive", s="in (0, 1)", u="positive", p="positive", q="positive")
    for name, f, conjugate, critic, domain in ROWS:
        at = conjugate.replace("exp(t)", "exp(T)").replace("t**2", "T**2").replace("(-t)", "(-T)")
        at = "".join("T" if c == "t" and not _letter(at, i) else c for i, c in enumerate(at))
        bound, reached = at.replace("T", f"({domain})"), at.replace("T", f"({critic})")
        d.claim(
            f"({domain})*u - ({bound}) <= {f}", name, because="the tangent of f at another point"
        )
        d.claim(
            f"({critic})*u - ({reached}) = {f}", f"{name}, reached", because="at the slope of f"
        )
        d.claim(f"diff({f}, u) = {critic}", f"{name}, critic", because="the derivative of f")
    m = "((p + q)/2)"
    d.start("q*(-(p/q + 1)*log((1 + p/q)/2) + p/q*log(p/q))", "JS is twice JSD").eq(
        f"2*((p*log(p/{m}) + q*log(q/{m}))/2)", because="log(p/q) = log(p/m) - log(q/m)"
    )
    d.wrong(
        f"q*(-(p/q + 1)*log((1 + p/q)/2) + p/q*log(p/q)) = (p*log(p/{m}) + q*log(q/{m}))/2",
        "the factor 2 dropped",
    )
    d.wrong("t*u - exp(t - 2) <= u*log(u)", "exp(t - 2) for exp(t - 1)")
    d.wrong("(p/q)*u - exp(p/q - 1) = u*log(u)", "the ratio itself as the critic")


def _letter(text: str, place: int) -> bool:
    """Whether a letter of a formula belongs to a longer word."""
    return text[place - 1 : place].isalpha() or text[place + 1 : place + 2].isalpha()
