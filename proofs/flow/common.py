"""The family of normalising flows; the modules here fill it and ``proofs.flow`` presents
it.
"""

from __future__ import annotations

from derive.library import Family

family = Family("flow", "Normalising flows")
