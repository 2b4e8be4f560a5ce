"""Text to raw pieces: the grammar of `grammar.lark`, before any name is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from derive.terms.term import MAX_DEPTH

MAX_LENGTH: Final = 20_000

CHAINED: Final = frozenset({"add", "sub", "mul"})
"""Rules that the grammar nests to the left, and a term holds flat."""


class TextError(ValueError):
    """Text that is not a term. ``line`` and ``column`` count from 1, inside the text itself."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Raw:
    """A parsed piece before names are resolved: its rule, parts, position and nesting depth."""

    rule: str
    parts: tuple[Any, ...]
    line: int
    column: int
    depth: int


RULES: Final = (
    "chain add sub neg mul div matmul pow transposed number name call parametrised index mean "
    "mean_over group arguments tuple list"
).split()


def _build(rule: str) -> Callable[..., Raw]:
    def make(*parts: Any) -> Raw:
        first = parts[0] if parts else None
        line, column = getattr(first, "line", 1), getattr(first, "column", 1)
        if rule == "group" and parts[0].rule not in CHAINED:
            return parts[0]  # type: ignore[no-any-return]
        chained = rule in CHAINED and parts[0].rule in CHAINED
        depths: list[int] = [p.depth + 1 for p in parts if isinstance(p, Raw)]
        depth = max([1, *depths[1:], depths[0] - 1] if chained else [1, *depths])
        if depth > 2 * MAX_DEPTH:
            raise TextError("the expression is nested too deeply", line, column)
        return Raw(rule, parts, line, column, depth)

    return make


def parser_of(grammar: str, rules: Iterable[str]) -> Callable[[str], Raw]:
    """What reads the texts of a grammar: each of the rules makes a raw piece of its name."""
    import lark

    inline = lark.v_args(inline=True)
    methods = {rule: inline(staticmethod(_build(rule))) for rule in rules}
    methods["start"] = inline(staticmethod(lambda chain: chain))
    transformer = type("_Build", (lark.Transformer,), methods)()
    parser = lark.Lark(grammar, parser="lalr", transformer=transformer, maybe_placeholders=False)
    return parser.parse  # type: ignore[return-value]


@cache
def _parser() -> Callable[[str], Raw]:
    grammar = files("derive.terms").joinpath("grammar.lark").read_text("utf-8")
    return parser_of(grammar, RULES)


def parse(text: str, parser: Callable[[], Callable[[str], Raw]] = _parser) -> Raw:
    """The raw piece of a whole text, whose rule is ``chain``. Raises TextError with the position.

    ``parser`` gives what `parser_of` made for another grammar; asked for when the text is short enough.
    """
    import lark

    if len(text) > MAX_LENGTH:
        raise TextError(f"the text is {len(text)} characters long, at most {MAX_LENGTH} are read")
    try:
        return parser()(text)
    except lark.exceptions.UnexpectedCharacters as error:
        found = text[error.pos_in_stream or 0]
        raise TextError(f"unexpected character {found!r}", error.line, error.column) from None
    except lark.exceptions.UnexpectedToken as error:
        if error.token.type == "$END":
            message = "the expression ends too early" if text.strip() else "the expression is empty"
            line, column = text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
        else:
            message = f"unexpected {str(error.token)!r}; expected an operator or the end"
            line, column = error.line, error.column
        raise TextError(message, line, column) from None
    except lark.exceptions.VisitError as error:
        raise error.orig_exc from None


def arguments_of(name: str, raw: Raw) -> Iterator[str]:
    """The plain names to which the function ``name`` is applied inside a raw piece."""
    stack = [raw]
    while stack:
        piece = stack.pop()
        if piece.rule == "call" and str(piece.parts[0]) == name and len(piece.parts) == 2:
            argument = piece.parts[1].parts[0]
            if argument.rule == "name":
                yield str(argument.parts[0])
        stack.extend(part for part in piece.parts if isinstance(part, Raw))
