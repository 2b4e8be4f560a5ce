"""The trusted surface: what a proof rests on, collected from the kernel itself."""

from __future__ import annotations

import ast
import inspect
import tokenize
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from derive.kernel.calculus import DERIVATIVES
from derive.kernel.definitions import DENSITY_TABLE, FUNCTION_TABLE
from derive.kernel.facts import FACTS
from derive.kernel.schemas import TABLE

HOME: Final = Path(__file__).resolve().parent
MODULES: Final = ("rules", "facts", "unfolding", "monotone", "sums", "schemas", "integrals")
COUNTED: Final = ("kernel", "terms", "recheck")

Row = tuple[str, str]


def rules() -> list[Row]:
    """Every rule that concludes a theorem, with the first paragraph of its contract."""
    out = []
    for name in MODULES:
        module = import_module(f"derive.kernel.{name}")
        for rule, function in vars(module).items():
            public = inspect.isfunction(function) and not rule.startswith("_")
            made_here = public and function.__module__ == module.__name__
            if made_here and function.__annotations__.get("return") == "Theorem":
                out.append((rule, paragraph(function)))
    return out


def paragraph(thing: Any) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split()).replace("``", "")


def facts() -> list[Row]:
    """Every fact with its hypotheses."""
    out = []
    for name, fact in FACTS.items():
        needs = [
            *fact.hypotheses,
            *([f"{', '.join(fact.integers)} integer"] if fact.integers else []),
        ]
        out.append((name, fact.statement + (f"   if {', '.join(needs)}" if needs else "")))
    return out


def rechecked_rules() -> list[Row]:
    """The rules of the second program."""
    from derive.recheck.steps import RULES

    return [(name, paragraph(rule)) for name, rule in RULES.items()]


def rechecked_facts() -> list[Row]:
    """The facts that the second program has and the kernel has not."""
    from derive.recheck.language import table
    from derive.recheck.terms import text

    out = []
    for key, entry in table().items():
        name = key.removeprefix("fact ")
        if entry.statement is not None and name not in FACTS and f"\n{name}: " not in TABLE:
            needs = [_need(n) for n in entry.needs[0] if n.claim.lhs is not n.claim.rhs]
            out.append(
                (name, text(entry.statement) + (f"   if {', '.join(needs)}" if needs else ""))
            )
    return out


def _need(need: Any) -> str:
    """A hypothesis of a fact of the second program in words."""
    from derive.recheck.terms import text

    if need.kind in ("integer", "continuous"):
        return f"{text(need.claim.lhs)} {need.kind}"
    if need.kind == "near":
        return f"{text(need.claim)} for every {need.variable} near {text(need.around[0].rhs)}"
    if need.around:
        around = " and ".join(map(text, need.around))
        return f"{text(need.claim)} for every {need.variable} with {around}"
    return text(need.claim)


def schemas() -> list[Row]:
    """The facts about sums and integrals, in which letters stand for functions."""
    lines = (line.partition(": ") for line in TABLE.strip().split("\n"))
    return [
        (name, rest.replace(" | ", "   if ", 1).replace(" | ", ", ")) for name, _, rest in lines
    ]


def axioms() -> list[Row]:
    """The facts that are printed with every theorem that rests on them."""
    return [(fact.axiom, fact.statement) for fact in FACTS.values() if fact.axiom]


def definitions() -> list[Row]:
    """Functions and densities that are defined by others."""
    lines = [*FUNCTION_TABLE.split("\n"), *DENSITY_TABLE.split("\n")]
    return [(head, body) for head, sign, body in (line.partition(" = ") for line in lines) if sign]


def derivatives() -> list[Row]:
    """The derivatives of the elementary functions, each where its open condition holds."""
    return [(f"{name}(u)", rule.replace("; ", "   if ", 1)) for name, rule in DERIVATIVES.items()]


def sizes() -> list[Row]:
    """How many lines of code there are, docstrings, comments and blank lines aside."""
    return [
        (f"derive/{room}", f"{sum(map(lines_of_code, sorted((HOME / room).glob('*.py'))))} lines")
        for room in COUNTED
    ]


def lines_of_code(path: Path) -> int:
    """The lines of a module that hold code."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    skipped |= {tokenize.ENCODING, tokenize.ENDMARKER}
    with path.open("rb") as stream:
        tokens = tokenize.tokenize(stream.readline)
        lines = {t.start[0] for t in tokens if t.type not in skipped}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)


SECTIONS: Final = (
    ("Rules", "each concludes a theorem from its premises; the kernel has no others", rules),
    ("Facts", "taken as true for all values of their letters, where both sides are defined", facts),
    ("Facts about functions", "letters with arguments stand for any terms", schemas),
    ("Axioms", "facts that wait for their derivation; printed with what rests on them", axioms),
    ("Definitions", "functions and densities by other functions", definitions),
    ("Derivatives", "of the elementary functions", derivatives),
    ("Rules of the re-checker", "by which a certificate is replayed", rechecked_rules),
    (
        "Facts of the re-checker",
        "besides those above; it checks what the kernel computes by facts",
        rechecked_facts,
    ),
    ("Code", "docstrings, comments and blank lines aside", sizes),
)


def surface() -> Iterator[tuple[str, str, list[Row]]]:
    """The sections: a title, what it holds, and rows of a name and a text."""
    for title, what, rows in SECTIONS:
        yield title, what, rows()
