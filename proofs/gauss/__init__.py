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
* Vectors: `quadratic`, `affine`, `entropy`, `kl_mv`, `conditional`, `linear_posterior`, `product_mv`,
  `w2`, `matrix_calculus`, `mle_mv`.
* Divergences: `kl_1d`, `kl_std_diag`, `kl_zero`, `entropy_1d`, `hellinger_bhattacharyya`, `w2_1d`,
  `w2_coupling_1d`.

Notes
-----
An id that ends in ``_1d`` is the case of the line, one that ends in ``_mv`` that of d dimensions, where
the line has the plain id. Random vectors are functions on a space of outcomes, known by their moments.
"""

from __future__ import annotations

from proofs.gauss import divergences, estimates, laws, matrices, moments, vectors
from proofs.gauss.common import family

__all__ = ["divergences", "estimates", "family", "laws", "matrices", "moments", "vectors"]
