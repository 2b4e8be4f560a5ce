"""Variational autoencoders: decoders, the linear model, and what the weight of the divergence does.

Main definitions. ``Normal(x; m, v)`` has the variance v. In the linear model with numbers, z ~ N(0,
e), x given z ~ N(u z, s), and the encoder is N(w x, v); with matrices U, W, S = Sigma, and the
variances a and b of decoder and prior.

Main statements. `vae.linear_elbo`, `vae.linear_gradients`, `vae.linear_optimal_encoder`: the bound
of the linear model in matrices, its slopes and where it is tight; `vae.linear_elbo_1d`,
`vae.linear_optimum_1d`: the same with numbers, as integrals; `vae.linear_stationary`: the gradient
equations. `vae.one_dim_latent`: a latent of one dimension tells any finite number of images apart.
`vae.beta_exchange`.

Notes. Decoders, the latent and the linear model in matrices have modules of their own.
"""

from __future__ import annotations

from proofs.vae import decoders, latent, linear
from proofs.vae.common import family

PARTS = (decoders, latent, linear)

__all__ = ["PARTS", "family"]
