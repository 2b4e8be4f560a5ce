"""Energy-based models: gradients, restricted Boltzmann machines, noise contrast,
Metropolis-Hastings.

Main definitions
----------------
* On n states with energies U[i] the law is ``exp(-U[i])/Sum(exp(-U[j]), j, 1, n)``; the energies
  move along ``U[i] + t*G[i]``, so that a derivative in t is a directional derivative in the
  parameters.
* A binary unit h takes the values 0 and 1; sums over units run over them.
* The acceptance of a move from i to j is ``min(1, p[j]*q[j, i]/(p[i]*q[i, j]))``.

Main statements
---------------
`gradient`, `rbm`, `nce`, `infonce_scores`, `jem`, `mh`, `cd_two_states`.

Notes
-----
The number of states is a symbol; integrals over states take the place of sums only in `gradient`,
where the score does not meet Z.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("ebm", "Energy-based models, noise contrast, Markov chains")


@family.theorem(
    "gradient",
    title="The gradient of an energy-based model",
    source="Hinton (2002); LeCun et al. (2006)",
)
def gradient(d: Derivation) -> None:
    """The log of the normaliser has the derivative minus the mean of G under the model; so the
    log-likelihood of state k has minus G[k] plus that mean: the data are pulled down, the
    model's own samples pushed up. The derivative in the state, the score, does not involve Z.

    Not shown: continuous states for the gradient in the parameters; the score for other energies
    than ``x^4 + t*x^2``.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "U[i]": "real",
            "G[i]": "real",
            "t": "real",
            "k": "integer",
            "x": "real",
            "Z": "positive",
        }
    )
    total = "Sum(exp(-(U[j] + t*G[j])), j, 1, n)"
    d.start(f"diff(log({total}), t)", "normaliser").eq(
        f"-Sum(G[i]*exp(-(U[i] + t*G[i])), i, 1, n)/{total}", because="chain rule"
    ).eq(
        f"-Sum(exp(-(U[i] + t*G[i]))/{total}*G[i], i, 1, n)",
        because="the mean of G under the model",
    )
    d.start(f"log(exp(-(U[k] + t*G[k]))/{total})", "log_likelihood").eq(
        f"-(U[k] + t*G[k]) - log({total})", because="the logarithm of a quotient"
    )
    d.start(f"diff(log(exp(-(U[k] + t*G[k]))/{total}), t)", "two_phases").eq(
        f"-G[k] + Sum(exp(-(U[i] + t*G[i]))/{total}*G[i], i, 1, n)", because="the two lines above"
    )
    d.start("diff(log(exp(-(x**4 + t*x**2))/Z), x)", "score").eq(
        "diff(-(x**4 + t*x**2) - log(Z), x)", because="the logarithm of a quotient"
    ).eq("-diff(x**4 + t*x**2, x)", because="Z is free of x")
    d.wrong(
        f"diff(log(exp(-(U[k] + t*G[k]))/{total}), t) = G[k] - Sum(exp(-(U[i]"
        f" + t*G[i]))/{total}*G[i], i, 1, n)",
        "the phases swapped",
    )
    d.wrong(
        f"diff(log({total}), t) = Sum(exp(-(U[i] + t*G[i]))/{total}*G[i], i, 1, n)",
        "the sign of the energy",
    )


