"""A small key with its results, and what makes LaTeX well-formed."""

from __future__ import annotations

import re
from pathlib import Path

from derive.keys.results import Check, Result

GOLDEN = Path(__file__).parent / "golden"

RESULTS = (
    Result(
        "1",
        "numeric",
        "rounded",
        "the value is 0.119; rounding the displayed intermediates gives 0.120",
        topic="exponentials",
        answer="0.120",
        right="0.119",
        checks=(
            Check("premise 1", "x < 0", "conditional", "holds if mu != 0, sigma > 1", ("ring",)),
            Check("answer", "0.120 ≈ exp(x)/(1 + exp(x))", "rounded", "the value is 0.119"),
            Check("working 1", "exp(-2) ≈ 0.1353", "enclosed", "the left side is 0.135335"),
            Check("working 2, link 1", "a = b", "rounded", "equal up to rounding"),
            Check(
                "working 2, link 2", "b ≈ 0.120", "refuted", "the left side is 0.119 to 3 decimals"
            ),
            Check("audit 1", "x = -2", "proved", "page 3: ", ("unfold", "ring")),
        ),
    ),
    Result(
        "2",
        "mcq",
        "wrong",
        "option A does not hold; option B does",
        answer="A",
        right="B",
        checks=(
            Check(
                "option A",
                "log(sigma**2) = log(sigma)",
                "refuted",
                "at sigma = 2: left 1.4, right 0.7",
            ),
            Check(
                "option B",
                "log(sigma**2) = 2*log(sigma)",
                "proved",
                "",
                ("ring", "log_product", "trans"),
            ),
        ),
    ),
    Result(
        "3",
        "derivation",
        "correct",
        checks=(Check("step 2", "(mu + sigma)**2 = …", "proved", "", ("ring",)),),
    ),
)


def balanced(latex: str) -> bool:
    """Whether braces nest and dollar signs come in pairs."""
    depth = 0
    bare = re.sub(r"\\(?:[A-Za-z]+|.)", "", latex, flags=re.DOTALL)
    for character in bare:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0 and bare.count("$") % 2 == 0


def control_sequences(latex: str) -> set[str]:
    """The names of the commands in a piece of LaTeX."""
    return set(re.findall(r"\\([A-Za-z]+|.)", latex, flags=re.DOTALL))
