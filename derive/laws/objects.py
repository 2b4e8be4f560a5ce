r"""Laws and notions as SymPy objects: unevaluated, and printed as on paper.

>>> from sympy import log
>>> x, z = points("x z", "X Z")
>>> p, q = Law("p", x, z), Law("q", z)
>>> ELBO(q, p, x) + KL(q, p(z | x))
ELBO(q, p, x) + KL(q, p(z | x))
>>> E(log(p(x, z)), (z, q))
E(log(p(x, z)), (z, q))
>>> KL(q, p(z | x))._repr_latex_()
'$\\displaystyle D_{\\mathrm{KL}}\\left(q \\,\\middle\\|\\, p\\left(z \\mid x\\right)\\right)$'
"""

from __future__ import annotations

from numbers import Number
from typing import Any, Final

import sympy
from sympy.core.symbol import Str

from derive.laws.families import NAMES
from derive.laws.spaces import LawError


def _object(value: Any) -> Any:
    """A value as SymPy's own. Text is refused, since SymPy would run it as a program.

    >>> E("print(1)", (Point("u"), Normal(0, 1)))
    Traceback (most recent call last):
    derive.laws.spaces.LawError: 'print(1)' is no SymPy object; text is read by derive.Model
    """
    if isinstance(value, sympy.Basic | sympy.MatrixBase | Number):
        return sympy.sympify(value, strict=True)
    if isinstance(value, tuple | list):
        return sympy.Tuple(*map(_object, value))
    raise LawError(f"{value!r:.60} is no SymPy object; text is read by derive.Model")


class Given:
    """``z | x`` in the brackets of a law: what stands before the bar, and behind it."""

    def __init__(self, left: Any, right: Any) -> None:
        self.left, self.right = left, right


class Point(sympy.Symbol):  # type: ignore[misc]
    """A variable of a law: a real symbol that knows its space, so that ``z | x`` may be written."""

    def __new__(cls, name: str, space: str = "real") -> Point:
        out: Point = sympy.Symbol.__xnew__(cls, name, real=True)
        out.space = space
        return out

    __slots__ = ("space",)
    space: str

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.space)

    def __getnewargs_ex__(self) -> tuple[Any, ...]:
        return (self.name, self.space), {}

    def __or__(self, other: Any) -> Any:
        return Given(self, other)

    def __ror__(self, other: Any) -> Any:
        return Given(other, self)


def points(names: str, spaces: str = "real") -> Any:
    """Variables of laws, each on its space: ``real``, ``positive``, ``1..K``, or an abstract one.

    >>> x, z = points("x z", "X Z")
    >>> k = points("k", "1..3")
    """
    each, places = names.split(), spaces.split()
    if len(places) not in (1, len(each)):
        raise LawError(f"{len(each)} points need one space, or {len(each)}; got {len(places)}")
    places = places * len(each) if len(places) == 1 else places
    out = tuple(map(Point, each, places))
    return out[0] if len(out) == 1 else out


class Law(sympy.Basic):  # type: ignore[misc]
    """A law by name: ``Law("p", x, z)``, ``Law("r", z | x)``, ``Law("q", z, density=Normal(m, v))``.

    It has a positive density, of which nothing is known unless it is given. Factors of one law have one
    name: ``Law("p", z)`` and ``Law("p", x | z)`` in one formula make up the joint law p.
    """

    def __new__(cls, name: str, *slots: Any, density: Any = None) -> Law:
        left, right = _split(slots)
        if not left or any(not isinstance(s, Point) for s in (*left, *right)):
            raise LawError(f"the slots of the law {name} are made by points(...)")
        tail = () if density is None else (_object(density),)
        out: Law = sympy.Basic.__new__(
            cls, Str(str(name)), sympy.Tuple(*left), sympy.Tuple(*right), *tail
        )
        return out

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def left(self) -> tuple[Any, ...]:
        return tuple(self.args[1])

    @property
    def right(self) -> tuple[Any, ...]:
        return tuple(self.args[2])

    @property
    def density(self) -> Any:
        return self.args[3] if len(self.args) > 3 else None

    def __call__(self, *args: Any) -> Value:
        return Value(self, *args)

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _latex(self, printer: Any) -> str:
        return str(printer._print(sympy.Symbol(self.name)))


class Value(sympy.Expr):  # type: ignore[misc]
    """The density of a law at points, ``p(x, z)`` or ``p(z | x)``; inside a notion, the law itself."""

    is_commutative = True
    is_real = True
    is_positive = True

    def __new__(cls, law: Law, *args: Any) -> Value:
        if len(args) == 2 and all(isinstance(a, sympy.Tuple) for a in args):
            left, right = args
        else:
            before, behind = _split(args)
            left, right = (sympy.Tuple(*map(_object, side)) for side in (before, behind))
        out: Value = sympy.Basic.__new__(cls, law, left, right)
        return out

    @property
    def law(self) -> Law:
        out: Law = self.args[0]
        return out

    def _sympystr(self, printer: Any) -> str:
        return f"{self.law.name}({self._inside(printer, ' | ')})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        name = printer._print(self.law)
        raised = f"^{{{exp}}}" if exp is not None else ""
        inside = self._inside(printer, r" \mid ")
        return f"{name}{raised}\\left({inside}\\right)"

    def _inside(self, printer: Any, bar: str) -> str:
        sides = (", ".join(map(printer._print, side)) for side in self.args[1:])
        return bar.join(filter(None, sides))


