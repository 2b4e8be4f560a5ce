"""Replacing symbols by terms without capturing anything, and decimals by fractions."""

from __future__ import annotations

from collections.abc import Mapping

from derive.terms.heads import BINDERS
from derive.terms.term import Term, _make, laws, num, rebuild, sym


def substitute(term: Term, mapping: Mapping[str, Term]) -> Term:
    """Replace free symbols by terms, all at once, renaming bound variables that would capture.

    >>> from derive.terms import read
    >>> print(substitute(read("Sum(n*y, n, 1, 3)"), {"y": read("n")}))
    Sum(n_1*n, n_1, 1, 3)
    """
    if term.free.isdisjoint(mapping):
        return term
    if term.head == "sym":
        return mapping[term.payload]
    scope = BINDERS.get(term.head)
    if scope is not None:
        return _substitute_under(term, scope, mapping)
    named = laws(term)
    args = [
        a
        if a.free.isdisjoint(mapping) or (a.head == "sym" and i in named)
        else mapping[a.payload]
        if a.head == "sym"
        else substitute(a, mapping)
        for i, a in enumerate(term.args)
    ]
    return rebuild(term, tuple(args))


def _substitute_under(term: Term, scope: tuple[int, ...], mapping: Mapping[str, Term]) -> Term:
    name = term.payload
    inner = {k: v for k, v in mapping.items() if k != name}
    used = {k for i in scope for k in term.args[i].free} & inner.keys()
    incoming = frozenset[str]().union(*(inner[k].free for k in used))
    if name in incoming:
        fresh = fresh_name(name, incoming.union(*(a.free for a in term.args)))
        inner[name], name = sym(fresh), fresh
    law = [i for i in laws(term) if term.args[i].head == "sym"]
    args = tuple(
        a if i in law else substitute(a, inner if i in scope else mapping)
        for i, a in enumerate(term.args)
    )
    return _make(term.head, name, args)


def fresh_name(name: str, taken: frozenset[str] | set[str]) -> str:
    """A name like ``name`` that is not in ``taken``."""
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def without_decimals(term: Term) -> Term:
    """The same term with each decimal written as the fraction it stands for."""
    if term.head == "num":
        return num(term.payload[0])
    return rebuild(term, tuple(without_decimals(a) for a in term.args))
