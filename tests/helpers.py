"""What several tests share: running the command line, and claims as objects."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from derive.claims import read_object
from derive.decision import decide
from derive.terms import Context, read_claim
from derive.terms.domains import read_domain
from derive.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent


def run(
    arguments: Sequence[str],
    stdin: bytes = b"",
    *,
    env: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> subprocess.CompletedProcess[bytes]:
    """Run ``derive`` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "derive.cli", *arguments],
        input=stdin,
        capture_output=True,
        timeout=seconds,
        env=env,
        cwd=ROOT,
        check=False,
    )


def jsonl(lines: Sequence[Any], *options: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the objects that ``derive decide --jsonl`` prints for some lines."""
    data = b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines)
    out = run(["decide", "--jsonl", *options], data)
    assert b"Traceback" not in out.stderr, out.stderr.decode()
    return out.returncode, [json.loads(line) for line in out.stdout.splitlines()]


def claims_in(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def verdict_of(data: Mapping[str, Any]) -> Verdict:
    """The verdict on a claim given as a JSON object."""
    context, claim = read_object({k: v for k, v in data.items() if k not in ("id", "truth")})
    return decide(claim, context)


def judge(text: str, assume: Sequence[str] = (), /, **domains: str) -> Verdict:
    """The verdict on a claim in text, with domains in words as keyword arguments."""
    return decide(*_stated(text, assume, domains))


def _stated(text: str, assume: Sequence[str], domains: Mapping[str, str]) -> tuple[Any, Context]:
    context = Context()
    for name, words in domains.items():
        context = context.declare(name, read_domain(words))
    for number, hypothesis in enumerate(assume):
        context = context.assume(f"h{number}", read_claim(hypothesis, context))
    return read_claim(text, context), context


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a language on a page of the documentation, such as ``docs/grading.md``."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def runs_as_shown(block: str, commands: Path, cwd: Path) -> None:
    """Run a block of console examples in ``cwd``, and compare what is printed with what is shown.

    ``commands`` is a folder in which the command ``derive`` is made.
    """
    command = commands / "derive"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m derive.cli "$@"\n')
    command.chmod(0o755)
    env = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        out = subprocess.run(
            ["bash", "-c", line], capture_output=True, env=env, cwd=cwd, check=False
        )
        assert out.stdout.decode() == expected, line
