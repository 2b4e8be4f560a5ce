"""Elementary functions of float64 without branches, for loops that LLVM then runs on vectors.

A call to the C library keeps a loop from being vectorised; these are arithmetic, bit patterns and
choices alone. Values at infinities, nan, signed zeros, overflow, poles and subnormals are NumPy's.
The method is that of Tang (ACM TOMS 15, 1989, and 16, 1990), as told in Muller, Elementary
Functions (3rd edition, 2016): an argument is reduced by a multiple of log 2 or π/2 held in parts
(Cody and Waite), and a polynomial does the rest. The polynomials are minimax ones, by the algorithm
of Remez for the relative error on the reduced range, rounded to float64. Products and sums may
become fused ones inside these functions. Errors are the largest measured against Arb at 800 000
points or more of the whole range, with fused products and without; a unit is one in the last place.

This module needs Numba. Its functions are for compiled code to call; none raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import extending, njit, types

_KERNEL: dict[str, Any] = {
    "error_model": "numpy",
    "fastmath": {"contract"},
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def _kernel(function: Callable[..., Any]) -> Any:
    return njit(**_KERNEL)(function)


_intrinsic: Callable[[Callable[..., Any]], Any] = extending.intrinsic


def _cast(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return builder.bitcast(args[0], context.get_value_type(signature.return_type))


@_intrinsic
def _bits(_: Any, x: Any) -> Any:
    """The bit pattern of a float64 as a uint64."""
    return types.uint64(x), _cast


@_intrinsic
def _from_bits(_: Any, x: Any) -> Any:
    """The float64 of a bit pattern."""
    return types.float64(x), _cast


def _scope(module: Any) -> Any:
    """The alias scope of all that loops read, as metadata of LLVM."""
    domain = module.add_metadata(["numeric"])
    return module.add_metadata([module.add_metadata(["numeric: read", domain])])


def _entry(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """The address of the entry args[1] of the contiguous array args[0]."""
    array = context.make_helper(builder, signature.args[0], args[0])
    return builder.gep(array.data, [args[1]])


@_intrinsic
def load(_: Any, array: Any, place: Any) -> Any:
    """An entry of a contiguous array, as a float64; no `store` of the same loop may change it."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_entry(context, builder, signature, args))
        value.set_metadata("alias.scope", _scope(builder.module))
        return context.cast(builder, value, array.dtype, types.float64)

    return types.float64(array, types.intp), write


