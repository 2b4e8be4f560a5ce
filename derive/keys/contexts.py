"""The context of a question: what its exam declares, what it gives, defines and assumes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from derive.keys.model import Key, Question, SymbolEntry, Text
from derive.keys.notation import NotationError, with_laws, written_out
from derive.laws.model import Model
from derive.terms import Context, ContextError, Term, TextError, read, read_chain, read_claim
from derive.terms.context import Claim
from derive.terms.domains import declared, is_matrix, read_domain
from derive.terms.reader import Chain
from derive.universal import assumed

HEAD: Final = re.compile(r"\s*(\w+)\s*(?:\(\s*(\w+(?:\s*,\s*\w+)*)\s*\))?\s*")
T = TypeVar("T")


class QuestionError(ValueError):
    """A question that cannot be read; ``line`` and ``column`` say where in the file."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def question_context(
    key: Key, question: Question, let: Iterable[tuple[Text, Text]] = ()
) -> Context:
    """The context in which the formulas of a question are read.

    What the question declares itself takes the place of what the exam declares under the same name.
    Raises QuestionError, with the place, when something cannot be read or is declared twice.
    """
    let = tuple(let)
    context = _declarations(key, question, {_head(name)[0] for name, _ in let})
    if question.laws is not None:
        context = _model(context, question).context
        for name, value in let:
            context = define_in(context, name, value)
        return context
    for name, value in (*question.define, *let):
        context = define_in(context, name, value)
    for number, text in enumerate(question.assume, 1):
        claim = claim_of(text, context)
        context = _at(text, lambda c=context, n=number, h=claim: assumed(c, f"assume {n}", h))  # type: ignore[misc]
    return context


def plain_question(key: Key, question: Question) -> Question:
    """The question with its formulas written out, where it declares laws. Raises QuestionError."""
    if question.laws is None:
        return question
    model = _model(_declarations(key, question), question)
    return _noted(lambda: written_out(question, model))


def law_duties(key: Key, question: Question) -> tuple[tuple[Context, Claim], ...]:
    """What the maps of a question's laws have to satisfy. Raises QuestionError."""
    if question.laws is None:
        return ()
    return _model(_declarations(key, question), question).duties


def _declarations(key: Key, question: Question, others: Iterable[str] = ()) -> Context:
    """What the exam and the question declare and give, and what the exam defines.

    ``others`` are further names that take the place of the exam's.
    """
    own = {n for entry in question.symbols for n in _names(entry)} | {*others}
    own |= {_head(name)[0] for name, _ in (*question.given, *question.define)}
    context = Context()
    entries = (*key.symbols, *question.symbols)
    for entry in sorted(entries, key=lambda e: is_matrix(e.domain.value)):
        names = _names(entry)
        shadowed = own if entry in key.symbols else set()
        context = _declare(context, entry, [n for n in names if n not in shadowed])
    for name, value in question.given:
        context = define_in(context, name, value)
    for name, value in key.define:
        if _head(name)[0] not in own:
            context = define_in(context, name, value)
    return context


def _model(context: Context, question: Question) -> Model:
    return _noted(lambda: with_laws(context, question))


def _noted(action: Callable[[], T]) -> T:
    try:
        return action()
    except NotationError as error:
        raise QuestionError(str(error), error.at.line, error.at.column) from None


def term_of(text: Text, context: Context) -> Term:
    """Read an expression of a key. Raises QuestionError."""
    return _checked(text, context, read)


def claim_of(text: Text, context: Context) -> Claim:
    """Read a claim of a key. Raises QuestionError."""
    return _checked(text, context, read_claim)


def chain_of(text: Text, context: Context) -> Chain:
    """Read a displayed line of a key. Raises QuestionError."""
    return _checked(text, context, read_chain)


def _checked(text: Text, context: Context, reader: Callable[[str, Context], T]) -> T:
    def read_and_check() -> T:
        out = reader(text.value, context)
        terms = (
            out.terms
            if isinstance(out, Chain)
            else (out.lhs, out.rhs)
            if isinstance(out, Claim)
            else (out,)
        )
        for term in terms:
            context.check(term)  # type: ignore[arg-type]
        return out

    return _at(text, read_and_check)


def _at(text: Text, action: Callable[[], T]) -> T:
    """Run an action, giving its errors the place of ``text`` in the file."""
    try:
        return action()
    except TextError as error:
        column = error.column + (text.column - 1 if error.line == 1 else 0)
        raise QuestionError(error.message, text.line + error.line - 1, column) from None
    except (ContextError, ValueError) as error:
        raise QuestionError(str(error), text.line, text.column) from None


def _names(entry: SymbolEntry) -> list[str]:
    return [name.strip() for name in entry.names.value.split(",") if name.strip()]


def _declare(context: Context, entry: SymbolEntry, names: list[str]) -> Context:
    if not is_matrix(entry.domain.value) and entry.domain.value.strip() != "space":
        _at(entry.domain, lambda: read_domain(entry.domain.value))
    for name in names:
        context = _at(
            entry.names,
            lambda c=context, n=name: declared(c, n, entry.domain.value, entry.kind, entry.args),  # type: ignore[misc,arg-type]
        )
    return context


def _head(text: Text) -> tuple[str, tuple[str, ...]]:
    match = HEAD.fullmatch(text.value)
    if match is None:
        raise QuestionError(
            f"{text.value[:60]!r} is not a name, nor one with parameters such as f(t)",
            text.line,
            text.column,
        )
    name, parameters = match.groups()
    return name, tuple(p.strip() for p in parameters.split(",")) if parameters else ()


def define_in(context: Context, head: Text, body: Text) -> Context:
    """A context with one more definition, ``name`` or ``name(parameters)``. Raises QuestionError."""
    name, parameters = _head(head)
    scope = _at(head, lambda: context.shadowed(parameters))
    for parameter in parameters:
        scope = _at(head, lambda s=scope, p=parameter: s.declare(p))  # type: ignore[misc]
    term = _at(body, lambda: read(body.value, scope))
    return _at(body, lambda: context.define(name, term, parameters))
