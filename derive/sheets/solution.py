"""The solution of one question: working with reasons, answers, facts, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from derive.keys.choices import chosen_label
from derive.keys.model import Option, Part, Premise, Question, Text
from derive.keys.results import MEANING, Check, Result
from derive.sheets.author import safe_latex, safe_math
from derive.sheets.escaping import escape
from derive.sheets.formulas import (
    definition,
    display,
    inline,
    reading,
    related,
    run,
    term_latex,
    words,
)
from derive.sheets.reasons import cut, fact_reason, link_reason, prose
from derive.sheets.wording import VERDICTS
from derive.terms import Context, Term, read, read_chain, substitute


def solution(question: Question, result: Result, context: Context | None) -> list[str]:
    """The lines of LaTeX inside a solution box."""
    lines = [*_givens(question, context)]
    if question.kind in ("numeric", "symbolic"):
        lines += _parts(question, result, context)
    elif question.kind == "mcq":
        lines += _choice(question, result, context)
    elif question.kind == "derivation":
        lines += _derivation(question, result, context)
    else:
        lines += _statement(question, result, context)
    lines += _facts("Stated facts", result, "premise", context, question.premises)
    lines += _facts(
        "Facts stated elsewhere in the paper", result, "audit", context, question.audits
    )
    if question.rubric:
        items = [rf"\item {safe_latex(tick)}" for tick in question.rubric]
        lines += [heading("Marking"), r"\begin{itemize}", *items, r"\end{itemize}"]
    lines += _verdict(question, result, context)
    return lines


def heading(text: str) -> str:
    """A small heading inside a solution."""
    return rf"\Heading{{{text}}}"


def marks(value: float) -> str:
    """A number of marks: ``2 marks``, ``1 mark``, ``0.25 marks``."""
    return f"{value:g} mark{'s' * (value != 1)}"


def label(text: str) -> str:
    """The same at the start of a line."""
    return rf"\Label{{{text}}}"


def row(left: str, formula: str, reason: str, plain: str) -> str:
    r"""A line of working, see `derive.sheets.style`."""
    return rf"\Row{{{left}}}{{{formula}}}{{{reason}}}{{{plain}}}"


def _givens(question: Question, context: Context | None) -> Iterator[str]:
    for title, pairs in (("Given", question.given), ("With", question.define)):
        if pairs:
            shown = ", ".join(definition(name, value, context) for name, value in pairs)
            yield rf"\Label{{{title}}}{shown}.\par"
    if question.assume:
        shown = ", ".join(inline(claim.value, context) for claim in question.assume)
        yield rf"\Label{{Assuming}}{shown}.\par"


def _parts(question: Question, result: Result, context: Context | None) -> Iterator[str]:
    rest = [c for c in result.checks if c.where.startswith(("answer", "working"))]
    for part in question.parts:
        names = ("answer", f"answer ({part.id})")
        answers = list(takewhile(lambda c, names=names: c.where in names, rest))  # type: ignore[misc]
        working = list(takewhile(lambda c: c.where.startswith("working"), rest[len(answers) :]))
        rest = rest[len(answers) + len(working) :]
        if part.id:
            worth = rf"\hfill [{marks(part.marks)}]" if part.marks is not None else ""
            yield rf"\Part{{({escape(part.id)}){worth}}}"
        yield from _part(part, answers, {c.where: c for c in working}, context)


def _part(
    part: Part, answers: list[Check], working: dict[str, Check], context: Context | None
) -> Iterator[str]:
    if part.model is not None:
        formula, plain = display(part.model.value, context)
        yield row(label("Checked against"), formula, "", plain)
    if part.working:
        yield heading("Working, as printed in the key")
        for number, line in enumerate(part.working, 1):
            yield from _line(line, (f"working {number}", part.id), working, context)
    each = len(answers) // len(part.answers)
    for number, answer in enumerate(part.answers):
        checks = answers[number * each : (number + 1) * each]
        name = label("Also printed" if number else "Answer")
        formula, plain = display(answer.value, context)
        first = checks[0] if part.model is not None and checks else None
        reason = fact_reason(first, context) if first is not None else ""
        yield row(name, rf"\textbf{{\boldmath {formula}}}", reason, plain)
        for check, claim in zip(checks[first is not None :], part.claims, strict=False):
            yield _claim(claim, "answer", None, check, context)
        if part.model is None and not part.claims:
            yield from (row("", prose(check.reason), "", prose(check.reason)) for check in checks)


def _line(
    line: Text, name: tuple[str, str], checks: dict[str, Check], context: Context | None
) -> Iterator[str]:
    """A displayed line with the reasons for its links; its name is that in the checks, and its part."""
    chain = reading(read_chain, line.value, context)
    if chain is None:
        yield row("", words(line), "", words(line))
        return
    first, *_ = chain.terms
    if not chain.relations:
        yield row("", run(term_latex(first)), "", words(first))
        return
    yield rf"\Chain{{{run(term_latex(first))}}}{{{words(first)}}}"
    for place, (_, relation, rhs) in enumerate(chain.links(), 1):
        where = f"{name[0]}, link {place}" if len(chain.relations) > 1 else name[0]
        where += f" ({name[1]})" if name[1] else ""
        reason = link_reason(checks.get(where), rhs, context)
        plain = words(f"{relation} {rhs}")
        yield rf"\Link{{{related(relation, rhs)}}}{{{reason}}}{{{plain}}}"


def options(question: Question, context: Context | None) -> str:
    """The options of a multiple-choice question."""
    if not question.options:
        return ""
    items = (rf"\item[{{{escape(o.label)}.}}] {option_text(o, context)}" for o in question.options)
    return "\n".join([r"\begin{itemize}", *items, r"\end{itemize}"])


def option_text(option: Option, context: Context | None) -> str:
    """What an option says, in the author's LaTeX or words, else its expression."""
    said = [safe_math(option.latex)] if option.latex else []
    said += [safe_latex(option.text)] if option.text else []
    if not said and option.expr is not None:
        said = [inline(option.expr.value, context)]
    return " ".join(said)


