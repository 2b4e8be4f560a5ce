"""Text to raw pieces: the notation of `derive.terms`, and with it that of probability.

What is more than in `derive/terms/grammar.lark`: a dot for the variables of a law, ``p(. | x)``;
parameters behind the conditions, ``p(x | z; theta)``; ``KL(q || p)``; several draws and several
integrands, ``Cov[x ~ q](f, g)``; slots by name, ``p(x=1 | z=2)``. Nothing is looked up or evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from derive.terms.parser import CHAINED, MAX_LENGTH, Raw, TextError
from derive.terms.term import MAX_DEPTH

GRAMMAR: Final = r"""
start: chain
chain: sum (RELATION sum)*

?sum: signed
    | sum "+" signed            -> add
    | sum MINUS signed          -> sub
?signed: product
    | MINUS signed              -> neg
?product: power
    | product TIMES factor      -> mul
    | product "/" factor        -> div
    | product "@" factor        -> matmul
?factor: power
    | MINUS factor              -> neg
?power: atom
    | atom POWER factor         -> pow
?atom: NUMBER                   -> number
    | atom TRANSPOSED           -> transposed
    | NAME                      -> name
    | NAME "(" [arguments] ")"                                -> call
    | NAME "(" arguments BAR arguments ")"                    -> parametrised
    | NAME "(" arguments BAR arguments BAR arguments ")"      -> parametrised
    | NAME "(" arguments DOUBLE arguments ")"                 -> against
    | NAME "[" arguments "]"                                  -> index
    | NAME "[" arguments "]" "(" arguments ")"                -> drawn
    | "(" sum ")"                                             -> group
arguments: argument ("," argument)*
?argument: sum
    | sum TILDE sum             -> draw
    | NAME RELATION sum         -> named
    | BLANK                     -> blank
    | "(" sum ("," sum)+ ")"    -> tuple
    | "[" [arguments] "]"       -> list

RELATION: "<=" | ">=" | "!=" | "==" | "~=" | "=" | "<" | ">" | "≤" | "≥" | "≠" | "≈"
NUMBER: /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
NAME: /[^\W\d]\w*/
TRANSPOSED: /\.T(?!\w)/
BLANK: /[.·](?!\w)/
POWER: "**" | "^"
TIMES: "*" | "·" | "×"
MINUS: "-" | "−"
DOUBLE: "||" | "‖" | "∥"
BAR: ";" | "|" | "∣"
TILDE: "~" | "∼"
%ignore /[ \t\r\n\f]+/
"""

RULES: Final = (
    "chain add sub neg mul div matmul pow transposed number name call parametrised against index drawn "
    "draw named blank group arguments tuple list"
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


@cache
def _parser() -> Any:
    import lark

    inline = lark.v_args(inline=True)
    methods = {rule: inline(staticmethod(_build(rule))) for rule in RULES}
    methods["start"] = inline(staticmethod(lambda chain: chain))
    transformer = type("_Build", (lark.Transformer,), methods)()
    parser = lark.Lark(GRAMMAR, parser="lalr", transformer=transformer, maybe_placeholders=False)
    return parser.parse


def parse(text: str) -> Raw:
    """The raw piece of a whole text, whose rule is ``chain``. Raises TextError with the position."""
    import lark

    if len(text) > MAX_LENGTH:
        raise TextError(f"the text is {len(text)} characters long, at most {MAX_LENGTH} are read")
    try:
        chain: Raw = _parser()(text)
        return chain
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
