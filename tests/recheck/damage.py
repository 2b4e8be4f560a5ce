"""Damage certificates at random; every one must be rejected.

With ``--resealed`` the seal is renewed after the damage, as a forger would. Then one may be accepted when
what it states is still true.

From the root of the repository:

    python tests/recheck/damage.py --count 5000 --seed 1 [--resealed]

A damaged certificate that is accepted states either what it stated before, or something else; then an
evaluator that shares nothing with the engine looks for an assignment at which that is false. The exit
status is 1 when there is one, or when anything but `Rejected` is raised.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fuzz.checks import assignments
from fuzz.evaluator import certain

from derive.kernel.theorem import KernelError
from derive.recheck import Rejected, recheck
from derive.recheck.replay import seal
from recheck.corpora import certified, stated
from recheck.corpora import claims as corpora

POINTS: Final = 40
HEADS: Final = (
    "add",
    "mul",
    "neg",
    "div",
    "pow",
    "sym",
    "num",
    "call",
    "sum",
    "prod",
    "diff",
    "int",
)
FUNCTIONS: Final = ("exp", "log", "sqrt", "abs", "sin", "cos", "sign", "tanh", "floor", "sg")
RELATIONS: Final = ("=", "<=", "<", "!=", ">", ">=")
RULES: Final = ("assume", "combine", "fact", "instantiate", "cases", "induction", "unfold")
JUNK: Final = (None, True, -1, 10**30, 1.5, "", "x", [], {}, [[]], "1/0", {"t": 0}, "nan")

Json = Any
Damage = Callable[[random.Random, Json], None]


def _step(rng: random.Random, cert: Json) -> Json:
    """A step to damage: more often than not one that the certificate claims."""
    claimed = [cert["steps"][n] for n in cert["claims"]]
    return rng.choice(claimed if rng.random() < 0.6 else cert["steps"])


def change_number(rng: random.Random, cert: Json) -> None:
    """Another number, wherever it is used."""
    row = rng.choice([r for r in cert["terms"] if r[0] == "num"] or [["num", "1", []]])
    row[1] = rng.choice(["0", "1", "2", "3", "1/2", "5", "10", "-1", "-2", "1000"])


def change_relation(rng: random.Random, cert: Json) -> None:
    """Another relation in a claim."""
    _step(rng, cert)["claim"][1] = rng.choice(RELATIONS)


def change_condition(rng: random.Random, cert: Json) -> None:
    """Another relation in a condition."""
    step = _step(rng, cert)
    if step["conditions"]:
        step["conditions"][0][1] = rng.choice(RELATIONS)


def drop_condition(rng: random.Random, cert: Json) -> None:
    """One condition fewer."""
    step = _step(rng, cert)
    if step["conditions"]:
        step["conditions"].pop(rng.randrange(len(step["conditions"])))


def change_side(rng: random.Random, cert: Json) -> None:
    """Another side in a claim."""
    _step(rng, cert)["claim"][rng.choice([0, 2])] = rng.randrange(len(cert["terms"]))


def swap_sides(rng: random.Random, cert: Json) -> None:
    """The sides of a claim the other way round."""
    _step(rng, cert)["claim"].reverse()


def _resting(rng: random.Random, cert: Json) -> list[int]:
    """The numbers of the steps on which some step rests."""
    rows = [step[key] for step in cert["steps"] for key in ("premises", "shown")]
    return rng.choice([row for row in rows if row] or [[]])


def swap_premises(rng: random.Random, cert: Json) -> None:
    """The premises of a step in another order."""
    rng.shuffle(_resting(rng, cert))


def change_premise(rng: random.Random, cert: Json) -> None:
    """Another premise, perhaps a later one."""
    row = _resting(rng, cert)
    if row:
        row[rng.randrange(len(row))] = rng.randrange(len(cert["steps"]))


def drop_premise(rng: random.Random, cert: Json) -> None:
    """One premise fewer."""
    row = _resting(rng, cert)
    if row:
        row.pop(rng.randrange(len(row)))


def drop_step(rng: random.Random, cert: Json) -> None:
    """One step fewer; the later ones keep their premises, and the certificate its claims."""
    gone = rng.randrange(len(cert["steps"]))
    cert["steps"].pop(gone)
    cert["claims"] = [n - (n > gone) for n in cert["claims"]]
    for step in cert["steps"]:
        for key in ("premises", "shown"):
            step[key] = [p - (p > gone) for p in step[key] if p != gone]


def drop_last_steps(rng: random.Random, cert: Json) -> None:
    """The proof without its end, and the claims as they were or the new end."""
    cert["steps"] = cert["steps"][: rng.randrange(len(cert["steps"])) + 1]
    if rng.random() < 0.5:
        cert["claims"] = [len(cert["steps"]) - 1]


def change_claims(rng: random.Random, cert: Json) -> None:
    """Another step in place of a claim or besides the claims, or a number that is none."""
    number = rng.choice([rng.randrange(len(cert["steps"])), -1, len(cert["steps"]), *JUNK])
    if rng.random() < 0.5:
        cert["claims"].append(number)
    else:
        cert["claims"][rng.randrange(len(cert["claims"]))] = number


def change_rule(rng: random.Random, cert: Json) -> None:
    """Another rule."""
    rng.choice(cert["steps"])["rule"] = rng.choice(RULES)


def change_domain(rng: random.Random, cert: Json) -> None:
    """Another domain of a symbol."""
    context = rng.choice(cert["contexts"])
    if context["symbols"]:
        symbol = rng.choice(context["symbols"])
        if symbol[2] and rng.random() < 0.5:
            symbol[2].pop(rng.randrange(len(symbol[2])))
        elif symbol[2]:
            row = rng.choice(symbol[2])
            place = rng.randrange(3)
            numbers = [i for i, r in enumerate(cert["terms"]) if r[0] == "num"]
            row[place] = rng.choice(RELATIONS) if place == 1 else rng.choice(numbers or [0])
        else:
            symbol[3] = not symbol[3]


def change_hypothesis(rng: random.Random, cert: Json) -> None:
    """A hypothesis with another relation or side, or none."""
    context = rng.choice(cert["contexts"])
    if context["hypotheses"]:
        row = rng.choice(context["hypotheses"])
        row[rng.choice([0, 2])] = rng.randrange(len(cert["terms"]))
        row[1] = rng.choice([row[1], *RELATIONS])
        if rng.random() < 0.3:
            context["hypotheses"].pop()


def change_child(rng: random.Random, cert: Json) -> None:
    """Another argument of a term."""
    place = rng.randrange(len(cert["terms"]))
    row = cert["terms"][place]
    if row[2]:
        row[2][rng.randrange(len(row[2]))] = rng.randrange(max(1, place))


def swap_children(rng: random.Random, cert: Json) -> None:
    """The arguments of a term in another order."""
    rng.shuffle(rng.choice(cert["terms"])[2])


def change_head(rng: random.Random, cert: Json) -> None:
    """Another kind of term."""
    row = rng.choice(cert["terms"])
    if row[0] in ("sum", "prod"):
        row[0] = "sum" if row[0] == "prod" else "prod"
    elif row[0] in ("add", "mul", "div", "pow"):
        row[0] = rng.choice(["add", "mul", "div", "pow"])
    else:
        row[0] = rng.choice(HEADS)


def change_payload(rng: random.Random, cert: Json) -> None:
    """Another name."""
    row = rng.choice([r for r in cert["terms"] if isinstance(r[1], str)] or cert["terms"])
    names = [r[1] for r in cert["terms"] if isinstance(r[1], str)]
    row[1] = rng.choice([*names, *FUNCTIONS])


def change_data(rng: random.Random, cert: Json) -> None:
    """Something else in what a step says besides."""
    step = rng.choice([s for s in cert["steps"] if s["data"]] or cert["steps"])
    if step["data"]:
        _mutate(rng, step["data"], len(cert["terms"]))


def _mutate(rng: random.Random, values: Json, terms: int) -> None:
    place = rng.randrange(len(values))
    value = values[place]
    if isinstance(value, list) and value and rng.random() < 0.9:
        _mutate(rng, value, terms)
    elif isinstance(value, dict) and "t" in value:
        value["t"] = rng.randrange(terms)
    else:
        values[place] = rng.choice(JUNK)


def drop_axioms(rng: random.Random, cert: Json) -> None:
    """No axioms in a step, or in all."""
    for step in cert["steps"] if rng.random() < 0.5 else [rng.choice(cert["steps"])]:
        step["axioms"] = []


def change_context(rng: random.Random, cert: Json) -> None:
    """Another context for a step."""
    _step(rng, cert)["context"] = rng.randrange(len(cert["contexts"]))


def change_definition(rng: random.Random, cert: Json) -> None:
    """Another body of a definition."""
    for context in cert["contexts"]:
        for row in context["symbols"]:
            if row[6] is not None:
                row[6][1] = rng.randrange(len(cert["terms"]))


def truncate(rng: random.Random, cert: Json) -> None:
    """A list cut short, anywhere."""
    lists = [x for x in _everything(cert) if isinstance(x, list) and x]
    del rng.choice(lists)[rng.randrange(3) :]


def wrong_type(rng: random.Random, cert: Json) -> None:
    """A value of another type, anywhere."""
    holders = [x for x in _everything(cert) if isinstance(x, list | dict) and x]
    holder = rng.choice(holders)
    key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
    holder[key] = rng.choice(JUNK)


def _everything(value: Json) -> Iterator[Json]:
    yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _everything(inner)


DAMAGES: Final[tuple[Damage, ...]] = (
    change_number, change_number, change_relation, change_condition, drop_condition, change_side,
    swap_sides, swap_premises, change_premise, drop_premise, drop_step, drop_last_steps, change_claims,
    change_rule, change_domain, change_hypothesis, change_child, change_child, swap_children, change_head,
    change_payload, change_data, drop_axioms, change_context, change_definition, truncate, wrong_type,
)  # fmt: skip


def run(
    certificates: list[Json], count: int, seed: int, *, resealed: bool
) -> tuple[Counter[str], list[str]]:
    """Damage certificates ``count`` times: how it came out, and every fault, a line each."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        original = rng.choice(certificates)
        cert = copy.deepcopy(original)
        while cert == original:
            damage = rng.choice(DAMAGES)
            damage(rng, cert)
        if resealed:
            cert["seal"] = seal(cert)
        said, fault = outcome(original, cert, rng)
        counts[said] += 1
        if not resealed and not fault and said != "rejected":
            fault = said
        if fault:
            faults.append(f"[{seed}/{number}] {damage.__name__}: {fault}")
    return counts, faults


