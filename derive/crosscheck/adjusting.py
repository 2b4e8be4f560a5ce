"""How a program makes a hypothesis hold: it computes what an adjusted symbol, table or function is.

So the hypothesis holds exactly at every draw of the inputs, in exact numbers as in floating point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from derive.crosscheck import matrices
from derive.crosscheck.declared import PROBES, Need, Scaling, Value
from derive.crosscheck.matrices import Grid
from derive.crosscheck.survey import Cannot, names, parameters, peeled
from derive.crosscheck.unknowns import Move, Unknown
from derive.crosscheck.writer import Writer
from derive.terms.context import Claim
from derive.terms.term import Term, call, rebuild, sym
from numeric.domain import Domain

SIGN: Final = Domain(Fraction(-1), Fraction(1), False, False, integer=True, nonzero=True)


def adjust(writer: Writer, moves: Sequence[Move]) -> None:
    """Adjust everything that the moves say, in their order. Raises Cannot for one without sense."""
    centres: dict[str, Value] = {}
    for move in moves:
        _apply(writer, move, centres)
        if move.unknown.how == "shift":
            name = move.unknown.name
            left, right = move.claim.lhs, move.claim.rhs
            wanted = right if name not in right.free else left
            if name not in wanted.free:
                centres[name] = writer.value(wanted, {})


def _apply(writer: Writer, move: Move, centres: Mapping[str, Value]) -> None:
    unknown, claim = move.unknown, move.claim
    match unknown.how:
        case "is" | "matrix" | "entry":
            _set(writer, unknown, claim)
        case "shift":
            writer.changed["shift", unknown.name] = _shift(writer, move)
        case "linear" | "spread":
            writer.changed["linear", unknown.name] = _linear(writer, move, centres)
        case "left" | "right":
            writer.changed["symbol", unknown.name] = _orthogonal(writer, move)
        case "onto":
            writer.changed["symbol", unknown.name] = moved = _onto(writer, move)
            _never_zero(writer, moved, unknown.name)
        case "corner":
            writer.changed["symbol", unknown.name] = _corner(writer, move)
        case "square":
            _square(writer, move)
        case "without":
            writer.changed["without", unknown.name] = _without(writer, move)
        case _:
            _solve(writer, move)


def _set(writer: Writer, unknown: Unknown, claim: Claim) -> None:
    """Give a symbol or an entry the value of the other side."""
    own = unknown.term or sym(unknown.name)
    left = claim.lhs == own
    value = writer.value(claim.rhs if left else claim.lhs, {})
    if unknown.how == "entry":
        side = claim.lhs if left else claim.rhs
        key = tuple(writer.whole.value(a, {}) for a in side.args)
        if None in key:
            raise Cannot(f"{side} is no single entry")
        writer.changed["entry", unknown.name, key] = value
    else:
        writer.changed["symbol", unknown.name] = value
    declared = writer.context[unknown.name]
    if isinstance(value, int):
        writer.member(value, declared)
    elif declared.form == "spd":
        zero = writer.builder.const(0)
        for minor in matrices.minors(writer.builder, value):
            writer.needs.append(Need(zero, "<", minor, f"{unknown.name} is positive definite"))


def _place(unknown: Unknown) -> tuple[str, str]:
    return {"is": "symbol", "solve": "symbol"}.get(unknown.how, unknown.how), unknown.name


def _solve(writer: Writer, move: Move) -> None:
    """Solve a linear equation for a number: a symbol, or a factor of a function or of weights."""
    b, place, name = writer.builder, _place(move.unknown), move.unknown.name
    claim = peeled(move.claim)[1]
    declared = writer.context[name]
    if place[0] == "scale":
        if "real" in writer.survey.kinds(name) and (declared.domain.lower or declared.domain.upper):
            raise Cannot(f"a multiple of {name} may leave its domain")
        known = parameters(writer.context, claim, name)
        if any(known):
            writer.changed[place] = Scaling(claim, known)
            return
    root = writer.root(*writer.probed(place, claim, {}))
    writer.changed[place] = root
    if place[0] == "symbol":
        writer.member(root, declared)
    elif place[0] == "weights":
        writer.needs.append(Need(b.const(0), "<", root, f"the weights of {name}"))
    else:
        writer.sensible_scale(declared, root)


def _square(writer: Writer, move: Move) -> None:
    """Solve a quadratic equation for a symbol; which root it takes is drawn."""
    b, place = writer.builder, ("symbol", move.unknown.name)
    gaps, before = list[int](), len(writer.needs)
    for probe in (1, 2, 3):
        writer.changed[place] = b.const(probe)
        gap = writer.gap(move.claim, {})
        if not isinstance(gap, int):
            raise Cannot(f"{move.claim} is an equation between matrices")
        gaps.append(gap)
    del writer.needs[before:]
    one, two, three = gaps
    first, second = b.op("sub", two, one), b.op("sub", three, two)
    bend = b.op("div", b.op("sub", second, first), b.const(2))
    slope = b.op("sub", first, b.op("mul", b.const(3), bend))
    height = b.op("sub", one, b.op("add", bend, slope))
    inside = b.op(
        "sub", b.op("mul", slope, slope), b.op("mul", b.op("mul", b.const(4), bend), height)
    )
    sign = writer.slots.input(f"sign of {move.unknown.name}", SIGN, "entry")
    top = b.op("sub", b.op("mul", sign, b.op("sqrt", inside)), slope)
    root = b.op("div", top, b.op("mul", b.const(2), bend))
    writer.changed[place] = root
    writer.member(root, writer.context[move.unknown.name])


def _shift(writer: Writer, move: Move) -> Value:
    """What to add to a function so that its mean, entry by entry, is what the equation says."""
    b, place = writer.builder, ("shift", move.unknown.name)
    declared = writer.context[move.unknown.name]
    shape = None if declared.shape is None else writer.sides(declared)
    gaps, before = list[Value](), len(writer.needs)
    for probe in PROBES:
        unit = b.const(probe)
        writer.changed[place] = unit if shape is None else ((unit,) * shape[1],) * shape[0]
        gaps.append(writer.gap(move.claim, {}))
    del writer.needs[before:]
    one, two = gaps
    if isinstance(one, int) and isinstance(two, int):
        return writer.root(one, two)
    if isinstance(one, int) or isinstance(two, int):
        raise Cannot(f"{move.claim} has no shape")
    if shape != (len(one), len(one[0])):
        raise Cannot(f"{move.claim} is no mean of {move.unknown.name}")
    return tuple(
        tuple(writer.root(a, c) for a, c in zip(left, right, strict=True))
        for left, right in zip(one, two, strict=True)
    )


def _moment(writer: Writer, move: Move) -> tuple[Value, Value]:
    """The side of an equation that an unknown is in, as it stands, and the side that it should be."""
    claim, name = move.claim, move.unknown.name
    moment, wanted = claim.lhs, claim.rhs
    if name not in names(writer.context, Claim(moment, "=", moment)):
        moment, wanted = wanted, moment
    if name in names(writer.context, Claim(wanted, "=", wanted)):
        raise Cannot(f"{claim} has {name} on both sides")
    before = len(writer.needs)
    have, want = writer.value(moment, {}), writer.value(wanted, {})
    del writer.needs[before:]
    return have, want


def _linear(writer: Writer, move: Move, centres: Mapping[str, Value]) -> tuple[Value, Value]:
    """The map about its centre that gives a function the second moment that the equation says."""
    b, name = writer.builder, move.unknown.name
    declared = writer.context[name]
    have, want = _moment(writer, move)
    rows, columns = (1, 1) if declared.shape is None else writer.sides(declared)
    if move.unknown.how == "spread":
        have, want = _about(writer, have, want, centres.get(name), move)
    if isinstance(have, int) and isinstance(want, int):
        root = b.op("sqrt", b.op("div", want, have))
        writer.sensible_scale(declared, root)
        if declared.shape is None:
            return root, centres.get(name, b.const(0))
        factor = matrices.filled(rows, rows, lambda i, j: root if i == j else b.const(0))
    else:
        factor = _between(writer, have, want, rows, move)
    return factor, centres.get(name, matrices.constant(b, "zeros", rows, columns))


def _about(
    writer: Writer, have: Value, want: Value, centre: Value | None, move: Move
) -> tuple[Value, Value]:
    """Two second moments about 0 as those about a centre."""
    b = writer.builder
    if centre is None:
        raise Cannot(f"{move.claim} is about 0 already")
    if isinstance(centre, int):
        square: Value = b.op("mul", centre, centre)
    elif isinstance(have, int):
        raise Cannot(f"{move.claim} is no second moment of {move.unknown.name}")
    else:
        square = matrices.product(b, centre, matrices.transposed(centre))
    minus = matrices.scaled(b, b.const(-1), square)
    moved = [matrices.total(b, [value, minus], "add") for value in (have, want)]
    return moved[0], moved[1]


def _between(writer: Writer, have: Value, want: Value, rows: int, move: Move) -> Grid:
    """A map that takes one second moment to another."""
    b = writer.builder
    if isinstance(have, int) or isinstance(want, int) or (len(have), len(have[0])) != (rows, rows):
        raise Cannot(f"{move.claim} is no second moment of {move.unknown.name}")
    inner, outer = matrices.cholesky(b, have), matrices.cholesky(b, want)
    for place in range(rows):
        why = f"the scale of {move.unknown.name}"
        writer.needs.append(Need(b.const(0), "<", outer[place][place], why))
    return matrices.product(b, outer, matrices.inverse(b, inner))


def _orthogonal(writer: Writer, move: Move) -> Grid:
    """A matrix A changed so that ``A @ transpose(A)``, or ``transpose(A) @ A``, is what it should be."""
    b, name = writer.builder, move.unknown.name
    own = writer.grid(sym(name), {})
    have, want = _moment(writer, move)
    if move.unknown.how == "left":
        return matrices.product(b, _between(writer, have, want, len(own), move), own)
    map_ = _between(writer, have, want, len(own[0]), move)
    return matrices.product(b, own, matrices.transposed(map_))


def _onto(writer: Writer, move: Move) -> Grid:
    """The matrix closest to the drawn one that solves equations that are linear in its entries."""
    b, name = writer.builder, move.unknown.name
    place, own = ("symbol", name), writer.grid(sym(name), {})
    flat = [entry for row in own for entry in row]
    before = len(writer.needs)
    zero = b.const(0)
    writer.changed[place] = matrices.each(own, lambda entry: zero)
    origin = _flat(writer.gap(move.claim, {}))
    slopes = []
    for at in range(len(flat)):
        unit = [b.const(1) if k == at else zero for k in range(len(flat))]
        writer.changed[place] = _rows(unit, len(own[0]))
        step = _flat(writer.gap(move.claim, {}))
        slopes.append(tuple(b.op("sub", a, c) for a, c in zip(step, origin, strict=True)))
    writer.changed[place] = own
    gap = tuple((entry,) for entry in _flat(writer.gap(move.claim, {})))
    del writer.needs[before:]
    if len(gap) > len(flat):
        raise Cannot(f"{move.claim} has more equations than {name} has entries")
    across = tuple(slopes)
    normal = matrices.product(b, matrices.transposed(across), across)
    steps = matrices.product(b, across, matrices.product(b, matrices.inverse(b, normal), gap))
    moved = [b.op("sub", a, step) for a, (step,) in zip(flat, steps, strict=True)]
    return _rows(moved, len(own[0]))


def _never_zero(writer: Writer, grid: Grid, name: str) -> None:
    """Ask that a matrix has an entry that is not 0: without one it solves too much."""
    b = writer.builder
    squares: list[Value] = [b.op("mul", entry, entry) for row in grid for entry in row]
    size = matrices.total(b, squares, "add")
    assert isinstance(size, int)
    writer.needs.append(Need(b.const(0), "<", size, f"the size of {name}"))


def _corner(writer: Writer, move: Move) -> Grid:
    """The matrix with its first entry changed so that an equation linear in that entry holds."""
    b, name = writer.builder, move.unknown.name
    own, before = writer.grid(sym(name), {}), len(writer.needs)
    gaps = list[int]()
    for probe in PROBES:
        first = (b.const(probe), *own[0][1:])
        writer.changed["symbol", name] = (first, *own[1:])
        gap = writer.gap(move.claim, {})
        if not isinstance(gap, int):
            raise Cannot(f"{move.claim} is an equation between matrices")
        gaps.append(gap)
    del writer.needs[before:]
    return ((writer.root(*gaps), *own[0][1:]), *own[1:])


def _without(writer: Writer, move: Move) -> tuple[str, Value]:
    """How much of another function to take from a function so that their mixed moment vanishes."""
    b, claim, name = writer.builder, move.claim, move.unknown.name
    moment = next((s for s in (claim.lhs, claim.rhs) if name in s.free), claim.lhs)
    others = [n for n in sorted(moment.free) if n != name and writer.context[n].kind == "function"]
    if len(others) != 1 or writer.context[name].shape != writer.context[others[0]].shape:
        raise Cannot(f"{claim} is no mixed moment of {name} and another function")
    have = _moment(writer, move)[0]
    pair = [_renamed(moment, {name: n, others[0]: n}) for n in others]
    own = writer.value(pair[0], {})
    if isinstance(have, int) and isinstance(own, int):
        return others[0], b.op("div", have, own)
    if isinstance(have, int) or isinstance(own, int) or len(own) != len(own[0]):
        raise Cannot(f"{claim} is no mixed moment of {name} and {others[0]}")
    first = next(t.payload for t in _calls(moment) if t.payload in (name, others[0]))
    turned = have if first == name else matrices.transposed(have)
    return others[0], matrices.product(b, turned, matrices.inverse(b, own))


def _calls(term: Term) -> list[Term]:
    """The applications in a term, in the order in which they are written."""
    here = [term] if term.head == "call" else []
    return [*here, *(t for a in term.args for t in _calls(a))]


def _renamed(term: Term, names: Mapping[str, str]) -> Term:
    """A term with other functions in place of some."""
    args = tuple(_renamed(a, names) for a in term.args)
    if term.head == "call" and term.payload in names:
        return call(names[term.payload], *args)
    return rebuild(term, args)


def _flat(value: Value) -> list[int]:
    return [value] if isinstance(value, int) else [entry for row in value for entry in row]


def _rows(flat: Sequence[int], columns: int) -> Grid:
    return tuple(tuple(flat[i : i + columns]) for i in range(0, len(flat), columns))
