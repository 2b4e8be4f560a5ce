"""The papers, each checked once for all tests that look at it."""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from derive.keys.check import check_question
from derive.keys.model import Key
from derive.keys.results import Result
from derive.keys.toml_reader import read_key

KEYS: Final = Path(__file__).parents[2] / "examples" / "keys"


class Papers:
    """The example keys by name, and their results.

    Workers that run at the same time leave results for each other in the folder ``shared``.
    """

    def __init__(self, shared: Path | None) -> None:
        self.shared = shared
        self.key = cache(self._key)
        self.results = cache(self._results)

    def _key(self, name: str) -> Key:
        return read_key(KEYS / f"{name}.toml")

    def _results(self, name: str) -> dict[str, Result]:
        path = self.shared / f"{name}.pickle" if self.shared else None
        if path is not None and path.exists():
            found: dict[str, Result] = pickle.loads(path.read_bytes())
            return found
        key = self.key(name)
        out = {question.id: check_question(key, question) for question in key.questions}
        if path is not None:
            part = path.with_suffix(f".{id(out)}")
            part.write_bytes(pickle.dumps(out))
            part.replace(path)
        return out


@pytest.fixture(scope="session")
def papers(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """The example keys and what checking them finds."""
    alone = worker_id == "master"
    return Papers(None if alone else tmp_path_factory.getbasetemp().parent)
