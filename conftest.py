"""Names that every doctest may use without importing them."""

from fractions import Fraction

import pytest


@pytest.fixture(autouse=True)
def _names(doctest_namespace: dict[str, object]) -> None:
    from numeric.domain import Domain

    doctest_namespace.update(Domain=Domain, Fraction=Fraction)
