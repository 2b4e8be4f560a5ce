"""Changes of variable under which an integrand dies out double exponentially at both ends.

A chart takes a real t to a standard variable and to the logarithm of its slope, both accurate in
the tails: Takahasi and Mori, Publ. RIMS 9, 1974. In t the trapezoidal rule converges
exponentially for an analytic integrand, and a singularity at an end is out of sight.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from scipy.special import gammaln

Array: TypeAlias = np.ndarray[Any, Any]

C = np.pi / 2
LOG_2 = float(np.log(2.0))
FAR = 700.0
"""exp(±FAR) is still a normal float64."""

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


def log_cosh(t: Array) -> Array:
    """log cosh t for any t."""
    size = np.abs(t)
    return np.asarray(size + np.log1p(np.exp(-2.0 * size)) - LOG_2)


def stretch(t: Array) -> tuple[Array, Array]:
    """y = C sinh t and log(dy/dt): what the logarithm of a positive variable does."""
    return C * np.sinh(t), np.log(C) + log_cosh(t)


def unstretch(y: Array | float) -> Array:
    """The t whose `stretch` is y."""
    return np.asarray(np.arcsinh(y / C))


def double_stretch(t: Array) -> tuple[Array, Array]:
    """u = sinh(C sinh t) and log(du/dt), for a density with heavy tails."""
    y, slope = stretch(t)
    return np.sinh(y), log_cosh(y) + slope


def log_one_plus_exp(y: Array) -> Array:
    """log(1 + exp y) for any y."""
    return np.asarray(np.logaddexp(0.0, y))


def log_peak(k: Array) -> Array:
    """k log k - k - log Γ(k), without the cancellation for large k (Abramowitz–Stegun 6.1.41)."""
    large = np.maximum(k, 16.0)
    series = np.zeros_like(large)
    for coefficient in reversed(_STIRLING):
        series = coefficient + series / (large * large)
    far = 0.5 * np.log(large / (2 * np.pi)) - series / large
    near = k * np.log(k) - k - gammaln(k)
    return np.where(k < 16.0, near, far)


def log_ratio(eta: Array, share: Array) -> Array:
    """log(1 + share·(exp η - 1)) for η <= 0 and a share from 0 to 1."""
    return np.asarray(np.log1p(share * np.expm1(eta)))
