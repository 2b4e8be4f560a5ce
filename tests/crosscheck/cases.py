"""Statements of the field with one slip each, as contexts and claims."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.claims import declare
from derive.terms import Context, read, read_claim
from derive.terms.context import Claim
from derive.terms.domains import is_matrix

Words = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """A true statement, the same with a slip, what both are about, and how many instances there are."""

    name: str
    true: str
    slip: str
    symbols: Words
    hypotheses: Words = field(default_factory=dict)
    definitions: Words = field(default_factory=dict)
    least: int = 20

    @property
    def context(self) -> Context:
        return context_of(self.symbols, self.hypotheses, self.definitions)

    def claim(self, text: str) -> Claim:
        return read_claim(text, self.context)


def context_of(symbols: Words, hypotheses: Words = {}, definitions: Words = {}) -> Context:  # noqa: B006
    """A context from words; several names with one domain may be listed with commas."""
    context = Context()
    for names, words in sorted(symbols.items(), key=lambda item: is_matrix(item[1])):
        for name in re.split(r",\s*(?![^(\[]*[)\]])", names):
            context = declare(context, name, words)
    for head, body in definitions.items():
        name, _, listed = head.partition("(")
        parameters = tuple(p.strip() for p in listed.rstrip(")").split(",")) if listed else ()
        scope = context.shadowed(parameters)
        for parameter in parameters:
            scope = scope.declare(parameter)
        context = context.define(name, read(body, scope), parameters)
    for name, text in hypotheses.items():
        context = context.assume(name, read_claim(text, context))
    return context


SCHEDULE = {"n": "integer >= 1", "beta(t)": "in (0, 1)", "x, y": "real"}
ALPHAS = {"alpha(t)": "1 - beta(t)", "abar(t)": "Prod(alpha(s), s, 1, t)"}
LAWS = {"K": "integer >= 1", "p(i), q(i)": "positive", "f(i)": "real", "m": "real"}
NORMED = {"h_p": "Sum(p(i), i, 1, K) = 1", "h_q": "Sum(q(i), i, 1, K) = 1"}
LATENT = {"X, Z": "space", "p(x, z), q(z)": "positive", "x": "real"}
MARGINAL = {"px(x)": "Int(p(x, z), z, Z)"}
NOISE = {
    "W": "space",
    "d": "integer >= 1",
    "e(w)": "vector d",
    "A": "matrix d x d",
    "m": "vector d",
}
WHITE = {
    "h_law": "Int(1, w, W) = 1",
    "h_mean": "Int(e(w), w, W) = zeros(d, 1)",
    "h_cov": "Int(e(w) @ transpose(e(w)), w, W) = eye(d)",
}
PAIR = {"W": "space", "g(w), h(w)": "real"}
DENSITY = {"p(x), q(x)": "positive", "a": "real", "s": "positive"}
KL_1D = "KL(Normal(x, v), Normal(y, w)) = (log(w/v) + (v + (x - y)**2)/w {} 1)/2"

CASES = [
    Case("square", "(x + y)**2 = x**2 + 2*x*y + y**2", "(x + y)**2 = x**2 + x*y + y**2",
         {"x, y": "real"}),
    Case("log", "log(v*w) = log(v) + log(w)", "log(v + w) = log(v) + log(w)",
         {"v, w": "positive"}),
    Case("tangent", "1 + x <= exp(x)", "1 + x < exp(x)", {"x": "real"}),
    Case("derivative", "diff(x*exp(-x**2), x) = (1 - 2*x**2)*exp(-x**2)",
         "diff(x*exp(-x**2), x) = (1 - x**2)*exp(-x**2)", {"x": "real"}),
    Case("chain rule", "diff(f(x)**2, x) = 2*f(x)*diff(f(x), x)", "diff(f(x)**2, x) = 2*f(x)",
         {"f(x)": "real", "x": "real"}),
    Case("stopped gradient", "diff(x*sg(x), x | a) = a", "diff(x*sg(x), x | a) = 2*a", {"a": "real"}),
    Case("schedule", "Sum(abar(n)/abar(i)*beta(i), i, 1, n) = 1 - abar(n)",
         "Sum(abar(n)/abar(i)*beta(i), i, 0, n) = 1 - abar(n)", SCHEDULE, {}, ALPHAS),
    Case("recurrences", "b(n) = a(n)*a(n - 1)*b(n - 2)", "b(n) = a(n)*b(n - 2)",
         {"n": "integer >= 2", "a(t), b(t)": "positive"},
         {"h_1": "b(n) = b(n - 1)*a(n)", "h_2": "b(n - 1) = b(n - 2)*a(n - 1)"}),
    Case("gibbs", "0 <= Sum(p(i)*log(p(i)/q(i)), i, 1, K)", "0 <= Sum(p(i)*log(q(i)/p(i)), i, 1, K)",
         LAWS, NORMED),
    Case("variance", "Sum(p(i)*(f(i) - m)**2, i, 1, K) = Sum(p(i)*f(i)**2, i, 1, K) - m**2",
         "Sum(p(i)*(f(i) - m)**2, i, 1, K) = Sum(p(i)*f(i)**2, i, 1, K) + m**2",
         LAWS, {**NORMED, "h_mean": "Sum(p(i)*f(i), i, 1, K) = m"}),
    Case("normal mean", "Int(x*Normal(x; m, v), x, -oo, oo) = m",
         "Int(x*Normal(x; m, v), x, -oo, oo) = m + v/100", {"m": "real", "v": "positive"}),
    Case("normal divergence", KL_1D.format("-"), KL_1D.format("+"),
         {"x, y": "real", "v, w": "positive"}),
    Case("convolution",
         "Int(Normal(x; sqrt(alpha(n))*y, beta(n))*Normal(y; 0, 1), y, -oo, oo) = Normal(x; 0, 1)",
         "Int(Normal(x; alpha(n)*y, beta(n))*Normal(y; 0, 1), y, -oo, oo) = Normal(x; 0, 1)",
         SCHEDULE, {}, ALPHAS),
    Case("expectation", "E[x ~ Normal(m, v)](x**2) = m**2 + v", "E[x ~ Normal(m, v)](x**2) = m**2 - v",
         {"m": "real", "v": "positive"}),
    Case("fundamental theorem", "Int(diff(f(x), x), x, a, b) = f(b) - f(a)",
         "Int(diff(f(x), x), x, a, b) = f(a) - f(b)", {"f(x)": "real", "a, b": "real"},
         {"h_order": "a < b"}),
    Case("density moved", "Int(p((x - a)/s)/s, x, -oo, oo) = 1", "Int(p((x - a)/s), x, -oo, oo) = 1",
         DENSITY, {"h_p": "Int(p(x), x, -oo, oo) = 1"}),
    Case("inverse of a product", "inv(S @ T) = inv(T) @ inv(S)", "inv(S @ T) = inv(S) @ inv(T)",
         {"d": "integer >= 2", "S, T": "spd d x d"}),
    Case("cyclic trace", "trace(A @ B) = trace(B @ A)", "trace(A @ B) = trace(transpose(A) @ B)",
         {"d": "integer >= 2", "A, B": "matrix d x d"}),
    Case("orthogonal", "transpose(Q @ x) @ (Q @ x) = transpose(x) @ x", "Q @ x = x",
         {"d": "integer >= 1", "Q": "matrix d x d", "x": "vector d"},
         {"h_orth": "transpose(Q) @ Q = eye(d)"}),
    Case("in the kernel", "a @ (x + v) = a @ x", "a @ (x + v) = a @ v",
         {"d": "integer >= 2", "a": "matrix 1 x d", "v, x": "vector d"}, {"h": "a @ v = zeros(1, 1)"}),
    Case("singular", "det(A @ A) = 0", "trace(A) = 0", {"A": "matrix 2 x 2"}, {"h": "det(A) = 0"}),
    Case("evidence bound", "Int(q(z)*log(p(x, z)/q(z)), z, Z) <= log(px(x))",
         "log(px(x)) <= Int(q(z)*log(p(x, z)/q(z)), z, Z)",
         LATENT, {"h_q": "Int(q(z), z, Z) = 1"}, MARGINAL),
    Case("evidence gap",
         "log(px(x)) - Int(q(z)*log(p(x, z)/q(z)), z, Z) = Int(q(z)*log(q(z)/(p(x, z)/px(x))), z, Z)",
         "log(px(x)) - Int(q(z)*log(p(x, z)/q(z)), z, Z) = Int(q(z)*log(q(z)/p(x, z)), z, Z)",
         LATENT, {"h_q": "Int(q(z), z, Z) = 1"}, MARGINAL),
    Case(
        "for all points",
        "Int(d(x)*log(px(x)), x, X) >= Int(d(x)*Int(q(z, x)*log(p(x, z)/q(z, x)), z, Z), x, X)",
        "Int(d(x)*log(px(x)), x, X) <= Int(d(x)*Int(q(z, x)*log(p(x, z)/q(z, x)), z, Z), x, X)",
        {"X, Z": "space", "p(x, z), q(z, x), d(x), px(x)": "positive"},
        {
            "h_marginal": "for all x: Int(p(x, z), z, Z) = px(x)",
            "h_norm_q": "for all x: Int(q(z, x), z, Z) = 1",
            "h_norm_d": "Int(d(x), x, X) = 1",
        },
    ),
    Case(
        "one integral inside another",
        "Int(Int(y*Normal(x; 0, 1)*Normal(y - x**2; a, 1), y, -oo, oo), x, -oo, oo) = 1 + a",
        "Int(Int(y*Normal(x; 0, 1)*Normal(y - x**2; a, 1), y, -oo, oo), x, -oo, oo) = 2 + a",
        {"a": "in (0, 1)"},
        least=3,
    ),
    Case("nothing left", "Int((f(t) - f(t))**2, t, 0, a) = 0", "Int((f(t) - f(t))**2, t, 0, a) = a",
         {"f(t)": "real", "a": "positive"}),
    Case("two spaces", "Int(Int(p(x, z), z, Z), x, X) = Int(Int(p(x, z), x, X), z, Z)",
         "Int(Int(p(x, z), z, Z), x, X) = Int(Int(p(x, z), x, X)**2, z, Z)", LATENT),
    Case("white noise", "Int(A @ e(w) @ transpose(A @ e(w)), w, W) = A @ transpose(A)",
         "Int(A @ e(w) @ transpose(A @ e(w)), w, W) = transpose(A) @ A", NOISE, WHITE),
    Case("quadratic form",
         "E[w ~ W](trace((A @ e(w) + m) @ transpose(A @ e(w) + m))) "
         "= trace(m @ transpose(m)) + trace(A @ transpose(A))",
         "E[w ~ W](trace((A @ e(w) + m) @ transpose(A @ e(w) + m))) = trace(m @ transpose(m))",
         NOISE, WHITE),
    Case("two noises", "E[w ~ W]((g(w) + h(w))**2) = 2", "E[w ~ W]((g(w) + h(w))**2) = 1", PAIR,
         {"h_law": "Int(1, w, W) = 1", "h_g": "E[w ~ W](g(w)) = 0", "h_h": "E[w ~ W](h(w)) = 0",
          "h_gg": "E[w ~ W](g(w)**2) = 1", "h_hh": "E[w ~ W](h(w)**2) = 1",
          "h_gh": "E[w ~ W](g(w)*h(w)) = 0"}),
    Case("score", "Int(p(x, t)*diff(log(p(x, t)), t), x, X) = 0",
         "Int(p(x, t)*diff(p(x, t), t), x, X) = 0",
         {"X": "space", "p(x, t)": "positive", "t": "real"},
         {"h_norm": "Int(p(x, t), x, X) = 1", "h_diff": "diff(Int(p(x, t), x, X), t) = 0"}),
    Case("jensen", "E[w ~ W](log(h(w))) <= log(E[w ~ W](h(w)))",
         "log(E[w ~ W](h(w))) <= E[w ~ W](log(h(w)))", {"W": "space", "h(w)": "positive"},
         {"h_law": "Int(1, w, W) = 1", "h_exists": "Int(h(w), w, W) = Int(h(w), w, W)"}),
    Case("responsibilities", "Sum(Sum(r(i, k), k, 1, K), i, 1, N) = N",
         "Sum(Sum(r(i, k), k, 1, K), i, 1, N) = K",
         {"K, N": "integer >= 1", "w(k), v(k)": "positive", "x[i]": "real", "m(k)": "real"}, {},
         {"r(i, k)": "w(k)*Normal(x[i]; m(k), v(k))/Sum(w(j)*Normal(x[i]; m(j), v(j)), j, 1, K)"}),
    Case("narrow order", "a < 1/30", "a < 1/200", {"a, b, c": "in (0, 1)"},
         {"h_sum": "a + b + c < 1/10", "h_1": "a < b", "h_2": "b < c"}),
    Case("whole numbers", "n = 6*k", "n = 5*k", {"n, m, k": "integer >= 1"},
         {"h_1": "n = 2*m", "h_2": "m = 3*k"}, {}, 4),
    Case("implicit", "y = log(x**2 + v)", "y = log(x**2) + v", {"x, y": "real", "v": "positive"},
         {"h": "exp(y) = x**2 + v"}),
    Case("circle", "x <= 1", "x < 1/2", {"x, y": "real"}, {"h": "x**2 + y**2 = 1"}),
]  # fmt: skip

REFUSED = [
    ("Sum(1/2**i, i, 1, oo) = 1", {}, {}, "the range of .* is infinite"),
    ("KL(p, p) = 0", {"p(x)": "positive"}, {}, "the space of a density"),
    ("Sum(i, i, 1, floor(x)) = 0", {"x": "real"}, {}, "are not known integers"),
    ("x = 1", {"x": "real"}, {"h_odd": "x**2 = -1"}, "h_odd: x\\*\\*2 = -1"),
    ("n = m", {"n, m": "integer >= 1"}, {"h_root": "n*n = 2*m*m"}, "no small integers satisfy"),
    ("x = 1", {"x": "real"}, {"h_less": "x**2 + 1 < x"}, "satisfy hypothesis h_less"),
]
"""Statements of which no instance can be made, and a part of the reason."""
