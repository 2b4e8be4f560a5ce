"""Reports for programs: JSON (`docs/report.schema.json`) and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree

from derive.keys.results import Mended, Report, Result

VERSION: Final = "derive.report/1"
CONTROLS: Final = {c: None for c in range(32) if chr(c) not in "\t\n\r"}


def to_json(reports: Sequence[Report]) -> str:
    """The reports as one JSON object."""
    return json.dumps(
        {"version": VERSION, "reports": [_report(r) for r in reports]}, ensure_ascii=False, indent=2
    )


def _report(report: Report) -> dict[str, Any]:
    return {
        "path": report.path,
        "id": report.id,
        "title": report.title,
        "counts": report.counts(),
        "milliseconds": round(report.milliseconds, 1),
        "remarks": list(report.remarks),
        "questions": [_question(r) for r in report.results],
    }


def _question(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "kind": result.kind,
        "topic": result.topic,
        "verdict": result.verdict,
        "fine": result.fine,
        "message": result.message,
        "printed": result.answer,
        "right": result.right,
        "place": result.place,
        "milliseconds": round(result.milliseconds, 1),
        "checks": [
            {
                "where": c.where,
                "claim": c.claim,
                "status": c.status,
                "reason": c.reason,
                "rules": list(c.rules),
                **_slip(c.slip),
            }
            for c in result.checks
        ],
    }


def _slip(slip: Mended | None) -> dict[str, dict[str, str]]:
    if slip is None:
        return {}
    return {"slip": {"kind": slip.kind, "words": slip.words, "corrected": slip.corrected}}


def to_junit(reports: Sequence[Report]) -> str:
    """The reports as JUnit XML: a suite a key, a case a question."""
    root = ElementTree.Element("testsuites", name="derive check")
    for report in reports:
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            {
                "name": report.id,
                "tests": str(len(report.results)),
                "failures": str(sum(not r.fine and not r.unreadable for r in report.results)),
                "errors": str(sum(r.unreadable for r in report.results)),
                "skipped": str(sum(r.verdict == "attested" for r in report.results)),
                "time": f"{report.milliseconds / 1e3:.3f}",
            },
        )
        for result in report.results:
            _case(suite, report, result)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, report: Report, result: Result) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        {
            "classname": _plain(report.id),
            "name": _plain(result.id),
            "file": _plain(report.path),
            "time": f"{result.milliseconds / 1e3:.3f}",
        },
    )
    flaws = [f"{c.where}: {c.claim}: {c.reason}" for c in result.flaws]
    if result.unreadable:
        kind = "error"
    elif result.verdict == "attested":
        kind = "skipped"
    elif not result.fine:
        kind = "failure"
    else:
        return
    message = result.message or "; ".join(flaws)
    node = ElementTree.SubElement(case, kind, message=_plain(message))
    if kind != "skipped":
        node.set("type", result.verdict)
        node.text = _plain("\n".join([f"{result.place}: {message}", *flaws]))


def _plain(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return text.translate(CONTROLS)
