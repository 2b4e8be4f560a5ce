"""Reading values of expected types out of the tables of a key, each with its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.keys.fields import FIELDS, MAX_ENTRIES
from derive.keys.model import Text
from derive.keys.source import Source


class Bad(ValueError):
    """Something wrong at a known place."""

    def __init__(self, message: str, at: Text) -> None:
        super().__init__(message)
        self.at = at


class Values:
    """Reads fields of the key in ``source``; ``question`` is the number of the question being read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.question: int | None = None

    def _fields(self, data: Mapping[str, Any], table: str) -> None:
        for name in data:
            if name not in FIELDS[table]:
                known = ", ".join(sorted(FIELDS[table]))
                raise self._bad(f"unknown field {name[:60]!r}; a {table} has {known}", name)

    def _table(self, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = data.get(name)
        if not isinstance(value, dict):
            raise self._bad(f"expected a table [{name}]", name if name in data else "")
        if len(value) > MAX_ENTRIES:
            raise self._bad(f"[{name}] has more than {MAX_ENTRIES} entries", name)
        return value

    def _tables(self, data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        value = data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self._bad(f"expected [[question.{name}]] tables", name)
        if len(value) > MAX_ENTRIES:
            raise self._bad(f"more than {MAX_ENTRIES} {name} tables", name)
        return value

    def _string(self, data: Mapping[str, Any], name: str, *, required: bool = False) -> Text:
        value = data.get(name)
        if value is None and not required:
            return Text("")
        if not isinstance(value, str):
            said = "is missing" if value is None else f"must be a string, not {_kind(value)}"
            raise self._bad(f"{name} {said}", name if name in data else "")
        return self._at(value, name)

    def _strings(self, data: Mapping[str, Any], name: str) -> tuple[Text, ...]:
        value = data.get(name, [])
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(v, str) for v in items):
            raise self._bad(f"{name} must be a string or a list of strings", name)
        if len(items) > MAX_ENTRIES:
            raise self._bad(f"{name} has more than {MAX_ENTRIES} entries", name)
        return tuple(self._at(v, name) for v in items)

    def _pairs(self, data: Mapping[str, Any], name: str) -> tuple[tuple[Text, Text], ...]:
        table = self._table(data, name) if name in data else {}
        out = []
        for left, right in table.items():
            if not isinstance(right, str):
                raise self._bad(f'{name}.{left} must be a string such as "0.6"', left)
            out.append((self._at(left, name), self._at(right, left)))
        return tuple(out)

    def _number(self, data: Mapping[str, Any], name: str) -> float | None:
        value = data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            raise self._bad(f"{name} must be a number from 0 to a million", name)
        return value

    def _flag(self, data: Mapping[str, Any], name: str, default: bool) -> bool:
        value = data.get(name, default)
        if not isinstance(value, bool):
            raise self._bad(f"{name} must be true or false", name)
        return value

    def _at(self, value: str, after: str = "") -> Text:
        return self.source.locate(value, self.question, after)

    def _bad(self, message: str, name: str) -> Bad:
        return Bad(message, self._at(name or "[[question]]"))


def _kind(value: object) -> str:
    names: dict[type, str] = {
        int: "a number",
        float: "a number",
        bool: "true or false",
        list: "a list",
    }
    return names.get(type(value), "a table")
