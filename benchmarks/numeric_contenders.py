"""The ways to turn a SymPy expression into a fast function, each put to its best documented use.

A contender has a timed part, `build`, from SymPy to something callable, and an untimed part, `bind`,
which lays the inputs out as that way wants them (symengine: one row a point; heyoka: one row an input;
jax: on its device) and supplies output buffers where it takes them. Several words of explanation:

* numexpr evaluates one output, so several outputs are several compiled expressions, called one after
  the other through the compiled object, which is what `re_evaluate` calls;
* so does `numba.vectorize`. It is given the function that `lambdify(cse=True)` writes over `math`.
  A NumPy ufunc has at most 64 operands; past those the same function runs in a loop under `numba.njit`;
* jax is given the function that `lambdify(cse=True)` writes for it. It compiles on the first call
  with a new shape, so its compile time is to be found there;
* the numba engine of `numeric` is given output buffers, as its rivals are; the NumPy engine is timed
  with ("-out") and without, which is how `lambdify` is called;
* `numeric`, numexpr and heyoka run large batches in threads of their own accord; "-1" means one thread;
* numexpr and heyoka get the constants that they cannot read as floats, and heyoka gets |x| as a
  selection between x and -x.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import sympy as sp
from sympy.printing.lambdarepr import NumExprPrinter

from benchmarks.numeric_expressions import Expression

CORES: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
UFUNC_OPERANDS: Final = 64


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its inputs laid out, and the bytes of outputs that it allocates itself."""

    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    results: Callable[[Any], list[Any]]
    new_outputs: bool = True

    def once(self) -> list[Any]:
        """One call; one result for each output of the expression."""
        return self.results(self.function(*self.inputs))


def _several(returned: Any) -> list[Any]:
    return list(returned) if isinstance(returned, list | tuple) else [returned]


def _only_or_all(outputs: Sequence[Any]) -> Any:
    return outputs[0] if len(outputs) == 1 else list(outputs)


def _buffers(expression: Expression, arrays: Sequence[Any]) -> list[Any] | None:
    """An output for each expression, already in memory; None when the inputs are numbers."""
    if not isinstance(arrays[0], np.ndarray):
        return None
    return [np.full(arrays[0].shape, np.nan) for _ in expression.outputs]


