"""Denoising diffusion: the forward process, its posterior and the weights of the loss.

Main definitions
----------------
``beta(t) = 1 - alpha(t)`` and ``abar(t) = Prod(alpha(s), s, 1, t)``, an empty product being 1; the ratio
of signal to noise is ``abar(t)/(1 - abar(t))``. One step of the chain is ``Normal(x; sqrt(alpha(n))*y,
beta(n))`` with ``y`` for x_{n-1} and ``z`` for x_0; the second argument of ``Normal`` is the variance.

Main statements
---------------
`forward_closed` (the law of x_n given x_0), `posterior_mean`, `posterior_variance`, `posterior_n1` (the
reverse step given the data, and its edge), `mean_eps_form`, `eps_weight`, `x0_weight` (what the loss
weighs), `parametrisations`, `schedule_validity`.

Notes
-----
The schedule is given by ``alpha(t)``, which lies strictly between 0 and 1; this is the same as
0 < beta(t) < 1. The coordinates of a vector are independent under these laws, with one variance, so each
statement is about one coordinate. Algebra is done in letters first (``a`` for alpha_n, ``b`` for
abar_{n-1}) and then at the schedule. The loss and the schedules have modules of their own.
"""

from __future__ import annotations

from proofs.ddpm import forward, loss, posterior, schedules, vectors
from proofs.ddpm.common import family

PARTS = (forward, posterior, loss, schedules, vectors)

__all__ = ["PARTS", "family"]
