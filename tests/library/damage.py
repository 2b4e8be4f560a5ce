"""Damage to a derivation of the library: one line, hypothesis or domain is changed, the rest is left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.derivation import Chain, Derivation, Link
from derive.library import theorem
from derive.terms import read, read_claim
from derive.terms.context import RELATIONS, Claim
from derive.terms.domains import read_domain


def damaged(row: dict[str, Any]) -> Derivation:
    """The derivation of a theorem as far as the damaged chain, damaged as the row says.

    ``replace`` puts another text in the place of a line, ``insert`` one before it, ``relation`` another
    relation; ``domain`` declares a name otherwise, ``without`` drops a hypothesis, ``uncited`` the
    citations of the line. Lines count from 1.
    """
    derivation = theorem(row["theorem"]).derivation()
    labels = [c.label for c in derivation.chains]
    last = labels.index(row["chain"])
    derivation.chains, derivation.wrongs = derivation.chains[: last + 1], []
    context = derivation.context
    if "domain" in row:
        name, words = row["domain"]
        new = (
            replace(d, domain=read_domain(words)) if d.name == name else d for d in context.symbols
        )
        derivation.context = replace(context, symbols=tuple(new))
    if "without" in row:
        kept = tuple(h for h in context.hypotheses if h[0] != row["without"])
        assert len(kept) < len(context.hypotheses)
        derivation.context = replace(context, hypotheses=kept)
    _change(derivation, derivation.chains[-1], row)
    return derivation


def _change(derivation: Derivation, chain: Chain, row: dict[str, Any]) -> None:
    place, links = row["line"] - 2, chain.links
    link = links[place]
    if "replace" in row:
        links[place] = replace(link, claim=_claim(derivation, link, row["replace"]))
        if place + 1 < len(links):
            after = links[place + 1]
            start = links[place].claim.rhs
            links[place + 1] = replace(after, claim=replace(after.claim, lhs=start))
    if "insert" in row:
        line = read(row["insert"], derivation.context)
        links[place] = replace(link, claim=replace(link.claim, lhs=line))
        links.insert(place, Link(Claim(link.claim.lhs, "=", line), None, (), ""))
    if "relation" in row:
        claim = replace(links[place].claim, relation=RELATIONS[row["relation"]])
        links[place] = replace(links[place], claim=claim)
    if "uncited" in row:
        links[place] = replace(link, using=())


def _claim(derivation: Derivation, link: Link, text: str) -> Claim:
    """The claim of a link with another last line; a whole claim stands for itself."""
    if any(f" {r} " in text for r in RELATIONS):
        return read_claim(text, derivation.context)
    return replace(link.claim, rhs=read(text, derivation.context))
