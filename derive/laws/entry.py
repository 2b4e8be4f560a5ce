"""The ways in: a displayed line, a density in words, a law by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from derive.laws import families
from derive.laws.law import Law
from derive.laws.model import Model
from derive.laws.parser import parse
from derive.laws.reader import Elaborator, is_applied
from derive.laws.session import Session
from derive.laws.spaces import REAL, LawError
from derive.terms.parser import MAX_LENGTH, Raw, TextError
from derive.terms.reader import FOR_ALL, SIGNS, Chain
from derive.terms.term import Term, TermError, binder, sym


def read_terms(model: Model, text: str) -> tuple[Model, Chain]:
    """The terms of a displayed line, and the model with the definitions it needs. Raises TextError.

    ``for all x:`` may come first, as in `derive.terms.read_claim`.
    """
    quantified = FOR_ALL.match(text[:MAX_LENGTH])
    names = re.findall(r"\w+", quantified[1]) if quantified else []
    raw = parse(" " * quantified.end() + text[quantified.end() :] if quantified else text)
    reader = Elaborator(model)
    try:
        with _bound(reader, names):
            terms = tuple(reader.resolve(piece) for piece in raw.parts[::2])
    except RecursionError:
        raise TextError("the expression is nested too deeply") from None
    terms = tuple(for_all(names, term) for term in terms)
    signs = tuple(SIGNS.get(str(token), str(token)) for token in raw.parts[1::2])
    return reader.model, Chain(terms, signs)


@contextmanager
def _bound(reader: Elaborator, names: Sequence[str]) -> Iterator[None]:
    """The variables of these names bound, each where the model says that it lies."""
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(reader._binding(name, space=reader.model.range_of(name)))
        yield


def for_all(names: Sequence[str], term: Term) -> Term:
    """A side of an equation that holds for all values of some names."""
    for name in reversed(names):
        term = binder("fun", name, term)
    return term


def read_density(
    model: Model, text: str, left: Sequence[str], arguments: Sequence[str]
) -> tuple[Model, Term]:
    """A density in words: a law at the variables ``left``, or a formula in ``arguments``."""
    reader, raw = Elaborator(model), _single(text)
    with _bound(reader, arguments):
        named = raw.rule in ("name", "call", "parametrised") and reader._is_law(raw)
        if not (left and named) or _at_points(raw, left):
            return _with(reader, reader.resolve(raw))
        law = _positioned(reader, raw)
    _check_spaces(model, law, left)
    return reader.model, law.at([sym(s) for s in left])


def _at_points(raw: Raw, left: Sequence[str]) -> bool:
    """Whether a piece is a density at the very variables, rather than the name of a law."""
    points = raw.parts[1] if is_applied(raw) else None
    first = [str(p.parts[0]) for p in points.parts if p.rule == "name"] if points else []
    law_like = raw.rule == "parametrised" or str(raw.parts[0]) not in families.NAMES
    return law_like and first == list(left)


def _with(reader: Elaborator, term: Term) -> tuple[Model, Term]:
    return reader.model, term


def _positioned(reader: Elaborator, raw: Raw) -> Law:
    try:
        return reader._law(raw)
    except TermError as error:
        raise TextError(str(error), raw.line, raw.column) from None


def _check_spaces(model: Model, law: Law, left: Sequence[str]) -> None:
    if len(left) != len(law.variables):
        raise LawError(f"{law.label} is a law of {len(law.variables)} quantities, not {len(left)}")
    if inside := {n for a in law.args for n in a.free} & {*left}:
        raise LawError(f"{min(inside)} is the variable of the law, and cannot be its parameter")
    for name, space in zip(left, law.filled_spaces, strict=True):
        if space != model.range_of(name):
            raise LawError(f"{law.label} lives on {space}, and {name} on {model.range_of(name)}")


def _single(text: str) -> Raw:
    raw = parse(text)
    if len(raw.parts) != 1:
        raise TextError("expected an expression without a relation")
    out: Raw = raw.parts[0]
    return out


def law_named(model: Model, text: str) -> tuple[Model, Law]:
    """The law that a text stands for."""
    reader = Elaborator(model)
    law = _positioned(reader, _single(text))
    return reader.model, law


def mass(
    model: Model, text: str, on: str | None = None
) -> tuple[Model, str, Term, tuple[str, ...]]:
    """The integral of a law's density over its space, or over that of another law, and its label.

    The names are those of conditions that may take every value, on the whole line or an abstract space.
    """
    raw = _single(text)
    names = _conditions(model, raw) if on is None else ()
    reader = Elaborator(model)
    with _bound(reader, names):
        law = _positioned(reader, raw)
    model = reader.model
    if on is not None:
        model, other = law_named(model, on)
        for mine, theirs in zip(law.filled_spaces, other.filled_spaces, strict=True):
            if not mine.covers(theirs):
                raise LawError(f"{law.label} lives on {mine}, which does not cover {theirs}")
        law = replace(law, spaces=tuple(other.filled_spaces))
    variables, _ = Session(model).opened(law, law.variables, [])
    value = law.integral(variables, law.at([sym(v) for v in variables]))
    return model, law.label, value, names


def _conditions(model: Model, raw: Raw) -> tuple[str, ...]:
    if raw.rule != "parametrised" or str(raw.parts[2]) == ";":
        return ()
    plain = [str(p.parts[0]) for p in raw.parts[3].parts if p.rule == "name"]
    free = (n for n in plain if (s := model.range_of(n)) and (s.kind == "abstract" or s == REAL))
    return tuple(dict.fromkeys(free))
