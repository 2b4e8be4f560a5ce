"""A second reckoner for the formulas of keys: mpmath at sampled points, nothing of `derive`.

It says of a claim whether it holds at every point sampled, and of a number what it is. By it
`benchmarks.damaged_truth` tells whether a damaged key has become false, and not by the checker's verdict.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, Literal

from mpmath import mp, mpc, mpf

from benchmarks.instances import Env, Scene, sample

mp.dps = 30

TOLERANCE: Final = mpf(10) ** -9
"""Relative; derivatives and integrals are numerical here."""

POINTS: Final = 8
TRIES: Final = 400
RELATION: Final = re.compile(r"\s*(<=|>=|!=|≈|~=|=|<|>)\s*")

Truth = Literal["true", "false", "undefined", "unknown"]
Table = dict[str, Any]


class Unreckoned(ValueError):
    """A formula that has no value here, or none at this point."""


class Unnamed(Unreckoned):
    """A name that has no value here: a formula with it is left alone."""


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "exp": mp.exp, "log": mp.log, "sqrt": mp.sqrt, "abs": abs, "sign": mp.sign,
    "log2": lambda x: mp.log(x, 2), "log10": mp.log10, "floor": mp.floor, "ceil": mp.ceil,
    "max": max, "min": min, "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "asin": mp.asin,
    "acos": mp.acos, "atan": mp.atan, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "erf": mp.erf, "erfc": mp.erfc, "Gamma": mp.gamma, "digamma": mp.digamma,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "eye": lambda n: mp.eye(int(n)), "zeros": lambda n, m: mp.zeros(int(n), int(m)),
    "transpose": lambda a: a.T, "inv": lambda a: a**-1, "det": mp.det,
    "trace": lambda a: mp.fsum(a[i, i] for i in range(a.rows)),
    "dot": lambda a, b: (a.T * b)[0, 0], "quad": lambda a, x: (x.T * a * x)[0, 0],
    "trace_root": lambda a: mp.fsum(mp.sqrt(mp.re(v)) for v in mp.eig(a, left=False, right=False)),
}  # fmt: skip

OPERATORS: Final[dict[type, Callable[[Any, Any], Any]]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.MatMult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def gaussian_kl(m: mpf, v: mpf, n: mpf, w: mpf) -> mpf:
    """The divergence of N(m, v) from N(n, w)."""
    return (mp.log(w / v) + (v + (m - n) ** 2) / w - 1) / 2


def density(law: str, x: mpf, m: mpf, v: mpf) -> mpf:
    """The density of a normal or log-normal law at x; v is the variance (of the logarithm)."""
    if law == "LogNormal":
        return density("Normal", mp.log(x), m, v) / x if x > 0 else mpf(0)
    return mp.exp(-((x - m) ** 2) / (2 * v)) / mp.sqrt(2 * mp.pi * v)


def mid(low: mpf, high: mpf) -> mpf:
    """A point in a range of integration near which its mass is expected."""
    ends = [end for end in (low, high) if mp.isfinite(end)]
    return mp.fsum(ends) / max(1, len(ends))


def parsed(text: str) -> ast.expr:
    """A formula as a tree, in which every number keeps its text as ``shown``."""
    plain = text.strip().replace("^", "**").replace(";", ",")
    try:
        tree = ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        raise Unreckoned(str(error)) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.shown = ast.get_source_segment(plain, node)  # type: ignore[attr-defined]
    return tree


def chain(text: str) -> tuple[list[str], list[str]]:
    """The terms of a displayed line, and the relations between them."""
    pieces = RELATION.split(text)
    return pieces[::2], ["≈" if r == "~=" else r for r in pieces[1::2]]


class _Put(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


class Reckoner:
    """The names of a question, as its key's tables give them, and formulas in them."""

    def __init__(self, data: Table, question: Table, let: Mapping[str, str] | None = None) -> None:
        own = [{**data.get("define", {})}, question.get("define", {}), let or {}]
        self.given = {n: parsed(t) for n, t in question.get("given", {}).items()}
        self.symbols: dict[str, Any] = {}
        for table in (data.get("symbols", {}), question.get("symbols", {})):
            for names, said in table.items():
                self.symbols |= {name.strip(): said for name in names.split(",")}
        self.defined: dict[str, tuple[list[str], ast.expr]] = {}
        for head, body in (item for table in own for item in table.items()):
            name, _, rest = head.partition("(")
            parameters = [p.strip() for p in rest.rstrip(")").split(",") if p.strip()]
            self.defined[name.strip()] = (parameters, parsed(body))
            self.symbols.pop(name.strip(), None)
        self.assumed = [a for a in question.get("assume", []) if not a.startswith("for all")]
        self.over = self._laws(question.get("laws", {}))

    def _laws(self, laws: Table) -> dict[str, str]:
        """The variable of each density, or that of ``E[p]``; densities are tables over spaces."""
        out = {}
        for head in laws.get("densities", {}):
            name, _, variable = head.rstrip(")").partition("(")
            out[name] = variable
            self.symbols[name] = {"domain": "positive", "kind": "function", "mass": 1}
        for variable, space in laws.get("variables", {}).items():
            self.symbols[variable] = "real" if space == "real" else f"point of {space}"
        return out

    def free(self, node: ast.expr) -> bool:
        """Whether a formula has a symbol in it, itself or through definitions."""
        for name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}:
            if name in self.given:
                continue
            if name in self.defined and self.free(self.defined[name][1]):
                return True
            if name in self.symbols:
                return True
        return False

    def value(self, node: ast.expr, env: Env) -> Any:
        """The value of a formula at a point. Raises Unreckoned."""
        try:
            out = self._value(node, env)
        except Unreckoned:
            raise
        except (ArithmeticError, TypeError, ValueError, IndexError, AttributeError, KeyError) as e:
            raise Unreckoned(f"{type(e).__name__}: {e}") from None
        if isinstance(out, mpc) or out is None:
            raise Unreckoned("not a real number")
        return out

    def _value(self, node: ast.expr, env: Env) -> Any:
        if isinstance(node, ast.Constant):
            return mpf(node.shown) + env.get("#offsets", {}).get(id(node), 0)  # type: ignore[attr-defined]
        if isinstance(node, ast.Name):
            return self._name(node.id, env)
        if isinstance(node, ast.UnaryOp):
            value = self._value(node.operand, env)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            left, right = self._value(node.left, env), self._value(node.right, env)
            return OPERATORS[type(node.op)](left, right)
        if isinstance(node, ast.Attribute) and node.attr == "T":
            return self._value(node.value, env).T
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            return env[node.value.id](self._value(node.slice, env))
        if isinstance(node, ast.Call):
            return self._call(node, env)
        raise Unreckoned(f"{ast.unparse(node)} has no value here")

    def _name(self, name: str, env: Env) -> Any:
        if name in env:
            return env[name]
        if name in self.given:
            return self._value(self.given[name], env)
        if name in self.defined:
            return self._value(self.defined[name][1], env)
        if name in ("pi", "oo"):
            return {"pi": +mp.pi, "oo": mp.inf}[name]
        raise Unnamed(f"{name} has no value here")

    def _call(self, node: ast.Call, env: Env) -> Any:
        head, args = node.func, node.args
        if isinstance(head, ast.Subscript):
            law = head.slice.id  # type: ignore[attr-defined]
            return self._mean(env[law], args[0], self.over[law], env)
        name = head.id  # type: ignore[attr-defined]
        if name in self.defined:
            parameters, body = self.defined[name]
            return self._value(
                _Put(dict(zip(parameters, args, strict=True))).visit(deepcopy(body)), env
            )
        if name in env:
            return env[name](*(self._value(a, env) for a in args))
        special = getattr(self, f"_{name}", None)
        if special is not None:
            return special(args, env)
        if name in ("Normal", "LogNormal"):
            return density(name, *(self._value(a, env) for a in args))
        if name not in FUNCTIONS:
            raise Unnamed(f"{name} has no value here")
        return FUNCTIONS[name](*(self._value(a, env) for a in args))

    def _Matrix(self, args: list[ast.expr], env: Env) -> Any:
        (rows,) = args
        return mp.matrix([[self._value(e, env) for e in r.elts] for r in rows.elts])  # type: ignore[attr-defined]

    def _sg(self, args: list[ast.expr], env: Env) -> Any:
        return self._value(args[0], {**env, **env.get("#frozen", {})})

    def _diff(self, args: list[ast.expr], env: Env) -> Any:
        body, variable = args[:2]
        order = int(self._value(args[2], env)) if len(args) > 2 else 1
        at: ast.expr = variable
        if isinstance(variable, ast.BinOp) and isinstance(variable.op, ast.BitOr):
            variable, at = variable.left, variable.right
        name, point = variable.id, self._value(at, env)  # type: ignore[attr-defined]
        frozen = {**env.get("#frozen", {}), name: point}
        return mp.diff(
            lambda t: self._value(body, {**env, name: t, "#frozen": frozen}), point, order
        )

    def _Sum(self, args: list[ast.expr], env: Env) -> Any:
        return mp.fsum(self._range(args, env))

    def _Prod(self, args: list[ast.expr], env: Env) -> Any:
        return mp.fprod(self._range(args, env))

    def _range(self, args: list[ast.expr], env: Env) -> Iterator[Any]:
        low, high = (int(self._value(a, env)) for a in args[2:4])
        for i in range(low, high + 1):
            yield self._value(args[0], {**env, args[1].id: mpf(i)})  # type: ignore[attr-defined]

    def _Int(self, args: list[ast.expr], env: Env) -> Any:
        name = args[1].id  # type: ignore[attr-defined]
        if len(args) == 3:
            points: dict[Any, Any] = env[args[2].id]  # type: ignore[attr-defined]
            terms = [self._value(args[0], {**env, name: p}) * w for p, w in points.items()]
            return sum(terms[1:], terms[0])
        low, high = (self._value(a, env) for a in args[2:4])
        inner = [mid(low, high) + d for d in (-30, -8, -2, 0, 2, 8, 30)]
        cuts = [low, *(c for c in inner if low < c < high), high]
        return mp.quad(lambda t: self._value(args[0], {**env, name: t}), cuts)

    def _mean(self, law: Any, body: ast.expr, variable: str, env: Env) -> Any:
        return mp.fsum(
            law(p) * self._value(body, {**env, variable: p}) for p in env[f"#of {variable}"]
        )

    def _KL(self, args: list[ast.expr], env: Env) -> Any:
        if all(isinstance(a, ast.Call) and ast.unparse(a.func) == "Normal" for a in args):
            return gaussian_kl(*(self._value(x, env) for a in args for x in a.args))  # type: ignore[attr-defined]
        name = next(iter(self.over.values()))
        out = []
        for p in env[f"#of {name}"]:
            one, two = (self._at(a, name, p, env) for a in args)
            out.append(one * mp.log(one / two))
        return mp.fsum(out)

    def _JSD(self, args: list[ast.expr], env: Env) -> Any:
        name = next(iter(self.over.values()))
        out = []
        for p in env[f"#of {name}"]:
            one, two = (self._at(a, name, p, env) for a in args)
            out += [one * mp.log(2 * one / (one + two)), two * mp.log(2 * two / (one + two))]
        return mp.fsum(out) / 2

    def _at(self, law: ast.expr, variable: str, point: Any, env: Env) -> Any:
        """A law at a point: that of a name, or an expression in the variable."""
        if isinstance(law, ast.Name) and callable(env.get(law.id)):
            return env[law.id](point)
        return self._value(law, {**env, variable: point})

    def points(self, seed: int, scene: Scene | None = None) -> Iterator[Env]:
        """Points that satisfy what is assumed; ``scene`` makes them where sampling does not find any."""
        rng, found = random.Random(seed), 0
        for _ in range(TRIES):
            try:
                env = scene(rng) if scene else sample(self.symbols, rng)
                if not scene:
                    self._scaled(env)  # type: ignore[arg-type]
                good = all(self._holds(a, env) for a in self.assumed)
            except (Unreckoned, ArithmeticError):
                continue
            if good:
                yield env
                found += 1
            if found == POINTS:
                return

    def _scaled(self, env: dict[str, Any]) -> None:
        """Scale tables so that the masses come out as they are assumed to be."""
        for text in self.assumed:
            sides, _ = chain(text)
            head = parsed(sides[0])
            body = head.args[0] if isinstance(head, ast.Call) and head.args else head
            if isinstance(body, ast.Subscript | ast.Call):
                name = ast.unparse(body.value if isinstance(body, ast.Subscript) else body.func)
                if name in env and callable(env[name]):
                    factor = self.value(parsed(sides[1]), env) / self.value(head, env)
                    if factor <= 0:
                        raise Unreckoned("a mass that is not positive")
                    table = env[name]
                    env[name] = lambda *a, t=table, f=factor: f * t(*a)

    def _holds(self, text: str, env: Env) -> bool:
        (left, right), (relation,) = chain(text)
        return related(self.value(parsed(left), env), relation, self.value(parsed(right), env))

    def truth(self, text: str, seed: int = 1, scene: Scene | None = None) -> Truth:
        """Whether a claim holds at every point; where it has a value at some only, it is undefined."""
        held = lost = 0
        for env in self.points(seed, scene):
            try:
                if not self._holds(text, env):
                    return "false"
                held += 1
            except Unnamed:
                return "unknown"
            except Unreckoned:
                lost += 1
        return "undefined" if lost else "true" if held else "unknown"


def related(left: Any, relation: str, right: Any) -> bool:
    """``left relation right`` up to the tolerance."""
    if isinstance(left, mp.matrix) or isinstance(right, mp.matrix):
        if (left.rows, left.cols) != (right.rows, right.cols):
            raise Unreckoned("shapes differ")
        same = all(related(a, "=", b) for a, b in zip(left, right, strict=True))
        return same == (relation == "=")
    gap = left - right
    close = abs(gap) <= TOLERANCE * (1 + abs(left) + abs(right))
    if relation in ("=", "!=", "<=", ">=") and close:
        return relation != "!="
    return {
        "=": False, "!=": True, "<": gap < 0 and not close, "<=": gap < 0,
        ">": gap > 0 and not close, ">=": gap > 0,
    }[relation]  # fmt: skip
