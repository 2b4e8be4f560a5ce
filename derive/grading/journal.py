"""What has been marked so far, kept beside the output so that an interrupted run can go on."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from derive.grading.model import Marking, Task

ENGINE: Final = Path(__file__).resolve().parents[1]
ENDINGS: Final = (".py", ".lark", ".txt")


class Busy(ValueError):
    """Another run is writing the same journal."""


@cache
def engine() -> str:
    """The digest of the program: with another one, everything is marked anew."""
    digest = hashlib.sha256()
    for root in (ENGINE, ENGINE.parent / "numeric"):
        for path in sorted(p for p in root.rglob("*") if p.suffix in ENDINGS):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest_of(key: bytes) -> str:
    """The digest of a key and the program."""
    return hashlib.sha256(key + engine().encode()).hexdigest()


class Journal:
    """A file of one JSON object a line, each with the digest of a task and what came of it.

    Use it as a context manager. Lines that another key or program wrote are passed over, and so is a
    last line that was cut off.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self.path = path
        self.digest = digest
        self.known: dict[str, Any] = {}
        self.file: IO[str] | None = None

    def __enter__(self) -> Journal:
        self.file = self.path.open("a+", encoding="utf-8", errors="replace")
        _lock(self.file, self.path)
        self.file.seek(0)
        whole = True
        for line in self.file:
            whole = line.endswith("\n")
            self._take(line)
        if not whole:
            self.file.write("\n")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.file is not None:
            self.file.close()

    def _take(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except ValueError:
            return
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and "is" in entry:
            self.known[entry["id"]] = entry["is"]

    def name(self, what: object) -> str:
        """The name under which the result for ``what`` is kept."""
        return hashlib.sha256(f"{self.digest} {what!r}".encode("utf-8", "replace")).hexdigest()[:32]

    def find(self, task: Task) -> Marking | None:
        """The marking of a task, when it is known."""
        found = self.known.get(self.name(task))
        return Marking(*found) if isinstance(found, list) and len(found) == 4 else None

    def keep(self, task: Task, marking: Marking) -> None:
        """Write down the marking of a task."""
        self.write(self.name(task), [marking.verdict, marking.reason, marking.share, marking.marks])

    def write(self, name: str, value: Any) -> None:
        """Write down anything under a name."""
        assert self.file is not None
        self.known[name] = value
        self.file.write(json.dumps({"id": name, "is": value}, ensure_ascii=True) + "\n")
        self.file.flush()


def _lock(file: IO[str], path: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Busy(f"{path}: another run is grading into the same file") from None
