"""The kernel: theorems and the rules that make them. It checks and never searches."""

from derive.kernel.bounds import Bounds, proves
from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem

__all__ = ["Bounds", "KernelError", "Theorem", "conditions", "proves"]
