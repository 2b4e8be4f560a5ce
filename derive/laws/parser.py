"""Text to raw pieces: the notation of `derive.terms`, and with it that of probability.

What is more than in `derive/terms/grammar.lark`: a dot for the variables of a law, ``p(. | x)``;
parameters behind the conditions, ``p(x | z; theta)``; ``KL(q || p)``; several draws and several
integrands, ``Cov[x ~ q](f, g)``; slots by name, ``p(x=1 | z=2)``. Nothing is looked up or evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from derive.terms.parser import Raw, parser_of
from derive.terms.parser import parse as parse_terms

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


@cache
def _parser() -> Callable[[str], Raw]:
    return parser_of(GRAMMAR, RULES)


def parse(text: str) -> Raw:
    """The raw piece of a whole text, whose rule is ``chain``. Raises TextError with the position."""
    return parse_terms(text, _parser)
