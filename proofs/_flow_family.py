"""The family of normalising flows; the modules ``_flow_*`` fill it and ``proofs.flow`` presents
it.
"""

from __future__ import annotations

from derive.library import Family

family = Family("flow", "Normalising flows")
