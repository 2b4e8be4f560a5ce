"""The facts about matrices, as text: a name, a statement, and the hypotheses it needs.

Each is true for all matrices with which both sides have one shape, as `derive.terms.shapes` computes it
from the statement itself: ``det(A @ B) = det(A)*det(B)`` is well-formed for square A and B alone, and in
``identity_left`` the product says that n is the number of rows of A. Where a statement would leave a
dimension open it names it: ``det_multiple`` multiplies by ``eye(n)``, which makes n the size of A.
"""

from __future__ import annotations

from typing import Final

MATRICES: Final = """associative: (A @ B) @ C = A @ (B @ C)
product_sum_left: (A + B) @ C = A @ C + B @ C
product_sum_right: A @ (B + C) = A @ B + A @ C
product_multiple_left: (c*A) @ B = c*(A @ B)
product_multiple_right: A @ (c*B) = c*(A @ B)
identity_left: eye(n) @ A = A
identity_right: A @ eye(n) = A
zero_matrix: zeros(n, m) = 0*zeros(n, m)
single_entry: A = trace(A)*eye(1)
transpose_transpose: transpose(transpose(A)) = A
transpose_sum: transpose(A + B) = transpose(A) + transpose(B)
transpose_multiple: transpose(c*A) = c*transpose(A)
transpose_product: transpose(A @ B) = transpose(B) @ transpose(A)
transpose_identity: transpose(eye(n)) = eye(n)
transpose_inverse: transpose(inv(A)) = inv(transpose(A))
trace_sum: trace(A + B) = trace(A) + trace(B)
trace_multiple: trace(c*A) = c*trace(A)
trace_product: trace(A @ B) = trace(B @ A)
trace_transpose: trace(transpose(A)) = trace(A)
trace_identity: trace(eye(n)) = n
trace_cauchy_schwarz: trace(transpose(A) @ B)**2 <= trace(transpose(A) @ A)*trace(transpose(B) @ B)
det_product: det(A @ B) = det(A)*det(B)
det_multiple: det(c*(A @ eye(n))) = c**n*det(A)
det_transpose: det(transpose(A)) = det(A)
det_inverse: det(inv(A)) = 1/det(A)
det_identity: det(eye(n)) = 1
det_sylvester: det(eye(n) + A @ B) = det(eye(m) + B @ A)
det_lemma: det(A + U @ C @ V) = det(inv(C) + V @ inv(A) @ U)*det(C)*det(A)
invertible: det(A) != 0; A @ B = eye(n)
inverse_unique: inv(A) = B; A @ B = eye(n)
inverse_left: inv(A) @ A = eye(n)
inverse_right: A @ inv(A) = eye(n)
inverse_inverse: inv(inv(A)) = A
inverse_product: inv(A @ B) = inv(B) @ inv(A)
inverse_multiple: inv(c*A) = inv(A)/c
inverse_identity: inv(eye(n)) = eye(n)
woodbury: inv(A + U @ C @ V) = inv(A) - inv(A) @ U @ inv(inv(C) + V @ inv(A) @ U) @ V @ inv(A)
"""
