"""Terms and claims for a reader."""

from __future__ import annotations

from typing import Final

from .terms import SCOPE, Claim, Term

SIGNS: Final = {"add": " + ", "mul": "*", "div": "/", "pow": "**", "matmul": " @ ", "neg": "-"}
NAMES: Final = {"sum": "Sum", "prod": "Prod", "int": "Int", "mean": "E", "matrix": "Matrix"}


def text(thing: Term | Claim, bound: tuple[str, ...] = (), inner: bool = False) -> str:
    """A term or claim in infix notation, every operation inside another in brackets."""
    if isinstance(thing, Claim):
        return f"{text(thing.lhs)} {thing.relation} {text(thing.rhs)}"
    head, payload, place = thing.head, thing.payload, SCOPE.get(thing.head)
    if head in ("num", "bound"):
        return str(payload[0]) if head == "num" else [*bound, "?"][min(payload, len(bound))]
    name = next(n for n in map("i{}".format, range(999)) if n not in (*thing.free, *bound))
    args = [
        text(a, (name, *bound) if i == place else bound, head in SIGNS)
        for i, a in enumerate(thing.args)
    ]
    if head in SIGNS:
        shown = f"-{args[0]}" if head == "neg" else SIGNS[head].join(args)
        return f"({shown})" if inner else shown
    args[1:1] = [name] if place is not None else []
    word = payload if isinstance(payload, str) else NAMES.get(head, head)
    return word + ("[{}]" if head == "index" else "({})").format(", ".join(args)) if args else word
