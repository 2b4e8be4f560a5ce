"""Information theory: entropy, divergence, mutual information, and the inequalities between them.

Main definitions
----------------
* The divergence of a density p from q on a space X is `Int(p(x)*log(p(x)/q(x)), x, X)`, in nats. X
  is the support of p, on which q is positive: p is absolutely continuous with respect to q. The
  mass of q on X is 1, or at most 1 (h_mass).
* The Jensen-Shannon divergence is the mean divergence of p and q from their mixture.

Main statements
---------------
* `gibbs` (a divergence is not negative), `cross_entropy`, `jsd_bounds`, `jsd_weighted`,
  `donsker_varadhan`.
* Joint laws and mixtures: `kl_chain`, `kl_product`, `mi`, `compensation`, `log_sum`,
  `kl_upper_bound_mixture`.
* Two sets: `dpi`, `pinsker`. Infinite divergences, as bounds that exceed every number:
  `kl_support`, `kl_same_support_infinite`.
* Normal laws: `gauss_max_entropy`, `moment_projection`, `reverse_kl_meanfield`, `entropy_affine`,
  `kl_bijection`.
* `fisher_expansion`, `renyi`.

Notes
-----
"Equal only if" is never shown: on a space nothing is known of sets of measure 0. The exchange of
two integrals is a hypothesis (h_fubini), for the integrand at hand.
"""

from __future__ import annotations

from proofs.info import divergence, gaussian, infinite, joint, vectors
from proofs.info.common import family

PARTS = (divergence, joint, infinite, gaussian, vectors)

__all__ = ["PARTS", "family"]
