"""Attention: softmax, masks, and the ways to compute it.

Main definitions. The softmax of scores ``x[1..n]`` has the weights ``exp(x[i])/Sum(exp(x[j]), j, 1,
n)``. Where a statement speaks of one score among many, that score is ``a`` and the others are
``x[i]``; a derivative by a score is one by ``a``. A mask is a factor 0 or 1 of the exponentials,
which is what a score of minus infinity means.

Main statements. `attn.definition` (weights of a masked row; the midterm's numbers are
`attn.midterm`), `attn.softmax` (shift invariance, Jacobian), `attn.softmax_limits` (how far from
the limits a temperature is), `attn.online_softmax` (blocks are merged exactly).

Notes. Positions, normalisation and counts are beside the softmax in a module of their own.
"""

from __future__ import annotations

from proofs.attn import core, layers
from proofs.attn.common import family

PARTS = (core, layers)

__all__ = ["PARTS", "family"]
