"""Divergences of joint laws, of mixtures and of images."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.info.common import exists, family, kl


@family.theorem(
    "kl_chain",
    title="The chain rule of the divergence",
    source="Cover and Thomas (2006), theorem 2.5.3",
)
def kl_chain(d: Derivation) -> None:
    """A joint density is p(x)*r(y, x) with r the conditional; the second is q(x)*s(y, x). The log
    of the ratio is a sum; in the first part r has the mass 1. So the joint divergence is that of
    the marginals plus the mean, under p, of the divergence of the conditionals.
    """
    d.declare({"X": "space", "Y": "space", "x": "real", "p(x)": "positive", "q(x)": "positive"})
    d.declare({"r(y, x)": "positive", "s(y, x)": "positive", "C(x)": "real"})
    inner = kl("r(y, x)", "s(y, x)", "y", "Y")
    d.assume(h_norm_r="for all x: Int(r(y, x), y, Y) = 1", h_inner=f"for all x: {inner} = C(x)")
    d.assume(h_integrable=exists(kl("p(x)", "q(x)")), h_mean=exists("Int(p(x)*C(x), x, X)"))
    joint = "Int(p(x)*r(y, x)*log(p(x)*r(y, x)/(q(x)*s(y, x))), y, Y)"
    d.start(joint, "inner").eq(
        "Int(p(x)*(log(p(x)/q(x))*r(y, x) + r(y, x)*log(r(y, x)/s(y, x))), y, Y)",
        because="the log of a product",
    ).eq("p(x)*log(p(x)/q(x)) + p(x)*C(x)", by="lin_E", because="h_norm_r, h_inner")
    d.start(f"Int({joint}, x, X)", "chain rule").eq(
        "Int(p(x)*log(p(x)/q(x)) + p(x)*C(x), x, X)", because="inner, at every x"
    ).eq(
        f"{kl('p(x)', 'q(x)')} + Int(p(x)*C(x), x, X)", by="lin_E", because="h_integrable, h_mean"
    ).eq(f"{kl('p(x)', 'q(x)')} + Int(p(x)*{inner}, x, X)", because="h_inner")
    d.wrong(
        f"Int({joint}, x, X) = {kl('p(x)', 'q(x)')} + Int(q(x)*{inner}, x, X)", "the mean under q"
    )
    d.wrong(f"Int({joint}, x, X) = {kl('p(x)', 'q(x)')} - Int(p(x)*{inner}, x, X)", "the sign")


@family.theorem(
    "kl_chain_finite",
    title="The chain rule for joint tables",
    source="Cover and Thomas (2006), theorem 2.5.3",
)
def kl_chain_finite(d: Derivation) -> None:
    """As `kl_chain`, for a table of 2 rows and N columns, written out row by row. Every wrong
    variant has a witness.
    """
    d.declare({"N": "integer >= 1", "a": "in (0, 1)", "b": "in (0, 1)"})
    d.declare({"r[j]": "positive", "s[j]": "positive", "t[j]": "positive", "u[j]": "positive"})
    d.assume(h_norm_r="Sum(r[j], j, 1, N) = 1", h_norm_t="Sum(t[j], j, 1, N) = 1")
    rows = (
        "Sum(a*r[j]*log(a*r[j]/(b*s[j])), j, 1, N)"
        " + Sum((1 - a)*t[j]*log((1 - a)*t[j]/((1 - b)*u[j])), j, 1, N)"
    )
    first, second = "Sum(r[j]*log(r[j]/s[j]), j, 1, N)", "Sum(t[j]*log(t[j]/u[j]), j, 1, N)"
    marginal = "a*log(a/b) + (1 - a)*log((1 - a)/(1 - b))"
    d.start(rows, "chain rule").eq(
        f"{marginal} + a*{first} + (1 - a)*{second}", because="the log of a product; rows sum to 1"
    )
    d.wrong(f"{rows} = {marginal} + b*{first} + (1 - b)*{second}", "the mean under q")
    d.wrong(f"{rows} = {marginal}", "the conditionals dropped")


@family.theorem(
    "kl_product",
    title="Divergences of independent coordinates add up",
    source="Cover and Thomas (2006)",
)
def kl_product(d: Derivation) -> None:
    """The chain rule with conditionals that do not depend on the first coordinate: the second part
    is a constant, whose mean is itself.

    Not shown: more than two coordinates, which follow one by one.
    """
    d.declare({"X": "space", "Y": "space", "x": "real", "p(x)": "positive", "q(x)": "positive"})
    d.declare({"r(y)": "positive", "s(y)": "positive", "A": "real", "B": "real"})
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_r="Int(r(y), y, Y) = 1")
    d.assume(
        h_integrable_p=f"{kl('p(x)', 'q(x)')} = A",
        h_integrable_r=f"{kl('r(y)', 's(y)', 'y', 'Y')} = B",
    )
    joint = "Int(p(x)*r(y)*log(p(x)*r(y)/(q(x)*s(y))), y, Y)"
    d.start(joint, "inner").eq(
        "Int(p(x)*log(p(x)/q(x))*r(y) + p(x)*(r(y)*log(r(y)/s(y))), y, Y)",
        because="the log of a product",
    ).eq("p(x)*log(p(x)/q(x)) + p(x)*B", by="lin_E", because="h_norm_r, h_integrable_r")
    d.start(f"Int({joint}, x, X)", "sum").eq(
        "Int(p(x)*log(p(x)/q(x)) + p(x)*B, x, X)", because="inner, at every x"
    ).eq("A + B", by="lin_E", because="h_integrable_p, h_norm_p").eq(
        f"{kl('p(x)', 'q(x)')} + {kl('r(y)', 's(y)', 'y', 'Y')}",
        because="h_integrable_p, h_integrable_r",
    )
    d.wrong(f"Int({joint}, x, X) = A*B", "a product of divergences")


@family.theorem("mi", title="Mutual information", source="Cover and Thomas (2006), section 2.4")
def mi(d: Derivation) -> None:
    """With the joint density p(x)*r(z, x) and the marginal m(z): the divergence of the joint law
    from the product of the marginals is the mean divergence of the conditional from the marginal,
    since p(x) cancels. It is also entropy less conditional entropy, and not negative by Gibbs'
    inequality at every x. Another density s in place of m adds the divergence of m from s
    (`compensation`), so it gives an upper bound.
    """
    d.declare({"X": "space", "Z": "space", "x": "real", "z": "real"})
    d.declare({"p(x)": "positive", "r(z, x)": "positive", "m(z)": "positive", "G(x)": "real"})
    d.declare({"F(x)": "real"})
    inner = kl("r(z, x)", "m(z)", "z", "Z")
    d.assume(h_norm_p="Int(p(x), x, X) = 1", h_norm_r="for all x: Int(r(z, x), z, Z) = 1")
    d.assume(h_norm_m="Int(m(z), z, Z) = 1", h_mean_entropy=exists("Int(p(x)*G(x), x, X)"))
    d.assume(h_entropy="for all x: Int(r(z, x)*log(r(z, x)), z, Z) = G(x)")
    d.assume(h_cross="for all x: Int(r(z, x)*log(m(z)), z, Z) = F(x)")
    d.assume(h_fubini="Int(p(x)*F(x), x, X) = Int(m(z)*log(m(z)), z, Z)")
    joint = "Int(p(x)*r(z, x)*log(p(x)*r(z, x)/(p(x)*m(z))), z, Z)"
    d.start(f"Int({joint}, x, X)", "conditional").eq(
        f"Int(p(x)*{inner}, x, X)", because="p(x) cancels and is free of z"
    )
    d.start(f"Int({joint}, x, X)", "gibbs").eq(
        f"Int(p(x)*{inner}, x, X)", because="p(x) cancels and is free of z"
    ).ge("Int(p(x)*0, x, X)", because="Gibbs' inequality at every x").eq(
        "0", because="a multiple of h_norm_p"
    )
    d.start(inner, "split").eq(
        "Int(r(z, x)*log(r(z, x)) - r(z, x)*log(m(z)), z, Z)", because="the log of a quotient"
    ).eq("G(x) - F(x)", by="lin_E", because="h_entropy, h_cross")
    d.start(f"Int(p(x)*{inner}, x, X)", "entropies").eq(
        "Int(p(x)*(G(x) - F(x)), x, X)", because="split, at every x"
    ).eq(
        "Int(p(x)*G(x), x, X) - Int(m(z)*log(m(z)), z, Z)",
        by="lin_E",
        because="h_mean_entropy, h_fubini",
    )
    d.wrong(
        f"Int(p(x)*{inner}, x, X) = Int(p(x)*G(x), x, X) + Int(m(z)*log(m(z)), z, Z)",
        "the entropies added",
    )
    d.wrong(f"Int({joint}, x, X) <= 0", "the sign")


@family.theorem(
    "compensation",
    title="The mean divergence of a mixture's parts from any density",
    source="Topsoe (1979)",
)
def compensation(d: Derivation) -> None:
    """For two parts p and r with weights w and 1 - w and the mixture m: the mean of log(p/q) splits
    into that of log(p/m) and that of log(m/q). The weighted parts add up to m in the second, which
    gives the divergence of m from q. As that is not negative, no q is better than m.

    Not shown: more than two parts, which follow one by one; uniqueness.
    """
    d.declare({"X": "space", "p(x)": "positive", "r(x)": "positive", "q(x)": "positive"})
    d.declare({"w": "in (0, 1)"})
    d.define("m(x)", "w*p(x) + (1 - w)*r(x)")
    d.assume(
        h_norm_p="Int(p(x), x, X) = 1",
        h_norm_r="Int(r(x), x, X) = 1",
        h_norm_q="Int(q(x), x, X) = 1",
    )
    parts = [kl("p(x)", "m(x)"), kl("r(x)", "m(x)"), kl("p(x)", "q(x)"), kl("r(x)", "q(x)")]
    d.assume(h_integrable_p=exists(parts[0]), h_integrable_r=exists(parts[1]))
    d.assume(h_kl_p=exists(parts[2]), h_kl_r=exists(parts[3]))
    own, other = f"w*{parts[0]} + (1 - w)*{parts[1]}", f"w*{parts[2]} + (1 - w)*{parts[3]}"
    d.start(other, "compensation").eq(
        "Int(w*p(x)*log(p(x)/m(x)) + (1 - w)*r(x)*log(r(x)/m(x)) + m(x)*log(m(x)/q(x)), x, X)",
        because="multiply and divide by m; the weighted parts add up to m",
    ).eq(
        f"{own} + {kl('m(x)', 'q(x)')}",
        by="lin_E",
        because="h_integrable_p, h_integrable_r; h_kl_p, h_kl_r",
    )
    d.start(kl("m(x)", "q(x)"), "gibbs").ge(
        "Int(m(x) - q(x), x, X)", by="gibbs", because="-log(t) >= 1 - t at every x"
    ).eq("0", because="both have the mass 1")
    d.start(other, "best").eq(
        f"{own} + {kl('m(x)', 'q(x)')}", using="compensation", because="compensation"
    ).ge(own, using="gibbs", because="gibbs")
    d.wrong(f"{other} = {own}", "the divergence of the mixture dropped")
    d.wrong(f"{other} <= {own}", "the mixture as the worst choice")


@family.theorem(
    "log_sum",
    title="The log-sum inequality, and the joint convexity of the divergence",
    source="Cover and Thomas (2006), theorems 2.7.1-2.7.2",
)
def log_sum(d: Derivation) -> None:
    """Divide by the sums A and B: log(t) <= t - 1 at t = b[k]*A/(a[k]*B). For two pairs of
    densities and one weight the inequality at every point, integrated, is the joint convexity of
    the divergence: that is `kl_upper_bound_mixture`.
    """
    d.declare({"K": "integer >= 1", "a[k]": "positive", "b[k]": "positive", "A": "positive"})
    d.declare({"B": "positive"})
    d.assume(h_sum_a="Sum(a[k], k, 1, K) = A", h_sum_b="Sum(b[k], k, 1, K) = B")
    total = "Sum(a[k]*log(a[k]/b[k]), k, 1, K)"
    d.start(f"{total} - A*log(A/B)", "difference").eq(
        "Sum(a[k]*log(a[k]*B/(b[k]*A)), k, 1, K)", because="h_sum_a; the log of a quotient"
    ).ge("Sum(a[k]*(1 - b[k]*A/(a[k]*B)), k, 1, K)", because="-log(t) >= 1 - t in every term").eq(
        "A - B*A/B", because="h_sum_a, h_sum_b"
    ).eq("0", because="algebra")
    d.start(total, "log-sum").ge("A*log(A/B)", using="difference", because="difference")
    d.wrong(f"{total} <= A*log(A/B)", "the inequality turned round")
    d.wrong(f"{total} >= A*log(B/A)", "the ratio upside down")


@family.theorem(
    "kl_upper_bound_mixture",
    title="The divergence of two mixtures with common weights",
    source="Cover and Thomas (2006), theorem 2.7.2",
)
def kl_upper_bound_mixture(d: Derivation) -> None:
    """With common weights w and 1 - w, the divergence of the mixtures is at most the mean of the
    divergences of the parts: the log-sum inequality for two numbers, at every point.

    Not shown: more than two parts, which follow one by one.
    """
    d.declare({"X": "space", "p(x)": "positive", "q(x)": "positive", "r(x)": "positive"})
    d.declare({"s(x)": "positive"})
    d.declare(w="in (0, 1)", a="positive", b="positive", c="positive", e="positive")
    d.define("m(x)", "w*p(x) + (1 - w)*r(x)").define("n(x)", "w*q(x) + (1 - w)*s(x)")
    mean = f"w*{kl('p(x)', 'q(x)')} + (1 - w)*{kl('r(x)', 's(x)')}"
    d.assume(h_integrable_p=exists(kl("p(x)", "q(x)")), h_integrable_r=exists(kl("r(x)", "s(x)")))
    d.assume(h_integrable_m=exists(kl("m(x)", "n(x)")))
    d.assume(
        h_norm_p="Int(p(x), x, X) = 1",
        h_norm_r="Int(r(x), x, X) = 1",
        h_norm_q="Int(q(x), x, X) = 1",
    )
    d.start("a*log(a/b) + c*log(c/e) - (a + c)*log((a + c)/(b + e))", "two numbers").eq(
        "a*log(a*(b + e)/(b*(a + c))) + c*log(c*(b + e)/(e*(a + c)))",
        because="the log of a quotient",
    ).ge(
        "a*(1 - b*(a + c)/(a*(b + e))) + c*(1 - e*(a + c)/(c*(b + e)))",
        because="-log(t) >= 1 - t, twice",
    ).eq("0", because="algebra")
    d.start(kl("m(x)", "n(x)"), "convexity").le(
        "Int(w*p(x)*log(p(x)/q(x)) + (1 - w)*r(x)*log(r(x)/s(x)), x, X)",
        because="the log-sum inequality at every x",
    ).eq(mean, by="lin_E", because="h_integrable_p, h_integrable_r")
    d.wrong(f"{kl('m(x)', 'n(x)')} = {mean}", "an equation")
    d.wrong(f"{kl('m(x)', 'n(x)')} >= {mean}", "concavity")
