"""Programs for tests: one operation each, and random ones of a few operations."""

from hypothesis import strategies as st

from numeric.builder import Builder
from numeric.operations import COMPARISONS, LOGIC, OPS

JUMPS = {"floor", "ceil", "sign"}
PLAIN_OPS = sorted(set(OPS) - set(COMPARISONS) - set(LOGIC) - {"select"})
"""Operations from numbers to a number."""

SMOOTH_OPS = sorted(set(PLAIN_OPS) - JUMPS)


def one_op(name, arguments="xy"):
    """A program that is one operation of inputs; a truth value selects between x and -y."""
    builder = Builder()
    x, y = builder.input(arguments[0]), builder.input(arguments[1])
    if name in COMPARISONS:
        return builder.build(builder.op("select", builder.op(name, x, y), x, builder.op("neg", y)))
    if name in LOGIC or name == "select":
        below, unlike = builder.op("lt", x, y), builder.op("ne", x, y)
        truth = below if name == "select" else builder.op(name, *(below, unlike)[: LOGIC[name]])
        return builder.build(builder.op("select", truth, x, builder.op("neg", y)))
    return builder.build(builder.op(name, *(x, y)[: OPS[name]]))


@st.composite
def programs(draw, ops=tuple(SMOOTH_OPS), most=8, choices=False):
    """A random program in x and y of at most `most` operations, perhaps with choices."""
    builder = Builder()
    indices = [builder.input("x"), builder.input("y")]
    indices.append(builder.const(draw(st.fractions(-3, 3, max_denominator=4))))
    for _ in range(draw(st.integers(1, most))):
        if choices and draw(st.integers(0, 3)) == 0:
            a, b, c, d = (draw(st.sampled_from(indices)) for _ in range(4))
            truth = builder.op(draw(st.sampled_from(COMPARISONS)), a, b)
            indices.append(builder.op("select", truth, c, d))
            continue
        name = draw(st.sampled_from(ops))
        arguments = [draw(st.sampled_from(indices)) for _ in range(OPS[name])]
        indices.append(builder.op(name, *arguments))
    return builder.build(indices[-1])
