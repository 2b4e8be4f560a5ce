"""Reparameterisation: laws as images of noise, and estimators of gradients.

Main definitions
----------------
* A map T of noise e has the law of z when the cumulative distributions agree: `P(T(e) <= a)` is an
  integral of the density of e up to the inverse of T at a, for an increasing T, and from there on for
  a decreasing one.
* `LogNormal(z; mu, sigma**2)` is the density of exp(mu + sigma*e).

Main statements
---------------
* The log-normal chain: `lognormal_T`, `lognormal_M`, `lognormal_C`, `lognormal_kl`, `lognormal_support`,
  `two_point_bound`.
* Other maps: `gaussian`, `table`, `gumbel_max`.
* Gradients: `pathwise`, `score_function`, `implicit`.

Notes
-----
The direction of a map is stated, and used: without it the map is not determined, as the decreasing
solutions of `lognormal_T` and `lognormal_M` show. Uniqueness is by strict monotonicity: any other
inverse gives a cumulative distribution that is strictly too large or too small.
"""

from __future__ import annotations

from proofs.reparam import gradients, lognormal, vectors
from proofs.reparam.common import family

__all__ = ["family", "gradients", "lognormal", "vectors"]
