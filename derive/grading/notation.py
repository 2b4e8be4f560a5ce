"""The formulas of students, in LaTeX or as typed, to the infix notation of `derive.terms.read`.

Nothing is evaluated. Products may be left out between factors, arguments of functions may go without
brackets; what could be read in two ways is refused, and so is every command that is not listed here.
"""

from __future__ import annotations

import re
from typing import Final

from derive.grading.model import Unreadable
from derive.grading.tokens import RELATIONS, Names, Token, tokens
from derive.grading.words import (
    ACCENTS,
    BARE,
    LETTERS,
    OVER,
    PAIRS,
    PLAIN_FUNCTIONS,
    SHORT,
    TIMES,
    WRAPPERS,
)

MAX_DEPTH: Final = 60


def to_infix(text: str, names: Names) -> str:
    """One formula as infix text. Raises Unreadable.

    >>> from derive.terms import Context
    >>> ctx = Context().declare("sigma").declare("mu_1")
    >>> to_infix(r"\\frac12 \\log\\sigma^2 - 2\\mu_1", Names(ctx))
    '((1)/(2))*log(sigma**(2))-2*mu_1'
    """
    parser = _Parser(tokens(text), names)
    out = parser.sum()
    if parser.token is not None:
        raise Unreadable(f"{parser.token.text!r} is not understood here")
    return out


