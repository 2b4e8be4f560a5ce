"""The family ``fid``; the modules here fill it and `proofs.fid` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("fid", "Fréchet inception distance")
