"""Keys damaged in one place.

A key is its TOML tables. A damage changes one text of one question: a digit, a sign, an operator, an
entry of a matrix, the letter of the right option. Whether it makes anything
false, `benchmarks.damaged_truth` says.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

Path = tuple[str | int, ...]
Table = dict[str, Any]

NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
OPERATOR: Final = re.compile(r" [+-] |(?<!\*)\*(?!\*)|/")
OTHER: Final = {" + ": " - ", " - ": " + ", "*": "+", "/": "*"}


@dataclass(frozen=True, slots=True)
class Damage:
    """One change: the kind, where it is in the tables, the text there, and what it becomes.

    ``places`` are the checks at which it may be reported; none means anywhere in the question.
    """

    question: int
    kind: str
    path: Path
    old: str
    new: str
    places: tuple[str, ...] = ()

    def made(self, data: Table) -> Table:
        """The tables of the damaged key."""
        out = deepcopy(data)
        at: Any = out["question"][self.question]
        for name in self.path[:-1]:
            at = at[name]
        at[self.path[-1]] = self.new
        return out


def toml(data: Table) -> str:
    """The tables as a TOML file, every question's values in one line each."""
    lines = []
    for name in ("exam", "symbols", "define"):
        if name in data:
            lines += [f"[{name}]", *_entries(data[name])]
    for question in data["question"]:
        lines += ["[[question]]", *_entries(question)]
    return "\n".join(lines) + "\n"


def _entries(table: Table) -> list[str]:
    return [f"{json.dumps(name)} = {_value(value)}" for name, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_entries(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


# ------------------------------------------------------------------ what is damaged


def damages(data: Table, rng: random.Random) -> Iterator[Damage]:
    """Damages of every kind to every question, drawn with ``rng``."""
    for i, question in enumerate(data["question"]):
        make = {"numeric": _answers, "symbolic": _answers, "mcq": _choice, "derivation": _steps}
        yield from make.get(question["kind"], _claims)(i, question, rng)
        for name, text in question.get("given", {}).items():
            for new in some(digits(text, rng), rng, 3 if "Matrix" in text else 1):
                kind = "an entry of a matrix" if "Matrix" in text else "a given value"
                yield Damage(i, kind, ("given", name), text, new)


def _answers(i: int, question: Table, rng: random.Random) -> Iterator[Damage]:
    for path, part in _parts(question):
        name = part.get("id", "") if path else ""
        text = part["answer"]
        where = (f"answer ({name})",) if name else ("answer",)
        plain = NUMBER.fullmatch(text.lstrip("-"))
        kind = "an entry of a matrix" if "Matrix" in text else "a digit of an answer"
        for new in some(digits(text, rng), rng, 3 if "Matrix" in text else 2):
            yield Damage(i, kind, (*path, "answer"), text, new, where)
        if plain:
            new = text[1:] if text.startswith("-") else f"-{text}"
            yield Damage(i, "the sign of an answer", (*path, "answer"), text, new, where)
        else:
            for new in some(operators(text), rng, 2):
                yield Damage(i, "an operator of an answer", (*path, "answer"), text, new, where)
        for k, line in enumerate(part.get("working", [])):
            yield from _line(i, (*path, "working", k), line, name, rng)


def _line(i: int, path: Path, line: str, name: str, rng: random.Random) -> Iterator[Damage]:
    where = (f"working {int(path[-1]) + 1}{f' ({name})' if name else ''}",)
    kind = "an entry of a matrix" if "Matrix" in line else "a number in a line"
    for new in some(digits(line, rng), rng, 3):
        yield Damage(i, kind, path, line, new, where)
    for new in some(operators(line), rng, 1):
        yield Damage(i, "an operator in a line", path, line, new, where)


def _choice(i: int, question: Table, rng: random.Random) -> Iterator[Damage]:
    labels = list(question["options"])
    key = right_label(question)
    for label in labels:
        if label != key:
            yield Damage(i, "the key's letter", ("key",), question["key"], label, ("option",))
    option = question["options"][key]
    for path, text in _texts(option, ("options", key)):
        for new in some([*digits(text, rng), *operators(text)], rng, 2):
            yield Damage(i, "a claim of the key's option", path, text, new, (f"option {key}",))


def _steps(i: int, question: Table, rng: random.Random) -> Iterator[Damage]:
    steps = question["step"]
    for j, step in enumerate(steps):
        text = step["expr"]
        names = [s.get("tag", str(n)) for n, s in enumerate(steps, 1)][max(j, 1) : j + 2]
        where = (*(f"step {name}" for name in names), "goal")
        for new in some([*digits(text, rng), *operators(text)], rng, 3):
            yield Damage(i, "a step of a derivation", ("step", j, "expr"), text, new, where)


def _claims(i: int, question: Table, rng: random.Random) -> Iterator[Damage]:
    count = 0
    for field in ("holds", "fails", "claim", "working"):
        entries = question.get(field, [])
        for k, entry in enumerate([entries] if isinstance(entries, str) else entries):
            count += 1
            text = entry if isinstance(entry, str) else entry.get("claim", "")
            end: Path = () if isinstance(entries, str) else (k,)
            path = (field, *end) if isinstance(entry, str) else (field, *end, "claim")
            where = f"working {k + 1}" if field == "working" else f"claim {count}"
            for new in some([*digits(text, rng), *operators(text)], rng, 2):
                yield Damage(i, "a claim of a statement", path, text, new, (where,))


def _texts(option: Table, path: Path) -> Iterator[tuple[Path, str]]:
    if "expr" in option:
        yield (*path, "expr"), option["expr"]
    for name, text in option.get("let", {}).items():
        yield (*path, "let", name), text
    for field in ("holds", "fails"):
        for k, entry in enumerate(option.get(field, [])):
            if isinstance(entry, str):
                yield (*path, field, k), entry
            elif "claim" in entry:
                yield (*path, field, k, "claim"), entry["claim"]


def _parts(question: Table) -> Iterator[tuple[Path, Table]]:
    if "part" not in question:
        yield (), question
    for j, part in enumerate(question.get("part", [])):
        yield ("part", j), part


def right_label(question: Table) -> str:
    """The label of the option that the key means."""
    said, labels = question["key"].strip("()"), list(question["options"])
    return said if said in labels else labels[int(said) - 1]


def digits(text: str, rng: random.Random) -> list[str]:
    """The text with one digit of each of its numbers changed to another."""
    out = []
    for match in NUMBER.finditer(text):
        at = rng.choice([k for k in range(*match.span()) if text[k] != "."])
        out.append(f"{text[:at]}{rng.choice(sorted({*'0123456789'} - {text[at]}))}{text[at + 1 :]}")
    return [t for t in out if not re.search(r"(?<![\w.])0\d", t)]


def operators(text: str) -> list[str]:
    """The text with each of its operators changed to another."""
    return [text[: m.start()] + OTHER[m[0]] + text[m.end() :] for m in OPERATOR.finditer(text)]


def some(texts: list[str], rng: random.Random, count: int) -> list[str]:
    """At most so many of the texts, each once."""
    distinct = sorted(set(texts))
    return rng.sample(distinct, min(count, len(distinct)))
