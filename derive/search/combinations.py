"""One term as a combination of others, with factors that are free of a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.kernel.theorem import KernelError
from derive.search.limits import tower_of
from derive.search.polynomials import Fractional
from derive.terms.context import Context
from derive.terms.term import Term, div, mul, num, power, product, total


def combination(
    inner: Context, body: Term, bodies: Sequence[Term], name: str
) -> dict[int, Term] | None:
    """Factors c by place with ``body = Σ c[i]*bodies[i]``, none of which speaks of ``name``.

    Untrusted: the equation still has to be proved. None when there are no such factors.
    """
    tower = tower_of(inner, body, *bodies, split=True)
    forms = [tower.form(t) for t in (body, *bodies)]
    table = _Atoms(name)
    target, *columns = table.rows(forms)
    return _solved(table, target, columns)


class _Atoms:
    """SymPy symbols for the atoms of several forms, those that speak of the name apart."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.symbols: dict[Term, Any] = {}

    def symbol(self, atom: Term) -> Any:
        """The symbol of an atom."""
        import sympy

        if atom not in self.symbols:
            self.symbols[atom] = sympy.Symbol(f"a{len(self.symbols)}")
        return self.symbols[atom]

    def expression(self, poly: Any, atoms: Sequence[Term]) -> Any:
        """A polynomial of the kernel as an expression of SymPy."""
        import sympy

        symbols = [self.symbol(a) for a in atoms]
        parts = [
            sympy.Rational(int(c.p), int(c.q))
            * sympy.Mul(*(s**e for s, e in zip(symbols, exponents, strict=True)))
            for exponents, c in poly.to_dict().items()
        ]
        return sympy.Add(*parts)

    def rows(self, forms: Sequence[Fractional]) -> list[dict[Any, Any]]:
        """Each form, times one common denominator, by its monomials in what speaks of the name."""
        import sympy

        pairs = [
            (self.expression(f.top, f.atoms), self.expression(f.bottom, f.atoms)) for f in forms
        ]
        moving = [s for a, s in self.symbols.items() if self.name in a.free]
        common = sympy.lcm_list([bottom for _, bottom in pairs])
        out = []
        for top, bottom in pairs:
            scaled = sympy.expand(top * sympy.cancel(common / bottom))
            poly = sympy.Poly(scaled, *moving) if moving else None
            out.append(dict(poly.terms()) if poly is not None else {(): scaled})
        return out

    def term(self, expression: Any) -> Term:
        """A rational function in the atoms that are free of the name, as a term."""
        import sympy

        atoms = {s: a for a, s in self.symbols.items()}
        top, bottom = sympy.fraction(sympy.cancel(expression))
        parts = [self._polynomial(p, atoms) for p in (top, bottom)]
        return parts[0] if bottom == 1 else div(parts[0], parts[1])

    def _polynomial(self, expression: Any, atoms: dict[Any, Term]) -> Term:
        import sympy

        from derive.terms.term import neg

        free = sorted(expression.free_symbols, key=str)
        poly = sympy.Poly(expression, *free) if free else None
        rows = poly.terms() if poly is not None else [((), expression)]
        out = []
        for exponents, c in rows:
            factors = [
                atoms[s] if e == 1 else power(atoms[s], num(e))
                for s, e in zip(free, exponents, strict=True)
                if e
            ]
            value = sympy.Rational(c)
            size = num(abs(value.p)) if value.q == 1 else div(num(abs(value.p)), num(value.q))
            if size != num(1) or not factors:
                factors = [size, *factors]
            part = product(factors) if len(factors) < 2 else mul(*factors)
            out.append(neg(part) if value < 0 else part)
        return total(out)


def _solved(
    table: _Atoms, target: dict[Any, Any], columns: Sequence[dict[Any, Any]]
) -> dict[int, Term] | None:
    import sympy

    monomials = list(dict.fromkeys(m for row in (target, *columns) for m in row))
    if not columns:
        return None
    unknowns = [sympy.Symbol(f"c{i}") for i in range(len(columns))]
    matrix = sympy.Matrix([[row.get(m, 0) for row in columns] for m in monomials])
    vector = sympy.Matrix([target.get(m, 0) for m in monomials])
    try:
        found = sympy.linsolve((matrix, vector), *unknowns)
    except (ValueError, NotImplementedError) as error:
        raise KernelError(f"combination: {error}") from None
    if not found:
        return None
    chosen = next(iter(found)).subs(dict.fromkeys(unknowns, 0))
    factors = {i: sympy.cancel(c) for i, c in enumerate(chosen) if sympy.cancel(c) != 0}
    return {i: table.term(c) for i, c in factors.items()} or {0: num(0)}
