"""The text of a key file, and where things stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from derive.keys.model import Text

MAX_BYTES: Final = 2_000_000
HEADER: Final = re.compile(r"^\s*\[\[question\]\]\s*(?:#.*)?$", re.MULTILINE)


class KeyFileError(ValueError):
    """A file that cannot be used. Its text is ``file:line:column: what is wrong``."""

    def __init__(self, path: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")


@dataclass
class Source:
    """A file's text; ``spans`` are the character ranges of its questions."""

    path: str
    text: str
    spans: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        starts = [match.start() for match in HEADER.finditer(self.text)]
        self.spans = list(zip(starts, [*starts[1:], len(self.text)], strict=False))

    def locate(self, value: str, question: int | None, after: str = "") -> Text:
        """``value`` with the place where it stands, inside one question or before the first.

        ``after`` is the name of the entry it belongs to: the first place after that name is meant.
        The place of the question itself is given when the value is not written as such.
        """
        start, end = self._span(question)
        region = self.text[start:end]
        at = 0
        if after:
            name = re.search(rf"(?<![\w]){re.escape(after)}(?![\w])", region)
            at = name.start() if name else 0
        found = region.find(value, at) if value else -1
        if found < 0 and "\n" in value:
            found = region.find(value.split("\n", 1)[0], at)
        offset = start + (found if found >= 0 else at)
        return Text(value, *self.place(offset))

    def _span(self, question: int | None) -> tuple[int, int]:
        if question is None or question >= len(self.spans):
            first = self.spans[0][0] if self.spans else len(self.text)
            return 0, first
        return self.spans[question]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def read_source(path: Path) -> Source:
    """Read a key file. Raises KeyFileError when it is too large, or not text."""
    name = str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise KeyFileError(name, f"the file has {size} bytes; at most {MAX_BYTES} are read")
        data = path.read_bytes()
    except OSError as error:
        raise KeyFileError(name, f"cannot be read: {error.strerror}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place_of_byte(data, error.start)
        raise KeyFileError(
            name,
            f"byte 0x{data[error.start]:02x} is not UTF-8 text; save the file as UTF-8",
            line,
            column,
        ) from None
    if "\0" in text:
        line, column = _place_of_byte(data, data.index(b"\0"))
        raise KeyFileError(name, "a NUL byte; expected text", line, column)
    return Source(name, text)


def _place_of_byte(data: bytes, offset: int) -> tuple[int, int]:
    before = data[:offset]
    return before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1
