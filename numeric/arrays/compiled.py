"""Programs as functions of arrays: compiled once, called often.

>>> from sympy import exp
>>> from sympy.abc import x, y
>>> from numeric.program import Program
>>> f = Program.from_sympy(exp(x) + y).compile(["x", "y"])
>>> f(0.0, 2.0)
3.0
>>> f([0.0, 0.0], [[1.0], [2.0]])
array([[2., 2.],
       [3., 3.]])

Arrays broadcast as they do in NumPy. Inputs of one entry are parameters: what depends on them
alone is computed once for a call, by a kernel made for that choice of parameters. All other work
is done in blocks that stay in cache, in place, and on several threads when there is enough of it:
a call allocates its outputs, and at most a megabyte of buffers for each thread, which are kept.
"""

from __future__ import annotations

import contextvars
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from numeric.arrays.hoisting import hoist
from numeric.arrays.run import BlockRunner
from numeric.arrays.source import (
    SCALAR_NAMES,
    block_source,
    module_source,
    namespace,
    parameters,
    quick_source,
    scalar_source,
)
from numeric.arrays.steps import Plan, Step, graph, plan
from numeric.arrays.tidy import tidied
from numeric.program import Program

if TYPE_CHECKING:
    from numeric.domain import Domain

Array: TypeAlias = np.ndarray[Any, Any]

DTYPES = ("float64", "float32", "complex128")
ENGINES = ("numpy", "numba")
_QUICK = 1 << 13
"""Arrays up to this long are one block, with buffers of their own."""

_NUMBERS = frozenset((float, int, bool))


def _execute(text: str, names: dict[str, Any], function: str) -> Any:
    """The function that a text of `numeric.arrays.source` defines; such a text is made, not read."""
    exec(compile(text, f"<numeric {function}>", "exec"), names)  # noqa: S102
    return names[function]


def _repeats(steps: Sequence[Step]) -> list[Any]:
    from numeric.arrays.repeat import Repeat

    return [Repeat(step.extra) for step in steps if step.name == "repeat"]


def _planned(program: Program, names: Sequence[str], dtype: np.dtype[Any]) -> Plan:
    steps = tidied(graph(program, complex_numbers=dtype.kind == "c"))
    return plan(steps, parameters(names))


class _Kernel:
    """A program whose inputs are arrays of one length, but for some `parameters` of one entry."""

    def __init__(self, program: Program, fixed: frozenset[str], compiled: Compiled) -> None:
        self.before, main, hoisted = hoist(program, fixed)
        self.inputs = [name for name in main.inputs if name not in hoisted]
        dtype = compiled.dtype
        self.prologue = None
        if self.before is not None:
            self.prologue = Compiled(
                self.before, dtype=dtype.name, stable=False, engine=compiled.engine
            )
        order = [*self.inputs, *(name for name in main.inputs if name in hoisted)]
        self.hoisted = [hoisted.index(name) for name in order[len(self.inputs) :]]
        self.plan = _planned(main, [*compiled.inputs, *hoisted], dtype)
        place = {name: number for number, (name, _) in enumerate(self.plan.inputs)}
        self.order = [order.index(name) for name in place]
        if compiled.engine == "numba":
            from numeric.arrays.numba_engine import block_function

            block = block_function(main, list(place), fixed | set(hoisted), dtype)
            self.plan = replace(self.plan, buffers=0, masks=0)
        else:
            names = namespace(self.plan, dtype, _repeats(self.plan.steps))
            block = _execute(block_source(self.plan), names, "block")
        self.runner = BlockRunner(
            block,
            steps=len(self.plan.steps),
            outputs=self.plan.outputs,
            buffers=self.plan.buffers,
            masks=self.plan.masks,
            dtype=dtype,
            fused=compiled.engine == "numba",
        )

    def arguments(self, given: Mapping[str, Array]) -> list[Array]:
        """The inputs of the block, in its order, with what is computed before."""
        arrays = [given[name] for name in self.inputs]
        if self.prologue is not None:
            values = self.prologue(*(given[name].reshape(()) for name in self.prologue.inputs))
            values = values if isinstance(values, tuple) else (values,)
            arrays += [np.asarray(values[k], self.runner.dtype) for k in self.hoisted]
        return [arrays[k] for k in self.order]


