"""The family of reparameterisations; the modules here fill it and ``proofs.reparam`` presents it."""

from __future__ import annotations

from derive.library import Family

family = Family("reparam", "Reparameterisation and gradient estimators")
