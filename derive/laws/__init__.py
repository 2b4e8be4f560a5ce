"""Probabilistic notation: laws, means and divergences, written out as integrals and definitions."""

from derive.laws.display import Display
from derive.laws.model import Model, Reading
from derive.laws.spaces import LawError, Space

__all__ = ["Display", "LawError", "Model", "Reading", "Space"]