class Contender:
    """One column of the benchmark. `needs` is the module without which it cannot run."""

    needs: str = "sympy"
    threads: int = 1

    def __init__(self, name: str) -> None:
        self.name = name

    def installed(self) -> bool:
        """Whether the module it needs can be found."""
        return importlib.util.find_spec(self.needs) is not None

    def version(self) -> str:
        """The version of the module it needs."""
        return str(getattr(importlib.import_module(self.needs), "__version__", "this repository"))

    def enter(self) -> None:
        """Make process-wide settings; called before each group of calls, outside the clock."""

    def build(self, expression: Expression) -> Any:
        """From SymPy to something callable; the compile time is the time this takes."""
        raise NotImplementedError

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        """The compiled function with these inputs, arrays or Python floats."""
        return Call(compiled, tuple(arrays), _several)

    def bind_warm(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        """The same after all work of a first call is done, but for buffers of this size."""
        self.bind(compiled, expression, [array[:2].copy() for array in arrays]).once()
        return self.bind(compiled, expression, arrays)


class Lambdify(Contender):
    """`sympy.lambdify` with NumPy."""

    def __init__(self, name: str, cse: bool) -> None:
        super().__init__(name)
        self.cse = cse

    def build(self, expression: Expression) -> Any:
        outputs = _only_or_all(expression.outputs)
        return sp.lambdify(expression.arguments, outputs, modules="numpy", cse=self.cse)


class Numeric(Contender):
    """`numeric.Program.from_sympy(...).compile(...)`, with or without output buffers."""

    def __init__(self, name: str, engine: str, threads: int, out: bool) -> None:
        super().__init__(name)
        self.engine, self.threads, self.out = engine, threads, out
        self.needs = "numba" if engine == "numba" else "numeric"

    def build(self, expression: Expression) -> Any:
        from numeric import Program

        program = Program.from_sympy(*expression.outputs)
        return program.compile(expression.names, engine=self.engine)

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        options: dict[str, Any] = {"threads": 1} if self.threads == 1 else {}
        buffers = _buffers(expression, arrays) if self.out else None
        if buffers is not None:
            options["out"] = buffers[0] if len(buffers) == 1 else tuple(buffers)
        function = partial(compiled, **options) if options else compiled
        return Call(function, tuple(arrays), _several, buffers is None)


class NumExpr(Contender):
    """`numexpr.NumExpr` with output buffers."""

    needs = "numexpr"

    def __init__(self, name: str, threads: int) -> None:
        super().__init__(name)
        self.threads = threads

    def enter(self) -> None:
        import numexpr

        if numexpr.get_num_threads() != self.threads:
            numexpr.set_num_threads(self.threads)

    def build(self, expression: Expression) -> Any:
        import numexpr

        printer = NumExprPrinter()
        signature = [(name, np.double) for name in expression.names]
        plain = (_with_floats(output, sp.NumberSymbol) for output in expression.outputs)
        texts = (super(NumExprPrinter, printer).doprint(output) for output in plain)
        return [numexpr.NumExpr(text, signature, truediv=True) for text in texts]

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        buffers = _buffers(expression, arrays) or [None] * len(compiled)
        fresh = buffers[0] is None
        calls = [
            partial(f, out=out, ex_uses_vml=False) for f, out in zip(compiled, buffers, strict=True)
        ]
        return Call(_in_turn(calls), tuple(arrays), _several, fresh)


def _in_turn(calls: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """One function for several outputs; the function itself when there is only one."""
    if len(calls) == 1:
        return calls[0]
    return lambda *inputs: [call(*inputs) for call in calls]


class Vectorize(Contender):
    """`numba.vectorize` for the target "cpu" or "parallel", with output buffers."""

    needs = "numba"

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name)
        self.target = target
        self.threads = int(CORES or 1) if target == "parallel" else 1

    def build(self, expression: Expression) -> Any:
        import numba

        if len(expression.arguments) >= UFUNC_OPERANDS:
            return [self._loop(expression, output) for output in expression.outputs]
        signature = numba.float64(*[numba.float64] * len(expression.arguments))
        written = [
            sp.lambdify(expression.arguments, output, modules="math", cse=True)
            for output in expression.outputs
        ]
        return [numba.vectorize([signature], target=self.target)(f) for f in written]

    def _loop(self, expression: Expression, output: Any) -> Any:
        import numba

        column = sp.DeferredVector("column")
        places = {symbol: column[k] for k, symbol in enumerate(expression.arguments)}
        written = sp.lambdify([column], output.xreplace(places), modules="math", cse=True)
        entry = numba.njit(written)
        indices = numba.prange if self.target == "parallel" else range

        def fill(inputs: Any, out: Any) -> None:
            for place in indices(out.size):
                out[place] = entry(inputs[:, place])

        signature = numba.void(numba.float64[:, :], numba.float64[:])
        return numba.njit([signature], parallel=self.target == "parallel")(fill)

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        buffers = _buffers(expression, arrays)
        if len(expression.arguments) >= UFUNC_OPERANDS:
            outs = buffers or [np.full(1, np.nan) for _ in compiled]
            calls = [partial(_filled, f, out) for f, out in zip(compiled, outs, strict=True)]
            inputs = tuple(arrays) if buffers is None else (np.array(arrays),)
            return Call(_in_turn(calls), inputs, _several, False)
        if buffers is None:
            return Call(_in_turn(compiled), tuple(arrays), _several)
        calls = [partial(f, out=out) for f, out in zip(compiled, buffers, strict=True)]
        return Call(_in_turn(calls), tuple(arrays), _several, False)


def _filled(function: Callable[..., None], out: Any, *inputs: Any) -> Any:
    """Run the loop over a table, one row an input, or over numbers, which become a table here."""
    function(np.array(inputs).reshape(-1, 1) if len(inputs) > 1 else inputs[0], out)
    return out


class Symengine(Contender):
    """`symengine.Lambdify(cse=True)`, with LLVM where this build has it."""

    needs = "symengine"

    def build(self, expression: Expression) -> Any:
        import symengine

        backend = "llvm" if symengine.have_llvm else "lambda"
        return symengine.Lambdify(
            expression.arguments, list(expression.outputs), backend=backend, cse=True
        )

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        if not isinstance(arrays[0], np.ndarray):
            return Call(compiled, (list(arrays),), list)
        rows = np.column_stack(arrays)
        out = np.full((len(rows), len(expression.outputs)), np.nan)
        return Call(partial(compiled, out=out), (rows,), lambda table: list(table.T), False)


class Jax(Contender):
    """`jax.jit` on the CPU with 64-bit floats, waiting for the outputs."""

    needs = "jax"
    threads = int(CORES or 1)

    def build(self, expression: Expression) -> Any:
        import jax

        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_enable_x64", True)
        outputs = _only_or_all(expression.outputs)
        return jax.jit(sp.lambdify(expression.arguments, outputs, modules="jax", cse=True))

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        import jax

        wait = jax.block_until_ready
        placed = tuple(
            jax.numpy.asarray(array) if isinstance(array, np.ndarray) else array for array in arrays
        )
        return Call(lambda *inputs: wait(compiled(*inputs)), placed, _several)

    def bind_warm(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        placed = self.bind(compiled, expression, arrays).inputs
        return self.bind(compiled.lower(*placed).compile(), expression, arrays)


class Heyoka(Contender):
    """`heyoka.cfunc` over a batch, with output buffers."""

    needs = "heyoka"

    def __init__(self, name: str, threads: int) -> None:
        super().__init__(name)
        self.threads = threads

    def enter(self) -> None:
        import heyoka

        if heyoka.get_nthreads() != self.threads:
            heyoka.set_nthreads(self.threads)

    def build(self, expression: Expression) -> Any:
        import heyoka

        outputs = [_to_heyoka(output) for output in expression.outputs]
        return heyoka.cfunc(outputs, vars=heyoka.make_vars(*expression.names))

    def bind(self, compiled: Any, expression: Expression, arrays: Sequence[Any]) -> Call:
        if not isinstance(arrays[0], np.ndarray):
            return Call(compiled, (list(arrays),), list)
        out = np.full((len(expression.outputs), arrays[0].size), np.nan)
        return Call(partial(compiled, outputs=out), (np.array(arrays),), list, False)


def _with_floats(expr: Any, kind: Any) -> Any:
    """The constants of this kind as floats, but for those that a float holds exactly."""
    rounded = {c: sp.Float(c, 17) for c in expr.atoms(kind) if getattr(c, "q", 3) & 1}
    return expr.xreplace({c: f for c, f in rounded.items() if c.is_integer is not True})


def _to_heyoka(expr: Any) -> Any:
    import heyoka

    plain = _with_floats(expr, sp.Rational)
    chosen = {}
    for node in sorted(plain.atoms(sp.Abs), key=sp.count_ops):
        inside = heyoka.from_sympy(node.args[0], chosen)
        chosen[node] = heyoka.select(heyoka.gte(inside, heyoka.expression(0.0)), inside, -inside)
    return heyoka.from_sympy(plain, chosen)


def contenders() -> dict[str, Contender]:
    """Every contender by its name, installed or not, in the order of the tables."""
    cores = int(CORES or 1)
    everyone: list[Contender] = [
        Lambdify("lambdify", cse=False),
        Lambdify("lambdify-cse", cse=True),
        Numeric("numeric", "numpy", cores, out=False),
        Numeric("numeric-1", "numpy", 1, out=False),
        Numeric("numeric-out", "numpy", cores, out=True),
        Numeric("numeric-out-1", "numpy", 1, out=True),
        Numeric("numeric-numba", "numba", cores, out=True),
        Numeric("numeric-numba-1", "numba", 1, out=True),
        NumExpr("numexpr-1", 1),
        NumExpr("numexpr", cores),
        Vectorize("vectorize", "cpu"),
        Vectorize("vectorize-parallel", "parallel"),
        Symengine("symengine"),
        Jax("jax"),
        Heyoka("heyoka-1", 1),
        Heyoka("heyoka", cores),
    ]
    return {contender.name: contender for contender in everyone}
