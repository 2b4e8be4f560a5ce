"""Make false variants of the statements: each is one edit, of a kind people make, away from a true one.

From the root of the repository: ``python tests/field/make_variants.py``. The same statements give the
same ``variants.jsonl``. An edit is made on the parsed terms, written out, and kept only when the
evaluator of `field.check_field` finds a point in the domain at which both sides are defined and the
relation clearly fails.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from field.check_field import STATEMENTS, VARIANTS, falsified, read, rows
from field.points import FAULTS

from derive.claims import ClaimError
from derive.terms.context import Context, ContextError
from derive.terms.printer import to_text
from derive.terms.substitution import substitute
from derive.terms.term import (
    Term,
    TermError,
    add,
    binder,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    rebuild,
    sub,
    sym,
    total,
)

MOST: Final = 6
"""How many variants of one statement are kept."""
TRIED: Final = 40
LARGEST: Final = 20_000
EXCHANGED: Final = {
    "max": "min", "min": "max", "sin": "cos", "cos": "sin", "tanh": "sigmoid", "erf": "erfc",
    "erfc": "erf", "sinh": "cosh", "cosh": "sinh",
}  # fmt: skip
REVERSED: Final = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}

Edit = tuple[str, Term]


def edits(term: Term, context: Context) -> Iterator[Edit]:
    """Every term that is one edit away, with the name of the edit."""
    yield from at_root(term, context)
    for place, part in enumerate(term.args):
        for name, other in edits(part, context):
            args = (*term.args[:place], other, *term.args[place + 1 :])
            yield name, rebuild(term, args)


def at_root(term: Term, context: Context) -> Iterator[Edit]:
    """The edits of the outermost operation of a term."""
    match term.head:
        case "num":
            yield from of_number(term)
        case "add" | "mul" | "neg" | "div" | "pow":
            yield from of_arithmetic(term)
        case "call":
            yield from of_call(term, context)
        case "index":
            yield from of_place(term)
        case "dens" | "dist":
            yield from of_law(term)
        case "sum" | "prod":
            yield from of_range(term)
        case "sym" if term.payload in context and not context[term.payload].domain.integer:
            yield "square", power(term, num(2))


def of_number(term: Term) -> Iterator[Edit]:
    """A constant that is off by one, twice or half as large."""
    value = term.payload[0]
    yield "constant", num(value + 1)
    if value >= 1:
        yield "constant", num(value - 1)
    if value > 1:
        yield "factor", num(2 * value)


def of_arithmetic(term: Term) -> Iterator[Edit]:
    """Signs, lost terms and factors, halves and doubles, squares, inverted fractions."""
    parts = term.args
    if term.head == "neg":
        yield "sign", parts[0]
    if term.head == "div":
        yield "inverted", div(parts[1], parts[0])
        if rational(parts[1]) is not None:
            yield "factor", parts[0]
    if term.head == "pow":
        if rational(parts[1]) == 2:
            yield "unsquare", parts[0]
        elif rational(parts[1]) is None:
            yield "exponent", power(parts[0], sub(parts[1], num(1)))
    if term.head not in ("add", "mul"):
        return
    join = total if term.head == "add" else product
    for place, part in enumerate(parts):
        before, after = parts[:place], parts[place + 1 :]
        yield "lost " + ("term" if term.head == "add" else "factor"), join((*before, *after))
        if term.head == "add":
            flipped = part.args[0] if part.head == "neg" else neg(part)
            yield "sign", add(*before, flipped, *after)
            yield "factor", add(*before, mul(num(2), part), *after)
            yield "factor", add(*before, div(part, num(2)), *after)


def of_call(term: Term, context: Context) -> Iterator[Edit]:
    """Bases of logarithms, lost roots, mirrored and exchanged functions, swapped arguments, steps."""
    name, args = str(term.payload), term.args
    if name == "KL":
        yield "swapped arguments", call(name, args[1], args[0])
    elif name == "log":
        yield "base", call("log2", *args)
        yield "base", call("log10", *args)
        yield "log of square", call("log", power(args[0], num(2)))
    elif name in ("sqrt", "abs"):
        yield f"lost {name}", args[0]
    elif name in ("exp", "sigmoid", "softplus"):
        yield "mirrored", call(name, args[0].args[0] if args[0].head == "neg" else neg(args[0]))
    elif name in context:
        yield from of_place(term)
    if name in EXCHANGED:
        yield "function", call(EXCHANGED[name], *args)


def of_place(term: Term) -> Iterator[Edit]:
    """``x[t]`` for ``x[t - 1]`` and the other way round."""
    place = term.args[0]
    lowered = place.head == "add" and len(place.args) == 2 and place.args[1] == neg(num(1))
    yield "step", rebuild(term, (place.args[0] if lowered else sub(place, num(1)), *term.args[1:]))


def of_law(term: Term) -> Iterator[Edit]:
    """A standard deviation where the variance belongs, and the mirrored mean."""
    *rest, mean, spread = term.args
    plain = spread.args[0] if spread.head == "pow" else power(spread, num(2))
    yield "variance", rebuild(term, (*rest, mean, plain))
    mirrored = mean.args[0] if mean.head == "neg" else neg(mean)
    yield "sign", rebuild(term, (*rest, mirrored, spread))


def of_range(term: Term) -> Iterator[Edit]:
    """Ranges that start or end one off, and a sum for a product."""
    body, low, high = term.args
    name = str(term.payload)
    yield "range", binder(term.head, name, body, add(low, num(1)), high)
    yield "range", binder(term.head, name, body, low, sub(high, num(1)))
    yield "range", binder(term.head, name, body, low, add(high, num(1)))
    yield "sum or product", binder("prod" if term.head == "sum" else "sum", *(name, *term.args))


def swapped(term: Term, context: Context) -> Iterator[Edit]:
    """Two scalars of the same domain in each other's place."""
    names = sorted(n for n in term.free if n in context and context[n].kind == "scalar")
    for a, b in combinations(names, 2):
        if context[a].domain == context[b].domain and not context[a].domain.integer:
            yield "swapped symbols", substitute(term, {a: sym(b), b: sym(a)})


