"""Refutation: proposes witnesses. A witness counts only when balls separate the two sides there."""

from derive.refute.witness import Refuter

__all__ = ["Refuter"]
