"""A checked answer key as a LaTeX solution sheet in the `exam` class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from derive.keys.choices import chosen_label
from derive.keys.model import Key, Question
from derive.keys.results import FINE, MEANING, Report, Result
from derive.sheets.author import safe_latex
from derive.sheets.escaping import code, escape
from derive.sheets.formulas import cell, context_of
from derive.sheets.solution import marks, options, solution
from derive.sheets.style import HEAD
from derive.sheets.wording import VERDICTS
from derive.terms import Context

FLAWS: Final = {"working": "a line fails", "audit": "a fact fails"}
"""What is wrong beside an answer that is right."""


def sheet(key: Key, results: Sequence[Result]) -> str:
    """The LaTeX of a solution sheet: a summary, then each question with its solution.

    ``results`` are matched to the questions by their ids; a question without one counts as undecided.
    Everything the key's author wrote is made safe (`derive.sheets.author`).
    """
    found = {result.id: result for result in results}
    rows = [(q, found.get(q.id) or _unchecked(q)) for q in key.questions]
    contexts = {q.id: context_of(key, q) for q, _ in rows}
    parts = [
        HEAD,
        _running(key),
        r"\begin{document}",
        _title(key),
        r"\ifprintanswers",
        _counts(key, [r for _, r in rows]),
        _summary(rows, contexts),
        r"\clearpage",
        r"\fi",
        r"\begin{questions}",
        *(_question(q, r, contexts[q.id]) for q, r in rows),
        r"\end{questions}",
        r"\end{document}",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _unchecked(question: Question) -> Result:
    return Result(question.id, question.kind, "undecided", "not checked", question.topic)


def _running(key: Key) -> str:
    title = escape(key.title or key.id)
    return "\n".join(
        [
            r"\pagestyle{headandfoot}",
            rf"\runningheader{{\small {title}}}{{}}{{\small\ifprintanswers Solutions\fi}}",
            r"\footer{}{\small Page \thepage\ of \numpages}{}",
            r"\renewcommand{\solutiontitle}{}",
            r"\qformat{\textbf{Question \thequestiontitle}\hfill\thepoints}",
        ]
    )


def _title(key: Key) -> str:
    total = f"Total: {marks(key.total)}" if key.total is not None else ""
    under = " \\quad ".join(part for part in (escape(key.course), total) if part)
    lines = [
        r"\begin{center}",
        rf"{{\LARGE\bfseries {escape(key.title or key.id)}\par}}",
        r"\ifprintanswers\smallskip{\large Solutions, with the answer key checked\par}\fi",
        rf"\smallskip {under}\par" if under else "",
        r"\end{center}",
        rf"\ifprintanswers {safe_latex(key.note)}\par\fi" if key.note else "",
    ]
    return "\n".join(line for line in lines if line)


def _summary(rows: Sequence[tuple[Question, Result]], contexts: dict[str, Context | None]) -> str:
    lines = [
        r"\setlength{\LTpre}{6pt}\setlength{\LTpost}{6pt}\renewcommand{\arraystretch}{1.12}",
        r"\begin{longtable}{@{}>{\raggedright\arraybackslash}p{0.31\linewidth}"
        r">{\raggedright\arraybackslash}p{0.25\linewidth}"
        r">{\raggedright\arraybackslash}p{0.22\linewidth}"
        r">{\raggedright\arraybackslash}p{0.14\linewidth}@{}}",
        r"\toprule",
        r"Question & Verdict & Printed answer & Right value\\",
        r"\midrule\endhead",
        r"\bottomrule\endfoot",
    ]
    for question, result in rows:
        context = contexts[question.id]
        topic = rf"\enspace{{\small {escape(question.topic)}}}" if question.topic else ""
        lines.append(
            rf"\textbf{{{escape(question.id)}}}{topic} & {_verdict(result)} & "
            rf"{_printed(question, context)} & {_right(question, result, context)}\\"
        )
    return "\n".join([*lines, r"\end{longtable}"])


def _verdict(result: Result) -> str:
    """A verdict; when it is all right although something else on the page is not, that too."""
    failed = {check.where.split()[0] for check in result.flaws} if result.verdict in FINE else set()
    notes = [words for kind, words in FLAWS.items() if kind in failed]
    said = "".join(rf"\enspace{{\footnotesize {note}}}" for note in notes)
    return VERDICTS[result.verdict].latex + said


def _printed(question: Question, context: Context | None) -> str:
    if question.kind in ("numeric", "symbolic"):
        named = len(question.parts) > 1
        return r"\newline ".join(
            (f"({escape(part.id)}) " if named else "") + cell(answer.value, context)
            for part in question.parts
            for answer in part.answers
        )
    if question.kind == "derivation":
        return r"{\small a derivation}"
    if question.kind == "statement":
        return r"{\small a statement}"
    chosen = chosen_label(question)
    meant = f" (option {escape(chosen)})" if chosen and chosen != question.key else ""
    return (escape(question.key) if len(question.key) < 12 else code(question.key)) + meant


def _right(question: Question, result: Result, context: Context | None) -> str:
    printed = [answer.value for part in question.parts for answer in part.answers]
    if result.verdict in ("correct", "attested") or not result.right or printed == [result.right]:
        return ""
    if result.kind == "mcq":
        return escape(result.right)
    return r"\newline ".join(cell(part, context) for part in result.right.split("; "))


def _counts(key: Key, results: Sequence[Result]) -> str:
    counts = Report(key.path, key.id, key.title, tuple(results)).counts()
    lines = [
        r"\begin{center}\small",
        r"\begin{tabular}{@{}lrl@{}}",
        r"\toprule",
        r"Verdict & Questions & Meaning\\",
        r"\midrule",
        *(
            rf"{VERDICTS[name].latex} & {counts.get(name, 0)} & {escape(meaning)}\\"
            for name, meaning in MEANING.items()
        ),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{center}",
    ]
    return "\n".join(lines)


def _question(question: Question, result: Result, context: Context | None) -> str:
    title = escape(question.id)
    if question.topic:
        title += rf"\enspace\normalfont {escape(question.topic)}"
    lines = [
        "\n\\Together",
        rf"\titledquestion{{{title}}}{_marks(question.marks)}",
        safe_latex(question.text) if question.text else r"\leavevmode\par",
        options(question, context),
        r"\begin{solution}",
        *solution(question, result, context),
        r"\end{solution}",
        r"\bigskip",
    ]
    return "\n".join(lines[:2] + [line for line in lines[2:] if line])


def _marks(value: float | None) -> str:
    """Marks as the class takes them: whole and half ones; others are printed below the title."""
    if value is None:
        return ""
    if (2 * value) % 1:
        return rf"{{}}\hfill [{marks(value)}]\par"
    whole, half = divmod(int(2 * value), 2)
    return f"[{whole if whole or not half else ''}{chr(92) + 'half' if half else ''}]"
