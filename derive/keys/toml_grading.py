"""The fields of a key that only grading uses: near misses, and answers carried on from earlier ones."""

from __future__ import annotations

from typing import Any

from derive.keys.fields import MAX_ENTRIES
from derive.keys.model import Feedback, Follow
from derive.keys.toml_values import Values


def read_feedback(values: Values, data: dict[str, Any]) -> tuple[Feedback, ...]:
    """``feedback``, a list of ``{ when, marks, say }``. Raises Bad."""
    entries = data.get("feedback", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise values._bad("feedback must be a list of { when, marks, say } tables", "feedback")
    if len(entries) > MAX_ENTRIES:
        raise values._bad(f"feedback has more than {MAX_ENTRIES} entries", "feedback")
    return tuple(_near_miss(values, entry) for entry in entries)


def _near_miss(values: Values, entry: dict[str, Any]) -> Feedback:
    values._fields(entry, "feedback")
    return Feedback(
        when=values._string(entry, "when", required=True),
        marks=values._number(entry, "marks") or 0.0,
        say=values._string(entry, "say").value,
    )


def read_follow(values: Values, data: dict[str, Any]) -> Follow | None:
    """``follow``, a table ``{ from, replace }`` or ``{ from, name }``. Raises Bad."""
    if "follow" not in data:
        return None
    table = values._table(data, "follow")
    values._fields(table, "follow")
    follow = Follow(
        source=values._string(table, "from", required=True),
        replace=values._pairs(table, "replace"),
        name=values._string(table, "name").value,
    )
    if follow.name and follow.replace:
        raise values._bad("follow has either replace or name, not both", "follow")
    return follow
