"""Keys of one question for the tests of variants, and what comes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from helpers import ROOT

from derive.keys.source import Source, read_source
from derive.keys.toml_reader import key_in, tables_of
from derive.variants.question import QuestionVariants

QUIZ: Final = ROOT / "examples" / "keys" / "quiz2.toml"

PLAIN: Final = {
    "text": r"'Let $a = \given{a}$ and $b = \given{b}$.'",
    "given": '{ a = "3.0", b = "1.0" }',
    "model": '"a - b"',
    "answer": '"2.0"',
}


def key_text(**fields: str) -> str:
    """A key with one question, whose fields are those of `PLAIN` but for these."""
    lines = [f"{name} = {value}" for name, value in {**PLAIN, **fields}.items() if value]
    return (
        '[exam]\nid = "e"\n\n[[question]]\nid = "1"\nkind = "numeric"\n' + "\n".join(lines) + "\n"
    )


def of_text(text: str, number: int = 0) -> QuestionVariants:
    """The variants of a question of a key."""
    source = Source("key.toml", text)
    return QuestionVariants(source, tables_of(source), key_in(source), number)


def of_file(path: Path, name: str) -> QuestionVariants:
    """The variants of a question of a key file, by its id."""
    source = read_source(path)
    key = key_in(source)
    number = [q.id for q in key.questions].index(name)
    return QuestionVariants(source, tables_of(source), key, number)
