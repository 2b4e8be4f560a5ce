"""The laws of a question, and the claims that are more than a formula: words with them, or theorems."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.keys.fields import MAX_ENTRIES
from derive.keys.model import Laws, Pushforward, Question, Stated, Text
from derive.keys.toml_values import Values


def read_laws(values: Values, data: dict[str, Any]) -> Laws | None:
    """``laws``, with its variables, densities and what is supposed of them. Raises Bad."""
    if "laws" not in data:
        return None
    table = values._table(data, "laws")
    values._fields(table, "laws")
    maps = values._table(table, "pushforwards") if "pushforwards" in table else {}
    return Laws(
        where=values._at("laws"),
        variables=values._pairs(table, "variables"),
        densities=values._pairs(table, "densities"),
        pushforwards=tuple(_pushforward(values, head, entry) for head, entry in maps.items()),
        mass_one=values._strings(table, "mass_one"),
        exist=values._strings(table, "exist"),
    )


def _pushforward(values: Values, head: str, entry: Any) -> Pushforward:
    if not isinstance(entry, dict):
        raise values._bad(f'pushforwards.{head} needs {{ of = "q", inverse = "log(y)" }}', head)
    values._fields(entry, "pushforward")
    return Pushforward(
        head=values._at(head, "pushforwards"),
        law=values._string(entry, "of", required=True),
        inverse=values._string(entry, "inverse", required=True),
        increasing=values._flag(entry, "increasing", True),
    )


def read_claims(values: Values, data: dict[str, Any], name: str) -> tuple[Text, ...]:
    """A claim or a list of claims, each a formula or a table. Raises Bad."""
    value = data.get(name, [])
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(v, str | dict) for v in items):
        raise values._bad(f"{name} must be a claim or a list of claims", name)
    if len(items) > MAX_ENTRIES:
        raise values._bad(f"{name} has more than {MAX_ENTRIES} entries", name)
    return tuple(
        values._at(v, name) if isinstance(v, str) else stated(values, v, name) for v in items
    )


def stated(values: Values, entry: dict[str, Any], name: str) -> Stated:
    """``{ claim, say }`` or ``{ theorem, chain, say }``. Raises Bad."""
    values._fields(entry, "premise" if name in ("premises", "audits") else "claim")
    if ("claim" in entry) == ("theorem" in entry) or ("chain" in entry and "claim" in entry):
        raise values._bad(
            f"a table in {name} needs either a claim, or a theorem and perhaps one of its chains",
            name,
        )
    theorem = "theorem" in entry
    text = values._string(entry, "theorem" if theorem else "claim")
    chain, say = values._string(entry, "chain").value, values._string(entry, "say").value
    if theorem and name == "fails":
        raise values._bad("a theorem is proved: it cannot stand in fails", name)
    return Stated(text.value, text.line, text.column, say, theorem, chain)


def with_texts(question: Question) -> Question:
    """The question with the formulas that its laws are read for, in the order in which they stand."""
    if question.laws is None:
        return question
    out = [text for step in question.steps for text in (step.expr,)]
    out += [question.goal] if question.goal is not None else []
    for premise in (*question.premises, *question.audits):
        out += [text for text in (premise.claim, premise.value) if text is not None]
    for part in question.parts:
        out += [*([part.model] if part.model is not None else []), *part.answers]
        out += [*part.claims, *part.working]
    out += [*question.claims, *question.holds, *question.fails, *question.working]
    for option in question.options:
        if not option.let:
            out += [*([option.expr] if option.expr is not None else [])]
            out += [*option.holds, *option.fails]
    formulas = (t for t in out if not (isinstance(t, Stated) and t.theorem))
    laws = replace(question.laws, texts=tuple(formulas), goal=question.goal)
    return replace(question, laws=laws)
