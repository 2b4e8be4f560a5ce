"""Damage the keys of the five papers, one place at a time, and see whether the checker reports it there.

    python benchmarks/sensitivity.py [--seed N] [--paper NAME] [--whole N]

A damage counts when it makes something false by `benchmarks.damaged_truth`, which reckons with mpmath and
has nothing of the checker. It is reported when a check that it may be reported at, or the verdict on its
question, is not all right in a way that it was not before. Checks of the question that held before and do
not hold any more, without resting on the damaged text, count as elsewhere. For every ``N``-th damage the
whole damaged key is checked, and every other question must come out as before. Letters of attested
questions are not damaged: nothing is claimed about them.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.damaged_truth import broken, facts  # noqa: E402
from benchmarks.damages import Damage, damages, toml  # noqa: E402
from derive.keys.check import check_question  # noqa: E402
from derive.keys.results import Result  # noqa: E402
from derive.keys.toml_reader import read_key  # noqa: E402

PAPERS: Final = ("quiz2", "week6", "midterm", "tum", "ie643")
SEED: Final = 20_251
VERDICT: Final = "verdict"

Finding = tuple[str, str, str]
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a damage: findings at the right place, and elsewhere in its question."""

    damage: Damage
    here: tuple[Finding, ...]
    elsewhere: tuple[Finding, ...]
    seconds: float


def load(paper: str) -> Table:
    """The tables of a paper's key."""
    return tomllib.loads((ROOT / "examples" / "keys" / f"{paper}.toml").read_text("utf-8"))


def results(data: Table, only: int | None = None) -> dict[int, Result]:
    """The results for the questions of a key, or for one of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.toml"
        path.write_text(toml(data), "utf-8")
        key = read_key(path)
    chosen = range(len(key.questions)) if only is None else (only,)
    return {i: check_question(key, key.questions[i]) for i in chosen}


def findings(result: Result) -> set[Finding]:
    """What is not all right: checks that do not hold, and a verdict that says so."""
    out = {(c.where, c.status, c.reason) for c in result.checks if not c.held}
    if result.message and result.verdict not in ("correct", "attested"):
        out.add((VERDICT, result.verdict, result.message))
    return out


def look(data: Table, damage: Damage, before: Result) -> Seen:
    """Check the damaged question and sort what is new."""
    start = time.perf_counter()
    after = results(damage.made(data), damage.question)[damage.question]
    known = findings(before)
    new, faulty = findings(after) - known, {where for where, *_ in known}
    here = {f for f in new if f[0] == VERDICT or not damage.places or _at(f[0], damage.places)}
    seconds = time.perf_counter() - start
    elsewhere = {f for f in new - here if f[0] not in faulty}
    return Seen(damage, tuple(sorted(here)), tuple(sorted(elsewhere)), seconds)


def _at(where: str, places: tuple[str, ...]) -> bool:
    """Whether a check is one of the places; a link belongs to its line, and both to their part."""
    for place in places:
        line, _, part = place.partition(" (")
        if where == place or (
            where.startswith((f"{line},", f"{line} ")) and (not part or where.endswith(f" ({part}"))
        ):
            return True
    return False


def counted(data: Table, rng: random.Random) -> Iterator[Damage]:
    """The damages to a key that make it false."""
    before = [facts(data, question) for question in data["question"]]
    for damage in damages(data, rng):
        if broken(before[damage.question], damage.made(data), damage.question):
            yield damage


def others(data: Table, damage: Damage, before: dict[int, Result]) -> list[str]:
    """The questions that come out otherwise although another one was damaged."""
    after = results(damage.made(data))
    same = {i: findings(r) == findings(before[i]) for i, r in after.items()}
    return [before[i].id for i, held in same.items() if not held and i != damage.question]


def main() -> int:
    """Damage the papers, print the table and the misses; 1 when a damage goes unreported."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--paper", choices=PAPERS, action="append")
    parser.add_argument("--whole", type=int, default=40, metavar="N")
    options = parser.parse_args()
    rows: dict[tuple[str, str], list[int]] = {}
    misses: list[str] = []
    spread: list[str] = []
    whole = number = 0
    for paper in options.paper or PAPERS:
        data = load(paper)
        before = results(data)
        for damage in counted(data, random.Random(options.seed)):
            seen = look(data, damage, before[damage.question])
            row = rows.setdefault((paper, damage.kind), [0, 0, 0])
            row[0] += 1
            row[1] += bool(seen.here)
            row[2] += bool(seen.elsewhere)
            said = f"{paper} {before[damage.question].id}: {damage.kind}: {damage.old}  ->  {damage.new}"
            if not seen.here:
                misses.append(said)
            if seen.elsewhere:
                spread.append(f"{said}  at {', '.join(f[0] for f in seen.elsewhere)}")
            number += 1
            if number % options.whole == 0:
                whole += 1
                changed = others(data, damage, before)
                spread += [f"{said}  in question {name}" for name in changed]
    _print(rows, misses, spread)
    print(
        f"\nwhole keys checked: {whole}; a finding in another question: "
        f"{sum('in question' in s for s in spread)}"
    )
    return 1 if misses or spread else 0


def _print(rows: dict[tuple[str, str], list[int]], misses: list[str], spread: list[str]) -> None:
    head = ("paper", "damage", "counted", "reported", "elsewhere")
    print(f"{head[0]:<9}{head[1]:<30}{head[2]:>9}{head[3]:>10}{head[4]:>11}")
    for (paper, kind), row in rows.items():
        print(f"{paper:<9}{kind:<30}{row[0]:>9}{row[1]:>10}{row[2]:>11}")
    total = [sum(row[k] for row in rows.values()) for k in range(3)]
    print(f"{'':<9}{'in all':<30}{total[0]:>9}{total[1]:>10}{total[2]:>11}")
    for title, lines in (("not reported", misses), ("elsewhere", spread)):
        if lines:
            print(f"\n{title}:", *lines, sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
