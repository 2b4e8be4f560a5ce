"""The family ``shape``; the modules ``_shape_*`` fill it and `proofs.shape` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("shape", "Shape calculus and counts")
