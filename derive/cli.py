"""The command line. What a command needs is imported when it runs, so that help stays quick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

from derive import __version__

EPILOG = """exit status: 0 all right, 1 something is wrong or undecided, 2 unusable input.
`derive COMMAND --help` describes a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("derive: interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="derive",
        description="Check derivations and answer keys: proved, conditional, refuted or undecided.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"derive {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_check(commands)
    _add_findings(commands)
    _add_decide(commands)
    _add_grade(commands)
    _add_sheet(commands)
    _add_variants(commands)
    _add_recheck(commands)
    _add_trust(commands)
    _add_list(commands)
    _add_show(commands)
    _add_verify(commands)
    _add_repl(commands)
    return parser


def _add_check(commands: Any) -> None:
    parser = commands.add_parser(
        "check",
        help="check answer keys",
        description=("Check every question of answer keys (TOML files, or folders of them)."),
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a key file, or a folder of keys")
    parser.add_argument(
        "--format", choices=("text", "json", "junit"), default="text", help="the form of the report"
    )
    parser.add_argument(
        "--question", action="append", default=[], metavar="ID",
        help="check this question alone and print all its checks (may be repeated)",
    )  # fmt: skip
    _add_budget(parser, "question", 20.0)
    parser.set_defaults(run=_check)


def _add_findings(commands: Any) -> None:
    parser = commands.add_parser(
        "findings",
        help="write down what is wrong in answer keys",
        description="Check answer keys and write what is found as a document in Markdown.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a key file, or a folder of keys")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="such as findings.md")
    _add_budget(parser, "question", 60.0)
    parser.set_defaults(run=_findings)


def _add_decide(commands: Any) -> None:
    parser = commands.add_parser(
        "decide",
        help="decide one claim, or a stream of them",
        description=(
            "Decide a claim such as 'log(sigma**2) = 2*log(sigma)'. Names that --where does not "
            "declare are taken as real."
        ),
    )
    parser.add_argument("claim", nargs="?", metavar="CLAIM", help="a = b, a <= b, a < b or a != b")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        nargs="+",
        help="a declaration or a hypothesis: 'sigma > 0', 'b in (0, 1)', 'n: integer >= 1', 'a + b = 1'",
    )
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help="read claims from standard input, one JSON object a line",
    )
    parser.add_argument(
        "--certificate",
        metavar="FILE",
        help="write the proof as a certificate for `derive recheck`; with --jsonl one a line",
    )
    _add_budget(parser, "claim", 10.0)
    parser.set_defaults(run=_decide)


def _add_grade(commands: Any) -> None:
    parser = commands.add_parser(
        "grade",
        help="grade students' answers by a key",
        description=(
            "Mark a CSV file with the columns student, question and answer by a key. Answers are text "
            "or LaTeX, and nothing in them is evaluated as a program. An interrupted run goes on where "
            "it was. The rules are in docs/grading.md."
        ),
        epilog="exit status: 0 all graded, 1 a person must look at something, 2 unusable input.",
    )
    parser.add_argument("key", metavar="KEY", help="a key file")
    parser.add_argument("submissions", metavar="SUBMISSIONS.csv", help="the answers, in UTF-8")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where the grades go, a CSV file"
    )
    parser.add_argument(
        "--review",
        metavar="FILE",
        help="where the answers go that a person must look at (default: FILE.review.csv)",
    )
    parser.add_argument("--summary", action="store_true", help="print the total of each student")
    _add_budget(parser, "answer", 10.0)
    parser.set_defaults(run=_grade)


def _add_sheet(commands: Any) -> None:
    parser = commands.add_parser(
        "sheet",
        help="print a key as a LaTeX solution sheet",
        description=(
            "Check a key and write its solution sheet, as LaTeX or through latexmk as PDF."
        ),
    )
    parser.add_argument("key", metavar="KEY", help="a key file")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="sheet.tex or sheet.pdf"
    )
    _add_budget(parser, "question", 20.0)
    parser.set_defaults(run=_sheet)


def _add_variants(commands: Any) -> None:
    parser = commands.add_parser(
        "variants",
        help="write a key again with fresh numbers",
        description=(
            "Draw new givens for the questions that have `vary`, work out their answers, check them, and "
            "write each variant as a key, an exam and a solution sheet. docs/variants.md has the rules."
        ),
        epilog="exit status: 0 all written, 1 a question has too few good variants, 2 unusable input.",
    )
    parser.add_argument("key", metavar="KEY", help="a key file")
    parser.add_argument(
        "--n", type=_positive_int, default=1, metavar="N", help="how many (default: 1)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="decides the numbers (default: 0)"
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", help="a folder for them (default: KEY-variants)"
    )
    _add_budget(parser, "question", 300.0)
    parser.set_defaults(run=_variants)


