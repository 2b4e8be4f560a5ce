"""Facts in which letters stand for functions: the tables of both programs name them alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from derive.certifying.integrals import ordered
from derive.certifying.shared import Translated
from derive.kernel.schemas import schemas
from derive.recheck.steps import Step
from derive.recheck.terms import sym


def schema(s: Translated) -> Step:
    """An instance of a fact of the kernel's table, under the same name with the same letters."""
    name, rows, count = s.theorem.data
    letters: dict[str, Any] = {k: (own, s.term(body)) for k, (own, body) in rows}
    plain = {k: body if not own else (own, body) for k, (own, body) in letters.items()}
    premises = []
    for (words, _), premise in zip(schemas()[name][1], s.premises[:count], strict=True):
        x = sym(premise.context.symbols[-1].name)
        ends = [letters[e][1] for e in words[:-1]]
        premises.append(s.moved(premise, x, ordered(x, *ends) if ends else []))
    return s.fact(name, plain, premises=premises, shown=s.premises[count:])


RULES: Final[dict[str, Callable[[Translated], Step]]] = {"schema": schema}
