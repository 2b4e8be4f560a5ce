"""The family of variational autoencoders; ``_vae_*`` fill it and ``proofs.vae`` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("vae", "Variational autoencoders")
