"""Check the labels of the claim data, independently of the engine.

Usage: ``python tests/data/check_labels.py [--show] [FILE ...]``

Reads ``claims.jsonl`` and ``../traps/*.jsonl`` (or the files named), evaluates every claim at
structured and random rational points of its domain and confirms its label:

* true: no violation, and both sides defined, at every point;
* false: a point where both sides are defined and the relation fails, or no point at all where
  both sides are defined;
* conditional: no violation, but some point where a side is undefined.

Fractions are exact and everything else is an 80-digit interval, so a violation is proved. A
divisor that takes both signs on a connected domain counts as undefined somewhere, even if no
rational point is its zero. 0**0 counts as undefined, and only traps may turn on it: claims and
controls must keep their label when it is 1. A pair marked ``by_hand`` uses what the evaluator
here lacks (sign, stop-gradients, one-sided derivatives); it is counted and left alone. Exit
status 1 when a label is not confirmed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from label_eval import (
    Env,
    Evaluator,
    Node,
    Reader,
    Unclear,
    Undefined,
    ball,
    combine,
    mentions,
    sign,
)
from mpmath import mp

HERE = Path(__file__).parent
RELATIONS = ("<=", ">=", "!=", "<", ">", "=")
WANTED, LEAST, TRIES = 110, 60, 4000
SLACK = Fraction(1, 10**30)
NUMBERS = [
    Fraction(*pair)
    for pair in (
        (1, 1),
        (2, 1),
        (1, 2),
        (3, 1),
        (1, 3),
        (1, 100),
        (10, 1),
        (4, 1),
        (25, 1),
        (7, 5),
        (1, 4),
        (9, 16),
        (99, 100),
        (17, 3),
        (1, 7),
        (30, 1),
    )
]
UNIT = [
    Fraction(*pair)
    for pair in (
        (1, 2),
        (1, 3),
        (1, 4),
        (1, 100),
        (99, 100),
        (9, 10),
        (16, 25),
        (9, 25),
        (2, 3),
        (1, 9),
        (3, 4),
        (1, 1000),
        (999, 1000),
        (4, 5),
        (1, 5),
    )
]
INTERVAL = re.compile(r"in ([(\[])\s*(-?[\d/]+)\s*,\s*(-?[\d/]+)\s*([)\]])")
KEYS = {"lhs", "rhs", "relation", "symbols", "syntax"}


# ---------------------------------------------------------------- domains and points


@dataclass(frozen=True)
class Domain:
    """The values a symbol may take: structured ones, and what else is allowed."""

    structured: tuple[Fraction, ...]
    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False
    hole: bool = False
    integer: bool = False

    def holds(self, x: Fraction) -> bool:
        """Say whether ``x`` lies in the domain."""
        above = self.low is None or x > self.low or (x == self.low and not self.open_low)
        below = self.high is None or x < self.high or (x == self.high and not self.open_high)
        return (
            above
            and below
            and not (self.hole and x == 0)
            and (not self.integer or x.denominator == 1)
        )

    def draw(self, rng: random.Random) -> Fraction:
        """Return a random element."""
        while True:
            low, high = self.low, self.high
            if low is not None and high is not None:
                x = low + (high - low) * Fraction(rng.randint(0, 200), 200)
            elif self.integer:
                x = (low or Fraction(0)) + rng.randint(0 if low is not None else -70, 70)
            else:
                x = Fraction(rng.randint(-60, 60), rng.choice([1, 2, 3, 5, 7, 9, 16]))
            if self.holds(x):
                return x


def domain(text: str) -> Domain:
    """Read a domain; raises ValueError on a spelling that claims may not use."""
    signed = [Fraction(0), *itertools.chain.from_iterable((n, -n) for n in NUMBERS)]
    zero = Fraction(0)
    if match := INTERVAL.fullmatch(text):
        low, high = Fraction(match[2]), Fraction(match[3])
        inner = [low + (high - low) * u for u in UNIT]
        ends = [e for e, kept in ((low, match[1] == "["), (high, match[4] == "]")) if kept]
        return Domain((*ends, *inner), low, high, match[1] == "(", match[4] == ")")
    if match := re.fullmatch(r"integer(?: >= (-?\d+))?", text):
        low_int = int(match[1]) if match[1] else -6
        values = sorted((Fraction(n) for n in range(low_int, low_int + 13)), key=abs)
        return Domain(tuple(values), Fraction(low_int) if match[1] else None, integer=True)
    known = {
        "real": Domain(tuple(signed)),
        "nonzero": Domain(tuple(signed[1:]), hole=True),
        "positive": Domain(tuple(NUMBERS), low=zero, open_low=True),
        "nonnegative": Domain((zero, *NUMBERS), low=zero),
        "negative": Domain(tuple(-n for n in NUMBERS), high=zero, open_high=True),
    }
    if text not in known:
        raise ValueError(f"unknown domain {text!r}")
    return known[text]


def candidates(symbols: dict[str, str], rng: random.Random) -> Iterator[Env]:
    """Yield assignments: corners, equal and opposite values, structured and random mixtures.

    The first two kinds are at most 36 each, so that the mixtures always get a share.
    """
    names, domains = list(symbols), [domain(text) for text in symbols.values()]
    if not names:
        yield {}
        return
    if len(names) == 1:
        yield from ({names[0]: x} for x in domains[0].structured)
    corner = {1: 0, 2: 6, 3: 3, 4: 2, 5: 2}.get(len(names), 0)
    for values in itertools.product(*(d.structured[:corner] for d in domains)):
        yield dict(zip(names, values, strict=True))
    for _ in range(36):
        x = rng.choice(domains[0].structured)
        values = tuple(x * rng.choice((1, 1, -1)) for _ in names)
        if all(d.holds(v) for d, v in zip(domains, values, strict=True)):
            yield dict(zip(names, values, strict=True))
    for turn in range(TRIES):
        reach = (8, 8, 40)[turn % 3]
        yield {
            n: d.draw(rng) if rng.random() < turn % 4 / 4 else rng.choice(d.structured[:reach])
            for n, d in zip(names, domains, strict=True)
        }


# ---------------------------------------------------------------- claims


@dataclass
class Claim:
    """A claim read from the data, with its sides and assumptions as trees."""

    symbols: dict[str, str]
    lhs: Node
    rhs: Node
    relation: str
    assume: list[tuple[Node, str, Node]] = field(default_factory=list)

    def assign(self, env: Env, evaluator: Evaluator) -> Env | None:
        """Return the point moved onto the assumptions, or None when that can't be done."""
        for left, relation, right in self.assume:
            if relation == "=" and not self.solve(("-", left, right), env, evaluator):
                return None
        for left, relation, right in self.assume:
            if compare(evaluator.value(left, env), relation, evaluator.value(right, env)) is False:
                return None
        return env

    def solve(self, gap: Node, env: Env, evaluator: Evaluator) -> bool:
        """Solve an equation that is affine in the first symbol it mentions; change ``env``."""
        name = next(n for n in self.symbols if mentions(gap, n))
        at = [evaluator.value(gap, {**env, name: Fraction(k)}) for k in range(3)]
        slope = at[1] - at[0]
        if at[2] - at[1] != slope:
            raise ValueError(f"assumption is not affine in {name}")
        env[name] = -at[0] / slope if slope else None
        return env[name] is not None and domain(self.symbols[name]).holds(env[name])


