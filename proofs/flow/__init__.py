"""Normalising flows: densities moved by invertible maps.

A flow is an invertible, smooth map f; with ``x = f(z)`` and the inverse g the density of x is
``p(g(x))*|det J_g(x)| = p(z)/|det J_f(z)|``.

Main definitions
----------------
* The Jacobian of a map of a few coordinates is written out,
  ``Matrix([[diff(f1(x, y), x), ...], ...])``.
* In d dimensions it is the matrix J of the directional derivative
  ``diff(f(z + t*y), t; 0) = J @ y``.
* A coupling ``y2 = x2*exp(s(x1)) + t(x1)``, a planar flow ``z + u*tanh(w.z + b)``, a radial flow
  ``z + b*z/(a + |z|)``: as in the papers named at each theorem.

Main statements
---------------
* What is a flow: `change_of_variables`, `composition`, `unit_jacobian_1d`, `volume_preserving`.
* What is none: `rank_deficient`, `even_power`, `local_not_global`.
* Layers and their determinants: `affine_coupling`, `additive_coupling`, `autoregressive`,
  `planar`, `radial`, `sylvester`, `conv1x1`, `actnorm_squeeze`, `leapfrog`, `iresnet`,
  `mixture_cdf`.
* Training: `linear_mle`, `kl_equivalence`, `dequantisation`, `vi_flow_elbo`, `cnf`, `injective`,
  `knothe_rosenblatt`.

Notes
-----
A density p is any function whose integral a hypothesis gives (``h_norm``, ``h_mass``); the change
of variable under the integral is the kernel's rule `substitution`, which asks for a map that
increases or decreases onto the range. Integrals in d dimensions are iterated.
"""

from __future__ import annotations

from proofs.flow import change, layers, maps, training
from proofs.flow.common import family

PARTS = (change, layers, maps, training)

__all__ = ["PARTS", "family"]
