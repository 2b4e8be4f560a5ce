"""Keys written as TOML. What `tomllib` reads from the text is what was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

WIDTH: Final = 100
TABLES: Final = frozenset({"part", "step"})
"""Lists of tables that are written as tables of their own."""

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f]*")
LINES: Final = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f]*")


def to_toml(data: Mapping[str, Any]) -> str:
    r"""A whole file: the tables in their order, the questions after them.

    >>> print(to_toml({"exam": {"id": "e"}, "question": [{"id": "1", "text": "$\\mu$"}]}))
    [exam]
    id = "e"
    <BLANKLINE>
    [[question]]
    id = "1"
    text = '$\mu$'
    <BLANKLINE>
    """
    blocks = [_block("", {k: v for k, v in data.items() if not isinstance(v, dict | list)})]
    blocks += [_block(_key(k), v) for k, v in data.items() if isinstance(v, dict)]
    for name, value in data.items():
        if isinstance(value, list):
            blocks += [_block(_key(name), one, many=True) for one in value]
    return "\n".join(block for block in blocks if block)


def _block(name: str, table: Mapping[str, Any], *, many: bool = False) -> str:
    """A table under its header, and the tables in it after it.

    The order of fields of a question means nothing; in the tables of a question it may, and is kept.
    """
    lines = [f"[[{name}]]" if many else f"[{name}]"] if name else []
    after: list[str] = []
    inner = [f"{_key(key)} = {_value(value)}" for key, value in table.items()]
    free = many or all(isinstance(value, dict) for value in table.values())
    for (key, value), short in zip(table.items(), inner, strict=True):
        within = f"{name}.{_key(key)}"
        if key in TABLES and many and isinstance(value, list):
            after += [_block(within, one, many=True) for one in value]
        elif isinstance(value, dict) and name and free and (not many or _long(short)):
            after.append(_block(within, value))
        elif isinstance(value, list) and _long(short):
            items = "".join(f"  {_value(item)},\n" for item in value)
            lines.append(f"{_key(key)} = [\n{items}]")
        else:
            lines.append(short)
    return "".join(f"{line}\n" for line in lines) + "".join(after)


def _long(line: str) -> bool:
    return len(line) > WIDTH or "\n" in line


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _basic(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(_entries(value))} }}" if value else "{}"
    raise TypeError(f"{type(value).__name__} is no value of TOML")


def _entries(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _string(text: str) -> str:
    if "\n" in text and LINES.fullmatch(text) and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    if "\\" in text and "'" not in text and PLAIN.fullmatch(text):
        return f"'{text}'"
    return _basic(text)


def _basic(text: str) -> str:
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    out = re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", out)
    return f'"{out}"'
