"""The evidence lower bound: what it is, why it is one, and how far it lies below the log evidence.

Main definitions
----------------
* A model is a joint density `p(x, z)` of an observation x and a latent z, on a space Z of latents;
  the evidence is its marginal `px(x)` (h_marginal), the posterior `post(z, x) = p(x, z)/px(x)`.
* For a density `q(z)` (h_norm_q) the bound is `ELBO(x) = Int(q(z)*log(p(x, z)/q(z)), z, Z)`, which
  exists (h_integrable); the gap is `KL_post(x) = Int(q(z)*log(q(z)/post(z, x)), z, Z)`.

Main statements
---------------
* `gap`: log evidence = bound + divergence of q from the posterior; `gap_finite` for a latent with K
  values.
* `forms`, `forms_finite`, `jensen`, `jensen_support`, `optimal_q`, `conditional`, `gaussian`,
  `hierarchical`.
* Over data: `dataset`, `surgery`, `wake_sleep_symmetry`. Other bounds: `eubo_cubo`, `iwae`,
  `renyi`, `beta_bound`.
* Optimisation: `mean_field`, `theta_gradient`, `stl`.

Notes
-----
A space may be any set with an integral, finite or not: densities are positive on it, so it stands
for the support of q. What is said to exist is a hypothesis: `A = A` says that A exists, and `A = B`
with a symbol B names its value. The finite theorems repeat the abstract ones with sums, where every
wrong variant has a witness.
"""

from __future__ import annotations

from proofs.elbo import bounds, data, exact, gaussian, gradients
from proofs.elbo.common import family

PARTS = (exact, gaussian, data, bounds, gradients)

__all__ = ["PARTS", "family"]
