"""Autoregressive models: the chain of conditionals, masks, the discretised logistic, teacher
forcing.

Main definitions
----------------
* A conditional is a positive table over its own sum: ``c2(i, j) = b[i, j]/Sum(b[i, l], l, 1, m)``,
  so that it is normalised by its form.
* ``P(x) = F(x) - F(x - 1)`` inside a range, with the tails at its two ends, for a distribution
  function F.

Main statements
---------------
`chain`, `made`, `discretised_logistic`, `teacher_forcing`.

Notes
-----
Alphabets are finite and of any size; sequences have a written-out length where sums are nested,
and any length where the chain is a product.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("ar", "Autoregressive models")


@family.theorem(
    "chain",
    title="Autoregressive factorisation and exact likelihood",
    source="standard; Bengio and Bengio (2000)",
)
def chain(d: Derivation) -> None:
    """With f[i] the probability of the first i symbols, the product of the conditionals f[i]/f[i -
    1] is f[n] over f[0] = 1, and the negative log-likelihood is the sum of theirs. Any
    normalised conditionals make a normalised joint: the innermost sum is 1 and goes first. For
    three symbols of any alphabets; the joint for another order has the same value. Two
    dependent bits: the product of the marginals is not the joint.

    Not shown: normalisation for sequences of any length.
    """
    d.declare(
        {
            "N": "integer >= 1",
            "f[i]": "positive",
            "a[i]": "positive",
            "b[i, j]": "positive",
            "c[i, j, k]": "positive",
        }
    )
    d.declare(
        {
            "n": "integer >= 1",
            "m": "integer >= 1",
            "o": "integer >= 1",
            "i": "integer",
            "j": "integer",
        }
    )
    d.declare({"r[i, j]": "positive"})
    d.define("c1(i)", "a[i]/Sum(a[l], l, 1, n)").define("c2(i, j)", "b[i, j]/Sum(b[i, l], l, 1, m)")
    d.define("c3(i, j, k)", "c[i, j, k]/Sum(c[i, j, l], l, 1, o)")
    d.assume(h_start="f[0] = 1")
    d.start("Prod(f[t]/f[t - 1], t, 1, N)", "factors").eq(
        "f[N]/f[0]", because="the product telescopes"
    ).eq("f[N]", because="h_start")
    d.start("Sum(-log(f[t]/f[t - 1]), t, 1, N)", "likelihood").eq(
        "-log(Prod(f[t]/f[t - 1], t, 1, N))", because="the logarithm of a product"
    ).eq("-log(f[N])", because="the factors")
    d.start("Sum(c2(i, j), j, 1, m)", "one_step").eq("1", because="a table over its sum")
    d.start(
        "Sum(Sum(Sum(c1(i)*c2(i, j)*c3(i, j, k), k, 1, o), j, 1, m), i, 1, n)", "normalised"
    ).eq("Sum(Sum(c1(i)*c2(i, j), j, 1, m), i, 1, n)", because="the innermost sum is 1").eq(
        "Sum(c1(i), i, 1, n)", because="and the next"
    ).eq("1", because="and the last")
    d.start("Sum(r[i, l], l, 1, m)*(r[i, j]/Sum(r[i, l], l, 1, m))", "order").eq(
        "r[i, j]", because="first, then second given first"
    ).eq(
        "Sum(r[l, j], l, 1, n)*(r[i, j]/Sum(r[l, j], l, 1, n))",
        because="second, then first given second",
    )
    d.wrong("r[i, j] = Sum(r[i, l], l, 1, m)*Sum(r[l, j], l, 1, n)", "the product of the marginals")
    d.wrong("Prod(f[t]/f[t - 1], t, 1, N) = Prod(f[t], t, 1, N)", "marginals for conditionals")


@family.theorem(
    "made",
    title="Masks enforce the autoregressive property",
    source="Germain et al. (2015), eqs. 8-13",
)
def made(d: Derivation) -> None:
    """Degrees: input l has l itself, hidden unit k has g, the next hidden layer h. The masks let l
    into g when ``g >= l``, g into h when ``h >= g``, and h into the output t when ``t > h``. So
    a path from l to t forces ``l < t``. Written out for three inputs and hidden degrees 1 and
    2: the product of the masked weights is strictly lower triangular, the first output is
    constant, and no output sees its own input or a later one, through the nonlinearity too.

    Not shown: networks of other sizes, beyond the statement about a path.
    """
    d.declare(l="integer", g="integer", h="integer", t="integer")
    names = "x1 x2 x3 a1 a2 a3 b1 b2 v1 v2 v3 w1 w2 w3".split()
    d.declare(dict.fromkeys(names, "real"))
    d.define("y1(x1, x2, x3)", "a1").define("y2(x1, x2, x3)", "a2 + v1*tanh(w1*x1 + b1)")
    d.define("y3(x1, x2, x3)", "a3 + v2*tanh(w1*x1 + b1) + v3*tanh(w2*x1 + w3*x2 + b2)")
    d.assume(h_in="l <= g", h_between="g <= h", h_out="h < t")
    d.start("l", "path").le("g", because="h_in").le("h", because="h_between").lt(
        "t", because="h_out"
    )
    d.start("Matrix([[0, 0], [v1, 0], [v2, v3]]) @ Matrix([[w1, 0, 0], [w2, w3, 0]])", "masks").eq(
        "Matrix([[0, 0, 0], [v1*w1, 0, 0], [v2*w1 + v3*w2, v3*w3, 0]])",
        because="strictly lower triangular",
    )
    d.start("diff(y1(x1, x2, x3), x1)", "first").eq("0", because="the first output is constant")
    d.start("diff(y2(x1, x2, x3), x2)", "second_own").eq("0", because="y2 sees x1 alone")
    d.start("diff(y2(x1, x2, x3), x3)", "second_later").eq("0", because="y2 sees x1 alone")
    d.start("diff(y3(x1, x2, x3), x3)", "third_own").eq("0", because="y3 sees x1 and x2")
    d.start("diff(y3(x1, x2, x3), x2)", "third_earlier").eq(
        "v3*w3*(1 - tanh(w2*x1 + w3*x2 + b2)**2)", because="through the unit of degree 2"
    )
    d.wrong(
        "diff(a2 + v1*tanh(w1*x1 + b1) + v2*tanh(w2*x1 + w3*x2 + b2), x2) = 0", ">= at the output"
    )
    d.wrong("t <= l", "a path that leads back")


@family.theorem(
    "discretised_logistic",
    title="The discretised logistic sums to one",
    source="Salimans et al. (2017), eqs. 1-2",
)
def discretised_logistic(d: Derivation) -> None:
    """The inner cells telescope, and the two edge cells take the tails: ``F(1/2)`` and
    ``1 - F(n + 1/2)``. So the sum is 1 for each component, with n + 2 cells (n = 254 for
    bytes). In the mixture F[x, k] is the value of the distribution function of component k at
    the upper edge of cell x; the sums change places, and what is left is the sum of the
    weights. Every inner cell is positive. Without the edges something is missing.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "K": "integer >= 1",
            "w[k]": "positive",
            "m": "real",
            "s": "positive",
            "x": "real",
        }
    )
    d.declare({"F[x, k]": "in (0, 1)"})
    d.assume(h_norm="Sum(w[k], k, 1, K) = 1")
    d.start("Sum(sigmoid((x + 1/2 - m)/s) - sigmoid((x - 1/2 - m)/s), x, 1, n)", "inner").eq(
        "sigmoid((n + 1/2 - m)/s) - sigmoid((1/2 - m)/s)", because="the sum telescopes"
    )
    d.start(
        "sigmoid((1/2 - m)/s) + Sum(sigmoid((x + 1/2 - m)/s) - sigmoid((x - 1/2 - m)/s), x, 1, n)"
        " + (1 - sigmoid((n + 1/2 - m)/s))",
        "component",
    ).eq("1", because="the edges take the tails")
    d.claim(
        "0 < sigmoid((x + 1/2 - m)/s) - sigmoid((x - 1/2 - m)/s)", "positive", because="F increases"
    )
    d.start(
        "Sum(w[k]*F[0, k], k, 1, K) + Sum(Sum(w[k]*(F[x, k] - F[x - 1, k]), k, 1, K), x, 1, n)"
        " + Sum(w[k]*(1 - F[n, k]), k, 1, K)",
        "mixture",
    ).eq(
        "Sum(w[k]*(F[0, k] + Sum(F[x, k] - F[x - 1, k], x, 1, n) + (1 - F[n, k])), k, 1, K)",
        because="the sums change places",
    ).eq("Sum(w[k], k, 1, K)", because="component by component").eq("1", because="h_norm")
    d.wrong(
        "Sum(sigmoid((x + 1/2 - m)/s) - sigmoid((x - 1/2 - m)/s), x, 0, n + 1) = 1", "no edge cells"
    )
    d.wrong(
        "sigmoid((1/2 - m)/s) + Sum(sigmoid((x + 1/2 - m)/s) - sigmoid((x - 1/2"
        " - m)/s), x, 1, n) = 1",
        "one edge only",
    )


