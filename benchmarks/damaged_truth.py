"""What holds in a question by `benchmarks.reckoning`: answers, lines, premises, steps, claims."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import Any, Final

from mpmath import mp, mpf

from benchmarks.damages import Table, right_label
from benchmarks.instances import SCENES, Scene
from benchmarks.reckoning import Reckoner, Unreckoned, chain, parsed, related

SAME: Final = mpf(10) ** -24
Facts = dict[tuple[Any, ...], bool | None]


def broken(before: Facts, damaged: Table, i: int) -> bool:
    """Whether something that held in question ``i``, by the facts before, fails in the damaged key."""
    after = facts(damaged, damaged["question"][i])
    return any(held and after.get(name) is False for name, held in before.items())


def facts(data: Table, question: Table) -> Facts:
    """What a question says, by name: True where it holds, False where not, None where unknown."""
    out: Facts = {}
    kind = question["kind"]
    try:
        reckoner = Reckoner(data, question)
    except Unreckoned:
        return out
    scene = SCENES.get((data["exam"]["id"], question["id"]))
    if scene:
        reckoner.assumed = []
    for name in ("premises", "audits"):
        for k, entry in enumerate(question.get(name, [])):
            out[name, k] = _premise(reckoner, question, entry, scene)
    if kind in ("numeric", "symbolic"):
        for j, part in enumerate(question.get("part", [question])):
            out |= {(j, *name): held for name, held in _part(reckoner, question, part).items()}
    elif kind == "mcq":
        out |= _choice(data, question)
    elif kind == "derivation":
        out |= _derivation(reckoner, question, scene)
    else:
        for field in ("holds", "fails", "claim", "working"):
            entries = question.get(field, [])
            for k, entry in enumerate([entries] if isinstance(entries, str) else entries):
                out[field, k] = _claim(reckoner, entry, field != "fails", scene)
    return out


def _claim(reckoner: Reckoner, entry: Any, right: bool, scene: Scene | None = None) -> bool | None:
    text = entry if isinstance(entry, str) else entry.get("claim", "")
    if not text:
        return None
    found = reckoner.truth(text, scene=scene)
    if found == "undefined":
        return False if right else None
    return None if found == "unknown" else (found == "true") == right


def _premise(reckoner: Reckoner, question: Table, entry: Any, scene: Scene | None) -> bool | None:
    if not isinstance(entry, dict) or "value" not in entry:
        return _claim(reckoner, entry, True, scene)
    printed = question["given"][entry["given"]]
    try:
        gap = abs(reckoner.value(parsed(entry["value"]), {}) - mpf(printed))
    except Unreckoned:
        return None
    return gap <= half(places(printed))


def places(text: str) -> int | None:
    """The decimals of a literal, 0 for a whole number, None for any other text."""
    plain = text.strip().lstrip("-")
    if not plain.replace(".", "", 1).isdigit():
        return None
    return len(plain.partition(".")[2])


def half(shown: int | None) -> mpf:
    """Half a unit of the last place; a whole number is exact."""
    return mpf(10) ** -shown / 2 + SAME if shown else SAME


def _entries(text: str) -> list[str]:
    """The literals of a number or a matrix, row by row; none when it is a formula."""
    if text.startswith("Matrix("):
        inside = text[len("Matrix(") : -1].replace("[", "").replace("]", "")
        found = [e.strip() for e in inside.split(",")]
    else:
        found = [text.strip()]
    return found if all(places(e) is not None for e in found) else []


def _flat(value: Any) -> list[mpf]:
    return list(value) if isinstance(value, mp.matrix) else [value]


def _part(reckoner: Reckoner, question: Table, part: Table) -> Facts:
    out: Facts = {}
    text, printed = part["answer"], _entries(part["answer"])
    if printed and "model" in part:
        most = max(places(e) or 0 for e in printed)
        rounds = part.get("accept", {}).get("decimals") == 0
        try:
            right = _flat(reckoner.value(parsed(part["model"]), {}))
            for k, (e, v) in enumerate(zip(printed, right, strict=True)):
                cell = mpf("0.5") if rounds and not most else half(places(e) or most)
                out["answer", k] = abs(mpf(e) - v) <= cell
        except (Unreckoned, ValueError):
            out["answer", 0] = False
    else:
        claims = [f"{part['model']} = {text}"] if "model" in part else []
        for entry in part.get("claim", []):
            claim = entry if isinstance(entry, str) else entry["claim"]
            claims.append(claim.replace("{answer}", f"({text})"))
        out |= {("answer", k): _claim(reckoner, c, True) for k, c in enumerate(claims)}
    exact = _exact(reckoner, question)
    for k, line in enumerate(part.get("working", [])):
        terms, relations = chain(line)
        for j, relation in enumerate(relations):
            out["working", k, j] = _link(reckoner, terms[j], relation, terms[j + 1], exact)
    return out


def _exact(reckoner: Reckoner, question: Table) -> set[mpf]:
    """The decimals that are given, or that a displayed equation arrives at without rounding."""
    given = {abs(mpf(e)) for text in question.get("given", {}).values() for e in _entries(text)}
    new: set[mpf] = set()
    rounded: set[mpf] = set()
    for part in question.get("part", [question]):
        for line in part.get("working", []):
            terms, _ = chain(line)
            for left, right in pairwise(terms):
                before, after = (
                    {mpf(t) for t in re.findall(r"(?<![\w.])\d+\.\d+", side)}
                    for side in (left, right)
                )
                try:
                    same = _same(reckoner, left, right)
                except Unreckoned:
                    same = False
                fresh = after - before - given
                new |= fresh
                rounded |= fresh if (before - after) & rounded or not same else set()
    return given | (new - rounded)


def _same(reckoner: Reckoner, left: str, right: str) -> bool:
    one, other = (_flat(reckoner.value(parsed(side), {})) for side in (left, right))
    return len(one) == len(other) and all(
        abs(a - b) <= SAME * (1 + abs(a) + abs(b)) for a, b in zip(one, other, strict=True)
    )


def _link(reckoner: Reckoner, left: str, relation: str, right: str, exact: set[mpf]) -> bool | None:
    """A link of a displayed line: exactly, at the decimals shown, or by rounding what is displayed."""
    try:
        sides = [parsed(left), parsed(right)]
        if any(reckoner.free(side) for side in sides):
            plain = "=" if relation == "≈" else relation
            return _claim(reckoner, f"{left} {plain} {right}", True)
        first, second = ([*_flat(reckoner.value(side, {}))] for side in sides)
        if relation not in ("=", "≈"):
            return related(first[0], relation, second[0])
        shown = _entries(right) or [""] * len(second)
        if len(first) != len(second):
            return False
        slack = _slack(reckoner, sides, exact, first, second)
    except Unreckoned:
        return False
    most = max(places(e) or 0 for e in shown)
    for a, b, e, loose in zip(first, second, shown, slack, strict=True):
        size = SAME * (1 + abs(a) + abs(b))
        whole = relation == "≈" and places(e) == 0 and not most
        cell = mpf("0.5") if whole else half((places(e) or most) if e else 0)
        if abs(a - b) > max(cell, loose * mpf("1.001"), size):
            return False
    return True


def _slack(
    reckoner: Reckoner, sides: list[Any], exact: set[mpf], first: list[mpf], second: list[mpf]
) -> list[mpf]:
    """How far rounding the decimals displayed can move each difference of two sides, to first order."""
    out = [mpf(0)] * len(first)
    for which, side in enumerate(sides):
        for node in ast.walk(side):
            text = getattr(node, "shown", None)
            if text is None or "." not in text or abs(mpf(text)) in exact:
                continue
            moved = _flat(reckoner.value(side, {"#offsets": {id(node): half(places(text))}}))
            plain = (first, second)[which]
            out = [s + abs(m - p) for s, m, p in zip(out, moved, plain, strict=True)]
    return out


def _choice(data: Table, question: Table) -> Facts:
    standing: dict[str, bool | None] = {}
    for label, option in question["options"].items():
        reckoner = Reckoner(data, question, option.get("let"))
        shared = question.get("claim", []) if "expr" in option or "let" in option else []
        shared = [shared] if isinstance(shared, str) else shared
        found = []
        for right, entries in (
            (True, [*shared, *option.get("holds", [])]),
            (False, option.get("fails", [])),
        ):
            for entry in entries:
                if isinstance(entry, str):
                    entry = {"claim": entry}
                if "claim" in entry:
                    text = entry["claim"].replace("{option}", f"({option.get('expr')})")
                    found.append(_claim(reckoner, text, right))
        standing[label] = False if False in found else None if None in found else True
    key = right_label(question)
    return {("key",): standing[key]}


def _derivation(reckoner: Reckoner, question: Table, scene: Scene | None) -> Facts:
    steps, out = question["step"], {}
    for j, (one, two) in enumerate(pairwise(steps), 2):
        text = f"{one['expr']} {two.get('relation', '=')} {two['expr']}"
        out["step", j] = _claim(reckoner, text, True, scene)
    if "goal" in question:
        (_, right), _ = chain(question["goal"])
        out["goal", 0] = _claim(reckoner, f"{steps[-1]['expr']} = {right}", True, scene)
    return out
