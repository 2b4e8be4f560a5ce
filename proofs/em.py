"""Expectation-maximisation and mixtures: responsibilities, the M-step, why the likelihood rises.

Main definitions
----------------
* A mixture at one point: weights w[k] and component densities f[k]; ``w[k]*f[k]`` is the joint
  p[k] of point and component, and the evidence is ``Z = Sum(p[k], k, 1, K)`` (h_evidence).
* The responsibility of k is ``p[k]/Z``; in the M-step r[i] is that of one fixed component for
  point i, and N their sum (h_count).
* The free energy of weights q is ``Sum(q*log p) - Sum(q*log q)``.

Main statements
---------------
`responsibility`, `mstep`, `free_energy`, `monotone`, `lse_gradient`, `kmeans_limit`,
`singularity`.

Notes
-----
Numbers of points and of components are symbols. The components of the M-step are normal laws on
the line. In `free_energy` and `monotone` the index k may run over all joint assignments of a data
set: nothing is assumed of the p[k].
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("em", "Expectation-maximisation and mixtures")


@family.theorem(
    "responsibility", title="Responsibilities of a mixture", source="Bishop (2006), eq. 9.13"
)
def responsibility(d: Derivation) -> None:
    """Bayes' rule is a softmax of the logarithms. The responsibilities sum to 1. A factor c that
    all components share cancels. For two normal laws: with one variance the normalising
    constants are such a factor, and the responsibility is a logistic function that is linear in
    x; with two variances the ratio of the standard deviations stays.
    """
    d.declare(
        {
            "K": "integer >= 1",
            "k": "integer",
            "w[k]": "positive",
            "f[k]": "positive",
            "c": "positive",
        }
    )
    d.declare(
        {
            "x": "real",
            "m": "real",
            "n": "real",
            "s": "positive",
            "t": "positive",
            "v": "positive",
            "a": "in (0, 1)",
        }
    )
    d.start("w[k]*f[k]/Sum(w[j]*f[j], j, 1, K)", "softmax").eq(
        "exp(log(w[k]) + log(f[k]))/Sum(exp(log(w[j]) + log(f[j])), j, 1, K)",
        because="exp undoes log",
    )
    d.start("Sum(w[k]*f[k]/Sum(w[j]*f[j], j, 1, K), k, 1, K)", "normalised").eq(
        "Sum(w[k]*f[k], k, 1, K)/Sum(w[j]*f[j], j, 1, K)", because="the denominator is free of k"
    ).eq("1", because="the same sum twice")
    d.start("w[k]*(c*f[k])/Sum(w[j]*(c*f[j]), j, 1, K)", "common_factor").eq(
        "c*(w[k]*f[k])/(c*Sum(w[j]*f[j], j, 1, K))", because="c is free of j"
    ).eq("w[k]*f[k]/Sum(w[j]*f[j], j, 1, K)", because="c cancels")
    d.start("a*Normal(x; m, v)/(a*Normal(x; m, v) + (1 - a)*Normal(x; n, v))", "one_variance").eq(
        "a*exp(-(x - m)**2/(2*v))/(a*exp(-(x - m)**2/(2*v)) + (1 - a)*exp(-(x - n)**2/(2*v)))",
        because="the constants cancel",
    ).eq(
        "sigmoid(log(a/(1 - a)) + (m - n)*(x - (m + n)/2)/v)", because="the quadratic terms cancel"
    )
    d.start(
        "a*Normal(x; m, s**2)/(a*Normal(x; m, s**2) + (1 - a)*Normal(x; n, t**2))", "two_variances"
    ).eq(
        "a/s*exp(-(x - m)**2/(2*s**2))/(a/s*exp(-(x - m)**2/(2*s**2)) + (1 - a)/t*exp(-(x"
        " - n)**2/(2*t**2)))",
        because="the root of 2*pi cancels, 1/s does not",
    )
    d.wrong(
        "a*Normal(x; m, s**2)/(a*Normal(x; m, s**2) + (1 - a)*Normal(x; n, t**2))"
        " = a*exp(-(x - m)**2/(2*s**2))/(a*exp(-(x - m)**2/(2*s**2)) + (1 - a)*exp(-(x"
        " - n)**2/(2*t**2)))",
        "1/s dropped",
    )
    d.wrong(
        "a*Normal(x; m, s**2)/(a*Normal(x; m, s**2) + (1 - a)*Normal(x; n, t**2))"
        " = Normal(x; m, s**2)/(Normal(x; m, s**2) + Normal(x; n, t**2))",
        "priors dropped",
    )
    d.wrong(
        "a*Normal(x; m, s**2)/(a*Normal(x; m, s**2) + (1 - a)*Normal(x; n, t**2))"
        " = a/s**2*exp(-(x - m)**2/(2*s**2))"
        "/(a/s**2*exp(-(x - m)**2/(2*s**2)) + (1 - a)/t**2*exp(-(x - n)**2/(2*t**2)))",
        "1/s^2 for 1/s",
    )


@family.theorem(
    "mstep", title="The M-step of a mixture", source="Bishop (2006), eqs. 9.17, 9.19, 9.22"
)
def mstep(d: Derivation) -> None:
    """For one normal component with responsibilities r[i]: the derivative in the mean is
    ``N*(mu - m)/v``, and the objective is, by the square around mu, at most its value at m = mu
    (the weighted mean) and v = s (the weighted variance around the new mean). The weights: with
    counts c[k] of sum T, ``sum c*log p`` is greatest at ``p = c/T``, by log(t) <= t - 1.

    Not shown: d dimensions; that no other point is a maximum.
    """
    d.declare(
        {"n": "integer >= 1", "x[i]": "real", "r[i]": "positive", "m": "real", "v": "positive"}
    )
    d.declare({"N": "positive", "mu": "real", "s": "positive"})
    d.declare({"K": "integer >= 1", "c[k]": "positive", "p[k]": "positive", "T": "positive"})
    d.assume(
        h_count="N = Sum(r[i], i, 1, n)",
        h_mean="N*mu = Sum(r[i]*x[i], i, 1, n)",
        h_variance="N*s = Sum(r[i]*(x[i] - mu)**2, i, 1, n)",
        h_counts="Sum(c[k], k, 1, K) = T",
        h_norm="Sum(p[k], k, 1, K) = 1",
    )
    d.start("diff(Sum(r[i]*log(Normal(x[i]; m, v)), i, 1, n), m)", "gradient").eq(
        "(Sum(r[i]*x[i], i, 1, n) - m*Sum(r[i], i, 1, n))/v", because="differentiated"
    ).eq("N*(mu - m)/v", because="h_count, h_mean")
    d.start("Sum(r[i]*log(Normal(x[i]; m, v)), i, 1, n)", "objective").eq(
        "-N/2*log(2*pi*v) - (N*s + N*(mu - m)**2)/(2*v)", because="the square around mu"
    ).le("-N/2*log(2*pi*v) - N*s/(2*v)", because="m = mu is best").le(
        "-N/2*log(2*pi*s) - N/2", because="log(t) <= t - 1 at t = s/v"
    )
    d.start("Sum(r[i]*log(Normal(x[i]; mu, s)), i, 1, n)", "reached").eq(
        "-N/2*log(2*pi*s) - N/2", because="at m = mu and v = s"
    )
    d.start("Sum(c[k]*log(p[k]/(c[k]/T)), k, 1, K)", "weights_gap").le(
        "Sum(c[k]*(p[k]/(c[k]/T) - 1), k, 1, K)", because="log(t) <= t - 1"
    ).eq("0", because="T*1 - T")
    d.start("Sum(c[k]*log(p[k]), k, 1, K)", "weights").eq(
        "Sum(c[k]*log(c[k]/T), k, 1, K) + Sum(c[k]*log(p[k]/(c[k]/T)), k, 1, K)",
        because="the logarithm of a product",
    ).le("Sum(c[k]*log(c[k]/T), k, 1, K)", using="weights_gap", because="the gap")
    d.wrong("n*mu = Sum(r[i]*x[i], i, 1, n)", "divided by the number of points")
    d.wrong("Sum(r[i]*(x[i] - m)**2, i, 1, n) = N*s", "the old mean in the variance")
    d.wrong("c[1] = T/K", "equal weights")


@family.theorem(
    "free_energy",
    title="EM as coordinate ascent on the free energy",
    source="Neal and Hinton (1998)",
)
def free_energy(d: Derivation) -> None:
    """For any weights q the free energy is the log-evidence minus the divergence of q from the
    posterior p[k]/Z. So it is a lower bound, and the posterior reaches it: that is the E-step.
    """
    d.declare({"K": "integer >= 1", "p[k]": "positive", "q[k]": "positive", "Z": "positive"})
    d.assume(h_norm="Sum(q[k], k, 1, K) = 1", h_evidence="Sum(p[k], k, 1, K) = Z")
    d.start("Sum(q[k]*log(p[k]), k, 1, K) - Sum(q[k]*log(q[k]), k, 1, K)", "decomposition").eq(
        "Sum(q[k]*(log(Z) - log(q[k]/(p[k]/Z))), k, 1, K)", because="p = (p/Z)*Z"
    ).eq("log(Z) - Sum(q[k]*log(q[k]/(p[k]/Z)), k, 1, K)", because="h_norm")
    d.start("-Sum(q[k]*log(q[k]/(p[k]/Z)), k, 1, K)", "gibbs").le(
        "Sum(q[k]*((p[k]/Z)/q[k] - 1), k, 1, K)", because="log(t) <= t - 1"
    ).eq("0", because="both sum to 1")
    d.start("log(Z) - Sum(q[k]*log(q[k]/(p[k]/Z)), k, 1, K)", "bound").le(
        "log(Z)", using="gibbs", because="a divergence is not negative"
    )
    d.start("Sum(p[k]/Z*log(p[k]), k, 1, K) - Sum(p[k]/Z*log(p[k]/Z), k, 1, K)", "e_step").eq(
        "Sum(p[k]/Z*log(Z), k, 1, K)", because="the logarithm of a quotient"
    ).eq("log(Z)", because="h_evidence")
    d.wrong(
        "Sum(q[k]*log(p[k]), k, 1, K) + Sum(q[k]*log(q[k]), k, 1, K)"
        " = log(Z) - Sum(q[k]*log(q[k]/(p[k]/Z)), k, 1, K)",
        "minus the entropy",
    )
    d.wrong(
        "Sum(q[k]*log(p[k]), k, 1, K) - Sum(q[k]*log(q[k]), k, 1, K) = log(Z)", "every q is exact"
    )


@family.theorem(
    "monotone",
    title="EM never decreases the likelihood",
    source="Dempster, Laird, Rubin (1977); Bishop (2006), section 9.4",
)
def monotone(d: Derivation) -> None:
    """Before the step the joint is p with evidence Z, after it r with evidence Y. The M-step does
    not lower the expected log-joint under the old posterior p[k]/Z (h_mstep, where both sides
    are multiplied by Z). That gain is the growth of the log-evidence plus a gap, which is not
    positive by log(t) <= t - 1 at t = (r/Y)/(p/Z): so the evidence grows by at least as much.

    Not shown: strictness; that fixed points are stationary.
    """
    d.declare(
        {
            "K": "integer >= 1",
            "p[k]": "positive",
            "r[k]": "positive",
            "Z": "positive",
            "Y": "positive",
        }
    )
    d.assume(
        h_before="Sum(p[k], k, 1, K) = Z",
        h_after="Sum(r[k], k, 1, K) = Y",
        h_mstep="Sum(p[k]*log(p[k]), k, 1, K) <= Sum(p[k]*log(r[k]), k, 1, K)",
    )
    d.start("Sum(p[k]*log((r[k]/Y)/(p[k]/Z)), k, 1, K)", "gap").le(
        "Sum(p[k]*((r[k]/Y)/(p[k]/Z) - 1), k, 1, K)", because="log(t) <= t - 1"
    ).eq("Z*Sum(r[k], k, 1, K)/Y - Sum(p[k], k, 1, K)", because="p cancels").eq(
        "0", because="h_before, h_after"
    )
    d.start("(Sum(p[k]*log(r[k]), k, 1, K) - Sum(p[k]*log(p[k]), k, 1, K))/Z", "gain").eq(
        "log(Y) - log(Z) + Sum(p[k]*log((r[k]/Y)/(p[k]/Z)), k, 1, K)/Z", because="h_before"
    )
    d.start("log(Z)", "ascent").le(
        "log(Z) + (Sum(p[k]*log(r[k]), k, 1, K) - Sum(p[k]*log(p[k]), k, 1, K))/Z",
        because="h_mstep",
    ).eq(
        "log(Y) + Sum(p[k]*log((r[k]/Y)/(p[k]/Z)), k, 1, K)/Z", using="gain", because="the gain"
    ).le("log(Y)", using="gap", because="the gap is not positive")
    d.wrong("log(Y) <= log(Z)", "the wrong direction")
    d.wrong(
        "(Sum(p[k]*log(r[k]), k, 1, K) - Sum(p[k]*log(p[k]), k, 1, K))/Z = log(Y) - log(Z)",
        "no gap",
    )


@family.theorem(
    "lse_gradient",
    title="The gradient of log-sum-exp is the softmax",
    source="Bishop (2006), section 9.2; Boyd and Vandenberghe (2004), section 3.1.5",
)
def lse_gradient(d: Derivation) -> None:
    """Along a line a + t*b the derivative is the mean of b under the softmax, and the second
    derivative its variance, which is not negative: for any weights p of sum 1. A sum of
    exponentials is more than any one of them, and for n terms exp(l - c[i]) below a largest
    exp(l) at most n of it; so log-sum-exp lies between l and l + log n.

    Not shown: the Hessian as a matrix (it is given by its quadratic form).
    """
    d.declare(
        {"n": "integer >= 1", "a[i]": "real", "b[i]": "real", "t": "real", "p[i]": "positive"}
    )
    d.declare(
        {
            "l": "real",
            "c[i]": "nonnegative",
            "A": "positive",
            "B": "positive",
            "D": "nonnegative",
            "x": "real",
            "y": "real",
        }
    )
    d.assume(h_norm="Sum(p[i], i, 1, n) = 1")
    total = "Sum(exp(a[j] + t*b[j]), j, 1, n)"
    d.start(f"diff(log({total}), t)", "gradient").eq(
        f"Sum(b[i]*exp(a[i] + t*b[i]), i, 1, n)/{total}", because="chain rule"
    ).eq(f"Sum(exp(a[i] + t*b[i])/{total}*b[i], i, 1, n)", because="the denominator is free of i")
    d.start(f"diff(Sum(b[i]*exp(a[i] + t*b[i]), i, 1, n)/{total}, t)", "hessian").eq(
        f"Sum(b[i]**2*exp(a[i] + t*b[i]), i, 1, n)/{total} - (Sum(b[i]*exp(a[i]"
        f" + t*b[i]), i, 1, n)/{total})**2",
        because="quotient rule",
    )
    d.start("Sum(p[i]*b[i]**2, i, 1, n) - Sum(p[i]*b[i], i, 1, n)**2", "convex").ge(
        "0", because="Cauchy-Schwarz"
    )
    d.claim("log(A) < log(A + B)", "more", because="the logarithm increases")
    d.start("l", "lower").eq("log(exp(l))", because="the logarithm of an exponential").lt(
        "log(exp(l) + Sum(exp(a[i]), i, 1, n))",
        using=[("more", {"A": "exp(l)", "B": "Sum(exp(a[i]), i, 1, n)"})],
        because="a sum of positive terms",
    )
    d.claim("log(A) <= log(A + D)", "at_least", because="the logarithm increases")
    d.claim(
        "Sum(exp(l - c[i]), i, 1, n) <= n*exp(l)", "terms", because="each term is at most exp(l)"
    )
    below = "Sum(exp(l - c[i]), i, 1, n)"
    d.start(f"log({below})", "upper").le(
        f"log({below} + (n*exp(l) - {below}))",
        using=[("at_least", {"A": below, "D": f"n*exp(l) - {below}"})],
        because="the logarithm increases",
    ).eq("log(n*exp(l))", because="the terms cancel").eq(
        "l + log(n)", because="the logarithm of a product"
    )
    d.start("log(exp(x) + exp(y))", "two").le(
        "max(x, y) + log(2)", because="the same for two terms"
    )
    d.wrong(
        f"diff(Sum(b[i]*exp(a[i] + t*b[i]), i, 1, n)/{total}, t)"
        f" = Sum(b[i]**2*exp(a[i] + t*b[i]), i, 1, n)/{total}",
        "the Hessian without -pp'",
    )
    d.wrong("log(exp(x) + exp(y)) <= max(x, y)", "the maximum as an upper bound")


@family.theorem(
    "kmeans_limit", title="k-means as the limit of zero variance", source="Bishop (2006), eq. 9.43"
)
def kmeans_limit(d: Derivation) -> None:
    """One shared variance e. Half the squared distance of the nearest centre is a, those of the
    others a + g[k] with gaps g[k] > 0; the weights w and u[k] are any positive numbers. The
    responsibility of the nearest is at least 1 minus a constant times e, whatever the weights;
    so it tends to 1. For the objective: -e times the log-sum is at most the distance plus
    ``-e*log(w)``, and at least the distance minus ``e*log`` of the total weight.

    Not shown: the limit itself, which these bounds give; sums over the points.
    """
    d.declare(
        {
            "e": "positive",
            "w": "positive",
            "a": "real",
            "K": "integer >= 1",
            "u[k]": "positive",
            "g[k]": "positive",
        }
    )
    d.declare(
        t="positive", b="nonnegative", u1="positive", A="positive", B="positive", D="nonnegative"
    )
    near = "w*exp(-a/e)/(w*exp(-a/e) + Sum(u[k]*exp(-(a + g[k])/e), k, 1, K))"
    d.claim("1 - 1/(1 + t) <= t", "fraction", because="t^2 >= 0")
    d.claim("exp(-t) <= 1/t", "decay", because="t < 1 + t <= exp(t)")
    d.start(f"1 - {near}", "responsibility").eq(
        "1 - 1/(1 + Sum(u[k]/w*exp(-g[k]/e), k, 1, K))", because="over w*exp(-a/e)"
    ).le("Sum(u[k]/w*exp(-g[k]/e), k, 1, K)", because="1 - 1/(1 + t) <= t").le(
        "Sum(u[k]/w*(e/g[k]), k, 1, K)", because="exp(-t) <= 1/t"
    ).eq("e*Sum(u[k]/(w*g[k]), k, 1, K)", because="e is free of k")
    d.start("-e*log(w*exp(-a/e) + u1*exp(-(a + b)/e))", "objective_above").le(
        "-e*log(w*exp(-a/e))", because="a positive term less"
    ).eq("a - e*log(w)", because="the logarithm of a product")
    d.start("-e*log(w*exp(-a/e) + u1*exp(-(a + b)/e))", "objective_below").ge(
        "-e*log(w*exp(-a/e) + u1*exp(-a/e))", because="b >= 0"
    ).eq("a - e*log(w + u1)", because="the logarithm of a product")
    d.wrong(f"{near} = w/(w + Sum(u[k], k, 1, K))", "it depends on the weights")
    d.wrong("-e*log(w*exp(-a/e) + u1*exp(-(a + b)/e)) = a", "exact for every variance")


@family.theorem(
    "singularity",
    title="The likelihood of a mixture is unbounded",
    source="Bishop (2006), section 9.2.1",
)
def singularity(d: Derivation) -> None:
    """Put the first mean on the point m. Its log-density there is ``-log(2*pi*v)/2``, so that the
    mixture's exceeds ``log(w) - log(2*pi*v)/2``; a variance as small as ``w^2*exp(-2M)/(2*pi)``
    takes it above any M, while at another point y the second component keeps it above a number
    that does not depend on v. A single normal law with two distinct points has no such
    variance: its log-likelihood is bounded.

    Not shown: more than two points.
    """
    d.declare(
        {
            "w": "in (0, 1)",
            "m": "real",
            "n": "real",
            "u": "positive",
            "v": "positive",
            "M": "real",
            "y": "real",
        }
    )
    d.declare({"A": "positive", "B": "positive", "a": "real", "b": "positive", "c": "real"})
    d.claim("log(A) < log(A + B)", "more", because="the logarithm increases")
    d.start("log(w*Normal(m; m, v) + (1 - w)*Normal(m; n, u))", "at_the_point").gt(
        "log(w*Normal(m; m, v))",
        using=[("more", {"A": "w*Normal(m; m, v)", "B": "(1 - w)*Normal(m; n, u)"})],
        because="a positive term less",
    ).eq("log(w) - log(2*pi*v)/2", because="the exponent is 0 at the mean")
    d.start("log(w) - log(2*pi*(w**2*exp(-2*M)/(2*pi)))/2", "small_variance").eq(
        "log(w) - log(w**2*exp(-2*M))/2", because="2*pi cancels"
    ).eq("M", because="the logarithm of a product")
    d.start("log((1 - w)*Normal(y; n, u) + w*Normal(y; m, v))", "elsewhere").gt(
        "log((1 - w)*Normal(y; n, u))",
        using=[("more", {"A": "(1 - w)*Normal(y; n, u)", "B": "w*Normal(y; m, v)"})],
        because="a positive term less",
    )
    d.start("log(Normal(a + b; c, v)) + log(Normal(a - b; c, v))", "single").eq(
        "-log(2*pi*v) - (b**2 + (a - c)**2)/v", because="two points, 2*b apart"
    ).le("-log(2*pi*v) - b**2/v", because="a square").le(
        "-log(2*pi*b**2) - 1", because="log(t) <= t - 1 at t = b^2/v"
    )
    d.wrong(
        "log(Normal(a + b; c, v)) + log(Normal(a - b; c, v)) > -log(2*pi*v)",
        "it happens for one component as well",
    )
    d.wrong("log(w*Normal(m; m, v) + (1 - w)*Normal(m; n, u)) <= M", "a bound for the mixture")


family.missing(
    "mstep_general",
    "The M-step of a mixture in d dimensions",
    waits_for="mat_diff for sums of vectors with an index, and the concavity of log det",
)
