"""The language and its facts, read from ``facts.txt``, which says what its lines mean."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from .terms import INFINITY, LAWS, NUMBER, Claim, Term, call, joined, make, num, put

SOURCE: Final = Path(__file__).with_name("facts.txt")
RELATIONS: Final = ("=", "<=", "<", "!=")


class Entry(NamedTuple):
    """What a line declares: its letters, its parts by their first words, its claims."""

    letters: tuple[str, ...]
    parts: dict[str, list[Any]]
    claims: tuple[Claim, ...]

    def term(self, part: str, *args: Term) -> Term | None:
        """The first term of a part, with the arguments in place of the letters."""
        table = dict(zip(self.letters, args, strict=True))
        return put(self.parts[part][0], table) if part in self.parts else None

    def needs(self, part: str, *args: Term) -> list[Claim]:
        """The claims of a part, with the arguments in place of the letters."""
        table = dict(zip(self.letters, args, strict=True))
        return [c.put(table) for c in self.parts.get(part, []) if isinstance(c, Claim)]


def forms(text: str) -> list[Any]:
    """Text in brackets as nested lists of words; a semicolon starts a comment."""
    stack: list[list[Any]] = [[]]
    for word in re.findall(r";.*|[()]|[^\s();]+", text):
        if word == "(":
            stack.append([])
        elif word == ")":
            stack[-2].append(stack.pop())
        elif not word.startswith(";"):
            stack[-1].append(word)
    return stack[0]


def meaning(form: Any) -> Any:
    """The term or the claim that a form stands for."""
    if isinstance(form, str):
        known = INFINITY if form == "oo" else call(form) if form == "pi" else make("sym", form)
        return num(Fraction(form)) if NUMBER.fullmatch(form) else known
    head, *args = form[0], *map(meaning, form[1:])
    if head in RELATIONS:
        return Claim(args[0], head, args[1])
    if head == "-":
        return args[0] - args[1] if len(args) > 1 else -args[0]
    if head in ("+", "*"):
        return joined({"+": "add", "*": "mul"}[head], args)
    sign = {"/": "div", "pow": "pow", "@": "matmul"}.get(head)
    kind = "dist" if head in LAWS else "call"
    return make(sign, None, *args) if sign else make(kind, head, *args)


@cache
def table() -> dict[str, Entry]:
    """Every entry, under keys such as ``fact pythagoras`` and ``function exp``."""
    out = {}
    for kind, name, *rest in forms(SOURCE.read_text("utf-8")):
        letters = tuple(rest.pop(0)) if kind != "fact" else ()
        parts = {p[0]: [*map(meaning, p[1:])] for p in rest if p[0] not in RELATIONS}
        claims = tuple(meaning(p) for p in rest if p[0] in RELATIONS)
        out[f"{kind} {name}"] = Entry(letters, parts, claims)
    return out


def entry(term: Term) -> Entry | None:
    """The entry of the function or density at the root of a term."""
    kind = {"call": "function", "dens": "density"}.get(term.head)
    return table().get(f"{kind} {term.payload}") if kind else None


@cache
def arities() -> dict[str, int]:
    """The functions of the language, and how many arguments each takes."""
    return {k[9:]: len(e.letters) for k, e in table().items() if k.startswith("function ")}
