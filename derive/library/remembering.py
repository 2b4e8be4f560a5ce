"""What `derive verify` remembers from run to run: the results for proofs that have not changed since.

A result is found again by the digest of the theorem's own content and of the sources of the engine, so
that a change of either makes it new. Results lie in the user's cache directory, or in DERIVE_CACHE.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from derive.derivation import Derivation

HOME: Final = Path(__file__).resolve().parents[1]
ROOMS: Final = (
    *("kernel", "search", "terms", "tactics", "recheck", "certifying", "crosscheck", "refute"),
    *("laws", "derivation", "../numeric"),
)
MODULES: Final = (
    *("certificates", "declaring", "decision", "proof", "universal", "verdict"),
    "library/verification",
)
ENDINGS: Final = (".py", ".lark", ".txt")
LIBRARIES: Final = ("python-flint", "sympy", "numpy", "mpmath")
FORMAT: Final = "3"


def directory() -> Path:
    """Where results are kept: DERIVE_CACHE when it is set, else the user's cache directory."""
    if named := os.environ.get("DERIVE_CACHE"):
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "derive"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "derive"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "derive"


@cache
def engine() -> str:
    """The digest of everything that may change how a proof comes out."""
    digest = hashlib.sha256(f"{FORMAT} {platform.python_version()}".encode())
    for name in LIBRARIES:
        try:
            digest.update(f" {name} {version(name)}".encode())
        except PackageNotFoundError:
            continue
    files = [HOME / f"{name}.py" for name in MODULES]
    for room in ROOMS:
        files += sorted(p for p in (HOME / room).rglob("*") if p.suffix in ENDINGS)
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def content(derivation: Derivation) -> str:
    """A derivation as text: all of it that bears on its proof."""
    context = derivation.context
    lines = [repr(d) for d in context.symbols]
    lines += [f"{d.name}({d.parameters}) {d.integers} {d.body}" for d in context.definitions]
    lines += [f"{name}: {claim}" for name, claim in context.hypotheses]
    for chain in derivation.chains:
        lines.append(f"chain {chain.label}: {chain.first}")
        for link in chain.links:
            cited = [(c.label, [(n, str(t)) for n, t in c.mapping]) for c in link.using]
            lines.append(f"{link.claim.relation} {link.claim} by {link.by} using {cited}")
    lines += [f"wrong {wrong.claim}" for wrong in derivation.wrongs]
    lines += [f"owed {claim} in {context}" for context, claim in derivation.model.duties]
    return "\n".join([derivation.name, *lines])


def key(derivation: Derivation, *options: object) -> str:
    """The name under which the result for a derivation is kept."""
    text = f"{engine()}\n{options}\n{content(derivation)}"
    return hashlib.sha256(text.encode()).hexdigest()


def recall(name: str) -> dict[str, Any] | None:
    """The result kept under a name; None when there is none that can be read."""
    try:
        found = json.loads(gzip.decompress(_path(name).read_bytes()))
    except (OSError, EOFError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def remember(name: str, result: dict[str, Any]) -> None:
    """Keep a result under a name. A directory that cannot be written to is no fault."""
    path = _path(name)
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(gzip.compress(json.dumps(result).encode(), 1, mtime=0))
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)


def _path(name: str) -> Path:
    return directory() / name[:2] / f"{name[2:]}.json.gz"
