"""The family ``shape``; the modules here fill it and `proofs.shape` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("shape", "Shape calculus and counts")
