"""Which slot of a law each argument stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.laws.declared import DeclaredLaw
from derive.laws.spaces import LawError, Space


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a law: a plain name and where it lies, or anything else; or with its slot named."""

    raw: Any
    name: str = ""
    space: Space | None = None
    drawn: str | None = None
    """The slot whose law the name was drawn from."""
    slot: str | None = None


@dataclass(slots=True)
class Slots:
    """The arguments by their slots, before and behind the bar."""

    left: dict[str, Argument] = field(default_factory=dict)
    right: dict[str, Argument] = field(default_factory=dict)


def assigned(law: DeclaredLaw, left: Sequence[Argument], right: Sequence[Argument]) -> Slots:
    """The arguments by slots: by name, by where they lie, and what is then left over by position.

    Raises LawError when a slot is taken twice or an argument fits none.
    """
    out = Slots()
    waiting: list[tuple[dict[str, Argument], Argument]] = []
    for side, arguments in ((out.left, left), (out.right, right)):
        for argument in arguments:
            slot = _slot_of(law, argument)
            if slot is None:
                waiting.append((side, argument))
            else:
                _put(law, out, side, slot, argument)
    if len(left) + len(right) > len(law.slots):
        raise LawError(
            f"{law.name} has {len(law.slots)} slot{'s' * (len(law.slots) != 1)} "
            f"({', '.join(law.slots)}), got {len(left) + len(right)} arguments"
        )
    if waiting:
        _by_position(law, out, waiting, len(left), len(right))
    return out


def _slot_of(law: DeclaredLaw, argument: Argument) -> str | None:
    if argument.slot is not None:
        if argument.slot not in law.slots:
            raise LawError(_no_slot(law, argument.slot))
        return argument.slot
    name, space = argument.name, argument.space
    if name in law.slots and space in (None, law.space(name)):
        return name
    if space is not None:
        places = [s for s in law.slots if law.space(s) == space]
        if argument.drawn in places:
            return argument.drawn
        if len(places) == 1:
            return places[0]
        if not places:
            raise LawError(
                f"{name} lies on {space}, and no slot of {law.name} does: {_listed(law)}"
            )
    return None


def _put(
    law: DeclaredLaw, out: Slots, side: dict[str, Argument], slot: str, argument: Argument
) -> None:
    if slot in out.left or slot in out.right:
        raise LawError(f"two arguments of {law.name} stand in the slot {slot}")
    side[slot] = argument


def _by_position(
    law: DeclaredLaw,
    out: Slots,
    waiting: list[tuple[dict[str, Argument], Argument]],
    before: int,
    behind: int,
) -> None:
    """Arguments of unknown slots: the only slots that can be left for them, in order."""
    open_slots = [s for s in law.slots if s not in out.left and s not in out.right]
    if len(waiting) == before + behind and behind:
        fitting = [f for f in law.factors if (len(f.left), len(f.right)) == (before, behind)]
        open_slots = [*fitting[0].left, *fitting[0].right] if len(fitting) == 1 else []
    if len(open_slots) != len(waiting) or (
        behind and len(waiting) > 1 and len(waiting) < before + behind
    ):
        shown = waiting[0][1].name
        raise LawError(
            _no_slot(law, shown) if shown else
            f"which slot of {law.name} is meant? name it, as in {law.name}({law.slots[0]}=1)"
        )  # fmt: skip
    for slot, (side, argument) in zip(open_slots, waiting, strict=True):
        _put(law, out, side, slot, argument)


def _no_slot(law: DeclaredLaw, name: str) -> str:
    return (
        f"{name} is no slot of {law.name}, which has {_listed(law)}; name the slot, as in "
        f"{law.name}({law.slots[0]}={name})"
    )


def _listed(law: DeclaredLaw) -> str:
    return ", ".join(f"{s} ({law.space(s)})" for s in law.slots)
