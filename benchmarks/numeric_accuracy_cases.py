"""The expressions of `benchmarks/numeric_accuracy.py` and the points at which they are tried.

The seven of the speed benchmark over wider ranges, and the formulas of the field that lose digits, or
overflow, when they are computed as they are written. Every point is made of floats, which the reference
takes as the exact numbers they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import sympy as sp

from benchmarks.numeric_expressions import EXPRESSIONS, SEED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Draw: TypeAlias = Callable[[np.random.Generator, int, list[Array]], Array]


@dataclass(frozen=True, slots=True)
class Case:
    """SymPy outputs, and for each argument how its values are drawn after those before it."""

    name: str
    outputs: tuple[Any, ...]
    draws: Mapping[Any, Draw]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(symbol.name for symbol in self.draws)

    def points(self, count: int) -> list[Array]:
        """`count` values for each argument, the same ones every time."""
        generator = np.random.default_rng(SEED)
        drawn: list[Array] = []
        for draw in self.draws.values():
            drawn.append(draw(generator, count, drawn))
        return drawn


def uniform(low: float, high: float) -> Draw:
    """Evenly between the bounds."""
    return lambda generator, count, _: generator.uniform(low, high, count)


def magnitude(low: float, high: float) -> Draw:
    """Evenly in the exponent."""
    return lambda generator, count, _: np.exp(
        generator.uniform(np.log(low), np.log(high), count)
    ).clip(low, high)


def signed(low: float, high: float) -> Draw:
    """Evenly in the exponent, of either sign."""
    size = magnitude(low, high)
    return lambda generator, count, before: (
        size(generator, count, before) * generator.choice([-1.0, 1.0], count)
    )


def apart(place: int, low: float, high: float) -> Draw:
    """The argument number `place`, multiplied or divided by a factor between the bounds."""
    factor = magnitude(low, high)
    return lambda generator, count, before: (
        before[place] * factor(generator, count, before) ** generator.choice([-1.0, 1.0], count)
    )


def below_one(low: float, high: float) -> Draw:
    """1 minus a magnitude between the bounds."""
    gap = magnitude(low, high)
    return lambda generator, count, before: 1 - gap(generator, count, before)


def beside(place: int, spread: float) -> Draw:
    """The argument number `place`, moved by at most `spread`."""
    return lambda generator, count, before: (
        before[place] + generator.uniform(-spread, spread, count)
    )


_x, _a, _b, _c, _m, _n = sp.symbols("x a b c mu_1 mu_2", real=True)
_t, _p, _q, _r, _s, _k, _v = sp.symbols("t p q sigma_1 sigma_2 kappa nu", positive=True)
_HALF: Final = sp.Rational(1, 2)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + sp.exp(-x))


def _normal(x: Any, mean: Any, deviation: Any) -> Any:
    return -(((x - mean) / deviation) ** 2) / 2 - sp.log(deviation) - sp.log(2 * sp.pi) / 2


def _case(name: str, output: Any, draws: Mapping[Any, Draw]) -> Case:
    return Case(name, (output,), draws)


def _activations() -> list[Case]:
    exp, log = sp.exp, sp.log
    far = {_x: uniform(-700, 1000)}
    swish = {_x: uniform(-600, 700)}
    gaussian = _x * (1 + sp.erf(_x / sp.sqrt(2))) / 2
    return [
        _case("logistic", exp(_x) / (1 + exp(_x)), far),
        _case("softplus", log(1 + exp(_x)), far),
        _case("logit of sigmoid", log(_sigmoid(_x) / (1 - _sigmoid(_x))), {_x: signed(1e-3, 300)}),
        _case("swish", _x * _sigmoid(_x), swish),
        _case("mish", _x * sp.tanh(log(1 + exp(_x))), {_x: uniform(-300, 300)}),
        _case("gelu", gaussian, {_x: uniform(-10, 10)}),
        _case("log cosh", log(sp.cosh(_x)), {_x: signed(1e-6, 1000)}),
        _case("tanh log-derivative", log(1 - sp.tanh(_x) ** 2), {_x: signed(1e-3, 300)}),
    ]


def _several_logits() -> list[Case]:
    exp, log = sp.exp, sp.log
    total = exp(_a) + exp(_b) + exp(_c)
    logits = {_a: uniform(-1000, 1000), _b: beside(0, 300), _c: beside(0, 300)}
    entropy = -_p * log(_sigmoid(_x)) - (1 - _p) * log(1 - _sigmoid(_x))
    return [
        _case("log-sum-exp", log(total), logits),
        _case("softmax", exp(_a) / total, logits),
        _case("log-softmax", log(exp(_a) / total), logits),
        _case(
            "cross-entropy of a logit", entropy, {_p: uniform(0.01, 0.99), _x: uniform(-500, 500)}
        ),
    ]


def _small_differences() -> list[Case]:
    exp, log, cos = sp.exp, sp.log, sp.cos
    power = (_p**_a - 1) / _a
    return [
        _case("(1 - cos x)/x²", (1 - cos(_x)) / _x**2, {_x: signed(1e-9, 3)}),
        _case("log(1 - exp(-t))", log(1 - exp(-_t)), {_t: magnitude(1e-12, 600)}),
        _case("(exp x - 1)/x", (exp(_x) - 1) / _x, {_x: signed(1e-12, 10)}),
        _case("sqrt(1 + x) - 1", sp.sqrt(1 + _x) - 1, {_x: signed(1e-12, 0.9)}),
        _case("log((1+x)/(1-x))/2", log((1 + _x) / (1 - _x)) / 2, {_x: signed(1e-12, 0.9)}),
        _case("Box-Cox", power, {_p: magnitude(0.01, 100), _a: signed(1e-10, 1)}),
        _case("signal to noise", exp(-_t) / (1 - exp(-_t)), {_t: magnitude(1e-12, 600)}),
        _case(
            "Weibull distribution",
            1 - exp(-((_t / _s) ** _k)),
            {_t: magnitude(1e-6, 10), _s: uniform(0.5, 5), _k: uniform(0.5, 3)},
        ),
    ]


def _tails() -> list[Case]:
    exp, log, erfc, root = sp.exp, sp.log, sp.erfc, sp.sqrt(2)
    density = exp(-(_t**2) / 2) / sp.sqrt(2 * sp.pi)
    scattered = {_x: signed(0.1, 1000), _m: uniform(-1, 1), _s: uniform(0.5, 2)}
    return [
        _case("log-density of a Gaussian", _normal(_x, _m, _s), scattered),
        _case("log erfc", log(erfc(_t)), {_t: magnitude(1e-3, 100)}),
        _case("log of the normal distribution", log(erfc(-_x / root) / 2), {_x: uniform(-38, 8)}),
        _case("inverse Mills ratio", density / (erfc(_t / root) / 2), {_t: magnitude(1e-3, 60)}),
        _case("log-density, logistic", -_x - 2 * log(1 + exp(-_x)), {_x: signed(1e-3, 1000)}),
    ]


def _divergences() -> list[Case]:
    log = sp.log
    gaussian = log(_s / _r) + (_r**2 + (_m - _n) ** 2) / (2 * _s**2) - _HALF
    # Between laws at a relative distance d these are of size d² and made of terms of size d or 1,
    # which cancel: the error is some units times 1/d², but the condition number is 1/d only. At
    # d = 0.01 a Kullback-Leibler divergence is right to 1e-11, and to 1e-12 from d = 0.015 (normal),
    # 0.02 (exponential), 0.04 (Jensen-Shannon) or 0.06 (Bernoulli) on; a median of 4 ulp takes a
    # factor of 1.2 to 2. To do better takes log1p of a small difference, which must then be chosen by the
    # side of 1 that the quotient is on: two more passes for every logarithm, near or not.
    between = {_m: uniform(-1, 1), _n: apart(0, 1.25, 3)}
    between |= {_r: uniform(0.5, 2), _s: apart(2, 1.25, 3)}
    bernoulli = _p * log(_p / _q) + (1 - _p) * log((1 - _p) / (1 - _q))
    middle = (_p + _q) / 2
    shannon = _p * log(_p / middle) / 2 + _q * log(_q / middle) / 2
    two = -_p * log(_p) - (1 - _p) * log(1 - _p)
    chances = {_p: uniform(0.05, 0.3), _q: apart(0, 2, 3)}
    rates = {_p: uniform(0.1, 0.8), _q: apart(0, 1.25, 3)}
    masses = {_p: uniform(0.1, 0.8), _q: apart(0, 2, 10)}
    return [
        _case("KL of Gaussians", gaussian, between),
        _case("KL of Bernoullis", bernoulli, chances),
        _case("KL of exponentials", log(_p / _q) + _q / _p - 1, rates),
        _case("JSD of p and q", shannon, masses),
        _case("entropy near 0", two, {_p: magnitude(1e-300, 0.5)}),
        _case("entropy near 1", two, {_p: below_one(1e-14, 0.5)}),
    ]


def _special() -> list[Case]:
    log, loggamma, digamma = sp.log, sp.loggamma, sp.digamma
    student = (
        *(loggamma((_v + 1) / 2), -loggamma(_v / 2), -log(_v * sp.pi) / 2, -log(_s)),
        -(_v + 1) / 2 * log(1 + ((_x - _m) / _s) ** 2 / _v),
    )
    mises = _k * sp.cos(_x - _m) - log(2 * sp.pi * sp.besseli(0, _k))
    density = sp.exp(_k * sp.cos(_x - _m)) / (2 * sp.pi * sp.besseli(0, _k))
    beta = loggamma(_p) + loggamma(_q) - loggamma(_p + _q)
    bounded = {_x: uniform(-3, 3), _m: uniform(-3, 3)}
    narrow = {_x: uniform(-0.3, 0.3), _m: uniform(-0.3, 0.3)}
    spread = {_x: signed(1e-3, 1e4), _m: uniform(-1, 1), _s: uniform(0.5, 2)}
    return [
        _case("log-density, Student", sp.Add(*student), {**spread, _v: magnitude(1, 50)}),
        _case("log-density, von Mises", mises, {**bounded, _k: magnitude(1e-3, 1000)}),
        _case("density, von Mises", density, {**narrow, _k: magnitude(1e-3, 1000)}),
        _case("digamma difference", digamma(_t + 1) - digamma(_t), {_t: magnitude(0.1, 1e8)}),
        _case("log beta", beta, {_p: magnitude(1.5, 20), _q: magnitude(1.5, 20)}),
        _case(
            "log-probability, Poisson",
            _k * log(_t) - _t - loggamma(_k + 1),
            {_k: uniform(0.5, 100), _t: magnitude(0.1, 100)},
        ),
    ]


_WIDER: Final[dict[str, dict[str, Draw]]] = {
    "gaussian-kl": {"mu_1": uniform(-3, 3), "mu_2": uniform(-3, 3)},
    "log-normal": {"x": magnitude(1e-3, 1e3)},
    "responsibilities": {"x": uniform(-6, 6)},
    "ddpm-mean": {"alphabar_before": uniform(0.001, 0.999), "alpha_t": below_one(1e-4, 0.1)},
    "jsd": {"p": uniform(0.01, 0.4)},
    "diagonal-kl-32": {},
    # Beyond 16 the roundings in the argument of tanh alone cost 4 ulp at the median, beside a
    # condition number that is 35 there.
    "planar-flow": {"z_1": uniform(-12, 12), "z_2": uniform(-12, 12)},
}


def _the_seven() -> list[Case]:
    cases = []
    for name, make in EXPRESSIONS.items():
        expression, wider = make(), _WIDER[name]
        draws = {
            symbol: wider.get(symbol.name, uniform(*bounds))
            for symbol, bounds in expression.ranges.items()
        }
        cases.append(Case(name, expression.outputs, draws))
    return cases


def cases() -> dict[str, Case]:
    """All cases by name: the seven first."""
    families = (_activations, _several_logits, _small_differences, _tails, _divergences, _special)
    every = [*_the_seven(), *(case for family in families for case in family())]
    return {case.name: case for case in every}
