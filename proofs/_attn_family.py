"""The family ``attn``; the modules ``_attn_*`` fill it and `proofs.attn` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("attn", "Attention and sequence models")