def read_claim(record: dict[str, Any]) -> Claim:
    """Build a claim; raises ValueError on a bad field or an undeclared name."""
    if set(record) - {"assume", "id", "truth"} != KEYS or record["syntax"] != "text":
        raise ValueError(f"fields are {sorted(record)}")
    if record["relation"] not in RELATIONS:
        raise ValueError(f"relation {record['relation']!r}")
    for text in record["symbols"].values():
        domain(text)
    lhs, rhs = (Reader(record[side]).whole() for side in ("lhs", "rhs"))
    claim = Claim(record["symbols"], lhs, rhs, record["relation"])
    for text in record.get("assume", []):
        relation = next(r for r in RELATIONS if r in text)
        left, right = text.split(relation)
        claim.assume.append((Reader(left).whole(), relation, Reader(right).whole()))
    return claim


def compare(x: Any, relation: str, y: Any) -> bool | None:
    """Decide a relation; None when the intervals overlap (True for = <= >= if they agree)."""
    gap = combine("-", x, y)
    try:
        side = sign(gap)
    except Unclear:
        scale = max(1, abs(ball(x)).b, abs(ball(y)).b)
        tight = gap.delta <= ball(SLACK) * scale
        return True if "=" in relation and relation != "!=" and tight else None
    return {
        "=": side == 0,
        "!=": side != 0,
        "<": side < 0,
        "<=": side <= 0,
        ">": side > 0,
        ">=": side >= 0,
    }[relation]


@dataclass
class Outcome:
    """What the sampling of one claim showed."""

    label: str
    defined: int
    witness: str
    met_zero_power: bool


