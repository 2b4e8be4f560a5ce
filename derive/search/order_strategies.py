"""The registry of what is tried on an inequality, cheapest first."""

from __future__ import annotations

from typing import Final

from derive.search.order_cases import by_cases, by_stated_cases
from derive.search.order_core import Entry
from derive.search.order_derivative import by_derivative
from derive.search.order_functions import by_carried_order, by_known_bounds, by_logarithms, by_roots
from derive.search.order_polynomials import by_products, by_products_with_logarithms, by_square
from derive.search.order_roots import by_positive_bases, by_signs_beside_roots
from derive.search.order_tangents import by_tangents, by_tight_tangents

STRATEGIES: Final = (
    Entry("stated cases", by_stated_cases, cost=0, stages=("split",)),
    Entry("cases", by_cases, cost=0),
    Entry("square", by_square),
    Entry("roots", by_roots),
    Entry("positive bases", by_positive_bases, depth=1),
    Entry("signs beside roots", by_signs_beside_roots, cost=2, depth=1),
    Entry("known bounds", by_known_bounds, depth=1),
    Entry("products", by_products, cost=2),
    Entry("carried order", by_carried_order, cost=2, depth=1),
    Entry("logarithms", by_logarithms, cost=2, depth=1),
    Entry("tangents", by_tangents, cost=4),
    Entry("products with logarithms", by_products_with_logarithms, cost=2),
    Entry("derivative", by_derivative, cost=6, depth=1, stages=("form", "stated")),
    Entry("tight tangents", by_tight_tangents, cost=6),
)
"""What is tried on ``0 ⋈ N``, in this order."""
