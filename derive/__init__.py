"""derive checks derivations: each link comes back proved, conditional, refuted or undecided."""

__version__ = "0.1.0"