def classify(claim: Claim, seed: str, zero_power: Fraction | None) -> Outcome:
    """Sample a claim and name the label that the points support."""
    evaluator = Evaluator(zero_power)
    defined, wrong, undefined, met = 0, "", "", False
    signs: dict[Any, int] = {}
    seen: set[str] = set()
    for start in candidates(claim.symbols, random.Random(seed)):
        env = claim.assign(dict(start), evaluator)
        if env is None or (point := show(env)) in seen:
            continue
        seen.add(point)
        evaluator.divisors = {}
        try:
            sides = [evaluator.value(side, env) for side in (claim.lhs, claim.rhs)]
            verdict = compare(sides[0], claim.relation, sides[1])
        except Undefined as error:
            undefined = undefined or f"{point}: {error}"
            continue
        except Unclear:
            continue
        finally:
            met = met or evaluator.met_zero_power
            if changed := sign_change(claim, env, evaluator.divisors, signs):
                undefined = undefined or f"a divisor changes sign near {changed}"
        defined += verdict is not None
        if verdict is False:
            wrong = wrong or f"{point}: {decimal(sides[0])} against {decimal(sides[1])}"
        if defined >= WANTED:
            break
    if wrong or (undefined and not defined):
        return Outcome("false", defined, wrong or f"never defined; {undefined}", met)
    return Outcome("conditional" if undefined else "true", defined, undefined, met)


def sign_change(claim: Claim, env: Env, divisors: dict[Any, int], signs: dict[Any, int]) -> str:
    """Return the point where a divisor's sign differs from the one seen on the same component."""
    if claim.assume:
        return ""
    place = tuple(
        (n, env[n] if "integer" in text else env[n] > 0)
        for n, text in claim.symbols.items()
        if "integer" in text or text == "nonzero"
    )
    for node, now in divisors.items():
        if not holds_floor(node) and signs.setdefault((node, place), now) != now:
            return show(env)
    return ""


def holds_floor(node: Any) -> bool:
    return isinstance(node, tuple) and (node[:1] == ("floor",) or any(map(holds_floor, node)))


def show(env: Env) -> str:
    return ", ".join(f"{name} = {value}" for name, value in env.items()) or "no symbols"


def decimal(value: Any) -> str:
    return str(value) if isinstance(value, Fraction) else mp.nstr(mp.mpf(value.mid.a), 12)


# ---------------------------------------------------------------- files


def confirm(name: str, record: dict[str, Any], truth: str, trap: bool, shown: bool) -> str:
    """Return the reason why a label is not confirmed, or an empty string."""
    try:
        claim = read_claim(record)
        outcomes = [classify(claim, name, None)]
        if outcomes[0].met_zero_power and not trap:
            outcomes.append(classify(claim, name, Fraction(1)))
    except (ValueError, KeyError) as error:
        return f"{name}: {type(error).__name__}: {error}"
    found = {outcome.label for outcome in outcomes}
    least = LEAST if claim.symbols and truth == "true" else int(truth != "false")
    if shown and outcomes[0].witness:
        print(f"{name}: {truth}: {outcomes[0].witness}")
    if found != {truth}:
        return f"{name}: labelled {truth}, found {sorted(found)} {outcomes[0].witness}"
    if min(outcome.defined for outcome in outcomes) < least:
        return f"{name}: only {outcomes[0].defined} points"
    return ""


def check_file(path: Path, shown: bool, seen: set[str], counts: Counter[str]) -> list[str]:
    """Check one file; add its labels to ``counts`` and its ids and claims to ``seen``."""
    faults = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        name = f"{path.stem}/{entry['id']}"
        parts = [(name, entry, entry.get("truth", ""), False)]
        if "trap" in entry:
            parts = [
                (f"{name}/trap", entry["trap"], entry["trap_truth"], True),
                (f"{name}/control", entry["control"], "true", False),
            ]
            if set(entry) - {"by_hand"} != {"id", "trap", "control", "trap_truth", "why"}:
                faults.append(f"{name}: fields are {sorted(entry)}")
        for part, record, truth, trap in parts:
            body = {key: record[key] for key in sorted(record) if key not in ("id", "truth")}
            for key in (f"{path.stem} id {part}", json.dumps(body, sort_keys=True)):
                if key in seen:
                    faults.append(f"{part}: a repetition")
                seen.add(key)
            by_hand = bool(entry.get("by_hand"))
            fault = "" if by_hand else confirm(part, record, truth, trap, shown)
            faults += [fault] if fault else []
            counts[f"{'by hand ' * by_hand}{'trap ' * trap}{truth}"] += 1
    return faults


def main() -> int:
    """Check the files and print the counts."""
    parser = argparse.ArgumentParser(description="Check the labels of the claim data.")
    parser.add_argument("--show", action="store_true", help="print the witnesses")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    traps = sorted((HERE.parent / "traps").glob("*.jsonl"))
    files = options.files or [HERE / "claims.jsonl", *traps]
    faults: list[str] = []
    seen: set[str] = set()
    for path in files:
        counts: Counter[str] = Counter()
        faults += check_file(path, options.show, seen, counts)
        print(f"{path.name}: {dict(sorted(counts.items()))}")
    for fault in faults:
        print(f"NOT CONFIRMED {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
