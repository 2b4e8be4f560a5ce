"""Consistency models: the parametrisation and what the exact function keeps.

Main statements
---------------
`boundary`: the parametrisation is the identity at the least noise level, and the exact function is
constant along the flow of normal data.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("consistency", "Consistency models")


@family.theorem(
    "boundary",
    title="The boundary condition of a consistency model",
    source="Song, Dhariwal, Chen, Sutskever (2023), eq. 5 and App. C",
)
def boundary(d: Derivation) -> None:
    """At t = o (the least noise level) c_skip is 1 and c_out is 0. For data Normal(0, c**2) the
    curves z*sqrt(c**2 + t**2) solve the flow, and the exact function x*sqrt((c**2 + o**2)/(c**2 +
    t**2)) has one value along each.

    ``F`` is the network's value. Not shown: flows of other data.
    """
    d.declare(x="real", z="real", F="real", t="positive", o="positive", c="positive")
    skip, out = "c**2/(({0} - o)**2 + c**2)", "c*({0} - o)/sqrt(c**2 + {0}**2)"
    d.start(f"({skip.format('o')})*x + ({out.format('o')})*F", label="boundary").eq(
        "c**2/c**2*x + 0*F", because="o - o = 0"
    ).eq("x", by="ring")
    d.start("diff(z*sqrt(c**2 + t**2), t)", label="flow").eq("z*t/sqrt(c**2 + t**2)", by="diff").eq(
        "-t*(-(z*sqrt(c**2 + t**2))/(c**2 + t**2))", because="-t times the score at that point"
    )
    d.start("z*sqrt(c**2 + t**2)*sqrt((c**2 + o**2)/(c**2 + t**2))", label="constant").eq(
        "z*sqrt(c**2 + o**2)", because="t drops out"
    )
    d.wrong(
        "c**2/(o**2 + c**2)*x + o*c/sqrt(o**2 + c**2)*F = x",
        why="the coefficients of EDM at the least noise level",
    )
