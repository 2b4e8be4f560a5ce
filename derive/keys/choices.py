"""Multiple choice: every option is decided, and the key's letter must be the one that holds."""

from __future__ import annotations

from derive.keys.contexts import QuestionError, question_context, term_of
from derive.keys.judging import Outcome
from derive.keys.model import Key, Option, Question, Text
from derive.keys.premises import check_audits, check_premises
from derive.keys.results import Check
from derive.keys.stated import check_stated


def check_choice(key: Key, question: Question) -> Outcome:
    """The verdict on a multiple-choice question. Raises QuestionError."""
    base = question_context(key, question)
    facts = check_premises(key, question, base)
    chosen, noted = _chosen(question)
    checks: list[Check] = []
    status: dict[str, str] = {}
    for option in question.options:
        found = _check_option(key, question, option)
        checks += found
        status[option.label] = _standing(found)
    verdict = _compare(question, chosen, status, _fault(checks, chosen))
    broken = "; ".join(f"{c.brief}: {c.reason}" for c in (*facts.failed, *facts.open))
    note = "" if verdict.verdict == "correct" else noted
    message = "; ".join(part for part in (broken, verdict.message, note) if part)
    name = "premise" if facts.failed and verdict.verdict != "undecided" else verdict.verdict
    audits = check_audits(question, base)
    return Outcome(name, message, verdict.right, (*facts.checks, *checks, *audits))


def chosen_label(question: Question) -> str:
    """The label of the option that the key means, by its label or its place; empty when none."""
    labels = [option.label for option in question.options]
    said = question.key.strip().strip("()").strip().casefold()
    for label in labels:
        if label.casefold() == said:
            return label
    place = int(said) - 1 if said.isdecimal() and len(said) < 4 else -1
    if len(said) == 1 and said.isalpha() and said.isascii():
        place = ord(said) - ord("a")
    return labels[place] if 0 <= place < len(labels) else ""


def _chosen(question: Question) -> tuple[str, str]:
    """The label the key means, and a note when it names it another way. Raises QuestionError."""
    label = chosen_label(question)
    if not label:
        labels = ", ".join(option.label for option in question.options)
        at = question.where
        raise QuestionError(
            f"the key {question.key!r} is none of the options {labels}", at.line, at.column
        )
    named = question.key.strip().strip("()").strip().casefold() == label.casefold()
    return label, "" if named else f"the key says {question.key}, taken as option {label}"


def _check_option(key: Key, question: Question, option: Option) -> list[Check]:
    where = f"option {option.label}"
    context = question_context(key, question, option.let)
    if option.expr is not None:
        term_of(option.expr, context)
    shared = question.claims if option.expr is not None or option.let else ()
    out = []
    for text in (*shared, *option.holds):
        out.append(check_stated(where, text, context, *_filled(text, option)))
    for text in option.fails:
        plain = check_stated(where, text, context, *_filled(text, option))
        out.append(reversed_check(plain))
    return out


def _filled(text: Text, option: Option) -> tuple[str, Text]:
    """A claim with the option in its place, as the report shows it and as it is read."""
    if option.expr is None:
        return str(text), text
    whole = text.value.strip().endswith("{option}") and text.value.count("{option}") == 1
    shown = str(option.expr) if whole else f"({option.expr})"
    value = text.value.replace("{option}", f"({option.expr.value})")
    return str(text).replace("{option}", shown), Text(value, text.line, text.column)


def reversed_check(check: Check) -> Check:
    """The check of a claim that must fail: it counts when the claim is refuted."""
    claim = f"not ({check.claim})"
    if check.status == "refuted":
        return Check(check.where, claim, "enclosed", check.reason)
    if check.status == "proved":
        return Check(check.where, claim, "refuted", "it holds", check.rules)
    return Check(check.where, claim, "undecided", check.reason)


def _standing(checks: list[Check]) -> str:
    if any(c.status == "refuted" for c in checks):
        return "fails"
    return "holds" if checks and all(c.held for c in checks) else "open"


def _fault(checks: list[Check], label: str) -> str:
    """Why an option fails: the first of its claims that does."""
    for check in checks:
        if check.where == f"option {label}" and check.status == "refuted":
            return f" ({check.brief}: {check.reason})"
    return ""


def _compare(question: Question, chosen: str, status: dict[str, str], fault: str) -> Outcome:
    """The key's option beside the options that hold."""
    true = [label for label, s in status.items() if s == "holds"]
    open_ = [label for label, s in status.items() if s == "open"]
    right = ", ".join(true)
    if question.exactly_one and len(true) > 1:
        return Outcome("wrong", f"options {right} hold, and exactly one must", right)
    if status[chosen] == "fails":
        instead = f"; option {right} does" if true else "; no option is shown to hold"
        return Outcome("wrong", f"option {chosen} does not hold{fault}{instead}", right)
    if open_:
        return Outcome("undecided", f"option {', '.join(open_)} is undecided", right)
    return Outcome("correct", "", right)
