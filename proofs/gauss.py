"""Normal laws on the line: moments, products, divergences, and the matrix identities behind them.

`Normal(x; m, v)` is the density with the mean m and the variance v > 0. An expectation is written
out, `Int(f(x)*Normal(x; m, v), x, -oo, oo)`, and every value is shown from the density; the Gaussian
integral itself comes from the error function.

Main definitions
----------------
* The divergence is `Int(p*log(p/q), x, -oo, oo)`, the entropy `Int(-p*log(p), x, -oo, oo)`.
* The score is `diff(log(Normal(x; m, v)), x)`.
* `quad(A, x)` is the form x^T A x, `dot(x, y)` the product x^T y.

Main statements
---------------
* Moments: `isserlis`, `quadratic_1d`, `mgf`, `stein`, `bonnet_price`, `mixture_moments`,
  `mixture_moments_2`,   `hutchinson`.
* Laws: `complete_square`, `product`, `affine_1d`, `linear_posterior_1d`, `convolution_blur`, `score`,
  `tweedie`, `woodbury`, `sylvester`.
* Divergences: `kl_1d`, `kl_std_diag`, `kl_zero`, `entropy_1d`, `hellinger_bhattacharyya`, `w2_1d`,
  `w2_coupling_1d`.

Notes
-----
An id that ends in ``_1d`` is the case of the line; the statement in d dimensions has the id without
that ending and waits for random vectors.
"""

from __future__ import annotations

from proofs import _gauss_divergences, _gauss_laws, _gauss_moments
from proofs._gauss_family import family

__all__ = ["_gauss_divergences", "_gauss_laws", "_gauss_moments", "family"]

WAITING = {
    "kl_mv": "KL divergence between normal laws in d dimensions",
    "entropy": "Entropy and cross-entropy of normal laws in d dimensions",
    "quadratic": "Expectation of a quadratic form of a random vector",
    "affine": "Affine images and independent sums of normal vectors",
    "conditional": "Conditional and marginal of a joint normal law",
    "linear_posterior": "Linear model with normal noise: evidence and posterior in d dimensions",
    "w2": "Wasserstein distance between normal laws in d dimensions",
    "matrix_calculus": "Matrix derivatives and the maximum-likelihood estimate of a normal law",
}

for id, title in WAITING.items():
    family.missing(id, title, waits_for="random vectors")
