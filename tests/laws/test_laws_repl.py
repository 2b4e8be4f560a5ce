"""The interactive session: what it loads, and how it shows things."""

from __future__ import annotations

import subprocess
import sys

from helpers import ROOT

from derive.decision import decide
from derive.laws import Model
from derive.repl import namespace, shown
from derive.terms import Context, read_claim

SESSION = """
m = Model().variables(x="real", z="real").law("p(x, z)").law("q(z)")
m.elaborate("log(p(x)) >= ELBO(q, p, x)")
decide("1 < 0")
KL(Normal(0, 1), Normal(1, 1))
"""


def test_the_vocabulary_is_loaded() -> None:
    assert {"KL", "E", "Normal", "Symbol", "Eq", "decide", "Model", "points"} <= namespace().keys()


def test_values_are_shown_in_unicode() -> None:
    context = Context().declare("mu").declare("x")
    assert shown(read_claim("mu**2 >= -1", context)) == "μ² ≥ -1"
    assert shown(decide(read_claim("x/x = 1", context), context)) == "conditional, if x ≠ 0"
    assert shown(decide(read_claim("x = 1", context), context)).startswith("refuted: at x = ")
    model = Model().variables(z="real").law("q(z)")
    assert shown(model.elaborate("H(q) <= KL(q, q)")) == "H(q) ≤ KL(q ‖ q)"
    assert shown(3) is None


def test_the_plain_prompt_runs_without_ipython() -> None:
    code = (
        "import sys; sys.modules['IPython'] = None; from derive.repl import main; sys.exit(main())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        input=SESSION.encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    lines = out.stdout.decode().replace(">>> ", "").split("\n")
    assert lines[:3] == [
        "log(p(x)) ≥ ELBO(q, p; x)", "refuted: left 1, right 0", "KL(Normal(0, 1), Normal(1, 1))",
    ]  # fmt: skip
    assert "IPython is not installed" in out.stderr.decode()
