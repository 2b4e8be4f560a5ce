"""The probability calculus: means, conditional laws, maps of variables, scores.

Main definitions
----------------
* A law is a density on a space; a joint law of x and y is `p(x)*r(y, x)`, with the conditional r,
  and a mean over it an integral of integrals. Points of a space are numbers where the text computes
  with them.
* The distribution function of a normal law is `(1 + erf((z - m)/(s*sqrt(2))))/2`.

Main statements
---------------
* `lotus`, `bayes`, `tower`, `tower_finite`, `jensen`, `importance`, `conditional_mean`,
  `markov_reversal`, `total_variation`.
* On the line: `pushforward_monotone`, `cdf_inversion`, `cdf_match`, `score_mean_zero`.

Notes
-----
General statements about maps of a variable need the substitution rule at a declared function; here
they are shown for the maps and laws that the other families use.
"""

from __future__ import annotations

from proofs.prob import expectations, laws
from proofs.prob.common import family

PARTS = (expectations, laws)

__all__ = ["PARTS", "family"]
