"""The family of variational autoencoders; the modules here fill it and ``proofs.vae`` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("vae", "Variational autoencoders")