@family.theorem(
    "rbm",
    title="Conditionals and free energy of a restricted Boltzmann machine",
    source="Smolensky (1986); Hinton (2002)",
)
def rbm(d: Derivation) -> None:
    """Given v, the exponent is A = a.v plus c[j]*h[j] over the hidden units, with c = b + W'v. One
    unit sums to 1 + exp(c), two units to the product, so that the sum over the first cancels in
    the conditional of the second, which is logistic. For n units the product of the factors is
    ``exp(-F)`` with ``F = -A - Sum(softplus(c[j]))``.

    Not shown: that the sum over all states of n units is the product, for n above 2.
    """
    d.declare(
        {"n": "integer >= 1", "c[j]": "real", "A": "real", "c1": "real", "c2": "real", "y": "real"}
    )
    d.start("Sum(exp(y*h), h, 0, 1)", "unit").eq("1 + exp(y)", because="h = 0 and h = 1")
    d.start("Sum(Sum(exp(A + c1*h1 + c2*h2), h2, 0, 1), h1, 0, 1)", "two_units").eq(
        "exp(A)*Sum(exp(c1*h1), h1, 0, 1)*Sum(exp(c2*h2), h2, 0, 1)",
        because="the exponential of a sum",
    ).eq("exp(A)*((1 + exp(c1))*(1 + exp(c2)))", because="one unit each")
    d.start(
        "Sum(exp(A + c1 + c2*h2), h2, 0, 1)/Sum(Sum(exp(A + c1*h1 + c2*h2), h2, 0, 1), h1, 0, 1)",
        "conditional",
    ).eq("exp(c1)/(1 + exp(c1))", because="A and the second unit cancel").eq(
        "sigmoid(c1)", because="its definition"
    )
    d.start("exp(A)*Prod(Sum(exp(c[j]*h), h, 0, 1), j, 1, n)", "free_energy").eq(
        "exp(A)*Prod(1 + exp(c[j]), j, 1, n)", because="unit by unit"
    ).eq("exp(A + Sum(log(1 + exp(c[j])), j, 1, n))", because="the exponential of a sum").eq(
        "exp(-(-A - Sum(softplus(c[j]), j, 1, n)))", because="softplus(c) = log(1 + exp(c))"
    )
    d.wrong(
        "exp(A)*((1 + exp(c1))*(1 + exp(c2))) = exp(A + softplus(-c1) + softplus(-c2))",
        "minus inside the softplus",
    )
    d.wrong("exp(c1)/(1 + exp(c1)) = sigmoid(-c1)", "the sign of the field")


@family.theorem(
    "nce",
    title="The optimum of noise-contrastive estimation",
    source="Gutmann and Hyvarinen (2010)",
)
def nce(d: Derivation) -> None:
    """With v noise samples per datum the posterior of "data" is p/(p + v*q). The objective
    ``sum d*log(y) + v*r*log(1 - y)`` over states is greatest at that y, state by state. Its
    logit is log(p/(v*q)). A model exp(f) without a normaliser has this posterior at f = log(p),
    and at no other f, since its posterior increases in f.

    Not shown: continuous states.
    """
    d.declare({"p": "positive", "q": "positive", "v": "positive", "f": "real", "g": "real"})
    d.declare(
        {
            "n": "integer >= 1",
            "P[i]": "positive",
            "Q[i]": "positive",
            "y[i]": "in (0, 1)",
            "a": "positive",
            "b": "positive",
            "x": "in (0, 1)",
        }
    )
    d.assume(h_order="f < g")
    d.start("1/(1 + v)*p/(1/(1 + v)*p + v/(1 + v)*q)", "posterior").eq(
        "p/(p + v*q)", because="the prior 1/(1 + v) cancels"
    ).eq("sigmoid(log(p/(v*q)))", because="divided by p")
    d.claim(
        "a*log(x) + b*log(1 - x) <= a*log(a/(a + b)) + b*log(b/(a + b))",
        "one_state",
        because="Gibbs for two outcomes",
    )
    d.start("Sum(P[i]*log(y[i]) + v*Q[i]*log(1 - y[i]), i, 1, n)", "optimum").le(
        "Sum(P[i]*log(P[i]/(P[i] + v*Q[i])) + v*Q[i]*log(v*Q[i]/(P[i] + v*Q[i])), i, 1, n)",
        because="state by state",
    )
    d.start("exp(log(p))/(exp(log(p)) + v*q)", "self_normalised").eq(
        "p/(p + v*q)", because="f = log(p)"
    )
    d.start("exp(f)/(exp(f) + v*q)", "increasing").eq(
        "1 - v*q/(exp(f) + v*q)", because="common denominator"
    ).lt("1 - v*q/(exp(g) + v*q)", because="h_order: exp increases").eq(
        "exp(g)/(exp(g) + v*q)", because="as above"
    )
    d.wrong("p/(p + v*q) = sigmoid(log(p/q))", "the logit without v")
    d.wrong(
        "1/(1 + v)*p/(1/(1 + v)*p + v/(1 + v)*q) = p/(p + q)", "equal numbers of data and noise"
    )


