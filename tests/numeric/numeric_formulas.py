"""Programs written as formulas, for tests: ``E`` joins instructions of one builder."""

from fractions import Fraction

from numeric.builder import Builder


class Formula:
    """The result of an instruction, with Python's operators."""

    def __init__(self, builder, index):
        self.builder = builder
        self.index = index

    def _op(self, name, *others):
        indices = [self._place(other) for other in others]
        return Formula(self.builder, self.builder.op(name, *indices))

    def _place(self, other):
        return other.index if isinstance(other, Formula) else self.builder.const(Fraction(other))

    def __add__(self, other):
        return self._op("add", self, other)

    def __radd__(self, other):
        return self._op("add", other, self)

    def __sub__(self, other):
        return self._op("sub", self, other)

    def __rsub__(self, other):
        return self._op("sub", other, self)

    def __mul__(self, other):
        return self._op("mul", self, other)

    def __rmul__(self, other):
        return self._op("mul", other, self)

    def __truediv__(self, other):
        return self._op("div", self, other)

    def __rtruediv__(self, other):
        return self._op("div", other, self)

    def __pow__(self, other):
        return self._op("pow", self, other)

    def __neg__(self):
        return self._op("neg", self)

    def __getattr__(self, name):
        """``x.log()`` is the operation "log" of x; further operands are arguments."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *others: self._op(name, self, *others)


class Sheet:
    """A builder whose results are formulas."""

    def __init__(self):
        self.builder = Builder()

    def __call__(self, value):
        return Formula(self.builder, self.builder.const(Fraction(value)))

    def op(self, name):
        return Formula(self.builder, self.builder.op(name))

    def input(self, name):
        return Formula(self.builder, self.builder.input(name))

    def place(self, value):
        return value.index if isinstance(value, Formula) else self(value).index

    def bind(self, name, lower, upper, make, **captured):
        """``make(x, **captured)`` is the body, in formulas of its own sheet."""
        inner = Sheet()
        body = make(inner.input("x"), **{key: inner.input(key) for key in captured})
        program = inner.builder.build(inner.place(body))
        lower, upper = (None if end is None else self.place(end) for end in (lower, upper))
        outside = {key: self.place(value) for key, value in captured.items()}
        index = self.builder.bind(name, lower, upper, body=program, variable="x", captured=outside)
        return Formula(self.builder, index)

    def matrix(self, name, rows, *places):
        entries = [[self.place(entry) for entry in row] for row in rows]
        return Formula(self.builder, self.builder.matrix(name, entries, *places))


def program(make, *more):
    """The program whose outputs are ``make(sheet)`` for each of the given functions."""
    sheet = Sheet()
    return sheet.builder.build(*(sheet.place(each(sheet)) for each in (make, *more)))
