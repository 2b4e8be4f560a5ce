r"""LaTeX written by the author of a key, made safe to put into a document.

What a stranger wrote is read by a small parser and written anew from an allow-list
(`derive.sheets.commands`). A command that is not on the list, such as ``\input`` or ``\def``, is
printed, visibly and without effect. A field that the parser cannot follow, for instance with unbalanced
braces or dollar signs, is printed as it was typed. So no field can break the document, read or write a
file, or change anything outside itself.

``%`` prints a percent sign: a key has no TeX comments. ``_ ^ # &`` print themselves where TeX would
stumble over them. A mathematical command outside mathematics is set as mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from derive.sheets import commands
from derive.sheets.escaping import SPECIAL, code, math_character, text_character

MAX_LENGTH: Final = 20_000
MAX_DEPTH: Final = 30

Mode = Literal["text", "math"]
TOKEN: Final = re.compile(r"\\operatorname\*|\\[A-Za-z]+|\\(?s:.)|\$\$|\s+|(?s:.)|\\")
COMMON: Final = frozenset(
    [r"\,", r"\;", r"\:", r"\!", r"\/", r"\{", r"\}", r"\%", r"\$", r"\&", r"\#", r"\_"]
) | {"\\ "}
ACCENTS: Final = frozenset(
    [r"\'", r"\`", r"\^", r"\"", r"\~", r"\=", r"\.", r"\c", r"\v", r"\u", r"\H", r"\r", r"\k"]
)
CLOSING: Final = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}
NO_ARGUMENT: Final = frozenset(["}", "$", "$$", "&", "]", "^", "_", "'"]) | {
    r"\\",
    r"\)",
    r"\]",
    r"\right",
    r"\end",
    r"\middle",
    r"\item",
}
"""Tokens that cannot be an argument on their own."""


class _Unreadable(ValueError):
    """LaTeX that the parser does not follow."""


def safe_latex(text: str) -> str:
    r"""An author's text, which may hold mathematics in dollar signs, as safe LaTeX for text mode.

    >>> print(safe_latex(r"is $x^2 \ge 0$? 50% \input{/etc/passwd}"))
    is $x^{2} \ge  0$? 50\% \texttt{\textbackslash{}input}{/etc/passwd}
    >>> print(safe_latex("$x"))
    \texttt{\$x}
    """
    return _safely(text, lambda parser: parser.whole("text"))


def safe_math(text: str) -> str:
    r"""An author's formula, without dollar signs around it, as safe LaTeX for text mode.

    >>> print(safe_math(r"\frac12 \sigma^2"))
    $\frac{1}{2} \sigma ^{2}$
    """
    if "$" in text.replace(r"\$", ""):
        return safe_latex(text)
    return _safely(text, lambda parser: f"${parser.whole('math').strip() or '{}'}$")


def _safely(text: str, parse: Callable[[_Parser], str]) -> str:
    try:
        if len(text) > MAX_LENGTH:
            raise _Unreadable("too long")
        return parse(_Parser(text))
    except _Unreadable:
        return code(text)


class _Parser:
    """Reads tokens and writes LaTeX. ``depth`` counts open groups, ``lists`` open lists."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text.strip())
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def skip_space(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def whole(self, mode: Mode) -> str:
        """Everything, to the end."""
        return self.until(mode, "")

    def until(self, mode: Mode, closer: str, tabs: int = -1, *, items: bool = False) -> str:
        r"""LaTeX up to ``closer``, which is read too; ``tabs`` is how many ``&`` a row may have."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Unreadable("nested too deeply")
        out: list[str] = []
        scripts = ""
        row = 0
        while (token := self.peek()) != closer:
            if token == "$$" and closer == "$":
                self.tokens[self.at : self.at + 1] = ["$", "$"]
                continue
            if not token:
                raise _Unreadable(f"{closer} is missing")
            if token == "&" and tabs > 0:
                row += 1
                if row > tabs:
                    raise _Unreadable("too many columns")
                self.at += 1
                out.append("&")
            elif token == r"\\" and tabs >= 0:
                row = 0
                self.at += 1
                out.append(r"\\{}")
            elif token == r"\item" and items:
                out.append(self.item())
            elif mode == "math" and token in "^_'":
                out.append(self.script(scripts))
                kind = "_" if token == "_" else "^"
                scripts = scripts + kind if kind not in scripts else kind
                continue
            else:
                out.append(self.one(mode))
            if out[-1].strip():
                scripts = ""
        self.at += 1
        self.depth -= 1
        return "".join(out)

    def script(self, before: str) -> str:
        """A superscript, subscript or run of primes; a second one of its kind starts anew."""
        token = self.next()
        again = "{}" if ("_" if token == "_" else "^") in before else ""
        if token == "'":
            while self.peek() == "'":
                token += self.next()
            return again + token
        if self.peek() in ("^", "_"):
            raise _Unreadable("two scripts in a row")
        return f"{again}{token}{{{self.argument('math')}}}"

    def argument(self, mode: Mode) -> str:
        """The argument of a command: a group, or the next single thing."""
        self.skip_space()
        token = self.peek()
        if token == "{":
            self.at += 1
            return self.until(mode, "}")
        if not token or token in NO_ARGUMENT:
            raise _Unreadable("an argument is missing")
        return self.one(mode)

    def one(self, mode: Mode) -> str:
        """One character, space, group, formula or command."""
        token = self.next()
        if token.isspace():
            top = mode == "text" and self.depth == 1
            return "\n\\par " if top and token.count("\n") > 1 else " "
        if token == "{":
            return f"{{{self.until(mode, '}')}}}"
        if token in CLOSING:
            return self.formula(token, mode)
        if token in ("}", r"\)", r"\]", r"\right", r"\end", r"\middle", r"\item", "\\"):
            raise _Unreadable(f"{token} without a beginning")
        if len(token) > 1:
            return self.command(token, mode)
        return _plain(token, mode)

    def formula(self, opener: str, mode: Mode) -> str:
        if mode == "math":
            raise _Unreadable("mathematics inside mathematics")
        top = self.depth == 1
        body = self.until("math", CLOSING[opener]).strip() or "{}"
        return rf"\[{body}\]" if opener in ("$$", r"\[") and top else f"${body}$"

    def command(self, token: str, mode: Mode) -> str:
        name = token[1:]
        if token in COMMON or name in commands.SPACES | commands.EITHER:
            return token + "{}" * (name.isalpha() or name.isspace())
        if token == r"\\" or name == "par":
            return "\n\\par " if mode == "text" and self.depth == 1 else " "
        if name in commands.IGNORED:
            return ""
        if name in commands.TEXT_ARGUMENT:
            return rf"{token}{{{self.argument('text')}}}"
        if mode == "text":
            return self.text_command(token, name)
        return self.math_command(token, name)

    def text_command(self, token: str, name: str) -> str:
        if name in commands.TEXT:
            return f"{token}{{}}"
        if token in ACCENTS:
            letter = self.argument("text")
            if not re.fullmatch(r"[A-Za-z]|\\[ij]\{\}", letter):
                raise _Unreadable("an accent without a letter")
            return f"{token}{{{letter}}}"
        if name == "begin":
            return self.environment("text")
        if _mathematical(token):
            return rf"\ensuremath{{{self.math_command(token, name)}}}"
        return refused(token)

    def math_command(self, token: str, name: str) -> str:
        renamed = commands.RENAMED.get(name, name)
        if name in commands.SYMBOLS:
            limits = self.limits() if name in commands.OPERATORS else ""
            return f"\\{renamed}{limits}" + " " * (renamed[-1].isalpha() and not limits)
        if name in commands.ARGUMENTS or name == "operatorname*":
            return self.with_arguments(name, renamed)
        if name in commands.SIZES:
            return f"\\{name}{self.delimiter()}"
        if name == "left":
            return self.fenced()
        if name == "begin":
            return self.environment("math")
        if name == "not":
            return rf"\not{self.negated()}"
        return r"\|" if name == "|" else refused(token)

    def limits(self) -> str:
        self.skip_space()
        return f"{self.next()} " if self.peek() in (r"\limits", r"\nolimits") else ""

    def with_arguments(self, name: str, renamed: str) -> str:
        option = ""
        self.skip_space()
        if name == "sqrt" and self.peek() == "[":
            self.at += 1
            option = f"[{{{self.until('math', ']')}}}]"
        count = commands.ARGUMENTS[name.removesuffix("*")]
        if name == "substack":
            self.skip_space()
            if self.next() != "{":
                raise _Unreadable("an argument is missing")
            return rf"\substack{{{self.until('math', '}', 0)}}}"
        return f"\\{renamed}{option}" + "".join(
            f"{{{self.argument('math')}}}" for _ in range(count)
        )

    def delimiter(self) -> str:
        self.skip_space()
        token = self.next()
        if token not in commands.DELIMITERS:
            raise _Unreadable("a delimiter is missing")
        return f"{token} " if token[-1].isalpha() else token

    def fenced(self) -> str:
        r"""What stands between ``\left`` and ``\right``."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Unreadable("nested too deeply")
        out = rf"\left{self.delimiter()}"
        start = self.at
        level = 1
        while level:
            token = self.next()
            level += (token == r"\left") - (token == r"\right")
            if not token:
                raise _Unreadable(r"\right is missing")
        end, self.at = self.at, start
        while self.at < end - 1:
            out += self.between(end - 1)
        self.at = end
        self.depth -= 1
        return rf"{out}\right{self.delimiter()}"

    def between(self, end: int) -> str:
        r"""A stretch up to the token ``end`` or the next ``\middle``."""
        stop = next((i for i in range(self.at, end) if self.tokens[i] == r"\middle"), end)
        if stop == self.at:
            self.at += 1
            return rf"\middle{self.delimiter()}"
        rest, self.tokens = self.tokens, self.tokens[:stop]
        try:
            return self.until("math", "")
        finally:
            self.tokens, self.at = rest, stop

    def negated(self) -> str:
        self.skip_space()
        token = self.next()
        plain = commands.SYMBOLS - commands.OPERATORS - commands.RENAMED.keys()
        if token in ("=", "<", ">") or token[1:] in plain:
            return f"{token} "
        raise _Unreadable(r"\not without a relation")

    def environment(self, mode: Mode) -> str:
        name = self.name()
        if mode == "math" and name in commands.TABLES:
            columns = self.columns() if name == "array" else ""
            tabs = (
                len(columns.strip("{}").replace("|", "")) - 1 if columns else commands.TABLES[name]
            )
            inner = commands.RENAMED.get(name, name)
            return rf"\begin{{{inner}}}{columns}{self.body('math', name, tabs)}\end{{{inner}}}"
        if mode == "text" and self.depth == 1 and name in commands.DISPLAYS:
            table = "aligned" if name.startswith("align") else "gathered"
            body = self.body("math", name, commands.DISPLAYS[name])
            return rf"\[\begin{{{table}}}{body}\end{{{table}}}\]"
        if mode == "text" and name in commands.BLOCKS and self.depth <= 4:
            self.skip_space()
            if (self.peek() == r"\item") != (name in commands.LISTS):
                raise _Unreadable("a list starts with an item")
            return rf"\begin{{{name}}}{self.body('text', name, -1)}\end{{{name}}}"
        raise _Unreadable(f"the environment {name} is not allowed")

    def name(self) -> str:
        """A name in braces."""
        found = re.match(r"\{([A-Za-z]+\*?)\}", "".join(self.tokens[self.at : self.at + 40]))
        if found is None:
            raise _Unreadable("a name is missing")
        self.at += len(found[0])
        return found[1]

    def columns(self) -> str:
        found = re.match(r"\{[lcr|]{1,20}\}", "".join(self.tokens[self.at : self.at + 30]))
        if found is None or not found[0].strip("{|}"):
            raise _Unreadable("the columns of an array are missing")
        self.at += len(found[0])
        return found[0]

    def body(self, mode: Mode, name: str, tabs: int) -> str:
        inside = self.until(mode, r"\end", tabs, items=name in commands.LISTS)
        if self.name() != name:
            raise _Unreadable(f"{name} is not ended")
        return inside

    def item(self) -> str:
        self.at += 1
        self.skip_space()
        if self.peek() != "[":
            return r"\item{} "
        self.at += 1
        return rf"\item[{{{self.until('text', ']')}}}] "


def _mathematical(token: str) -> bool:
    name = token[1:].removesuffix("*")
    known = commands.SYMBOLS | commands.ARGUMENTS.keys() | commands.SIZES
    return name in known or name in ("left", "not", "|")


def _plain(character: str, mode: Mode) -> str:
    """A single character."""
    if character in "%#&":
        return f"\\{character}"
    if character in "^_" or not character.isprintable():
        return SPECIAL.get(character) or text_character(character)
    if character in "<>|" and mode == "text":
        return SPECIAL[character]
    if character.isascii():
        return character
    if mode == "text":
        return text_character(character)
    known = math_character(character)
    return f"{known} " if known else rf"\text{{{text_character(character)}}}"


def refused(token: str) -> str:
    r"""A command that is not allowed, printed.

    >>> print(refused(r"\write"))
    \texttt{\textbackslash{}write}
    """
    return code(token)
