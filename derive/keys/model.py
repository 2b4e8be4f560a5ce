"""What an answer key says. One class for each kind of question; everything is plain data.

The texts of formulas are kept as they stand in the file, each with its position, and are read when
the question is checked: a formula that cannot be read then spoils its own question alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a key with its place in the file; lines and columns count from 1."""

    value: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Stated(Text):
    """A claim with more than its formula.

    ``say`` are its words; with ``theorem`` the value is the name of a theorem of the library, and
    ``chain`` the part of it that is meant; ``shown`` is the formula as the key writes it, where the value
    is what that was written out to.
    """

    say: str = ""
    theorem: bool = False
    chain: str = ""
    shown: str = ""

    def __str__(self) -> str:
        part = f", {self.chain}" if self.chain else ""
        return f"theorem {self.value}{part}" if self.theorem else self.shown or self.value


@dataclass(frozen=True, slots=True)
class Pushforward:
    """The law of a map's value: its head, the law that is mapped, and the inverse of the map."""

    head: Text
    law: Text
    inverse: Text
    increasing: bool = True


@dataclass(frozen=True, slots=True)
class Laws:
    """The laws of a question, for the notation of `docs/laws.md`.

    ``mass_one`` are laws whose densities integrate to 1, ``exist`` terms whose integrals exist. ``texts``
    are the formulas of the question, which are read in this order, ``goal`` among them.
    """

    where: Text
    variables: tuple[tuple[Text, Text], ...] = ()
    densities: tuple[tuple[Text, Text], ...] = ()
    pushforwards: tuple[Pushforward, ...] = ()
    mass_one: tuple[Text, ...] = ()
    exist: tuple[Text, ...] = ()
    texts: tuple[Text, ...] = ()
    goal: Text | None = None


@dataclass(frozen=True, slots=True)
class SymbolEntry:
    """One or more names declared together, ``"p, q" = { domain = ..., kind = ..., args = ... }``."""

    names: Text
    domain: Text
    kind: str = "scalar"
    args: int = 0


@dataclass(frozen=True, slots=True)
class Accept:
    """How an answer is compared: decimals to compare at, and units of slack in the last one."""

    decimals: int | None = None
    allow_exact: bool = True
    slack_last_digit: int = 0


@dataclass(frozen=True, slots=True)
class Premise:
    """A fact that a question states or rests on.

    Either ``claim`` alone, or ``given`` together with ``value``: what the given should be, by the
    facts. ``say`` names the source of the fact in words.
    """

    claim: Text | None = None
    given: str = ""
    value: Text | None = None
    say: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A near miss: what an answer equal to ``when`` is told, and the marks that it is still worth.

    In a multiple-choice question ``when`` is the label of an option.
    """

    when: Text
    marks: float = 0.0
    say: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """What a later answer takes over from an earlier one, the part or question ``source``.

    With ``replace``, the student's answer there with these symbols replaced is right here too; with
    ``name``, the model is right here when the definition of that name is the student's answer there.
    """

    source: Text
    replace: tuple[tuple[Text, Text], ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a question: what the key prints, and what it is checked against."""

    id: str
    answers: tuple[Text, ...]
    model: Text | None = None
    claims: tuple[Text, ...] = ()
    accept: Accept = field(default_factory=Accept)
    working: tuple[Text, ...] = ()
    marks: float | None = None
    text: str = ""
    feedback: tuple[Feedback, ...] = ()
    follow: Follow | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a multiple-choice question.

    ``expr`` stands where the claims say ``{option}``; ``holds`` are claims that must be proved for the
    option to be right, ``fails`` claims that must be refuted; ``let`` are definitions of its own.
    """

    label: str
    latex: str = ""
    text: str = ""
    expr: Text | None = None
    holds: tuple[Text, ...] = ()
    fails: tuple[Text, ...] = ()
    let: tuple[tuple[Text, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation; ``relation`` links it to the line before."""

    tag: str
    expr: Text
    relation: str = "="
    by: str = ""
    marks: float | None = None
    rubric: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an exam. Fields that its kind does not use are empty."""

    id: str
    kind: str
    where: Text
    text: str = ""
    topic: str = ""
    marks: float | None = None
    note: str = ""
    symbols: tuple[SymbolEntry, ...] = ()
    laws: Laws | None = None
    given: tuple[tuple[Text, Text], ...] = ()
    define: tuple[tuple[Text, Text], ...] = ()
    assume: tuple[Text, ...] = ()
    premises: tuple[Premise, ...] = ()
    audits: tuple[Premise, ...] = ()
    parts: tuple[Part, ...] = ()
    claims: tuple[Text, ...] = ()
    key: str = ""
    exactly_one: bool = True
    options: tuple[Option, ...] = ()
    steps: tuple[Step, ...] = ()
    goal: Text | None = None
    reason: str = ""
    answer: Text | None = None
    holds: tuple[Text, ...] = ()
    fails: tuple[Text, ...] = ()
    working: tuple[Text, ...] = ()
    rubric: tuple[str, ...] = ()
    error: str = ""
    vary: tuple[tuple[Text, Text], ...] = ()
    feedback: tuple[Feedback, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """An exam with its key: what every question may use, and the questions."""

    path: str
    id: str
    title: str
    course: str = ""
    total: float | None = None
    note: str = ""
    symbols: tuple[SymbolEntry, ...] = ()
    define: tuple[tuple[Text, Text], ...] = ()
    questions: tuple[Question, ...] = ()
