"""The seven expressions of the speed benchmark, and where their inputs are drawn from.

The ranges keep clear of cancellation, so that every contender computes the same numbers;
`benchmarks/numeric_accuracy.py` goes where they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import sympy as sp

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED: Final = 20240229


@dataclass(frozen=True, slots=True)
class Expression:
    """SymPy outputs, their arguments in order, and the range (low, high) of each argument."""

    name: str
    outputs: tuple[Any, ...]
    ranges: Mapping[Any, tuple[float, float]]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The SymPy symbols, in the order in which arrays are given."""
        return tuple(self.ranges)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arguments."""
        return tuple(symbol.name for symbol in self.ranges)

    def arrays(self, size: int) -> list[NDArray[np.float64]]:
        """One float64 array of `size` entries for each argument, the same ones every time."""
        generator = np.random.default_rng(SEED)
        return [generator.uniform(low, high, size) for low, high in self.ranges.values()]


def _reals(names: str) -> Any:
    return sp.symbols(names, real=True)


def _positives(names: str) -> Any:
    return sp.symbols(names, positive=True)


def _log_normal(x: Any, mean: Any, deviation: Any) -> Any:
    square = ((x - mean) / deviation) ** 2
    return -square / 2 - sp.log(deviation) - sp.log(2 * sp.pi) / 2


def gaussian_kl() -> Expression:
    """KL(N(m1, s1²) ‖ N(m2, s2²)), 4 inputs."""
    m1, m2 = _reals("mu_1 mu_2")
    s1, s2 = _positives("sigma_1 sigma_2")
    value = sp.log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - sp.Rational(1, 2)
    ranges = {m1: (-3.0, 0.0), s1: (0.5, 2.0), m2: (0.5, 3.0), s2: (0.5, 2.0)}
    return Expression("gaussian-kl", (value,), ranges)


def log_normal_density() -> Expression:
    """The density of the log-normal distribution, 3 inputs."""
    x, deviation = _positives("x sigma")
    mean = _reals("mu")
    inside = -((sp.log(x) - mean) ** 2) / (2 * deviation**2)
    value = sp.exp(inside) / (x * deviation * sp.sqrt(2 * sp.pi))
    ranges = {x: (0.1, 5.0), mean: (-1.0, 1.0), deviation: (0.5, 2.0)}
    return Expression("log-normal", (value,), ranges)


def responsibilities() -> Expression:
    """Which of three Gaussians x came from: 10 inputs, 3 outputs."""
    x = _reals("x")
    weights, deviations = _positives("pi_1:4"), _positives("sigma_1:4")
    means = _reals("mu_1:4")
    joint = [
        w * sp.exp(_log_normal(x, m, s)) for w, m, s in zip(weights, means, deviations, strict=True)
    ]
    ranges = {x: (-3.0, 3.0)}
    ranges |= dict.fromkeys(weights, (0.1, 1.0)) | dict.fromkeys(means, (-2.0, 2.0))
    ranges |= dict.fromkeys(deviations, (0.5, 2.0))
    return Expression("responsibilities", tuple(part / sum(joint) for part in joint), ranges)


def ddpm_posterior_mean() -> Expression:
    """The mean of q(x_{t-1} | x_t, x_0) of a diffusion model (Ho et al. 2020, equation 7)."""
    noisy, clean = _reals("x_t x_0")
    before, alpha = _positives("alphabar_before alpha_t")
    now, beta = alpha * before, 1 - alpha
    value = sp.sqrt(before) * beta / (1 - now) * clean
    value += sp.sqrt(alpha) * (1 - before) / (1 - now) * noisy
    ranges = {noisy: (-3.0, 3.0), clean: (-1.0, 1.0), before: (0.05, 0.95), alpha: (0.9, 0.99)}
    return Expression("ddpm-mean", (value,), ranges)


def jensen_shannon() -> Expression:
    """The integrand of the Jensen-Shannon divergence of two densities, 2 inputs."""
    p, q = _positives("p q")
    middle = (p + q) / 2
    value = p * sp.log(p / middle) / 2 + q * sp.log(q / middle) / 2
    return Expression("jsd", (value,), {p: (0.01, 0.4), q: (0.5, 1.0)})


def diagonal_gaussian_kl(size: int = 32) -> Expression:
    """KL between two diagonal Gaussians in `size` dimensions, 4·size inputs."""
    means, deviations = _reals(f"m_0:{size}"), _positives(f"s_0:{size}")
    others, spreads = _reals(f"n_0:{size}"), _positives(f"r_0:{size}")
    value = sp.Add(
        *(
            sp.log(r / s) + (s**2 + (m - n) ** 2) / (2 * r**2) - sp.Rational(1, 2)
            for m, s, n, r in zip(means, deviations, others, spreads, strict=True)
        )
    )
    ranges = dict.fromkeys(means, (-3.0, 0.0)) | dict.fromkeys(deviations, (0.5, 2.0))
    ranges |= dict.fromkeys(others, (0.5, 3.0)) | dict.fromkeys(spreads, (0.5, 2.0))
    return Expression(f"diagonal-kl-{size}", (value,), ranges)


def planar_flow() -> Expression:
    """log|1 + u·w (1 - tanh²(w·z + b))| in two dimensions (Rezende and Mohamed 2015), 7 inputs."""
    z1, z2, w1, w2, u1, u2, b = _reals("z_1 z_2 w_1 w_2 u_1 u_2 b")
    slope = 1 - sp.tanh(w1 * z1 + w2 * z2 + b) ** 2
    value = sp.log(sp.Abs(1 + (u1 * w1 + u2 * w2) * slope))
    ranges = dict.fromkeys((z1, z2), (-2.0, 2.0)) | dict.fromkeys((w1, w2), (0.1, 1.0))
    ranges |= dict.fromkeys((u1, u2), (0.1, 1.0)) | {b: (-1.0, 1.0)}
    return Expression("planar-flow", (value,), ranges)


EXPRESSIONS: Final[dict[str, Callable[[], Expression]]] = {
    "gaussian-kl": gaussian_kl,
    "log-normal": log_normal_density,
    "responsibilities": responsibilities,
    "ddpm-mean": ddpm_posterior_mean,
    "jsd": jensen_shannon,
    "diagonal-kl-32": diagonal_gaussian_kl,
    "planar-flow": planar_flow,
}