def _choice(question: Question, result: Result, context: Context | None) -> Iterator[str]:
    true = {label.strip() for label in result.right.split(",")}
    chosen = chosen_label(question)
    yield heading("Options")
    for option in question.options:
        checks = [c for c in result.checks if c.where == f"option {option.label}"]
        notes = []
        if option.label in true:
            notes.append(r"right\Mark{\checkmark}")
        if option.label == chosen:
            notes.insert(0, r"\textbf{the key's answer}" + r"\enspace{}" * bool(notes))
        left = rf"\textbf{{{escape(option.label)}.}}~"
        yield row(left, option_text(option, context), "".join(notes), option_text(option, context))
        if option.let:
            let = ", ".join(definition(name, value, context) for name, value in option.let)
            yield row(r"\hspace*{1.6em}", f"with {let}", "", f"with {let}")
        yield from _option_claims(question, option, checks, context)


def _option_claims(
    question: Question, option: Option, checks: list[Check], context: Context | None
) -> Iterator[str]:
    shared = question.claims if option.expr is not None or option.let else ()
    claims = [(c, False) for c in (*shared, *option.holds)] + [(c, True) for c in option.fails]
    value = reading(read, option.expr.value, context) if option.expr is not None else None
    for (claim, fails), check in zip(claims, checks, strict=False):
        left = r"\hspace*{1.6em}" + (r"not:~" if fails else "")
        yield _claim(claim, "option", value, check, context, left)


