"""Fréchet inception distance: the squared Wasserstein distance of two normal fits.

Main definitions. For means and covariances (m, A) and (n, B) the distance is |m - n|^2 + tr A + tr
B - 2 tr R, where R is the principal square root of A B. A square root R of a 2 x 2 matrix with
trace and determinant not negative is principal; in any dimension R is written with a factor L of A
= L L' and the positive definite root K of L' B L.

Main statements. `fid.root_2x2`, `fid.formula` (two dimensions), `fid.trace_root` (any dimension),
`fid.transport` (one dimension, with the transport map), `fid.bounds` (any dimension: the trace of
the root lies between bounds that need no root), `fid.special_cases`, `fid.bias`.

Notes. ``spd`` matrices are symmetric and positive definite; singular covariances are covered in one
dimension and for diagonal ones.
"""

from __future__ import annotations

from proofs.fid import distance, midterm
from proofs.fid.common import family

PARTS = (distance, midterm)

__all__ = ["PARTS", "family"]
