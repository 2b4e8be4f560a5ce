"""Laws in a question: its formulas may use the notation of `derive.laws`, and are written out here.

The checks read plain formulas. `written_out` puts these in the place of what the key writes, and
`with_laws` adds the laws of a question, and the definitions that its formulas need, to its context.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from derive.derivation.stating import DerivationError, Statement
from derive.keys.model import Laws, Option, Part, Premise, Question, Stated, Step, Text
from derive.laws.entry import read_terms
from derive.laws.model import Model
from derive.terms import Context, ContextError, TermError, TextError, read_chain
from derive.terms.context import RELATIONS, Claim
from derive.terms.reader import Chain

ANY: Final = "any"
"""The density of a law of which nothing is known."""

NAMED: Final = re.compile(r"\s*([^\W\d]\w*)\s*(?:<=|>=|=|<|>)")

HOLES: Final = {"{option}": "option_", "{answer}": "answer_"}
"""What stands in claims for an option or an answer, and its name in formulas."""

T = TypeVar("T")


class NotationError(ValueError):
    """A formula with laws, or a declaration of one, that cannot be read; ``at`` is where."""

    def __init__(self, message: str, at: Text, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.at = Text(at.value, at.line + line - 1, column + (at.column - 1 if line == 1 else 0))


def with_laws(context: Context, question: Question) -> Model:
    """The laws of a question over its context, with the definitions that its formulas need.

    The definitions and assumptions of the question are part of it. Raises NotationError.
    """
    laws = question.laws
    assert laws is not None
    statement = _declared(Statement(f"question {question.id}", model=Model(context)), laws)
    for head, body in question.define:
        _at(body, lambda h=head, b=body: statement.define(h.value, b.value))  # type: ignore[misc]
    for number, text in enumerate(question.assume, 1):
        name = f"assume {number}"
        _at(text, lambda n=name, t=text: statement.assume({n: t.value}))  # type: ignore[misc]
    model = statement.model
    for text in laws.texts:
        model, _ = _read(model, text, _named(text, laws, model.context))
    return model


def _declared(statement: Statement, laws: Laws) -> Statement:
    for slot, space in laws.variables:
        _at(space, lambda n=slot, s=space: statement.variables(**{n.value: s.value}))  # type: ignore[misc]
    for head, body in laws.densities:
        density = None if body.value.strip() == ANY else body.value
        _at(body, lambda h=head, d=density: statement.law(h.value, d))  # type: ignore[misc]
    for entry in laws.pushforwards:
        _at(
            entry.inverse,
            lambda e=entry: statement.pushforward(  # type: ignore[misc]
                e.head.value, e.law.value, e.inverse.value, increasing=e.increasing
            ),
        )
    for law in laws.mass_one:
        _at(law, lambda t=law: statement.assume_norm(t.value))  # type: ignore[misc]
    for number, term in enumerate(laws.exist, 1):
        name = f"exists {number}"
        _at(term, lambda n=name, t=term: statement.assume_finite(**{n: t.value}))  # type: ignore[misc]
    return statement


def _at(text: Text, action: Callable[[], T]) -> T:
    try:
        return action()
    except DerivationError as error:
        raise NotationError(str(error).partition("\n")[0], text) from None


def _named(text: Text, laws: Laws, context: Context) -> list[str]:
    """The name that a goal gives to the first line, which nothing declares."""
    name = first_line(text) if text == laws.goal else ""
    return [name] if name and name not in context else []


def first_line(goal: Text) -> str:
    """The name alone on the left of a goal, or nothing."""
    match = NAMED.match(goal.value)
    return match[1] if match else ""


def _read(model: Model, text: Text, names: Iterable[str] = ()) -> tuple[Model, Chain]:
    """The terms of a formula, and the model with what it adds. Raises NotationError.

    ``names`` stand for numbers in this formula alone, and so do the holes.
    """
    value = text.value
    for hole, name in HOLES.items():
        value = value.replace(hole, name)
    scope = model.context
    try:
        for name in (*names, *(n for n in HOLES.values() if n in value)):
            scope = scope.declare(name)
        found, chain = read_terms(replace(model, context=scope), value)
        context = _grown(model.context, found.context, len(scope.symbols))
    except TextError as error:
        raise NotationError(error.message, text, error.line, error.column) from None
    except (ContextError, TermError, ValueError) as error:
        raise NotationError(str(error), text) from None
    return replace(model, context=context, forms=found.forms), chain


def _grown(context: Context, larger: Context, known: int) -> Context:
    """``context`` with what ``larger`` has after its first ``known`` symbols."""
    for new in larger.symbols[known:]:
        definition = larger.definition(new.name)
        if definition is not None:
            context = context.define(new.name, definition.body, definition.parameters)
        else:
            context = context.declare(
                new.name, new.domain, new.kind, new.arity, new.shape, new.form
            )
    have = {name for name, _ in context.hypotheses}
    for name, claim in larger.hypotheses:
        context = context if name in have else context.assume(name, claim)
    return context


def written_out(question: Question, model: Model) -> Question:
    """The question with plain formulas, each of which remembers what the key writes.

    Raises NotationError for a formula that cannot be read.
    """

    laws = question.laws
    assert laws is not None

    def plain(text: Text) -> Text:
        return _plain(text, model, _named(text, laws, model.context))

    def all_of(texts: Iterable[Text]) -> tuple[Text, ...]:
        return tuple(map(plain, texts))

    def maybe(text: Text | None) -> Text | None:
        return None if text is None else plain(text)

    def premise(given: Premise) -> Premise:
        return replace(given, claim=maybe(given.claim), value=maybe(given.value))

    def part(given: Part) -> Part:
        return replace(
            given,
            model=maybe(given.model),
            answers=all_of(given.answers),
            claims=all_of(given.claims),
            working=all_of(given.working),
        )

    def option(given: Option) -> Option:
        if given.let:
            return given
        return replace(
            given, expr=maybe(given.expr), holds=all_of(given.holds), fails=all_of(given.fails)
        )

    def step(given: Step) -> Step:
        return replace(given, expr=plain(given.expr))

    return replace(
        question,
        steps=tuple(map(step, question.steps)),
        goal=maybe(question.goal),
        premises=tuple(map(premise, question.premises)),
        audits=tuple(map(premise, question.audits)),
        parts=tuple(map(part, question.parts)),
        claims=all_of(question.claims),
        holds=all_of(question.holds),
        fails=all_of(question.fails),
        working=all_of(question.working),
        options=tuple(map(option, question.options)),
    )


def _plain(text: Text, model: Model, names: Iterable[str] = ()) -> Text:
    """One formula written out; as it is when it says the same without laws."""
    if isinstance(text, Stated) and text.theorem:
        return text
    model, chain = _read(model, text, names)
    context = model.context
    for name in names:
        context = context.declare(name)
    value = text.value
    for hole, name in HOLES.items():
        if hole in value:
            value, context = value.replace(hole, name), context.declare(name)
    if _means(value, context, chain):
        return text
    written = _text(chain)
    if not _means(written, context, chain):
        raise NotationError(f"{text} cannot be written out as a formula", text)
    for hole, name in HOLES.items():
        written = written.replace(name, hole)
    base = text if isinstance(text, Stated) else Stated(text.value, text.line, text.column)
    return replace(base, value=written, shown=text.value)


def _text(chain: Chain) -> str:
    if len(chain.terms) == 2 and chain.relations[0] in RELATIONS:
        return str(Claim(chain.terms[0], RELATIONS[chain.relations[0]], chain.terms[1]))
    out = str(chain.terms[0])
    for _, relation, term in chain.links():
        out += f" {relation} {term}"
    return out


def _means(value: str, context: Context, chain: Chain) -> bool:
    try:
        read = read_chain(value, context)
    except (TextError, ContextError, TermError):
        return False
    return read.terms == chain.terms and tuple(read.relations) == tuple(chain.relations)
