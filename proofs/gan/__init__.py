"""Adversarial training: the optimal discriminator, the divergences behind the objectives, and the
generator's gradients.

Main definitions
----------------
* `p` is the density of the data and `g` that of the generator, on a space X on which both are
  positive; `m = (p + g)/2`. A discriminator `D(x)` lies in (0, 1); the optimal one is `Dstar = p/(p
  + g)`.
* The value of the game is `Int(p*log(D), x, X) + Int(g*log(1 - D), x, X)`; `JSD` is the mean
  divergence of p and g from m.

Main statements
---------------
* `optimal_d`, `jsd_log2` (weights 1/2), `jsd_log4` (weights 1), `coverage`, each with a finite form
  in which every wrong variant has a witness; `prior_pi`, `density_ratio`, `bigan`, `infogan`,
  `label_smoothing`.
* Other objectives: `fgan_bound`, `fgan_nonnegative`, `fgan_table`, `lsgan`, `hinge`.
* Training: `saturation`, `generator_gradients`, `bilinear_gda`. Transport and smoothness:
  `disjoint`, `w1_grid`, `wgan_gp_ray`, `lipschitz_product`, `mmd_features`, `noise_two_shifts`.

Notes
-----
D ranges over all functions; nothing is said of a network with few parameters. The mean over the
noise z of h(f(z)) is the integral of h against g: that is the definition of g, and a hypothesis for
the integrand at hand (h_pushforward).
"""

from __future__ import annotations

from proofs.gan import divergences, fdivergences, optimum, training
from proofs.gan.common import family

PARTS = (optimum, divergences, fdivergences, training)

WAITING = {
    "w1_dual": (
        "Wasserstein-1: duality and the formula on the line",
        "couplings as objects; w1_grid has the grid",
    ),
    "wgan_gp": (
        "The gradient of an optimal critic along transport rays",
        "couplings and gradients; wgan_gp_ray has one ray",
    ),
    "mmd": (
        "Mean discrepancies of kernels in general, and the energy distance",
        "kernels with infinitely many features",
    ),
    "noise_jsd_strict": (
        "Instance noise with a density",
        "convolutions: fubini and lotus; noise_two_shifts has two shifts",
    ),
}

for id, (title, waits_for) in WAITING.items():
    family.missing(id, title, waits_for=waits_for)

__all__ = ["PARTS", "family"]
