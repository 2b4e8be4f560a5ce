"""Values for the names of a question: numbers from domains, matrices, tables, laws on a few points."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from mpmath import mp, mpf

Env = Mapping[str, Any]
Scene = Callable[[random.Random], Env]


def sample(symbols: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """A value for every symbol from its domain: numbers, matrices, tables, spaces of three points."""
    env: dict[str, Any] = {}
    for name, said in symbols.items():
        text = said if isinstance(said, str) else said.get("domain", "real")
        kind = "scalar" if isinstance(said, str) else said.get("kind", "scalar")
        if text == "space":
            env[name] = {mpf(i): mpf(1) for i in range(3)}
        elif kind != "scalar":
            env[name] = _table(text, rng.randrange(10**9))
        elif not re.match(r"matrix|vector|symmetric|spd|point", text):
            env[name] = number(text, rng)
    for name, said in symbols.items():
        shape = re.match(r"(matrix|vector|symmetric|spd) (\w+)(?: x (\w+))?", str(said))
        if shape:
            kind, *sizes = shape.groups()
            rows, cols = (int(env[s]) if s in env else int(s) for s in (sizes[0], sizes[1] or "1"))
            entries = [[mpf(rng.randint(-20, 20)) / 8 for _ in range(cols)] for _ in range(rows)]
            out = mp.matrix(entries)
            env[name] = out * out.T + mp.eye(rows) if kind == "spd" else out
    return env


def _table(domain: str, seed: int) -> Callable[..., mpf]:
    def look_up(*point: Any) -> mpf:
        return number(domain, random.Random(f"{seed} {[str(p) for p in point]}"))

    return look_up


def number(domain: str, rng: random.Random) -> mpf:
    """A number from a domain as keys write it."""
    whole = domain.startswith(("integer", "natural"))
    inside = re.search(r"in [\[(](\S+), (\S+)[\])]", domain)
    bound = re.search(r"(>=|>) (\S+)", domain)
    if inside:
        low, high = (int(e) for e in inside.groups())
        return (
            mpf(rng.randint(low, high))
            if whole
            else low + (high - low) * mpf(rng.randint(1, 99)) / 100
        )
    if bound:
        low = int(bound[2])
        return mpf(low + rng.randint(0, 4)) if whole else low + mpf(rng.randint(1, 300)) / 100
    if whole:
        return mpf(rng.randint(-4, 5))
    size = mpf(rng.randint(1, 400)) / 128
    if domain in ("positive", "nonnegative"):
        return size
    if domain == "negative":
        return -size
    if domain == "real" and rng.random() < 0.1:
        return mpf(0)
    return rng.choice((-1, 1)) * size


def _two_laws(rng: random.Random) -> Env:
    """Three points, densities p and g on them, and a latent with the law g that is the point itself."""
    env: dict[str, Any] = {"#of x": [*range(3)], "#of z": [*range(3)]}
    for name in ("p", "g"):
        weights = [mpf(rng.randint(1, 9)) for _ in range(3)]
        env[name] = lambda i, w=weights: w[int(i)] / mp.fsum(w)
    truth = [mpf(rng.randint(1, 99)) / 100 for _ in range(3)]
    env |= {"u": env["g"], "f": lambda z: z, "D": lambda i: truth[int(i)]}
    env |= {name: number("positive", rng) for name in ("a", "b")}
    return {**env, "y": number("in (0, 1)", rng)}


def _linear_latent(rng: random.Random) -> Env:
    """Four equally likely points whose latents have the mean W x and the covariance Sigma exactly."""

    def matrix(rows: int, cols: int) -> Any:
        return mp.matrix(
            [[mpf(rng.randint(-20, 20)) / 8 for _ in range(cols)] for _ in range(rows)]
        )

    env: dict[str, Any] = {"dx": mpf(3), "dz": mpf(2)}
    env |= {"x": matrix(3, 1), "W": matrix(2, 3), "U": matrix(3, 2)}
    root = matrix(2, 2) + 3 * mp.eye(2)
    env["Sigma"] = root * root.T
    env |= {name: number("positive", rng) for name in ("eta_d", "eta_e")}
    mean, spread = env["W"] * env["x"], mp.sqrt(2)
    latents = [mean + sign * spread * root[:, k] for sign in (1, -1) for k in range(2)]
    env["P"] = {mpf(k): mpf(1) / 4 for k in range(4)}
    return {**env, "z": lambda w: latents[int(w)]}


SCENES: Final[dict[tuple[str, str], Scene]] = {
    ("tum-endterm-2023", "q3b"): _two_laws,
    ("ie643-quiz2-2024", "q2a"): _linear_latent,
}
"""Instances for the questions whose assumptions sampling does not meet."""