class Compiled:
    """A program as a function of numbers and arrays; `numeric.program.Program.compile` makes it.

    `inputs` is the order of the arguments. `dtype` is "float64", "float32" or "complex128"; the
    last runs the program as it stands, on NumPy's branches. `engine` is "numpy", or "numba" when
    that is installed, for the same results. `stable` asks for `Program.stable` first, and
    `domains` is what the inputs are known to lie in.

    Raises ValueError when an input is missing or an option unknown, `UnsupportedOperation` when
    the program has an operation that the number system or the engine lacks.
    """

    def __init__(
        self,
        program: Program,
        inputs: Sequence[str] | None = None,
        *,
        dtype: str = "float64",
        engine: str = "numpy",
        stable: bool = True,
        domains: Mapping[str, Domain] | None = None,
    ) -> None:
        if dtype not in DTYPES:
            raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, not {dtype!r}")
        if engine not in ENGINES:
            raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
        self.inputs = tuple(program.inputs if inputs is None else inputs)
        _check_inputs(program, self.inputs)
        self.dtype = np.dtype(dtype)
        self.engine = engine
        keep = not stable or dtype == "complex128"
        self.program = program if keep else program.stable(domains)
        self._kernels: dict[frozenset[str], _Kernel] = {}
        self._scalar: Any = _never
        self._quick: Any = self._first_call
        kernel = self._kernel(frozenset())
        self._plan, self._plain = kernel.plan, kernel.runner
        self._order = [self.inputs.index(kernel.inputs[k]) for k in kernel.order]

    @property
    def source(self) -> str:
        """The NumPy form as the text of a module; its function `program` computes the same."""
        whole = _planned(self.program, self.inputs, self.dtype)
        return module_source(whole, list(self.inputs), self.dtype.name)

    def __call__(self, *args: Any, out: Any = None, threads: int | None = None) -> Any:
        """The outputs: one, or a tuple of them, of the shape that the arguments broadcast to.

        Python numbers give Python floats. `out` is an array, or a tuple of them, to fill;
        `threads` limits the threads, which are otherwise one for each processor.

        Raises ValueError when the count of arguments, the shapes or `out` do not fit, TypeError
        when an argument is not made of numbers.
        """
        if len(args) != len(self.inputs):
            raise ValueError(
                f"{len(self.inputs)} arguments are needed, {', '.join(self.inputs)}; "
                f"{len(args)} were given"
            )
        result = self._quick(*args)
        if result is None:
            return self._arrays(args, out, threads)
        return result if out is None else _copied(result, out)

    def _first_call(self, *args: Any) -> Any:
        """Make the short way for floats and for small arrays when a call first asks for it."""
        text = scalar_source(self.program, self.inputs) if self.dtype == np.float64 else None
        if text is not None:
            self._scalar = _execute(text, dict(SCALAR_NAMES), "scalar")
        if self.inputs:
            self._quick = _execute(quick_source(self._plan, self.inputs), self._names(), "quick")
        else:
            self._quick = _never
        return self._quick(*args)

    def _names(self) -> dict[str, Any]:
        """What the source of `quick` names."""
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        builtins = {"__builtins__": {}, "type": type, "float": float, "bool": bool, "len": len}
        return {
            **builtins,
            "ndarray": np.ndarray,
            "empty": np.empty,
            "RuntimeError": RuntimeError,
            "scalar": self._scalar,
            "shaped": _shaped,
            "dtype": self.dtype,
            "longest": _QUICK,
            "block": self._plain.block,
            "run": context.run,
        }

    def _kernel(self, fixed: frozenset[str]) -> _Kernel:
        kernel = self._kernels.get(fixed)
        if kernel is None:
            kernel = self._kernels[fixed] = _Kernel(self.program, fixed, self)
        return kernel

    def _arrays(self, args: Sequence[Any], out: Any, threads: int | None) -> Any:
        dtype = self.dtype
        arrays = [
            arg if type(arg) is np.ndarray and arg.dtype is dtype else self._read(arg, name)
            for arg, name in zip(args, self.inputs, strict=True)
        ]
        shape = arrays[0].shape if arrays else ()
        alike = True
        for array in arrays:
            if array.shape != shape:
                shape = np.broadcast_shapes(*(array.shape for array in arrays))
                alike = False
                break
        size = math.prod(shape)
        targets = [] if out is None else _targets(out, len(self.program.outputs), shape)
        direct = bool(targets) and _direct(targets, arrays, dtype)
        outputs = targets if direct else [np.empty(shape, dtype) for _ in self.program.outputs]
        if size and alike and len(shape) == 1:
            self._plain.flat([arrays[k] for k in self._order], outputs, threads)
        elif size:
            self._fill(arrays, outputs, shape, threads)
        if out is not None:
            if not direct:
                for target, output in zip(targets, outputs, strict=True):
                    np.copyto(target, output)
            return out
        if _NUMBERS.issuperset(map(type, args)):
            return _plain(outputs)
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def _read(self, value: Any, name: str) -> Array:
        array = np.asarray(value)
        allowed = "biufOc" if self.dtype.kind == "c" else "biufO"
        if array.dtype.kind not in allowed:
            raise TypeError(
                f"input {name!r} has dtype {array.dtype}; "
                f"{'numbers' if self.dtype.kind == 'c' else 'real numbers'} are needed"
            )
        return array.astype(self.dtype)

    def _fill(
        self,
        arrays: Sequence[Array],
        outputs: Sequence[Array],
        shape: tuple[int, ...],
        threads: int | None,
    ) -> None:
        given = dict(zip(self.inputs, arrays, strict=True))
        one = math.prod(shape) == 1
        fixed = [n for n in self.program.inputs if given[n].size == 1 and not one]
        given.update((name, given[name].reshape(())) for name in fixed)
        kernel = self._kernel(frozenset(fixed))
        inputs = kernel.arguments(given)
        whole = all(
            array.ndim == 0 or (array.shape == shape and array.flags.c_contiguous)
            for array in inputs
        )
        if not whole:
            kernel.runner.chunks(inputs, outputs)
            return
        flat = [array if array.ndim < 2 else array.reshape(-1) for array in inputs]
        if one:
            flat = [array.reshape(1) for array in flat]
        kernel.runner.flat(flat, [output.reshape(-1) for output in outputs], threads)