def _claim(
    claim: Text,
    slot: str,
    value: Term | None,
    check: Check,
    context: Context | None,
    left: str = "",
) -> str:
    """A claim with a slot for what is asked for, and how it came out."""
    chain = reading(read_chain, claim.value.replace(f"{{{slot}}}", f"{slot}_"), None)
    plain = words(check.claim)
    if chain is None:
        return row(left, plain, fact_reason(check, context), plain)
    filled = [substitute(t, {f"{slot}_": value}) if value is not None else t for t in chain.terms]
    formula = run(term_latex(filled[0]))
    formula += "".join(related(r, t) for r, t in zip(chain.relations, filled[1:], strict=True))
    return row(left, formula, fact_reason(check, context), plain)


def _derivation(question: Question, result: Result, context: Context | None) -> Iterator[str]:
    checks = iter([c for c in result.checks if c.where.startswith("step")])
    yield heading("Derivation")
    for number, step in enumerate(question.steps):
        left = rf"\makebox[3em][l]{{\small ({escape(step.tag or str(number + 1))})}}"
        term = reading(read, step.expr.value, context)
        check = next(checks, None) if number else None
        if term is None:
            reason = (
                prose(step.by) if check is None else fact_reason(_with(check, step.by), context)
            )
            yield row(left, words(step.expr), reason, words(step.expr))
        else:
            formula = related(step.relation, term) if number else run(term_latex(term))
            yield row(left, formula, link_reason(check, term, context, step.by), words(term))
        yield from _rubric(step.marks, step.rubric)
    for check in result.checks:
        if check.where == "goal":
            formula, plain = display(check.claim, context)
            yield row(label("Goal"), formula, fact_reason(check, context), plain)


def _with(check: Check, by: str) -> Check:
    """A check whose reason begins with that of the author."""
    return replace(check, reason=": ".join(part for part in (by, check.reason) if part))


def _statement(question: Question, result: Result, context: Context | None) -> Iterator[str]:
    """An answer in words, and the claims that it stands or falls with."""
    if question.answer is not None and question.answer.value:
        yield rf"\Label{{Answer}}{safe_latex(question.answer.value)}\par"
    yield from _facts("Claims checked", result, "claim", context)
    yield from _facts("On the way, as printed in the key", result, "working", context)


def _rubric(value: float | None, rubric: str) -> Iterator[str]:
    if value is not None or rubric:
        worth = f"{marks(value)} " if value is not None else ""
        yield rf"\par\nopagebreak\hspace*{{3em}}{{\footnotesize\itshape {worth}{safe_latex(rubric)}}}\par"


def _facts(
    title: str, result: Result, kind: str, context: Context | None, stated: tuple[Premise, ...] = ()
) -> Iterator[str]:
    checks = [c for c in result.checks if c.where.split(" ")[0] == kind]
    if checks:
        yield heading(title)
    for check in checks:
        fails = check.claim.startswith("not (")
        claim = check.claim[5:-1] if fails else check.claim
        formula, plain = display(claim, context)
        yield row("not:~" if fails else "", formula, fact_reason(check, context), plain)


def _verdict(question: Question, result: Result, context: Context | None) -> Iterator[str]:
    verdict = VERDICTS[result.verdict]
    yield rf"\Verdict{{{verdict.latex}}}{{: {escape(MEANING[result.verdict])}.}}"
    printed = [answer.value for part in question.parts for answer in part.answers]
    if result.right and result.verdict not in ("correct", "attested") and printed != [result.right]:
        formula, plain = _right(question, result, context)
        yield row(label("Right value"), formula, "", plain)
    if result.message or result.flaws:
        yield heading("Finding")
    if result.message:
        yield rf"{prose(cut(result.message, 800))}\par"
    for flaw in result.flaws:
        said = cut(f"{flaw.where} does not hold: {flaw.claim}; {flaw.reason}", 800)
        yield rf"{prose(said)}\par"
    if question.note:
        yield heading("Note")
        yield safe_latex(question.note) + r"\par"


def _right(question: Question, result: Result, context: Context | None) -> tuple[str, str]:
    if question.kind == "mcq":
        said = f"option {escape(result.right)}"
        return said, said
    shown = [display(part, context) for part in result.right.split("; ")]
    return ";\\enspace{}".join(f for f, _ in shown), words(result.right)