def _add_recheck(commands: Any) -> None:
    parser = commands.add_parser(
        "recheck",
        help="check certificates with the second, independent program",
        description=(
            "Check certificates that `derive decide --certificate` wrote, and print what each shows. "
            "Exit status: 0 all accepted, 1 some rejected, 2 some unreadable."
        ),
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a certificate, or one on each line; - is standard input",
    )
    parser.set_defaults(run=_recheck)


def _add_trust(commands: Any) -> None:
    parser = commands.add_parser(
        "trust",
        help="print everything that a proof rests on",
        description="Print the rules, facts, axioms and definitions that every proof rests on.",
    )
    parser.set_defaults(run=_trust)


def _add_list(commands: Any) -> None:
    parser = commands.add_parser(
        "list",
        help="list the theorems of the library",
        description="List the theorems of the library by family, or the statements it lacks.",
    )
    parser.add_argument("family", nargs="?", metavar="FAMILY", help="one family, such as ddpm")
    parser.add_argument(
        "--missing", action="store_true", help="the statements that are not shown, and why"
    )
    parser.set_defaults(run=_list)


def _add_show(commands: Any) -> None:
    parser = commands.add_parser(
        "show",
        help="print a theorem of the library with its proof",
        description=(
            "Print the statement, the hypotheses by name and every line of the proof with its reason."
        ),
    )
    parser.add_argument("name", metavar="NAME", help="such as ddpm.posterior_variance")
    parser.set_defaults(run=_show)


def _add_repl(commands: Any) -> None:
    parser = commands.add_parser(
        "repl",
        help="an interactive session with the vocabulary loaded",
        description="Start IPython, or Python's own prompt without it, with the vocabulary of derive.",
    )
    parser.set_defaults(run=_repl)


def _add_verify(commands: Any) -> None:
    parser = commands.add_parser(
        "verify",
        help="prove and re-check the library",
        description=(
            "Prove theorems of the library, check their certificates with the second program, and "
            "evaluate them on random instances. What has not changed since an earlier run is not "
            "done again. Exit status: 0 everything holds, 1 something does not, 2 an unknown name."
        ),
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="theorems or families (default: everything)"
    )
    parser.add_argument("--no-cache", action="store_true", help="do everything again")
    parser.add_argument(
        "--wrong", action="store_true", help="try the wrong variants too, which must be refused"
    )
    parser.add_argument(
        "--certificates", metavar="DIR", help="write the certificates to files in this folder"
    )
    _add_budget(parser, "theorem", 120.0)
    parser.set_defaults(run=_verify)


def _add_budget(parser: argparse.ArgumentParser, what: str, timeout: float) -> None:
    parser.add_argument(
        "--jobs", type=_positive_int, metavar="N", help="worker processes (default: one a core)"
    )
    parser.add_argument(
        "--timeout",
        type=_positive,
        default=timeout,
        metavar="S",
        help=f"seconds for each {what} (default: {timeout:g})",
    )


def _positive_int(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 256")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def _check(options: argparse.Namespace) -> int:
    from derive.commands import check

    return check(options.paths, options.format, options.jobs, options.timeout, options.question)


def _findings(options: argparse.Namespace) -> int:
    from derive.commands import findings

    return findings(options.paths, options.output, options.jobs, options.timeout)


def _decide(options: argparse.Namespace) -> int:
    from derive.commands import decide_one, decide_stream

    if options.jsonl == (options.claim is not None):
        hint = "; the claim comes before --where" if options.where else ""
        print(f"derive decide: give either a claim or --jsonl{hint}", file=sys.stderr)
        return 2
    if options.jsonl:
        return decide_stream(options.jobs, options.timeout, options.certificate)
    where = [c for group in options.where for c in group]
    return decide_one(options.claim, where, options.timeout, options.certificate)


def _grade(options: argparse.Namespace) -> int:
    from derive.grading.commands import grade_command

    return grade_command(
        options.key,
        options.submissions,
        options.output,
        options.review,
        options.jobs,
        options.timeout,
        options.summary,
    )


def _sheet(options: argparse.Namespace) -> int:
    from derive.commands import sheet

    return sheet(options.key, options.output, options.jobs, options.timeout)


def _variants(options: argparse.Namespace) -> int:
    from derive.variants.commands import variants_command

    return variants_command(
        options.key, options.n, options.seed, options.output, options.jobs, options.timeout
    )


def _recheck(options: argparse.Namespace) -> int:
    from derive.auditing import recheck_files

    return recheck_files(options.files)


def _trust(options: argparse.Namespace) -> int:
    from derive.auditing import trust

    return trust()


def _list(options: argparse.Namespace) -> int:
    from derive.library.commands import list_

    return list_(options.family, options.missing)


def _show(options: argparse.Namespace) -> int:
    from derive.library.commands import show

    return show(options.name)


def _verify(options: argparse.Namespace) -> int:
    from derive.library.commands import verify

    return verify(
        options.names,
        jobs=options.jobs,
        remember=not options.no_cache,
        certificates=options.certificates,
        wrong=options.wrong,
        timeout=options.timeout,
    )


def _repl(_: argparse.Namespace) -> int:
    from derive.repl import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