def _never(*_: Any) -> None:
    """No form over Python floats."""


def _shaped(result: Any, shape: tuple[int, ...]) -> Any:
    """Floats as arrays of one entry; None for None."""
    if result is None:
        return None
    if isinstance(result, tuple):
        return tuple(np.full(shape, value) for value in result)
    return np.full(shape, result)


def _copied(result: Any, out: Any) -> Any:
    """Few results, computed by the short way, in the arrays of `out`."""
    results = result if isinstance(result, tuple) else (result,)
    targets = _targets(out, len(results), np.shape(results[0]))
    for target, value in zip(targets, results, strict=True):
        target[...] = value
    return out


def _plain(outputs: list[Array]) -> Any:
    """Arrays without axes as Python numbers."""
    values = tuple(output.item() for output in outputs)
    return values[0] if len(values) == 1 else values


def _check_inputs(program: Program, inputs: tuple[str, ...]) -> None:
    missing = [name for name in program.inputs if name not in inputs]
    if missing:
        raise ValueError(
            f"the program reads {', '.join(map(repr, missing))}, which the inputs "
            f"{', '.join(inputs) or '(none)'} leave out"
        )
    if len(set(inputs)) < len(inputs):
        raise ValueError(f"an input is named twice in {', '.join(inputs)}")


def _targets(out: Any, count: int, shape: tuple[int, ...]) -> list[Array]:
    """The arrays of `out`. Raises ValueError when they do not fit the outputs."""
    targets = list(out) if isinstance(out, tuple) else [out]
    if len(targets) != count:
        raise ValueError(f"out has {len(targets)} arrays, and there are {count} outputs")
    if not all(isinstance(target, np.ndarray) and target.shape == shape for target in targets):
        raise ValueError(f"out must be arrays of shape {shape}")
    return targets


def _direct(targets: list[Array], arrays: Sequence[Array], dtype: np.dtype[Any]) -> bool:
    """Whether blocks may write to the targets while they read the inputs."""
    return len({id(target) for target in targets}) == len(targets) and all(
        target.dtype is dtype
        and target.flags.c_contiguous
        and target.flags.writeable
        and not any(np.may_share_memory(target, array) for array in arrays)
        for target in targets
    )


@lru_cache(maxsize=64)
def _kept(program: Program) -> Compiled:
    return Compiled(program)


def evaluate(program: Program, arrays: Mapping[str, Any]) -> Array | tuple[Array, ...]:
    """The outputs as float64 arrays of the shape that the program's inputs broadcast to.

    Raises ValueError when an input is missing or the shapes do not broadcast, TypeError when an
    input is complex or not numeric.
    """
    missing = [name for name in program.inputs if name not in arrays]
    if missing:
        raise ValueError(f"no array was given for the input {', '.join(map(repr, missing))}")
    results = _kept(program)._arrays([arrays[name] for name in program.inputs], None, None)
    if isinstance(results, tuple):
        return tuple(np.asarray(result) for result in results)
    return np.asarray(results)


def source(program: Program) -> str:
    """The NumPy form of a program as a readable module whose function `program` computes it.

    An input whose name is not a plain identifier is called `input_0`, `input_1`, ... and its own
    name stands in a comment.

    >>> from sympy.abc import x
    >>> print(source(Program.from_sympy(x**2 / 2)), end="")
    from numpy import array, multiply
    <BLANKLINE>
    from numeric.arrays.run import run_block
    <BLANKLINE>
    k0 = array(0.5, "float64")
    <BLANKLINE>
    <BLANKLINE>
    def block(x, out0):
        multiply(x, x, out0)
        multiply(out0, k0, out0)
    <BLANKLINE>
    <BLANKLINE>
    def program(x):
        return run_block(block, (x,), outputs=1, buffers=0, masks=0, dtype="float64")
    """
    return _kept(program).source
