"""Balls that a test computes itself are computed at a precision well past the one under test."""

from collections.abc import Iterator

import pytest
from flint import ctx


@pytest.fixture(autouse=True, scope="module")
def precise_balls() -> Iterator[None]:
    with ctx.workprec(500):
        yield
