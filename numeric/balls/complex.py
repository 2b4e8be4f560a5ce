"""Every operation on complex boxes, for integrands that have to be holomorphic.

The contract of an operation of `COMPLEX`, on which the integrals rest: at boxes of arguments it
returns a finite box only when, on all of these boxes,

* the operation is the restriction of one holomorphic function to real arguments,
* every real argument is in the real domain of the operation, and
* the result encloses the values of that function.

On a box with real points that function is unique. Anything else gives None, as does an argument
that is None. So a logarithm refuses a box that touches the half-line from 0 to the left, even
though Arb could follow the principal branch there, and |z| is z or -z on a box to one side of the
imaginary axis, and refused on any other.

Truth values are constant on the boxes: True or False, and None where they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import acb, acb_mat, arb, ctx, fmpq

from numeric.program import Body, Instruction, Program

MAX_TERMS = 2_000
"""A sum or product with more terms is not integrated."""

_HALF = fmpq(1, 2)


def _right(z: acb) -> int:
    """1 or -1 when the box lies to the right or to the left of the imaginary axis, else 0."""
    return 1 if z.real > 0 else -1 if z.real < 0 else 0


def _off_axis(z: acb) -> bool:
    return bool(z.imag > 0 or z.imag < 0)


def clears_cut(z: acb) -> bool:
    """Whether the box has no point of the half-line of the reals up to 0."""
    return _off_axis(z) or bool(z.real > 0)


def _clears_poles(z: acb) -> bool:
    """Whether the box has no integer up to 0."""
    return clears_cut(z) or not z.real.contains_integer()


def _natural(z: acb) -> int | None:
    """The integer that the box is, if it is exactly one."""
    whole = z.real.unique_fmpz() if z.imag.is_zero() and z.real.is_exact() else None
    return None if whole is None else int(whole)


def _div(a: acb, b: acb) -> acb | None:
    return None if b.contains(0) else a / b


def _pow(a: acb, b: acb) -> acb | None:
    n = _natural(b)
    if n is None:
        return (a.log() * b).exp() if clears_cut(a) else None
    if n < 1 and a.contains(0):
        return None
    return a**n if abs(n) < 2**30 else None


def _log(z: acb) -> acb | None:
    return z.log() if clears_cut(z) else None


def _log1p(z: acb) -> acb | None:
    return z.log1p() if clears_cut(z + 1) else None


def _sqrt(z: acb) -> acb | None:
    return z.sqrt() if clears_cut(z) else None


def _abs(z: acb) -> acb | None:
    side = _right(z)
    return side * z if side else None


def _sign(z: acb) -> acb | None:
    side = _right(z)
    return acb(side) if side else None


def _floor(z: acb) -> acb | None:
    found = z.real.floor()
    return acb(found) if found.is_exact() and not z.real.contains_integer() else None


def _ceil(z: acb) -> acb | None:
    found = _floor(-z)
    return None if found is None else -found


def _max(a: acb, b: acb) -> acb | None:
    side = _right(a - b)
    return None if side == 0 else a if side > 0 else b


def _min(a: acb, b: acb) -> acb | None:
    side = _right(a - b)
    return None if side == 0 else b if side > 0 else a


def _arc(function: Callable[[acb], acb]) -> Callable[[acb], acb | None]:
    """asin and acos: cut on the reals from 1 and from -1 outwards."""

    def operation(z: acb) -> acb | None:
        inside = _off_axis(z) or (z.real < 1 and z.real > -1)
        return function(z) if inside else None

    return operation


def _atan(z: acb) -> acb | None:
    """Cut on the imaginary axis from i and from -i outwards."""
    return z.atan() if _right(z) or (z.imag < 1 and z.imag > -1) else None


def _gamma_like(function: Callable[[acb], acb]) -> Callable[[acb], acb | None]:
    return lambda z: function(z) if _clears_poles(z) else None


def _loggamma(z: acb) -> acb | None:
    return z.lgamma() if clears_cut(z) else None


def _polygamma(n: acb, z: acb) -> acb | None:
    order = _natural(n)
    if order is None or not 0 <= order <= 1000 or not _clears_poles(z):
        return None
    return z.polygamma(order)


def _sigmoid(z: acb) -> acb | None:
    if z.real < 0:
        grown = z.exp()
        return _div(grown, 1 + grown)
    return _div(acb(1), 1 + (-z).exp())


def _softplus(z: acb) -> acb | None:
    """log(1 + exp z), and z + log(1 + exp(-z)), where the argument clears the cut."""
    right = z.real > 0
    grown = (-z).exp() if right else z.exp()
    if not clears_cut(1 + grown):
        return None
    return z + grown.log1p() if right else grown.log1p()


def _logaddexp(a: acb, b: acb) -> acb | None:
    gap = _softplus(a - b)
    return None if gap is None else b + gap


def _xlogy(a: acb, b: acb) -> acb | None:
    return a * b.log() if clears_cut(b) else None


def _erfcx(z: acb) -> acb:
    square = z * z
    if z.real > 1 and z.real * z.real > ctx.prec:
        return square.hypgeom_u(acb(_HALF), acb(_HALF)) / acb.pi().sqrt()
    return square.exp() * z.erfc()


def _log_erfc(z: acb) -> acb | None:
    """The principal logarithm of a box that clears its cut, of erfcx to the right and of erfc."""
    if z.real > 1:
        scaled = _erfcx(z)
        return scaled.log() - z * z if clears_cut(scaled) else None
    return _log(z.erfc())


def _besseli(n: acb, z: acb) -> acb | None:
    """Entire in z for an integer order; otherwise cut from 0 to the left. Entire in the order."""
    if not n.real >= 0 or not (_natural(n) is not None or clears_cut(z)):
        return None
    return z.bessel_i(n)


def _log_besseli(n: acb, z: acb) -> acb | None:
    if not n.real >= 0 or not clears_cut(z):
        return None
    scaled = z.bessel_i(n, scaled=True)
    return scaled.log() + z if clears_cut(scaled) else None


def _lt(a: acb, b: acb) -> bool | None:
    side = _right(b - a)
    if side == 0 and _same(a, b):
        return False
    return None if side == 0 else side > 0


def _le(a: acb, b: acb) -> bool | None:
    return True if _same(a, b) else _lt(a, b)


def _eq(a: acb, b: acb) -> bool | None:
    if _same(a, b):
        return True
    return None if (a - b).contains(0) else False


def _same(a: acb, b: acb) -> bool:
    return bool(a.is_exact() and b.is_exact() and a == b)


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


def _ne(a: acb, b: acb) -> bool | None:
    return _not(_eq(a, b))


COMPLEX: dict[str, Callable[..., Any]] = {
    "pi": acb.pi,
    "euler_gamma": lambda: acb(arb.const_euler()),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _div,
    "neg": lambda a: -a,
    "pow": _pow,
    "exp": acb.exp,
    "expm1": acb.expm1,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _sqrt,
    "sin": acb.sin,
    "cos": acb.cos,
    "tan": acb.tan,
    "asin": _arc(acb.asin),
    "acos": _arc(acb.acos),
    "atan": _atan,
    "sinh": acb.sinh,
    "cosh": acb.cosh,
    "tanh": acb.tanh,
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "ceil": _ceil,
    "erf": acb.erf,
    "erfc": acb.erfc,
    "erfcx": _erfcx,
    "log_erfc": _log_erfc,
    "gamma": _gamma_like(acb.gamma),
    "loggamma": _loggamma,
    "digamma": _gamma_like(acb.digamma),
    "polygamma": _polygamma,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logaddexp": _logaddexp,
    "xlogy": _xlogy,
    "besseli": _besseli,
    "log_besseli": _log_besseli,
    "max": _max,
    "min": _min,
    "lt": _lt,
    "le": _le,
    "eq": _eq,
    "ne": _ne,
    "and": lambda a, b: None if a is None or b is None else a and b,
    "or": lambda a, b: None if a is None or b is None else a or b,
    "not": _not,
    "select": lambda truth, a, b: None if truth is None else a if truth else b,
}
"""Each plain operation of `numeric.operations.OPS`, under the contract above."""


def run_box(program: Program, inputs: Mapping[str, acb | None]) -> acb | None:
    """The one output of a program at a box of inputs, or None; the contract is that above."""
    registers: list[Any] = []
    for instruction in program.instructions:
        registers.append(_step(instruction, registers, inputs))
    found: acb | None = registers[program.outputs[0]]
    return found


def _step(instruction: Instruction, registers: list[Any], inputs: Mapping[str, acb | None]) -> Any:
    op = instruction.op
    if op == "input":
        return inputs[instruction.name]
    if op == "const":
        return acb(fmpq(instruction.number.numerator, instruction.number.denominator))
    arguments = [registers[arg] for arg in instruction.args]
    function = COMPLEX.get(op)
    if function is None:
        return _finite(_larger(instruction, registers, arguments))
    if op == "select":
        return function(*arguments)
    if any(argument is None for argument in arguments):
        return None
    result = function(*arguments)
    return result if isinstance(result, bool) else _finite(result)


def _finite(value: acb | None) -> acb | None:
    return value if value is not None and value.is_finite() else None


def _larger(instruction: Instruction, registers: list[Any], arguments: list[Any]) -> acb | None:
    """Sums, products, determinants and inverses. What else there is has no complex form here."""
    op = instruction.op
    if op in ("sum", "prod"):
        lower, upper = (registers[at] for at in instruction.bounds() if at is not None)
        captured = {name: registers[at] for name, at in instruction.captured().items()}
        return _repeat(op, instruction.body, lower, upper, captured)
    if op not in ("det", "inverse") or any(argument is None for argument in arguments):
        return None
    size, *places = instruction.sizes
    matrix = acb_mat([arguments[size * i : size * (i + 1)] for i in range(size)])
    try:
        found: acb = matrix.det() if op == "det" else matrix.inv()[places[0], places[1]]
    except ZeroDivisionError:
        return None
    return found


def _repeat(
    op: str, body: Body, lower: acb | None, upper: acb | None, captured: Mapping[str, acb | None]
) -> acb | None:
    first, last = (None if bound is None else _natural(bound) for bound in (lower, upper))
    if first is None or last is None or last - first >= MAX_TERMS:
        return None
    total = acb(int(op == "prod"))
    for k in range(first, last + 1):
        term = run_box(body.program, {**captured, body.variable: acb(k)})
        if term is None:
            return None
        total = total + term if op == "sum" else total * term
    return total
