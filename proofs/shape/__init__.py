"""Shapes and counts: the sizes, index maps and parameters of the layers of a network.

Main definitions. A floor is the function `floor` where its two inequalities suffice; where a
quotient has to be *equal* to an integer, the quotient ``q`` and the remainder ``r`` of a division
are named by the hypothesis ``h_division``: ``a = q*s + r`` with ``0 <= r < s``, which is what ``q =
floor(a/s)`` says. Numbers of parameters are sums over the entries of the tensors.

Main statements. `shape.flatten_channels`: which entry of a feature map stands in which row after a
reshape, and when the permutation may be left out. `shape.pool_unet`: pooling chains and the skips
of a U-Net. `shape.conv`, `shape.convtranspose`: the sizes of convolutions.

Notes. Windows and indices are counted from 0, layers from 1. Layouts are row-major, as in NumPy and
PyTorch.
"""

from __future__ import annotations

from proofs.shape import maps, params
from proofs.shape.common import family

PARTS = (maps, params)

__all__ = ["PARTS", "family"]