def candidates(row: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The edits of a statement with the claims they give, each claim once."""
    context, claim = read(row)
    kept = {
        k: row[k] for k in ("lhs", "rhs", "relation", "symbols", "assume", "syntax") if k in row
    }
    seen = {(row["lhs"], row["rhs"])}
    if claim.relation in REVERSED:
        yield "reversed", {**kept, "relation": REVERSED[claim.relation]}
    for side, term in (("lhs", claim.lhs), ("rhs", claim.rhs)):
        for name, other in (*edits(term, context), *swapped(term, context)):
            out = {**kept, side: to_text(other)}
            if (out["lhs"], out["rhs"]) not in seen and other != term:
                seen.add((out["lhs"], out["rhs"]))
                yield name, out


def variants(row: Mapping[str, Any], counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Up to `MOST` confirmed variants of a statement, rare edits first and no edit twice in a row."""
    rng = random.Random(row["id"])
    pools: dict[str, list[dict[str, Any]]] = {}
    for name, claim in candidates(row):
        pools.setdefault(name, []).append(claim)
    for pool in pools.values():
        rng.shuffle(pool)
    here: Counter[str] = Counter()
    for _ in range(TRIED):
        live = [name for name, pool in pools.items() if pool]
        if not live or here.total() >= MOST:
            return
        name = min(live, key=lambda n: (here[n], counts[n], n))
        claim = pools[name].pop()
        number = here[name] + 1
        out = {"id": f"{row['id']}.{name.replace(' ', '-')}.{number}", "statement": row["id"]}
        out |= {"edit": name, **claim, "truth": "false"}
        if confirmed(out):
            here[name] += 1
            counts[name] += 1
            yield out
        elif not pools[name]:
            del pools[name]


def confirmed(row: Mapping[str, Any]) -> bool:
    """Whether a line can be read and is clearly false somewhere."""
    try:
        context, claim = read(row)
        return falsified(str(row["id"]), context, claim) is not None
    except (ClaimError, ContextError, TermError, *FAULTS):
        return False


def main() -> None:
    """Write the variants of every statement and print how many there are of each edit."""
    counts: Counter[str] = Counter()
    with VARIANTS.open("w", encoding="utf-8") as out:
        for row in rows(STATEMENTS):
            for variant in variants(row, counts):
                out.write(json.dumps(variant) + "\n")
    for name, count in counts.most_common():
        print(f"{count:6}  {name}")
    print(f"{counts.total():6}  variants")


if __name__ == "__main__":
    main()