def outcome(original: Json, cert: Json, rng: random.Random) -> tuple[str, str]:
    """How the second program takes a damaged certificate, and what is wrong with that."""
    try:
        report = recheck(cert)
    except Rejected:
        return "rejected", ""
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "crashed", f"{type(error).__name__}: {error}"
    try:
        context, claims, conditions = stated(cert)
    except ValueError:
        return "accepted, beyond the evaluator", ""
    if (context, claims, conditions) == stated(original):
        return "accepted, the same statement", ""
    tested = 0
    for values in assignments(context, rng, POINTS):
        functions = rng.randrange(10**6)
        needed = [*conditions, *(h for _, h in context.hypotheses)]
        holds = [certain(c, context, values, functions) for c in needed]
        if all(holds):
            truths = [certain(c, context, values, functions) for c in claims]
            tested += None not in truths
            if False in truths:
                return "false", f"{report} is false at {values}"
    return f"accepted, another statement, {'true' if tested else 'not settled'}", ""


def main() -> int:
    """Run from the command line; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=5000, help="damaged certificates")
    parser.add_argument("--seed", type=int, default=1, help="which damage")
    parser.add_argument("--resealed", action="store_true", help="renew the seal after the damage")
    parser.add_argument("--claims", type=int, default=150, help="how many claims to prove first")
    options = parser.parse_args()
    every = list(corpora())
    chosen = random.Random(options.seed).sample(every, min(options.claims, len(every)))
    certificates = []
    for name, data in chosen:
        try:
            cert = certified(data)
        except KernelError as error:
            print(f"{name} is left out, its certificate cannot be written: {error}")
            continue
        certificates += [cert] if cert is not None else []
    print(f"{len(certificates)} certificates")
    counts, faults = run(certificates, options.count, options.seed, resealed=options.resealed)
    for fault in faults:
        print(fault)
    for said, number in sorted(counts.items()):
        print(f"{number:7} {said}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