@family.theorem(
    "teacher_forcing", title="Maximum likelihood with teacher forcing is exact", source="standard"
)
def teacher_forcing(d: Derivation) -> None:
    """The log-likelihood of a sequence is the sum of those of its steps at the true prefixes; as
    functions of a parameter t, here logistic steps, their gradients add too. For pairs with the
    true law p[i]*c[i, j] and the model q[i]*e[i, j] the divergence splits into that of the
    first symbol and, weighted by the true law of the first, those of the second; the factor
    ``Sum(c[i, j], j, 1, m)`` is 1 for conditionals. Where the second symbol is a bit this is by
    form, and the cross-entropy is entropy plus divergence.

    Not shown: sequences longer than two for the divergence.
    """
    d.declare(
        {"N": "integer >= 1", "L[i]": "positive", "A[i]": "real", "B[i]": "real", "t": "real"}
    )
    d.declare({"n": "integer >= 1", "m": "integer >= 1", "p[i]": "positive", "q[i]": "positive"})
    d.declare(
        {"c[i, j]": "positive", "e[i, j]": "positive", "u[i]": "in (0, 1)", "v[i]": "in (0, 1)"}
    )
    d.start("-log(Prod(L[i], i, 1, N))", "steps").eq(
        "Sum(-log(L[i]), i, 1, N)", because="the logarithm of a product"
    )
    d.start("diff(Sum(-log(sigmoid(A[i] + t*B[i])), i, 1, N), t)", "gradient").eq(
        "Sum(diff(-log(sigmoid(A[i] + t*B[i])), t), i, 1, N)", because="a finite sum"
    )
    d.start(
        "Sum(Sum(p[i]*c[i, j]*log(p[i]*c[i, j]/(q[i]*e[i, j])), j, 1, m), i, 1, n)", "divergence"
    ).eq(
        "Sum(Sum(p[i]*c[i, j]*(log(p[i]/q[i]) + log(c[i, j]/e[i, j])), j, 1, m), i, 1, n)",
        because="the logarithm of a product",
    ).eq(
        "Sum(p[i]*log(p[i]/q[i])*Sum(c[i, j], j, 1, m), i, 1, n)"
        " + Sum(p[i]*Sum(c[i, j]*log(c[i, j]/e[i, j]), j, 1, m), i, 1, n)",
        because="the sum in two parts",
    )
    d.start(
        "Sum(p[i]*u[i]*log(p[i]*u[i]/(q[i]*v[i])) + p[i]*(1 - u[i])*log(p[i]*(1"
        " - u[i])/(q[i]*(1 - v[i]))), i, 1, n)",
        "bit",
    ).eq(
        "Sum(p[i]*log(p[i]/q[i]), i, 1, n)"
        " + Sum(p[i]*(u[i]*log(u[i]/v[i]) + (1 - u[i])*log((1 - u[i])/(1 - v[i]))), i, 1, n)",
        because="u[i] + (1 - u[i]) = 1",
    )
    d.start("Sum(Sum(-p[i]*c[i, j]*log(q[i]*e[i, j]), j, 1, m), i, 1, n)", "cross_entropy").eq(
        "Sum(Sum(-p[i]*c[i, j]*log(p[i]*c[i, j]), j, 1, m), i, 1, n)"
        " + Sum(Sum(p[i]*c[i, j]*log(p[i]*c[i, j]/(q[i]*e[i, j])), j, 1, m), i, 1, n)",
        because="the logarithm of a quotient",
    )
    d.wrong(
        "Sum(p[i]*u[i]*log(p[i]*u[i]/(q[i]*v[i])) + p[i]*(1 - u[i])*log(p[i]*(1"
        " - u[i])/(q[i]*(1 - v[i]))), i, 1, n)"
        " = Sum(p[i]*log(p[i]/q[i]), i, 1, n)"
        " + Sum(q[i]*(u[i]*log(u[i]/v[i]) + (1 - u[i])*log((1 - u[i])/(1 - v[i]))), i, 1, n)",
        "prefixes of the model",
    )
    d.wrong("-log(Prod(L[i], i, 1, N)) = Prod(-log(L[i]), i, 1, N)", "a product of logarithms")
