"""The family of normal laws; the modules here fill it and ``proofs.gauss`` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("gauss", "Gaussian toolkit")