def _split(args: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """The arguments before and behind the one bar among them."""
    left: list[Any] = []
    right: list[Any] = []
    seen = False
    for arg in args:
        if isinstance(arg, Given):
            if seen or isinstance(arg.left, Given):
                raise LawError("write one bar: p(x, z | c)")
            seen = True
            left.append(arg.left)
            right.append(arg.right)
        else:
            (right if seen else left).append(arg)
    return left, right


class Named(sympy.Basic):  # type: ignore[misc]
    """A named law with its parameters, such as ``Normal(m, v)`` with the variance v."""

    def __new__(cls, *args: Any) -> Named:
        out: Named = sympy.Basic.__new__(cls, *map(_object, args))
        return out

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(printer._print, self.args))})"

    def _latex(self, printer: Any) -> str:
        name = type(self).__name__
        head = r"\mathcal{N}" if name == "Normal" else f"\\operatorname{{{name}}}"
        return f"{head}\\left({', '.join(map(printer._print, self.args))}\\right)"


FAMILIES: Final[dict[str, type[Named]]] = {
    name: type(name, (Named,), {"__module__": __name__, "__doc__": f"The law {name}; see derive.laws."})
    for name in NAMES
}  # fmt: skip
"""A class for each named law."""

Normal, LogNormal, Laplace = (FAMILIES[n] for n in ("Normal", "LogNormal", "Laplace"))
Bernoulli, Uniform, Exponential = (FAMILIES[n] for n in ("Bernoulli", "Uniform", "Exponential"))
Poisson, Dirichlet = FAMILIES["Poisson"], FAMILIES["Dirichlet"]


class Notion(sympy.Expr):  # type: ignore[misc]
    """A number made of laws, unevaluated."""

    is_commutative = True
    is_real = True
    latex_head = ""
    between = ", "

    def __new__(cls, *args: Any) -> Notion:
        out: Notion = sympy.Basic.__new__(cls, *map(_object, args))
        return out

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({', '.join(map(printer._print, self.args))})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        inside = self.between.join(map(printer._print, self.args))
        raised = f"^{{{exp}}}" if exp is not None else ""
        head = self.latex_head or f"\\mathrm{{{type(self).__name__}}}"
        return f"{head}{raised}\\left({inside}\\right)"


BETWEEN: Final = r" \,\middle\|\, "


class KL(Notion):
    """``KL(q, p)``, the mean of ``log(q/p)`` under q."""

    latex_head = r"D_{\mathrm{KL}}"
    between = BETWEEN


class JSD(Notion):
    """``JSD(p, q)``, or ``JSD(p, q, w)`` with the weight w of p."""

    between = BETWEEN


class TV(Notion):
    """``TV(p, q)``, half the integral of ``|p - q|``."""

    between = BETWEEN


class H(Notion):
    """``H(q)``, the entropy in nats."""


class CE(Notion):
    """``CE(q, p)``, the mean of ``-log p`` under q."""


class MI(Notion):
    """``MI(p)``, the mutual information of the two quantities of a joint law."""

    latex_head = r"\mathrm{I}"


class ELBO(Notion):
    """``ELBO(q, p, x)``, the mean of ``log p(x, z) - log q(z)`` under q."""

    latex_head = r"\mathcal{L}"


class Mean(Notion):
    """Integrands and a draw: ``E(f, (x, q))``, or ``E(f, q)`` for a law with variables of its own."""

    integrands = 1

    def __new__(cls, *args: Any) -> Mean:
        if len(args) != cls.integrands + 1:
            raise LawError(f"write {cls.__name__}(f, (x, q)): what is averaged, then the draw")
        *bodies, draw = args
        pair = tuple(draw) if isinstance(draw, tuple | sympy.Tuple) else (draw,)
        if len(pair) == 1:
            pair = (*_own_points(pair[0]), pair[0])
        tail = sympy.Tuple(*map(_object, pair))
        out: Mean = sympy.Basic.__new__(cls, *map(_object, bodies), tail)
        return out

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        *names, law = map(printer._print, self.args[-1])
        inside = ", ".join(map(printer._print, self.args[:-1]))
        head = self.latex_head or f"\\operatorname{{{type(self).__name__}}}"
        out = f"{head}_{{{', '.join(names)} \\sim {law}}}\\left[{inside}\\right]"
        return out if exp is None else f"{out}^{{{exp}}}"


class E(Mean):
    """``E(f, (x, q))``, the mean of f where x has the law q."""

    latex_head = r"\mathbb{E}"


class Var(Mean):
    """``Var(f, (x, q))``, the variance of f where x has the law q."""


class Cov(Mean):
    """``Cov(f, g, (x, q))``, the covariance of f and g where x has the law q."""

    integrands = 2


def _own_points(law: Any) -> tuple[Any, ...]:
    if isinstance(law, Law):
        return law.left
    if isinstance(law, Value):
        return tuple(law.args[1])
    raise LawError(f"say which variable has the law {law}: E(f, (x, {law}))")