@family.theorem(
    "infonce_scores",
    title="Scores in InfoNCE: below log K, shifts, the optimum",
    source="van den Oord, Li, Vinyals (2018), eqs. 4-5; Poole et al. (2019)",
)
def infonce_scores(d: Derivation) -> None:
    """The positive pair has the score F, K - 1 others sum to s. The log-fraction is below 0, so
    ``log K`` plus it is below log K, whatever the scores are. A shift c of all scores, which
    may depend on x, changes nothing. At the optimal score, the ratio r = p(y|x)/p(y), the
    fraction is the posterior probability of the first place.

    Not shown: the bound of the mutual information, which takes an expectation over K pairs.
    """
    d.declare(
        {
            "K": "integer >= 2",
            "F": "positive",
            "s": "positive",
            "c": "real",
            "n": "integer >= 1",
            "f[j]": "real",
            "k": "integer",
        }
    )
    d.declare({"p[j]": "positive", "q[j]": "positive"})
    d.start("log(K) + log(F/(F + s))", "below").eq(
        "log(K) - log(1 + s/F)", because="the logarithm of a quotient"
    ).lt("log(K)", because="1 + s/F > 1")
    d.start("exp(f[k] + c)/Sum(exp(f[j] + c), j, 1, n)", "shift").eq(
        "exp(c)*exp(f[k])/(exp(c)*Sum(exp(f[j]), j, 1, n))", because="the exponential of a sum"
    ).eq("exp(f[k])/Sum(exp(f[j]), j, 1, n)", because="exp(c) cancels")
    d.start(
        "p[k]*Prod(q[j], j, 1, n)/q[k]/Sum(p[i]*Prod(q[j], j, 1, n)/q[i], i, 1, n)", "posterior"
    ).eq("p[k]/q[k]/Sum(p[i]/q[i], i, 1, n)", because="the product of all q cancels")
    d.wrong("log(K) + log(F/(F + s)) = log(K)", "equality at a finite K")
    d.wrong("log(K) + log(F/(F + s)) > log(K)", "a bound that exceeds log K")


@family.theorem(
    "jem", title="A classifier is an energy-based model", source="Grathwohl et al. (2020)"
)
def jem(d: Derivation) -> None:
    """The joint is exp(f[y])/Z. Summed over the labels it is ``exp(-E)/Z`` with the energy minus
    log-sum-exp; divided by that it is the softmax. A shift c of all logits leaves the softmax
    and multiplies the density of x by exp(c), before the normaliser is taken anew.
    """
    d.declare(
        {
            "K": "integer >= 1",
            "f[j]": "real",
            "y": "integer",
            "Z": "positive",
            "c": "nonzero",
            "a": "real",
            "b": "real",
        }
    )
    d.start("Sum(exp(f[j])/Z, j, 1, K)", "marginal").eq(
        "Sum(exp(f[j]), j, 1, K)/Z", because="Z is free of j"
    ).eq("exp(-(-log(Sum(exp(f[j]), j, 1, K))))/Z", because="exp undoes log")
    d.start("exp(f[y])/Z/Sum(exp(f[j])/Z, j, 1, K)", "conditional").eq(
        "exp(f[y])/Sum(exp(f[j]), j, 1, K)", because="Z cancels"
    )
    d.start("exp(f[y] + c)/Sum(exp(f[j] + c), j, 1, K)", "shifted_conditional").eq(
        "exp(c)*exp(f[y])/(exp(c)*Sum(exp(f[j]), j, 1, K))", because="the exponential of a sum"
    ).eq("exp(f[y])/Sum(exp(f[j]), j, 1, K)", because="exp(c) cancels")
    d.start("Sum(exp(f[j] + c)/Z, j, 1, K)", "shifted_marginal").eq(
        "exp(c)*Sum(exp(f[j])/Z, j, 1, K)", because="exp(c) is free of j"
    )
    d.wrong("exp(a)/Z + exp(b)/Z = exp(max(a, b))/Z", "E = -max")
    d.wrong("exp(a + c)/Z + exp(b + c)/Z = exp(a)/Z + exp(b)/Z", "the density of x unchanged")


