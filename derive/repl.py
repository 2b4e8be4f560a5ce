"""An interactive session with the vocabulary loaded: IPython where it is installed, else Python's own.

A term, a claim or a verdict is shown in Unicode in a terminal; a notebook sets it in LaTeX.
"""

from __future__ import annotations

import code
import sys
from importlib import import_module
from typing import Any, Final

from derive.laws.model import Reading
from derive.laws.pretty import pretty
from derive.terms.context import Claim
from derive.terms.term import Term
from derive.verdict import Conditional, Proved, Refuted, Undecided

MISSING: Final = (
    "IPython is not installed (pip install 'derive-proofs[repl]'); this is Python's own prompt."
)
BANNER: Final = """derive: laws and notions are SymPy objects; decide() judges what is claimed.
    m, s = Symbol("m", real=True), Symbol("s", positive=True)
    decide(Eq(KL(Normal(m, s**2), Normal(0, 1)), (m**2 + s**2 - log(s**2) - 1)/2, evaluate=False))
    model = Model().variables(x="real", z="real").law("p(x, z)").law("q(z)")
    model.elaborate("log(p(x)) = ELBO(q, p, x) + KL(q, p(. | x))")
"""
SIGNS: Final = {"<=": "≤", ">=": "≥", "!=": "≠"}
SYMPY: Final = (
    "Symbol symbols Function Rational Eq Ne Le Lt Ge Gt log exp sqrt pi oo Sum Integral Derivative"
).split()


def namespace() -> dict[str, Any]:
    """The names that a session starts with."""
    import sympy

    import derive
    from derive import vocabulary

    out = {name: getattr(sympy, name) for name in SYMPY}
    out |= {name: getattr(vocabulary, name) for name in vocabulary.__all__}
    out |= {name: getattr(derive, name) for name in ("Context", "Derivation", "read", "read_claim")}
    return out


def shown(value: object) -> str | None:
    """How a value of derive is shown in a terminal; None for other values.

    >>> from derive.terms import read
    >>> shown(read("sigma**2"))
    'σ²'
    """
    match value:
        case Term():
            return pretty(value)
        case Claim():
            sign = SIGNS.get(value.relation, value.relation)
            return f"{pretty(value.lhs)} {sign} {pretty(value.rhs)}"
        case Reading():
            return value.display.claim_unicode(value.claim)
        case Proved():
            return "proved"
        case Conditional():
            return "conditional, if " + ", ".join(str(shown(c)) for c in value.conditions)
        case Refuted():
            return f"refuted: {value.witness}"
        case Undecided():
            return f"undecided: {value.reason}"
    return None


def main() -> int:
    """Run a session until it is left. The exit status is 0."""
    try:
        terminal: Any = import_module("IPython.terminal.interactiveshell")
    except ImportError:
        return _plain()
    shell = terminal.TerminalInteractiveShell.instance(user_ns=namespace(), banner1=BANNER)
    formatter = shell.display_formatter.formatters["text/plain"]
    for kind in (Term, Claim, Reading, Proved, Conditional, Refuted, Undecided):
        formatter.for_type(kind, lambda value, printer, cycle: printer.text(shown(value)))
    shell.mainloop()
    return 0


def _plain() -> int:
    usual = sys.displayhook
    sys.displayhook = _display
    try:
        code.interact(banner=f"{BANNER}{MISSING}", local=namespace(), exitmsg="")
    finally:
        sys.displayhook = usual
    return 0


def _display(value: object) -> None:
    text = shown(value)
    if text is None:
        sys.__displayhook__(value)
    else:
        print(text)


if __name__ == "__main__":
    sys.exit(main())