class _Parser:
    def __init__(self, found: list[Token], names: Names) -> None:
        skipped = ("\\left", "\\right", "\\,", "\\;", "\\!", "\\:", "\\ ", "\\quad", "\\limits")
        self.found = [t for t in found if t.text not in skipped]
        self.names = names
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def next(self) -> str:
        return self.token.text if self.token is not None else ""

    def take(self) -> Token:
        token = self.token
        if token is None:
            raise Unreadable("the formula ends too early")
        self.at += 1
        return token

    def expect(self, sign: str) -> None:
        if self.next() != sign:
            raise Unreadable(f"expected {sign!r}, found {self.next() or 'the end'!r}")
        self.at += 1

    def sum(self) -> str:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable("the formula is nested too deeply")
        out = self.signed()
        while self.next() in ("+", "-"):
            out += self.take().text + self.product()
        self.depth -= 1
        return out

    def signed(self) -> str:
        if self.next() == "+":
            self.at += 1
            return self.product()
        if self.next() == "-":
            self.at += 1
            return "-" + self.product()
        return self.product()

    def product(self) -> str:
        """Factors with written and unwritten signs between them."""
        out, divided = self.factor(), False
        number = self.at > 0 and self.found[self.at - 1].kind == "number"
        while True:
            sign = self.next()
            if sign in TIMES or (sign in ("x", "X") and self._times_letter(number)):
                self.at += 1
                out, divided = f"{out}*{self.factor()}", False
            elif sign in OVER:
                self.at += 1
                out, divided = f"{out}/{self.factor()}", True
            elif self._starts_factor():
                if divided:
                    raise Unreadable("a/b c can be read in two ways; write brackets")
                out = f"{out}*{self.factor()}"
            else:
                return out
            number = self.found[self.at - 1].kind == "number"

    def _times_letter(self, number: bool) -> bool:
        """Whether a letter x stands for a product: between numbers, where no x is declared."""
        after = self.found[self.at + 1] if self.at + 1 < len(self.found) else None
        between = number and after is not None and (after.kind == "number" or after.text == "(")
        if between and self.names.kind(self.next()):
            raise Unreadable("x between numbers can be a name or a product")
        return between

    def _starts_factor(self) -> bool:
        token = self.token
        if token is None or token.text in RELATIONS:
            return False
        if token.kind == "number":
            raise Unreadable("two numbers or names stand side by side; write the product sign")
        return token.kind in ("name", "command") or token.text in ("(", "{", "[")

    def factor(self) -> str:
        if self.next() in ("-", "+"):
            sign = self.take().text
            inner = self.factor()
            return f"(-{inner})" if sign == "-" else inner
        return self.power(self.atom())

    def power(self, base: str) -> str:
        if self.next() in ("^", "**"):
            self.at += 1
            bare = self.next() not in PAIRS
            exponent = self.group() if self.next() == "{" else self._exponent()
            if bare and self._touches():
                raise Unreadable("where the exponent ends is unclear; write brackets")
            base = "exp" if base == "exp(1)" else base
            return f"exp({exponent})" if base == "exp" else f"{base}**({exponent})"
        if self.next() in ("!", "'", "%", "\\%"):
            raise Unreadable(f"{self.next()!r} is not understood here")
        return base

    def _touches(self) -> bool:
        """Whether the next factor follows a number without a space, as in ``e^2x``."""
        last, token = self.found[self.at - 1], self.token
        return (
            last.kind == "number"
            and token is not None
            and token.kind == "name"
            and token.start == last.end
        )

    def _exponent(self) -> str:
        if self.next() in ("-", "+"):
            sign = self.take().text.replace("+", "")
            return sign + self._exponent()
        inner = self.atom()
        return self.power(inner) if self.next() in ("^", "**") else inner

    def group(self) -> str:
        """What stands in braces, or one token."""
        if self.next() == "{":
            self.at += 1
            inner = self.sum()
            self.expect("}")
            return inner
        token = self.token
        if token is not None and token.kind == "number" and len(token.text) > 1:
            self._split_digits(token)
        return self.atom()

    def _split_digits(self, token: Token) -> None:
        """``\\frac12`` has two arguments of one digit each."""
        if not token.text.isdecimal():
            raise Unreadable("a command needs its arguments in braces")
        parts = [Token("number", d, token.start, token.end) for d in token.text]
        self.found[self.at : self.at + 1] = parts

    def atom(self) -> str:
        token = self.take()
        if token.kind == "number":
            return token.text
        if token.kind == "name":
            return self._word(token.text)
        if token.kind == "command":
            return self._command(token.text[1:])
        if token.text in PAIRS:
            inner = self.sum()
            self.expect(PAIRS[token.text])
            return f"({inner})"
        if token.text == "|":
            inner = self.sum()
            self.expect("|")
            return f"abs({inner})"
        raise Unreadable(f"{token.text!r} is not understood here")

    def _command(self, name: str) -> str:
        if name in ("frac", "dfrac", "tfrac"):
            top = self.group()
            return f"(({top})/({self.group()}))"
        if name == "sqrt":
            return self._root()
        if name == "pi" and self.next() != "_":
            return self._known(["pi"]) if self.names.kind("pi") else "pi"
        if name in ACCENTS:
            return self._accented(ACCENTS[name])
        if name in WRAPPERS:
            return self._wrapped()
        if name in ("{", "}"):
            raise Unreadable("set braces are not understood here")
        if name in PLAIN_FUNCTIONS and not self.names.kind(name):
            return self._function(PLAIN_FUNCTIONS[name])
        if name in LETTERS:
            return self._name(name)
        raise Unreadable(f"the command \\{name[:30]} is not understood")

    def _root(self) -> str:
        token = self.token
        if token is not None and token.kind == "number" and len(token.text) > 1:
            raise Unreadable("write the argument of a root in braces")
        if self.next() != "[":
            return self._function("sqrt") if self.next() != "{" else f"sqrt({self.group()})"
        self.at += 1
        degree = self.sum()
        self.expect("]")
        return f"({self.group()})**(1/({degree}))"

    def _wrapped(self) -> str:
        """``\\mathrm{name}``: the name itself, or the formula inside."""
        self.expect("{")
        inside = self.at
        depth = 1
        while depth:
            text = self.take().text
            depth += (text == "{") - (text == "}")
        inner = self.found[inside : self.at - 1]
        if len(inner) > 1:
            first, last = self.found[inside - 1], self.found[self.at - 1]
            opening = Token("sign", "(", first.start, first.end)
            inner = [opening, *inner, Token("sign", ")", last.start, last.end)]
        self.found[inside - 1 : self.at] = inner
        self.at = inside - 1
        return self.atom()

    def _accented(self, accent: str) -> str:
        braces = self.next() == "{"
        if braces:
            self.at += 1
        base = self.take().text.lstrip("\\")
        inner = self._subscript() if braces and self.next() == "_" else ""
        if braces:
            self.expect("}")
        sub = inner or (self._subscript() if self.next() == "_" else "")
        stems = [f"{base}{accent}", f"{base}_{accent}", f"{accent}_{base}", f"{base[:1]}{accent}"]
        return self._applied(self._known([f"{s}_{sub}" if sub else s for s in stems]))

    def _subscript(self) -> str:
        """The subscript as part of a name."""
        self.expect("_")
        if self.next() != "{":
            return self.take().text.lstrip("\\")
        self.at += 1
        out = []
        while self.next() != "}":
            text = self.take().text.lstrip("\\")
            if not text.isalnum() and text != ",":
                raise Unreadable(f"the subscript with {text!r} is not understood")
            out.append("" if text == "," else text)
        self.at += 1
        return "".join(out)

    def _word(self, word: str) -> str:
        """A typed word: a name, a function, or single letters side by side."""
        if self.names.kind(word) or self.next() == "_":
            return self._name(word)
        if word == "pi":
            return "pi"
        if word == "Matrix" and self.next() == "(":
            return f"Matrix({self._list(2)})"
        digits = re.fullmatch(r"(sqrt|exp|ln|log|sin|cos|tan)(\d+)", word)
        if word in PLAIN_FUNCTIONS:
            return self._function(PLAIN_FUNCTIONS[word])
        if digits is not None and self.next() not in ("(", "[", "{"):
            return (
                f"{PLAIN_FUNCTIONS[digits[1]]}({digits[2]})"
                if digits[1] != "log"
                else self._refuse(word)
            )
        if word == "e":
            if self.next() not in ("^", "**") and self.names.is_doubtful("e"):
                raise Unreadable("e can be the number or a name of the question")
            return "exp(1)"
        if len(word) > 1 and all(self.names.kind(c) == "scalar" for c in word):
            return self.power("*".join(word[:-1]) + "*" + self.power(word[-1]))
        return self._name(word)

    def _list(self, depth: int) -> str:
        """A list in brackets, of formulas or of lists, with the brackets around it."""
        closing = PAIRS.get(self.take().text, "")
        if not closing or (depth and self.next() != "["):
            raise Unreadable("a matrix is written by its rows, [[a, b], [c, d]]")
        out = [self._list(depth - 1) if depth else self.sum()]
        while self.next() == ",":
            self.at += 1
            out.append(self._list(depth - 1) if depth else self.sum())
        self.expect(closing)
        inner = ", ".join(out)
        return inner if depth == 2 else f"[{inner}]"

    def _refuse(self, word: str) -> str:
        raise Unreadable(f"{word!r} can be read in two ways; write brackets")

    def _name(self, base: str) -> str:
        stem, _, last = base.rpartition("_")
        if stem and not self.names.kind(base) and self.names.kind(stem) == "family":
            return f"{stem}[{last}]"
        bases = [base, *SHORT.get(base, ())]
        if self.next() == "_":
            sub = self._subscript()
            family = next((b for b in bases if self.names.kind(b) == "family"), "")
            if family:
                return f"{family}[{sub}]"
            return self._applied(
                self._known([f"{b}_{sub}" for b in bases] + [b + sub for b in bases])
            )
        return self._applied(self._known(bases))

    def _known(self, candidates: list[str]) -> str:
        found = self.names.first(candidates)
        if not found and candidates != ["pi"]:
            raise Unreadable(f"the name {candidates[0][:40]!r} is not one of the question's")
        return found

    def _applied(self, name: str) -> str:
        """A name with the arguments that its declaration asks for."""
        kind = self.names.kind(name)
        if kind in ("function", "family"):
            opening = self.take().text
            if opening not in ("(", "["):
                raise Unreadable(f"{name} needs an argument")
            out = [self.sum()]
            while self.next() == ",":
                self.at += 1
                out.append(self.sum())
            self.expect(PAIRS[opening])
            inner = ", ".join(out)
            return f"{name}({inner})" if kind == "function" else f"{name}[{inner}]"
        if kind not in ("scalar", "matrix"):
            raise Unreadable(f"{name} is not a number here")
        return name

    def _function(self, name: str) -> str:
        """A function with its argument, in brackets or without."""
        base, exponent = "", ""
        if name == "log" and self.next() == "_":
            base = self._subscript()
        if self.next() in ("^", "**"):
            self.at += 1
            exponent = self.group()
        if self.next() in ("(", "[", "{"):
            opening = self.take().text
            out = [self.sum()]
            while self.next() == ",":
                self.at += 1
                out.append(self.sum())
            self.expect(PAIRS[opening])
            inner = ", ".join(out)
        elif name in BARE:
            inner = self.factor()
            if self._starts_factor() or self.next() in OVER:
                raise Unreadable(f"where the argument of {name} ends is unclear; write brackets")
        else:
            raise Unreadable(f"{name} needs an argument in brackets")
        out_text = self._with_base(name, base, inner)
        return f"({out_text})**({exponent})" if exponent else out_text

    def _with_base(self, name: str, base: str, inner: str) -> str:
        if base in ("2", "10"):
            return f"log{base}({inner})"
        if base and base != "e":
            if not base.isdecimal():
                raise Unreadable(f"a logarithm to the base {base!r} is not understood")
            return f"(log({inner})/log({base}))"
        return f"{name}({inner})"
