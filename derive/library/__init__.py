"""The library of proofs: families of theorems, one module or package of `proofs` each.

A module makes one `Family` and fills it with builders; a builder states and proves one theorem in an
empty derivation. Nothing is built or proved until it is asked for.

>>> family = Family("demo", "A demonstration")
>>> @family.theorem("square", title="A square is not negative", source="folklore")
... def square(d):
...     '''By its form.'''
...     d.declare(x="real").claim("0 <= x**2")
>>> family["square"].derivation().check().proved
True
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from inspect import cleandoc
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

from derive.derivation import Derivation

PACKAGE: Final = "proofs"

Builder = Callable[[Derivation], object]


class LibraryError(ValueError):
    """A family or theorem that is not there, or one entered twice."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A theorem of the library; ``name`` is ``family.id``."""

    name: str
    title: str
    source: str
    builder: Builder

    @property
    def sketch(self) -> str:
        """The prose that stands before the proof."""
        return cleandoc(self.builder.__doc__ or "")

    def derivation(self) -> Derivation:
        """The statement and its proof. Raises DerivationError when the builder writes a bad line."""
        out = Derivation(self.name, self.title, self.source, self.sketch)
        self.builder(out)
        return out


@dataclass(frozen=True, slots=True)
class Missing:
    """A statement that is not shown yet, and what it waits for."""

    name: str
    title: str
    waits_for: str


class Family:
    """The theorems of one topic, in the order in which they are stated."""

    def __init__(self, name: str, title: str) -> None:
        self.name = name
        self.title = title
        self.theorems: dict[str, Entry] = {}
        self.absent: dict[str, Missing] = {}

    def theorem(self, id: str, *, title: str, source: str = "") -> Callable[[Builder], Builder]:
        """Enter the function below as the theorem ``family.id``; it is given an empty `Derivation`."""

        def enter(builder: Builder) -> Builder:
            self._new(id)
            self.theorems[id] = Entry(f"{self.name}.{id}", title, source, builder)
            return builder

        return enter

    def missing(self, id: str, title: str, *, waits_for: str) -> None:
        """Say of a statement that it is not shown, and why."""
        self._new(id)
        self.absent[id] = Missing(f"{self.name}.{id}", title, waits_for)

    def _new(self, id: str) -> None:
        if id in self.theorems or id in self.absent:
            raise LibraryError(f"{self.name}.{id} is entered twice")

    def __getitem__(self, id: str) -> Entry:
        id = id.removeprefix(f"{self.name}.")
        try:
            return self.theorems[id]
        except KeyError:
            near = get_close_matches(id, self.theorems, 1)
            hint = (
                f"did you mean {self.name}.{near[0]}?" if near else f"see: derive list {self.name}"
            )
            why = " yet: it is missing" if id in self.absent else ""
            raise LibraryError(f"there is no theorem {self.name}.{id}{why}; {hint}") from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.theorems.values())

    def __len__(self) -> int:
        return len(self.theorems)


def family_names() -> list[str]:
    """The names of all families, by the modules and packages in `proofs`."""
    found = {module.name for module in iter_modules(import_module(PACKAGE).__path__)}
    return sorted(name for name in found if not name.startswith("_"))


def family(name: str) -> Family:
    """The family of that name. Raises LibraryError when there is none."""
    if name not in family_names():
        raise LibraryError(f"there is no family {name!r}; there are: {', '.join(family_names())}")
    return _family_in(import_module(f"{PACKAGE}.{name}"))


def families() -> Iterator[Family]:
    """Every family, each module being loaded when its turn comes."""
    return map(family, family_names())


def theorem(name: str) -> Entry:
    """A theorem by its full name, such as ``ddpm.posterior_variance``. Raises LibraryError."""
    first, _, rest = name.partition(".")
    return family(first)[rest]


def _family_in(module: ModuleType) -> Family:
    found = [v for v in vars(module).values() if isinstance(v, Family)]
    if len(found) != 1:
        raise LibraryError(f"{module.__name__} should make one Family, it makes {len(found)}")
    return found[0]


def check_module(module: str, *ids: str) -> bool:
    """Check the theorems of a module, or those named, and print a line for each; whether all hold."""
    good = True
    found = _family_in(import_module(module))
    for entry in found:
        if ids and entry.name.partition(".")[2] not in ids and entry.name not in ids:
            continue
        start = time.perf_counter()
        try:
            report = entry.derivation().check()
        except ValueError as error:
            print(f"ERROR       {entry.name}: {error}", flush=True)
            good = False
            continue
        seconds = time.perf_counter() - start
        word = "proved" if report.proved else "NOT PROVED"
        wrongs = ", ".join(
            "PROVED(!)" if w.outcome == "proved" else w.outcome for w in report.wrongs
        )
        print(f"{word:11} {entry.name}  {seconds:.2f} s  wrong variants: {wrongs or 'none'}")
        for line in "\n".join(report.faults()).splitlines():
            print(f"    {line}")
        slow = [r for r in report.links if r.seconds > 2]
        for r in slow:
            print(f"    slow: chain {r.label}, line {r.line}: {r.seconds:.1f} s")
        sys.stdout.flush()
        good = good and report.proved
    return good
