"""The names of questions in the submissions, such as ``q06``, ``6``, ``1.b`` or ``1(b)``, to places."""

from __future__ import annotations

import re
from typing import Final

from derive.grading.model import Target
from derive.keys.model import Key

SIGNS: Final = re.compile(r"[\s()\[\].:_\-/#]+")
PREFIX: Final = re.compile(r"^(?:question|ques|q|nr|no|aufgabe|frage)(?=\d)")


class Questions:
    """Finds the question and part that a cell names."""

    def __init__(self, key: Key) -> None:
        self.exact: dict[str, list[Target]] = {}
        self.loose: dict[str, list[Target]] = {}
        self.parts: dict[str, list[str]] = {}
        for q, question in enumerate(key.questions):
            for p, part in enumerate(question.parts or (None,)):
                target = Target(q, p)
                if part is None or not part.id:
                    self._add(question.id, target)
                    continue
                self._add(f"{question.id}.{part.id}", target)
                named = [other.id for other in question.parts]
                self.parts[question.id] = self.parts[_loose(question.id)] = named

    def _add(self, name: str, target: Target) -> None:
        self.exact.setdefault(name, []).append(target)
        self.loose.setdefault(_loose(name), []).append(target)

    def find(self, name: str) -> Target | str:
        """The target; or, for a name that means none or several, the reason."""
        found = self.exact.get(name) or self.loose.get(_loose(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            return f"the question {name!r} can be several; write its id as in the key"
        parts = self.parts.get(name) or self.parts.get(_loose(name))
        if parts:
            return f"question {name} has the parts {', '.join(parts)}; write {name}.{parts[0]}"
        return f"the key has no question {name[:60]!r}"


def _loose(name: str) -> str:
    plain = PREFIX.sub("", SIGNS.sub("", name.casefold()))
    return plain.lstrip("0") or plain
