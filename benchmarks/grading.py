"""Grade 20,000 synthetic submissions of a real exam; kill a run half-way, resume it, and compare.

    python benchmarks/grading.py [ROWS] [--jobs N]

Prints throughput and peak memory, of the run and of its workers. The submissions are drawn with a seed:
right answers in many spellings, rounded ones, equivalent forms, near misses, wrong numbers, garbage, and
cells made to break a grader.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from derive.keys.contexts import question_context, term_of
from derive.keys.model import Question
from derive.keys.rounding import Value
from derive.keys.toml_reader import read_key

ROOT: Final = Path(__file__).parents[1]
KEY: Final = ROOT / "examples" / "keys" / "quiz2.toml"
SEED: Final = 20_250

GARBAGE: Final = (
    "idk",
    "?",
    "",
    "see above",
    "x",
    "lorem ipsum",
    "£$%^",
    "???",
    "nan",
    "-",
    "∞",
    "\\foo{1}",
)
HOSTILE: Final = (
    "9**9**9", "(" * 4_000, "-" * 4_000 + "1", "1/0", "=HYPERLINK(\"http://x\")", "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "__import__('os').system('ls')", "exp(exp(exp(exp(9))))", "Sum(i, i, 1, 10**12)", "a\x00b",
    "{" * 3_000,
    "sqrt(" * 90 + "2" + ")" * 90, "1e999999999", "10**10**10**10", "\\frac" * 1_000, "1" * 4_900,
    "Prod(exp(i), i, 1, 10**6)", "2" + "**2" * 200, "sin(10**400)", "\n" * 300, "x" * 9_000,
)  # fmt: skip


def values() -> dict[str, tuple[Question, Value | None]]:
    """The questions with the values of their models."""
    key = read_key(KEY)
    out: dict[str, tuple[Question, Value | None]] = {}
    for question in key.questions:
        value = None
        if question.parts and question.parts[0].model is not None:
            context = question_context(key, question)
            value = Value(term_of(question.parts[0].model, context), context)
        out[question.id] = question, value
    return out


def number(rng: random.Random, value: Value) -> str:
    """An answer to a question with a number."""
    kind = rng.choices(("right", "form", "near", "wrong"), (60, 8, 14, 18))[0]
    places = rng.choice((3, 3, 3, 4, 5, 2))
    text = value.rounded(places)
    if kind == "right":
        styles = (
            "{}",
            "{}",
            "{}",
            "= {}",
            "≈ {}",
            "$ {} $",
            "ans: {}",
            "z = {}",
            "{}.",
            "\\approx {}",
        )
        return rng.choice(styles).format(text).replace("-", rng.choice("--−"))
    if kind == "form":
        return rng.choice(("{} + 0", "2*{}/2", "\\frac{{{}}}{{1}}", "({})", "{}e0")).format(text)
    if kind == "near":
        flipped = text[1:] if text.startswith("-") else f"-{text}"
        last = str((int(text[-1]) + rng.choice((1, 2, 9))) % 10) if text[-1].isdigit() else "0"
        return rng.choice((flipped, text[:-1] + last, text.replace(".", ",")))
    return f"{rng.uniform(-20, 20):.{rng.randint(0, 4)}f}"


def answer(rng: random.Random, question: Question, value: Value | None) -> str:
    """A synthetic answer to a question."""
    kind = rng.random()
    if kind < 0.04:
        return rng.choice(GARBAGE) + rng.choice(("", "", str(rng.randint(0, 999))))
    if kind < 0.06:
        return rng.choice(HOSTILE)
    if value is not None:
        return number(rng, value)
    letter = rng.choice("abcd")
    styles = ("{}", "({})", "{}.", "{})", "option {}", "{} and d", "{} because it is so")
    return rng.choice(styles).format(rng.choice((letter, letter.upper())))


def submissions(path: Path, rows: int) -> None:
    """Write a file of synthetic submissions."""
    rng = random.Random(SEED)
    known = values()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("student", "question", "answer"))
        names = list(known)
        for i in range(rows):
            name = names[i % len(names)]
            question, value = known[name]
            writer.writerow((f"student {i // len(names):05}", name, answer(rng, question, value)))


def command(source: Path, output: Path, jobs: int) -> list[str]:
    """The command that grades a file."""
    program = [sys.executable, "-m", "derive.cli", "grade", str(KEY), str(source)]
    return [*program, "-o", str(output), "--jobs", str(jobs)]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Grade synthetic submissions.")
    parser.add_argument("rows", nargs="?", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "submissions.csv"
        submissions(source, options.rows)
        start = time.perf_counter()
        done = subprocess.run(
            command(source, folder / "whole.csv", options.jobs),
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(done.stdout.splitlines()[-2] if done.stdout else done.stderr)
        print(f"{options.rows} rows in {seconds:.1f} s, {options.rows / seconds:.0f} a second")
        print(
            f"peak memory of the largest process {peak:.0f} MB, {options.jobs + 1} processes at most"
        )
        print(resumed(source, folder, options.jobs, seconds))


def resumed(source: Path, folder: Path, jobs: int, seconds: float) -> str:
    """Kill a run half-way, run it again, and compare both files with the whole run's."""
    run = subprocess.Popen(
        command(source, folder / "again.csv", jobs), stdout=subprocess.DEVNULL, cwd=ROOT
    )
    journal = folder / "again.csv.journal"
    whole = (folder / "whole.csv.journal").stat().st_size
    deadline = time.monotonic() + 2 * seconds
    while time.monotonic() < deadline and run.poll() is None:
        if journal.exists() and journal.stat().st_size > whole / 2:
            break
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    half = journal.read_bytes().count(b"\n")
    start = time.perf_counter()
    subprocess.run(command(source, folder / "again.csv", jobs), capture_output=True, cwd=ROOT)
    again = time.perf_counter() - start
    full = journal.read_bytes().count(b"\n")
    same = all(
        (folder / f"again{end}").read_bytes() == (folder / f"whole{end}").read_bytes()
        for end in (".csv", ".review.csv")
    )
    said = "the same files" if same else "DIFFERENT FILES"
    return f"killed after {half} of {full} markings, resumed in {again:.1f} s: {said}"


if __name__ == "__main__":
    main()
