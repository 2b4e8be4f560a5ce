"""The language and its facts, read from ``facts.txt``, which says what its lines mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from .terms import ENDS, LAWS, SCOPE, ZERO, Claim, Term, bind, joined, make, num, opened, put, sym

BINDERS: Final = {"diff": "diff", "E": "mean", **{h.title(): h for h in SCOPE}}
SIGNS: Final = {"+": "add", "*": "mul", "/": "div", "pow": "pow", "@": "matmul"}


class Letter(NamedTuple):
    """What stands in place of a letter of a fact: a term, in which its arguments have names."""

    parameters: tuple[str, ...]
    body: Term


Letters = Mapping[str, Letter]


class Need(NamedTuple):
    """A hypothesis of a fact: a claim, or what its kind says about it, as ``facts.txt`` explains.

    ``around`` are the hypotheses under which the claim must hold for every value of the variable.
    """

    kind: str
    claim: Claim
    variable: str = ""
    around: tuple[Claim, ...] = ()


class Entry(NamedTuple):
    """What a line declares: its letters, what it states, what that needs, and its marks."""

    letters: tuple[str, ...]
    statement: Claim | None
    needs: list[list[Need]]
    marks: dict[str, list[str]]


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


def meaning(form: Any) -> Term:
    """The term that a form stands for."""
    if isinstance(form, str):
        known = {"oo": make("oo", None), "pi": make("call", "pi")}
        literal = form.lstrip("-")[0].isdigit()
        return num(Fraction(form)) if literal else known.get(form, sym(form))
    head, *rest = form
    if head in BINDERS:
        return bind(BINDERS[head], rest[0], *map(meaning, rest[1:]))
    args = [meaning(f) for f in rest]
    if head == "-":
        return args[0] - args[1] if len(args) > 1 else -args[0]
    if head in SIGNS:
        return joined(SIGNS[head], args)
    if head == "Matrix":
        return make("matrix", (int(rest[0]), int(rest[1])), *args[2:])
    law = "dist" if len(args) == LAWS.get(head) else "dens"
    return make(law if head in LAWS else "call", head, *args)


def need(form: Any) -> Need:
    """The hypothesis that a form stands for."""
    kind, *rest = form
    if kind in ("all", "each", "near"):
        return Need(kind, need(rest[2]).claim, rest[0], tuple(need(f).claim for f in rest[1]))
    if kind in ("integer", "continuous"):
        return Need(kind, Claim(meaning(rest[-1]), "=", ZERO), str(rest[0]))
    return Need("claim", Claim(meaning(rest[0]), kind, meaning(rest[1])))


NONE: Final = Entry((), None, [], {})
MARKS: Final = ("defined", "axiom", "smooth", "rounds", "whole", "laws", "needs", "ends")


@cache
def table() -> dict[str, Entry]:
    """Every entry, under keys such as ``fact pythagoras`` and ``function exp``."""
    out = {}
    for kind, name, first, *rest in forms(Path(__file__).with_name("facts.txt").read_text("utf-8")):
        marks = {p[0]: p[1:] for p in rest if p[0] in MARKS}
        given = [p for p in rest if p[0] not in MARKS]
        lists = [given] if kind == "fact" else [p[1:] for p in rest if p[0] == "needs"]
        needs = [[need(p) for p in given] for given in lists]
        statement = need(first).claim if kind == "fact" else None
        out[f"{kind} {name}"] = Entry(tuple(first), statement, needs, marks)
    return out


@lru_cache(65_536)
def entry(term: Term) -> Entry:
    """The entry of the function, density or operation at the root of a term; an empty one for none."""
    kind = {"call": "function", "dens": "density"}.get(term.head, "operation")
    return table().get(f"{kind} {term.payload if kind != 'operation' else term.head}", NONE)


@cache
def arities() -> dict[str, int]:
    """The functions of the language, and how many arguments each takes."""
    return {k[9:]: len(e.letters) for k, e in table().items() if k.startswith("function ")}


def fill(t: Term, letters: Letters, depth: int = 0) -> Term:
    """A term of a fact with other terms in place of its letters. Every letter must have one."""
    if t.head == "sym":
        return letters[t.payload].body
    if t.head in SCOPE:
        x, place = sym(f"#{depth}"), SCOPE[t.head]
        inner = {**letters, x.payload: Letter((), x)}
        parts = [opened(a, x) if i == place else a for i, a in enumerate(t.args)]
        return bind(t.head, x.payload, *[fill(a, inner, depth + 1) for a in parts])
    args = [fill(a, letters, depth) for a in t.args]
    if t.head == "call" and t.payload not in arities():
        parameters, body = letters[f"{t.payload}()"]
        return put(body, dict(zip(parameters, args, strict=True)))
    return make(t.head, t.payload, *args)


def filled(claim: Claim, letters: Letters) -> Claim:
    """A claim of a fact with other terms in place of its letters."""
    return Claim(fill(claim.lhs, letters), claim.relation, fill(claim.rhs, letters))


@lru_cache(65_536)
def parts(t: Term) -> tuple[Term, ...]:
    """Terms that are defined wherever the term is."""
    if t.head in ("int", "mean", "over", "fun") or "laws" in entry(t).marks:
        return ()
    if t.head == "diff":
        return t.args[1], opened(*t.args)
    return t.args[t.head in ("sum", "prod") :]


@lru_cache(4096)
def within(claim: Claim) -> frozenset[Term]:
    """The terms that are defined since both sides of a claim are."""
    out, stack = set[Term](), [*claim[::2]]
    while stack:
        t = stack.pop()
        stack += parts(t) if t not in out else ()
        out.add(t)
    return frozenset(out.difference(ENDS))