@family.theorem("mh", title="Detailed balance of Metropolis-Hastings", source="Hastings (1970)")
def mh(d: Derivation) -> None:
    """Mass times proposal times acceptance is the smaller of the two flows, which is symmetric: so
    detailed balance holds. Summed over the states it is invariance, with the rows of the kernel
    on the right. A factor c of p, such as an unknown normaliser, cancels.

    Not shown: the mass that stays where a move is refused; rows that sum to 1.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "i": "integer",
            "j": "integer",
            "p[i]": "positive",
            "q[i, j]": "positive",
        }
    )
    d.declare(a="positive", b="positive", r="positive", s="positive", c="positive")
    d.define("T(i, j)", "q[i, j]*min(1, p[j]*q[j, i]/(p[i]*q[i, j]))")
    d.start("a*(r*min(1, b*s/(a*r)))", "flow").eq(
        "min(a*r, b*s)", because="cases: which flow is smaller"
    ).eq("b*(s*min(1, a*r/(b*s)))", because="the same from the other side")
    d.start("p[i]*T(i, j)", "detailed_balance").eq(
        "min(p[i]*q[i, j], p[j]*q[j, i])", because="the smaller flow"
    ).eq("p[j]*T(j, i)", because="symmetric")
    d.start("Sum(p[j]*T(j, i), j, 1, n)", "invariance").eq(
        "Sum(p[i]*T(i, j), j, 1, n)", because="detailed balance, term by term"
    ).eq("p[i]*Sum(T(i, j), j, 1, n)", because="p[i] is free of j")
    d.start("min(1, c*b*s/(c*a*r))", "ratio").eq("min(1, b*s/(a*r))", because="c cancels")
    d.wrong("a*(r*min(1, b/a)) = b*(s*min(1, a/b))", "no correction for the proposal")
    d.wrong("a*(r*min(1, a*r/(b*s))) = b*(s*min(1, b*s/(a*r)))", "the ratio upside down")


@family.theorem(
    "cd_two_states",
    title="Contrastive divergence of a chain with two states",
    source="Hinton (2002)",
)
def cd_two_states(d: Derivation) -> None:
    """A chain that leaves w invariant brings any law p closer to w. The part of one target state j
    is the log-sum inequality: by log(t) <= t - 1 the terms with that target are at least what
    they are when gathered. Two states, with the probabilities a and b of a move: w is (b, a)/(a
    + b), and one step never raises the divergence; so the objective is not negative, and it is
    0 when the data have the law w.

    Not shown: the sum over the target states for more than two; more than one step.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "j": "integer",
            "p[i]": "positive",
            "w[i]": "positive",
            "k[i, j]": "positive",
        }
    )
    d.declare(a="in (0, 1)", b="in (0, 1)", x="in (0, 1)")
    d.define("f(t)", "t*log(t/(b/(a + b))) + (1 - t)*log((1 - t)/(a/(a + b)))")
    d.start("Sum(p[i]*k[i, j]*log(p[i]/w[i]), i, 1, n)", "one_target").ge(
        "Sum(p[i]*k[i, j], i, 1, n)*log(Sum(p[i]*k[i, j], i, 1, n)/Sum(w[i]*k[i, j], i, 1, n))",
        because="the log-sum inequality",
    )
    d.start("b/(a + b)*(1 - a) + a/(a + b)*b", "invariant").eq(
        "b/(a + b)", because="common denominator"
    )
    d.claim(
        "0 <= f(x) - f(x*(1 - a) + (1 - x)*b)", "two_states", because="the same for both targets"
    )
    d.start("f(b/(a + b)) - f(b/(a + b)*(1 - a) + (1 - b/(a + b))*b)", "at_equilibrium").eq(
        "0", because="the law stays"
    )
    d.wrong("f(x) - f(x*(1 - a) + (1 - x)*b) < 0", "it can be negative")
    d.wrong("f(x) = f(x*(1 - a) + (1 - x)*b)", "a step changes nothing")


family.missing(
    "infonce",
    "The InfoNCE bound of the mutual information",
    waits_for="jensen and tower for expectations over K independent draws",
)
family.missing(
    "cd",
    "Contrastive divergence is not negative, for any number of states and steps",
    waits_for="gibbs under a second sum whose terms hold sums (the data-processing inequality)",
)