@_intrinsic
def store(_: Any, array: Any, place: Any, number: Any) -> Any:
    """Write a float64 to a contiguous array, which no `load` of the same loop reads."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = context.cast(builder, args[2], types.float64, array.dtype)
        stored = builder.store(value, _entry(context, builder, signature, args))
        stored.set_metadata("noalias", _scope(builder.module))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.float64), write


_LOG2_HIGH = 6.93147180369123816490e-01
"""log 2 to 33 bits, so that its product with an exponent is exact."""

_LOG2_LOW, _PER_LOG2 = 1.90821492927058770002e-10, 1.4426950408889634
_ROUND = 6755399441055744.0
"""1.5·2**52: what is added to it is rounded to an integer, held in the low bits of the sum."""

_BIAS, _LARGEST, _MANTISSA = np.uint64(1023), np.uint64(2047), np.uint64(52)
"""Float64 keeps its exponent, plus the bias, above the 52 bits of its mantissa."""


@_kernel
def _power_of_two(rounded: float) -> Any:
    """2**k of `rounded` = _ROUND + k, for -1023 < k < 1024."""
    return _from_bits((_bits(rounded) + _BIAS) << _MANTISSA)


@_kernel
def _reduced(x: float) -> tuple[float, float, float]:
    """_ROUND + k, r = x - k·log 2, and what the rounding of r left, for the nearest integer k."""
    rounded = x * _PER_LOG2 + _ROUND
    k = rounded - _ROUND
    high = x - k * _LOG2_HIGH
    r = high - k * _LOG2_LOW
    return rounded, r, (high - r) - k * _LOG2_LOW


@_kernel
def _exp_rest(r: float) -> float:
    """exp(r) - 1 - r for |r| <= log(2)/2, to 2**-61 of exp(r) - 1."""
    p = 2.0878924990556963e-09 * r + 2.510868752461299e-08
    p = p * r + 2.75573870011849e-07
    p = p * r + 2.7557245291384468e-06
    p = p * r + 2.480158719827551e-05
    p = p * r + 1.9841269884945064e-04
    p = p * r + 1.3888888888942635e-03
    p = p * r + 8.333333333322158e-03
    p = p * r + 4.166666666666658e-02
    p = p * r + 1.6666666666666677e-01
    p = p * r + 0.5
    return r * r * p


@_kernel
def exp(x: float) -> Any:
    """e**x, within 1.0 units; subnormal results are rounded once more."""
    x = -746.0 if x < -746.0 else x
    x = 710.0 if x > 710.0 else x
    rounded, r, _ = _reduced(x)
    k = rounded - _ROUND
    half = k * 0.5 + _ROUND
    scaled = (1.0 + (r + _exp_rest(r))) * _power_of_two(half)
    return scaled * _power_of_two(_ROUND + (k - (half - _ROUND)))


@_kernel
def expm1(x: float) -> float:
    """e**x - 1, within 1.1 units."""
    y = -40.0 if x < -40.0 else x
    y = 709.79 if y > 709.79 else y
    rounded, r, left = _reduced(y)
    half = _power_of_two(rounded - 1.0)
    large, small = half - 0.5, half * r
    total = large + small
    result = 2.0 * (total + ((small - (total - large)) + half * (_exp_rest(r) + left)))
    return x if abs(x) < 1e-17 else result


_SQRT_HALF = np.uint64(0x3FE6A09E667F3BCD)
_TO_EXPONENT = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
_FRACTION = np.uint64((1 << 52) - 1)
_INTEGER_BITS = np.uint64(0x4330000000000000)
"""Bits that, put above an integer under 2**52, make the float64 of that integer plus 2**52."""


@_kernel
def _split(x: float) -> tuple[float, int]:
    """m and e + 1023 of a normal x = m·2**e, where sqrt(1/2) <= m < sqrt(2)."""
    shifted = _bits(x) + _TO_EXPONENT
    return _from_bits((shifted & _FRACTION) + _SQRT_HALF), shifted >> _MANTISSA


@_kernel
def _log_of(f: float, s: float, k: float, more: float) -> float:
    """log(1 + f) + k·log 2 + `more`, for s = f/(2 + f).

    log(1 + f) = 2·(s + s**3/3 + s**5/5 + ...), arranged as in fdlibm's e_log.c (Sun, 1993).
    """
    z = s * s
    p = 1.4786552530958605e-01 * z + 1.531506761709346e-01
    p = p * z + 1.818352066351901e-01
    p = p * z + 2.2222199514284977e-01
    p = p * z + 2.857142873181242e-01
    p = p * z + 3.99999999994721e-01
    p = p * z + 6.666666666666723e-01
    square = 0.5 * f * f
    return k * _LOG2_HIGH - ((square - (s * (square + p * z) + (k * _LOG2_LOW + more))) - f)


@_kernel
def log(x: float) -> float:
    """The natural logarithm, within 0.81 units."""
    tiny = x < 2.2250738585072014e-308
    m, biased = _split(x * 18014398509481984.0 if tiny else x)
    f = m - 1.0
    k = _from_bits(biased | _INTEGER_BITS) - (4503599627370496.0 + (1077.0 if tiny else 1023.0))
    result = _log_of(f, f / (2.0 + f), k, 0.0)
    outside = math.nan if x < 0.0 else (-math.inf if x == 0.0 else x)
    return result if (x > 0.0) & (x < math.inf) else outside


@_kernel
def log1p(x: float) -> float:
    """log(1 + x), within 0.88 units."""
    u = 1.0 + x
    v = u - x
    lost = (x - (u - v)) + (1.0 - v)
    m, biased = _split(u)
    f = m - 1.0
    s = f / (2.0 + f)
    k = _from_bits(biased | _INTEGER_BITS) - (4503599627370496.0 + 1023.0)
    lost = lost * (0.5 * _from_bits((_LARGEST - biased) << _MANTISSA))
    w = 1.0 - s
    result = _log_of(f, s, k, lost * (w * w) * (1.0 + s * s))
    outside = math.nan if x < -1.0 else (-math.inf if x == -1.0 else x)
    return result if (x > -1.0) & (x < math.inf) & (x != 0.0) else outside


@_kernel
def _hyperbolic(x: float) -> tuple[float, float, float, float]:
    """r, cosh(r) - 1, sinh(r) - r and _ROUND + k, for x = r + k·log 2 and |r| <= log(2)/2.

    The second and the third are to 2**-57 of cosh(r) and 2**-61 of sinh(r).
    """
    rounded, r, left = _reduced(x)
    z = r * r
    c = 2.762540551326469e-07 * z + 2.4801508124045375e-05
    c = c * z + 1.388888892724594e-03
    c = c * z + 4.166666666660284e-02
    c = c * z + 0.5
    s = 2.5109045524562072e-08 * z + 2.7557244180172706e-06
    s = s * z + 1.984126988616015e-04
    s = s * z + 8.333333333321615e-03
    s = s * z + 1.6666666666666677e-01
    return r, c * z, s * (z * r) + left, rounded


@_kernel
def _combined(one: float, other: float, r: float, c: float, s: float) -> float:
    """one·(1 + c) + other·(r + s), where `one` is 0 or the larger: no digit of it is lost early."""
    product = other * r
    total = one + product
    return total + ((product - (total - one)) + (one * c + other * s))


@_kernel
def _halves(rounded: float) -> tuple[float, float]:
    """2**(k - 2) and 2**(-k - 2); where k > 60 the second is larger, and negligible as well."""
    least = _ROUND + 60.0 if rounded > _ROUND + 60.0 else rounded
    return _power_of_two(rounded - 2.0), _power_of_two((_ROUND - 2.0) + (_ROUND - least))


@_kernel
def cosh(x: float) -> Any:
    """The hyperbolic cosine, within 1.28 units."""
    y = abs(x)
    r, c, s, rounded = _hyperbolic(710.6 if y > 710.6 else y)
    up, down = _halves(rounded)
    return 2.0 * _combined(up + down, up - down, r, c, s)


@_kernel
def sinh(x: float) -> float:
    """The hyperbolic sine, within 1.34 units."""
    y = abs(x)
    r, c, s, rounded = _hyperbolic(710.6 if y > 710.6 else y)
    up, down = _halves(rounded)
    result = 2.0 * _combined(up - down, up + down, r, c, s)
    return x if y < 1e-8 else math.copysign(result, x)


@_kernel
def tanh(x: float) -> float:
    """The hyperbolic tangent, within 2.45 units."""
    y = abs(x)
    r, c, s, rounded = _hyperbolic(22.0 if y > 22.0 else y)
    q = _power_of_two(_ROUND + 2.0 * (_ROUND - rounded))
    up, down = 1.0 + q, 1.0 - q
    return math.copysign(_combined(down, up, r, c, s) / _combined(up, down, r, c, s), x)


_HALF_PI = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21)
"""π/2 in parts of 33 bits, so that their products with an integer under 2**20 are exact."""

_NONE, _ONE, _TWO, _SIGN = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(62)
_HALF_PI_REST, _PER_HALF_PI = 8.4784276603689e-32, 0.6366197723675814
LARGEST_ANGLE = 1e6
"""How large an argument of `sin`, `cos` and `tan` may be; beyond it they are wrong."""


@_kernel
def _difference(x: float, y: float) -> tuple[float, float]:
    """x - y, and what its rounding left (Knuth)."""
    total = x - y
    taken = total - x
    return total, (x - (total - taken)) - (y + taken)


@_kernel
def _angle(x: float) -> tuple[float, float, int]:
    """sin(r), cos(r) and k modulo 2**51, for x = r + k·π/2 and |r| <= π/4."""
    rounded = x * _PER_HALF_PI + _ROUND
    k = rounded - _ROUND
    first, left = _difference(x - k * _HALF_PI[0], k * _HALF_PI[1])
    second, more = _difference(first, k * _HALF_PI[2])
    left = (left + more) - k * _HALF_PI_REST
    r = second + left
    left = (second - r) + left
    z = r * r
    s = 1.589621366873201e-10 * z - 2.5050747487531825e-08
    s = s * z + 2.7557313619691707e-06
    s = s * z - 1.9841269829584869e-04
    s = s * z + 8.333333333322113e-03
    s = s * z - 1.666666666666663e-01
    c = -1.1358525028280449e-11 * z + 2.0875700625366154e-09
    c = c * z - 2.7557314177745325e-07
    c = c * z + 2.480158728884649e-05
    c = c * z - 1.388888888887305e-03
    c = c * z + 4.1666666666666595e-02
    half = 0.5 * z
    main = 1.0 - half
    sine = r + (r * z * s + left * main)
    return sine, main + (((1.0 - main) - half) + (z * z * c - r * left)), _bits(rounded)


@_kernel
def _turned(s: float, c: float, quadrant: int) -> Any:
    """s, c, -s or -c, by the quadrant."""
    return _from_bits(_bits(c if quadrant & _ONE else s) ^ ((quadrant & _TWO) << _SIGN))


@_kernel
def sin(x: float) -> float:
    """The sine, within 0.77 units, up to `LARGEST_ANGLE`."""
    s, c, quadrant = _angle(x)
    return x if abs(x) < 1e-9 else _turned(s, c, quadrant)


@_kernel
def cos(x: float) -> Any:
    """The cosine, within 0.77 units, up to `LARGEST_ANGLE`."""
    s, c, quadrant = _angle(x)
    return _turned(s, c, quadrant + _ONE)


@_kernel
def tan(x: float) -> float:
    """The tangent, within 2.2 units, up to `LARGEST_ANGLE`."""
    s, c, quadrant = _angle(x)
    odd = (quadrant & _ONE) != _NONE
    result = (-c if odd else s) / (s if odd else c)
    return x if abs(x) < 1e-9 else result


@_kernel
def maximum(x: float, y: float) -> float:
    """The greater one; nan where either is."""
    return x if (x > y) | (x != x) else y


@_kernel
def minimum(x: float, y: float) -> float:
    """The lesser one; nan where either is."""
    return x if (x < y) | (x != x) else y


@_kernel
def sign(x: float) -> float:
    """-1.0, 0.0 or 1.0; nan where x is."""
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else (0.0 if x == 0.0 else x))


@_kernel
def gamma(x: float) -> float:
    """Γ(x); nan at 0, -1, -2, ..."""
    return math.nan if (x <= 0.0) & (x == np.floor(x)) else math.gamma(x)


@_kernel
def loggamma(x: float) -> float:
    """log Γ(x) for x > 0, and nan elsewhere."""
    return math.lgamma(x) if x > 0.0 else math.nan


_HERE = (exp, expm1, log, log1p, cosh, sinh, tanh, sin, cos, tan)
_SIMPLE = (maximum, minimum, sign, gamma, loggamma, load, store)

NAMES: dict[str, Any] = {
    **{function.__name__: function for function in (*_HERE, *_SIMPLE)},
    **{f"library_{name}": getattr(math, name) for name in ("sin", "cos", "tan")},
    **{name: getattr(math, name) for name in ("sqrt", "asin", "acos", "atan", "erf", "erfc")},
    **{name: getattr(math, name) for name in ("pow", "nan", "inf")},
    **{function.__name__: function for function in (np.floor, np.ceil, abs, float, range)},
    "largest_angle": LARGEST_ANGLE,
    "__builtins__": {},
}
"""What the loops of `numeric.arrays.numba_loops` name."""
