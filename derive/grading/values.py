"""Answers where the model is a number: decimals by their rounding, other forms exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.decision import decide
from derive.grading.model import Marking, review, right, wrong
from derive.grading.numbers import Decimal, decimal_of
from derive.grading.reading import Reading, undone
from derive.grading.target import Prepared
from derive.keys.rounding import NoValue, Value, half_unit
from derive.terms import Term, sub, subterms
from derive.terms.context import Claim
from derive.verdict import Proved

ROUGH_SHARE: Final = 0.5
"""The share of the marks for an answer that is right as far as it goes, with too few decimals."""

ENOUGH_DIGITS: Final = 3
"""Significant digits that are enough where the question does not ask for decimals."""

FEWEST_DIGITS: Final = 2
"""With fewer significant digits a rounded number earns nothing."""

LONG_DIGITS: Final = 6
"""A longer number is right by so many of its first digits, where no decimals are asked for."""


def mark_value(reading: Reading, ready: Prepared) -> Marking:
    """The marking of an answer to a question whose model has a value."""
    term = reading.term
    other = _two_numbers(reading)
    if other:
        return review(f"two different numbers are given: {other} and {term}")
    number = decimal_of(term)
    if number is not None:
        out = mark_decimal(number, term, ready)
        if out.verdict in ("partial", "wrong") and _exact_before(reading, ready):
            return right("the exact form before the rounded number is equal to the value")
        return out
    if term.free:
        return _formula(term, ready)
    out = _mark_exact(term, ready)
    if reading.size and out.verdict == "wrong":
        return review("it may be meant as a size, or as a product")
    if reading.beside and out.verdict == "wrong":
        return review("what stands beside the number may be a factor, or something else")
    return out


def _two_numbers(reading: Reading) -> str:
    """An earlier number that no rounding brings to the last one."""
    last = decimal_of(reading.term)
    for term in reading.earlier:
        number = decimal_of(term)
        if last is not None and number is not None:
            gap, most = abs(number.value - last.value), number.half + last.half
            if gap > 2 * most:
                return str(term)
    return ""


def mark_decimal(number: Decimal, term: Term, ready: Prepared) -> Marking:
    """A number beside the value: exactly, as rounded, or as a near miss."""
    value, model = ready.value, ready.model
    assert value is not None and model is not None
    exact = value.place(number.value, Fraction(0))
    if exact == "inside" or (
        exact == "unknown" and isinstance(decide(Claim(term, "=", model), ready.context), Proved)
    ):
        return right("it is exactly the value")
    half, places = number.half, number.places or 0
    if not half and ready.accept.decimals == 0:
        half = half_unit(0)
    slack = Fraction(ready.accept.slack_last_digit, 10**places) if half else Fraction(0)
    inside = value.place(number.value, half + slack) if half else "outside"
    if inside == "unknown":
        return review("the value lies on the edge of what the answer rounds")
    if inside == "inside":
        return _rounded(number, ready)
    if _rounds_to(number, ready):
        return right(
            f"the value is {value.shown()}: right to the {ready.places} decimals asked for"
        )
    if ready.places is None and _is_long(number, value):
        return right(f"the value is {value.shown()}: right to {LONG_DIGITS} significant digits")
    return _missed(number, ready)


def _rounded(number: Decimal, ready: Prepared) -> Marking:
    """A number whose rounding interval holds the value: are the decimals enough?"""
    value, asked, shown = ready.value, ready.places, number.places or 0
    assert value is not None
    enough = asked is not None and shown >= asked
    if not enough and ready.accept.decimals is None:
        enough = number.digits >= ENOUGH_DIGITS
    if enough:
        return right(f"the value is {value.shown()}, rounded to {_decimals(shown)}")
    by = "the question asks for" if ready.accept.decimals is not None else "the key shows"
    said = f"{by} {asked}, the answer has {shown}"
    if asked is None:
        said = f"{ENOUGH_DIGITS} significant digits are needed, the answer has {number.digits}"
    said += f"; the value is {value.shown()}"
    near = ready.accept.decimals is None or shown >= ready.accept.decimals - 1
    if near and number.digits >= FEWEST_DIGITS:
        return Marking(
            "partial", f"right as far as it goes, with too few decimals: {said}", ROUGH_SHARE
        )
    return wrong(f"too few decimals to be judged: {said}")


def _rounds_to(number: Decimal, ready: Prepared) -> bool:
    """Whether a longer decimal, rounded to the decimals asked for, is the value so rounded."""
    value, asked = ready.value, ready.places
    assert value is not None
    if not asked or number.places is None or number.places <= asked or value.ends_by(asked):
        return False
    scale = 10**asked
    floor = number.value * scale // 1
    near = [Fraction(n, scale) for n in (floor, floor + 1)]
    half = half_unit(asked)
    return any(abs(c - number.value) <= half and value.place(c, half) == "inside" for c in near)


def _is_long(number: Decimal, value: Value) -> bool:
    """Whether a decimal has more digits than anybody asks for, and the first of them are right."""
    if number.digits <= LONG_DIGITS or value.ends_by(number.places or 0):
        return False
    unit = Fraction(10 ** (number.digits - LONG_DIGITS), 10 ** (number.places or 0))
    return value.place(number.value, unit / 2) == "inside"


def _is_scaled(number: Decimal, value: Value) -> bool:
    """Whether a whole number with zeros at its end is the value to enough significant digits."""
    size = abs(number.value)
    if number.half or size.denominator != 1 or size < 10**ENOUGH_DIGITS or value.ends_by(0):
        return False
    zeros = len(str(int(size))) - len(str(int(size)).rstrip("0"))
    enough = number.digits - zeros >= ENOUGH_DIGITS
    return bool(zeros) and enough and value.place(number.value, Fraction(10**zeros, 2)) == "inside"


def _missed(number: Decimal, ready: Prepared) -> Marking:
    """A number that is not right: a near miss that the key names, else a slip in words."""
    value = ready.value
    assert value is not None
    for entry, term in ready.feedback:
        if _is_value_of(term, number, ready):
            return near_miss(entry.say, entry.marks)
    if _is_scaled(number, value):
        return review("a whole number that ends in zeros may be rounded, as 1.23e6 is")
    facts = ready.by_facts
    if number.half and facts is not None and facts.place(number.value, number.half) == "inside":
        return review("it follows from a stated fact that contradicts the number given")
    return wrong(_diagnosis(number, ready))


def _diagnosis(number: Decimal, ready: Prepared) -> str:
    value = ready.value
    assert value is not None
    shown = number.places or 0
    said = f"the value is {value.shown()}"
    if not number.half:
        if value.place(number.value, Fraction(1, 2)) == "inside":
            return f"{said}: rounded to a whole number, and decimals are needed"
    elif number.digits > 1 and value.place(number.value, 3 * half_unit(shown)) == "inside":
        return f"{said}: off in the last digit, cut off or rounded too early"
    slip = ready.near.of(number, value)
    if slip:
        return f"{said}; {slip}"
    if number.half and number.digits >= FEWEST_DIGITS:
        gap = 10 * number.half if number.digits > ENOUGH_DIGITS else 6 * number.half
        if value.place(number.value, gap) == "inside":
            return f"{said}: close, most likely rounded too early"
    return said


def _is_value_of(term: Term, number: Decimal, ready: Prepared) -> bool:
    """Whether the number is the value of a near miss, exactly or as rounded."""
    half = number.half if number.digits >= FEWEST_DIGITS else Fraction(0)
    try:
        place = Value(term, ready.context).place(number.value, half)
    except NoValue:
        return False
    return place == "inside" or (not half and place == "unknown")


def near_miss(say: str, marks: float) -> Marking:
    """The marking for a near miss that the key names."""
    return Marking(
        "partial" if marks else "wrong", say or "a near miss that the key names", 0.0, marks
    )


def _mark_exact(term: Term, ready: Prepared) -> Marking:
    """A form without names: equal to the value, or a calculation with rounded numbers, or wrong."""
    assert ready.model is not None and ready.value is not None
    left = undone(term, ready.printed)
    if left:
        return review(f"{left} is left to be worked out")
    try:
        gap = Value(sub(term, ready.model), ready.context)
        place = gap.place(Fraction(0), Fraction(0))
        shown = Value(term, ready.context).shown()
    except NoValue as error:
        return review(f"the value of the answer is not known: {error}")
    if place != "outside":
        return _if_equal(term, ready, exact=place == "inside")
    places = ready.places
    decimal = any(t.head == "num" and t.payload[1] for t in subterms(term))
    if places and decimal and gap.place(Fraction(0), half_unit(places)) == "inside":
        return right(f"it comes to {shown}, which is right to {_decimals(places)}")
    for entry, miss in ready.feedback:
        if _equal_values(term, miss, ready):
            return near_miss(entry.say, entry.marks)
    said = f"the value is {ready.value.shown()}, and the answer comes to {shown}"
    if places and gap.place(Fraction(0), half_unit(places)) == "inside":
        return review(f"{said}: not equal, though they agree to {_decimals(places)}")
    return wrong(said)


def _decimals(count: int) -> str:
    return f"{count} decimal{'s' * (count != 1)}"


def _if_equal(term: Term, ready: Prepared, *, exact: bool) -> Marking:
    assert ready.model is not None
    if not exact and not isinstance(decide(Claim(term, "=", ready.model), ready.context), Proved):
        return review("neither shown to be equal to the value nor to differ from it")
    if not ready.accept.allow_exact:
        return wrong("it is equal to the value, but a decimal number is asked for")
    return right("another form of the value")


def _equal_values(term: Term, other: Term, ready: Prepared) -> bool:
    try:
        return Value(sub(term, other), ready.context).place(Fraction(0), Fraction(0)) != "outside"
    except NoValue:
        return False


def _formula(term: Term, ready: Prepared) -> Marking:
    """A formula in names where a number is asked for."""
    assert ready.model is not None
    equal = _equal_values(term, ready.model, ready)
    if equal and any(printed.free for printed in ready.printed):
        return right("another form of the value")
    said = "it has the right value" if equal else "its value is not the right one"
    return review(f"a formula in names where a number is asked for; {said}")


def _exact_before(reading: Reading, ready: Prepared) -> bool:
    """Whether an exact form that is right stands before a number that is a rounding of it."""
    if not ready.accept.allow_exact or ready.model is None or not reading.earlier:
        return False
    before, number = reading.earlier[-1], decimal_of(reading.term)
    if (
        number is None
        or before.free
        or decimal_of(before) is not None
        or undone(before, ready.printed)
    ):
        return False
    try:
        value = Value(before, ready.context)
    except NoValue:
        return False
    rounded = number.half and value.place(number.value, number.half) == "inside"
    return bool(rounded) and _mark_exact(before, ready).verdict == "right"
