"""The family ``attn``; the modules here fill it and `proofs.attn` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("attn", "Attention and sequence models")
