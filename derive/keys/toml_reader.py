"""TOML to `derive.keys.model`. Every field is documented in `docs/key-format.md`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from derive.keys.fields import KINDS, MAX_ENTRIES, MAX_QUESTIONS
from derive.keys.model import Accept, Key, Option, Part, Premise, Question, Step, SymbolEntry, Text
from derive.keys.placeholders import with_numbers
from derive.keys.source import KeyFileError, Source, read_source
from derive.keys.toml_grading import read_feedback, read_follow
from derive.keys.toml_laws import read_claims, read_laws, stated, with_texts
from derive.keys.toml_values import Bad, Values


def read_key(path: Path) -> Key:
    """Read a key file.

    Raises KeyFileError for a file that is not TOML or has no exam in it; a question that is not
    well-formed is kept, with its ``error``, so that the others can still be checked.
    """
    return key_in(read_source(path))


def key_in(source: Source) -> Key:
    """The key in a text, as `read_key` reads it from a file."""
    return _Reader(source).key(tables_of(source))


def tables_of(source: Source) -> dict[str, Any]:
    """The tables of a key as TOML has them. Raises KeyFileError when it is not TOML."""
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(source, str(error)) from None
    except RecursionError:
        raise KeyFileError(source.path, "the values are nested too deeply") from None
    except ValueError:
        raise KeyFileError(source.path, "a number has too many digits to be read") from None


def _toml_error(source: Source, message: str) -> KeyFileError:
    match = re.search(r" ?\(at line (\d+), column (\d+)\)$", message)
    if match is None:
        line, column = source.place(len(source.text))
        plain = message.removesuffix(" (at end of document)")
    else:
        line, column = int(match[1]), int(match[2])
        plain = message[: match.start()]
    return KeyFileError(source.path, f"not valid TOML: {plain}", line, column)


class _Reader(Values):
    def key(self, data: dict[str, Any]) -> Key:
        try:
            self._fields(data, "top")
            exam = self._table(data, "exam")
            self._fields(exam, "exam")
            questions = data.get("question", [])
            if not isinstance(questions, list) or not questions:
                raise self._bad("no [[question]] in the file; expected at least one", "")
            if len(questions) > MAX_QUESTIONS:
                raise self._bad(f"{len(questions)} questions; at most {MAX_QUESTIONS} are read", "")
            head = Key(
                path=self.source.path,
                id=self._string(exam, "id", required=True).value,
                title=self._string(exam, "title").value,
                course=self._string(exam, "course").value,
                total=self._number(exam, "total"),
                note=self._string(exam, "note").value,
                symbols=self._symbols(data),
                define=self._pairs(data, "define"),
            )
        except Bad as error:
            raise KeyFileError(
                self.source.path, str(error), error.at.line, error.at.column
            ) from None
        found = tuple(self._safely(i, q) for i, q in enumerate(questions))
        return replace(head, questions=self._distinct(found))

    def _distinct(self, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        seen: dict[str, int] = {}
        out = []
        for i, question in enumerate(questions):
            if question.id in seen:
                error = f"the id {question.id!r} is used twice; give each question its own"
                question = Question(
                    f"{question.id}#{i + 1}", question.kind, question.where, error=error
                )
            seen[question.id] = i
            out.append(question)
        return tuple(out)

    def _safely(self, number: int, data: Any) -> Question:
        self.question = number
        where = self._at("[[question]]")
        try:
            if not isinstance(data, dict):
                raise self._bad("a question must be a table", "")
            return self._question(data, where)
        except Bad as error:
            name = data.get("id") if isinstance(data, dict) else None
            kind = data.get("kind") if isinstance(data, dict) else None
            return Question(
                id=name if isinstance(name, str) else f"#{number + 1}",
                kind=kind if isinstance(kind, str) and kind in KINDS else "?",
                where=error.at,
                error=str(error),
            )

    def _question(self, data: dict[str, Any], where: Text) -> Question:
        self._fields(data, "question")
        kind = self._string(data, "kind", required=True)
        if kind.value not in KINDS:
            raise Bad(f"unknown kind {kind.value!r}; expected one of {', '.join(KINDS)}", kind)
        question = Question(
            id=self._string(data, "id", required=True).value,
            kind=kind.value,
            where=where,
            text=self._string(data, "text").value,
            topic=self._string(data, "topic").value,
            marks=self._number(data, "marks"),
            note=self._string(data, "note").value,
            symbols=self._symbols(data),
            laws=read_laws(self, data),
            given=self._pairs(data, "given"),
            define=self._pairs(data, "define"),
            assume=self._strings(data, "assume"),
            premises=self._premises(data, "premises"),
            audits=self._premises(data, "audits"),
            parts=self._parts(data, kind.value),
            claims=read_claims(self, data, "claim"),
            key=self._string(data, "key").value,
            exactly_one=self._flag(data, "exactly_one", True),
            options=self._options(data),
            steps=tuple(self._step(s) for s in self._tables(data, "step")),
            goal=self._string(data, "goal") if "goal" in data else None,
            reason=self._string(data, "reason").value,
            answer=self._string(data, "answer") if kind.value == "statement" else None,
            holds=read_claims(self, data, "holds"),
            fails=read_claims(self, data, "fails"),
            working=read_claims(self, data, "working") if kind.value == "statement" else (),
            rubric=tuple(map(str, self._strings(data, "rubric"))),
            vary=self._pairs(data, "vary"),
            feedback=read_feedback(self, data),
        )
        self._complete(question, data)
        return with_texts(with_numbers(self, question))

    def _complete(self, question: Question, data: dict[str, Any]) -> None:
        """Refuse a question that lacks what its kind cannot do without."""
        lacking = {
            "numeric": not question.parts and "answer",
            "symbolic": not question.parts and "answer",
            "mcq": (not question.options and "options") or (not question.key and "key"),
            "derivation": len(question.steps) < 2 and "two or more [[question.step]]",
            "statement": not (question.holds or question.fails) and "holds or fails",
            "attested": False,
        }[question.kind]
        if question.kind == "mcq" and "answer" in data:
            raise self._bad(
                "an mcq has a key, the label of its right option, and no answer", "answer"
            )
        if question.kind != "statement" and (question.holds or question.fails):
            raise self._bad("holds and fails belong to a statement, or to an option", "holds")
        if lacking:
            raise self._bad(f"question {question.id} ({question.kind}) lacks {lacking}", "")

    def _parts(self, data: dict[str, Any], kind: str) -> tuple[Part, ...]:
        if kind not in ("numeric", "symbolic"):
            return ()
        tables = self._tables(data, "part")
        if tables:
            return tuple(self._part(t, self._string(t, "id", required=True).value) for t in tables)
        return (self._part(data, ""),) if "answer" in data else ()

    def _part(self, data: dict[str, Any], name: str) -> Part:
        if name:
            self._fields(data, "part")
        answers = self._strings(data, "answer")
        if not answers:
            raise self._bad(f"part {name or '(whole question)'} lacks an answer", "")
        return Part(
            id=name,
            answers=answers,
            model=self._string(data, "model") if "model" in data else None,
            claims=read_claims(self, data, "claim"),
            accept=self._accept(data),
            working=self._strings(data, "working"),
            marks=self._number(data, "marks") if name else None,
            text=self._string(data, "text").value if name else "",
            feedback=read_feedback(self, data),
            follow=read_follow(self, data),
        )

    def _accept(self, data: dict[str, Any]) -> Accept:
        table = self._table(data, "accept") if "accept" in data else {}
        self._fields(table, "accept")
        decimals, slack = table.get("decimals"), table.get("slack_last_digit", 0)
        for name, value, top in (("decimals", decimals, 30), ("slack_last_digit", slack, 9)):
            if value is not None and not (type(value) is int and 0 <= value <= top):
                raise self._bad(f"accept.{name} must be an integer from 0 to {top}", name)
        return Accept(decimals, self._flag(table, "allow_exact", True), slack)

    def _options(self, data: dict[str, Any]) -> tuple[Option, ...]:
        tables = self._table(data, "options") if "options" in data else {}
        return tuple(self._option(label, value) for label, value in tables.items())

    def _option(self, label: str, data: Any) -> Option:
        if not isinstance(data, dict):
            raise self._bad(f"options.{label} must be a table", label)
        self._fields(data, "option")
        return Option(
            label=label,
            latex=self._string(data, "latex").value,
            text=self._string(data, "text").value,
            expr=self._string(data, "expr") if "expr" in data else None,
            holds=read_claims(self, data, "holds"),
            fails=read_claims(self, data, "fails"),
            let=self._pairs(data, "let"),
        )

    def _step(self, data: dict[str, Any]) -> Step:
        self._fields(data, "step")
        relation = self._string(data, "relation").value or "="
        if relation not in ("=", "<=", "<", ">=", ">"):
            raise self._bad(
                f"a step's relation is {relation!r}; expected = <= < >= or >", "relation"
            )
        return Step(
            tag=self._string(data, "tag").value,
            expr=self._string(data, "expr", required=True),
            relation=relation,
            by=self._string(data, "by").value,
            marks=self._number(data, "marks"),
            rubric=self._string(data, "rubric").value,
        )

    def _premises(self, data: dict[str, Any], name: str) -> tuple[Premise, ...]:
        value = data.get(name, [])
        if not isinstance(value, list) or len(value) > MAX_ENTRIES:
            raise self._bad(f"{name} must be a list of claims", name)
        return tuple(self._premise(entry, name) for entry in value)

    def _premise(self, entry: Any, name: str) -> Premise:
        if isinstance(entry, str):
            return Premise(claim=self._at(entry, name))
        if not isinstance(entry, dict):
            raise self._bad(f"an entry of {name} must be a claim or a table", name)
        self._fields(entry, "premise")
        if "theorem" in entry and not {"claim", "given", "value"} & entry.keys():
            cited = stated(self, entry, name)
            return Premise(claim=replace(cited, say=""), say=cited.say)
        premise = Premise(
            claim=self._string(entry, "claim") if "claim" in entry else None,
            given=self._string(entry, "given").value,
            value=self._string(entry, "value") if "value" in entry else None,
            say=self._string(entry, "say").value,
        )
        if (premise.claim is None) == (premise.value is None) or bool(premise.given) != bool(
            premise.value
        ):
            raise self._bad(
                f"an entry of {name} needs a claim, or a given and its value, or a theorem", name
            )
        return premise

    def _symbols(self, data: dict[str, Any]) -> tuple[SymbolEntry, ...]:
        table = self._table(data, "symbols") if "symbols" in data else {}
        return tuple(self._symbol(names, value) for names, value in table.items())

    def _symbol(self, names: str, data: Any) -> SymbolEntry:
        at = self._at(names, "symbols")
        if isinstance(data, str):
            return SymbolEntry(at, self._at(data, names))
        if not isinstance(data, dict):
            raise Bad(f'{names} needs a domain, such as {{ domain = "real" }}', at)
        self._fields(data, "symbol")
        kind = self._string(data, "kind").value or "scalar"
        args = data.get("args", 0 if kind == "scalar" else 1)
        if (
            kind not in ("scalar", "function", "family")
            or type(args) is not int
            or not 0 <= args <= 9
        ):
            raise Bad(f"{names}: kind must be scalar, function or family, args from 0 to 9", at)
        domain = self._string(data, "domain")
        return SymbolEntry(at, domain if domain.value else self._at("real"), kind, args)


def find_keys(paths: Iterable[Path], report: Callable[[str], None]) -> list[Path]:
    """The key files among files and folders, folders searched for ``*.toml``; problems are reported."""
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.toml"))
            if not inside:
                report(f"{path}:1:1: no .toml file in this folder; expected answer keys")
            out.extend(inside)
        elif path.exists():
            out.append(path)
        else:
            report(f"{path}:1:1: no such file or folder")
    return out
