"""The two distances of the midterm in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from derive.derivation import Derivation
from proofs.fid.common import family

REAL = (
    "Matrix([[0.2, 0.1, 0.05, 0.02], [0.1, 0.3, 0.1, 0.05], [0.05, 0.1, 0.4, 0.1], [0.02, "
    "0.05, 0.1, 0.2]])"
)

FACTOR = (
    "Matrix([[1, 0, 0, 0], [1/2, 1, 0, 0], [1/4, 3/10, 1, 0], [1/10, 4/25, 83/365, 1]])",
    ("sqrt(5)/5", "1/2", "sqrt(146)/20", "sqrt(9204570)/7300"),
    ("1/5", "1/4", "73/200", "12609/73000"),
)
"""The factors of `REAL`: unit triangular, the entries of a diagonal matrix, and their squares."""


Factor = tuple[str, tuple[str, str, str, str], tuple[str, str, str, str]]


@dataclass(frozen=True)
class Fake:
    """A set of generated images: its covariance, and what bounds the trace of the root.

    ``factor`` is as `FACTOR`; ``scale`` and ``turn`` give the orthogonal matrix, whole numbers over
    one denominator; ``upper`` is a triangular matrix whose square stands for the transport map,
    ``inverse`` its inverse; ``low`` and ``high`` are the bounds of the distance.
    """

    covariance: str
    factor: Factor
    scale: str
    turn: str
    upper: str
    inverse: str
    step: str
    low: str
    high: str


ONE = Fake(
    (
        "Matrix([[0.7, 0.1, 0.05, 0.02], [0.1, 0.2, 0.1, 0.05], [0.05, 0.1, 0.3, 0.1], [0.02, "
        "0.05, 0.1, 0.15]])"
    ),
    (
        "Matrix([[1, 0, 0, 0], [1/7, 1, 0, 0], [1/14, 1/2, 1, 0], [1/35, 33/130, 3/10, 1]])",
        ("sqrt(70)/10", "sqrt(910)/70", "1/2", "sqrt(194285)/1300"),
        ("7/10", "13/70", "1/4", "2989/26000"),
    ),
    "251095617649",
    (
        "Matrix([[250376882351, 17433674000, 7191227000, 2186150000], [-16578674000, "
        "249206882351, -25372715000, -5129512000], "
        "[-8801227000, 24630715000, 249555382351, -9326662000], [-2848150000, 5859512000, "
        "8696662000, 250860382351]])"
    ),
    (
        "Matrix([[1.388, -0.067, -0.032, -0.015], [0, 0.903, 0.062, 0.022], [0, 0, 0.915, "
        "0.055], [0, 0, 0, 0.911]])"
    ),
    "Matrix([[250/347, 16750/313341, 1237100/57341403, 484207750/52238018133],"
    " [0, 1000/903, -12400/165249, -3344000/150541839],"
    " [0, 0, 200/183, -11000/166713], [0, 0, 0, 1000/911]])",
    "(0.5 - 0.4)**2 + (0.2 - 0.3)**2 + (0.7 - 0.5)**2 + (0.4 - 0.6)**2",
    "0.281129",
    "0.281133",
)
TWO = Fake(
    (
        "Matrix([[0.4, 0.05, 0.05, 0.01], [0.05, 0.3, 0.1, 0.05], [0.05, 0.1, 0.2, 0.05], "
        "[0.01, 0.05, 0.05, 0.2]])"
    ),
    (
        "Matrix([[1, 0, 0, 0], [1/8, 1, 0, 0], [1/8, 15/47, 1, 0], [1/40, 39/235, 78/385, 1]])",
        ("sqrt(10)/5", "sqrt(470)/40", "sqrt(36190)/470", "sqrt(27412)/385"),
        ("2/5", "47/160", "77/470", "356/1925"),
    ),
    "62944168921",
    (
        "Matrix([[62286831079, 8982843000, -1074678000, 687513000], [-9027843000, 62149331079, "
        "-4181767000, -663267000], "
        "[423678000, 4315767000, 62710331079, 3252296000], [-798513000, 334267000, "
        "-3277296000, 62852831079]])"
    ),
    (
        "Matrix([[1.22, -0.149, 0.01, -0.017], [0, 1.003, 0.064, 0.002], [0, 0, 0.834, -0.061], "
        "[0, 0, 0, 1.01]])"
    ),
    "Matrix([[50/61, 7450/61183, -163050/8504437, 10648730/858948137],"
    " [0, 1000/1003, -32000/418251, -278600/42243351],"
    " [0, 0, 500/417, 3050/42117], [0, 0, 0, 100/101]])",
    "(0.5 - 0.7)**2 + (0.2 - 0.1)**2 + (0.7 - 0.3)**2 + (0.4 - 0.5)**2",
    "0.304388",
    "0.304392",
)


ROOTS = "1.1 + 1.35 - 2*(sqrt(0.2*0.7) + sqrt(0.3*0.2) + sqrt(0.4*0.3) + sqrt(0.2*0.15))"


def diagonal(entries: tuple[str, str, str, str]) -> str:
    """The diagonal matrix with these entries."""
    rows = [", ".join(e if i == j else "0" for j in range(4)) for i, e in enumerate(entries)]
    return f"Matrix([[{'], ['.join(rows)}]])"


def distance(d: Derivation, fake: Fake) -> None:
    """The chains that enclose the distance of a set of images."""
    real, fit = (f"({unit} @ {diagonal(roots)})" for unit, roots, _ in (FACTOR, fake.factor))
    for name, (unit, roots, squares), product in (
        ("real", FACTOR, REAL), ("fake", fake.factor, fake.covariance)
    ):  # fmt: skip
        d.start(f"{unit} @ {diagonal(squares)} @ {unit}.T", label=f"{name} factors").eq(product)
        for root, square in zip(roots, squares, strict=True):
            d.start(f"({root})**2", label=f"{name}, {square}").eq(square)
    d.start(f"{fake.turn}.T @ {fake.turn}", label="orthogonal").eq(
        f"{fake.scale}**2*Matrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])",
        because="multiply",
    )
    d.start(f"{fake.upper} @ {fake.inverse}", label="inverse").eq(
        "Matrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])", because="multiply"
    )
    rest = f"{fake.step} + trace({REAL}) + trace({fake.covariance})"
    transport = f"{fake.upper}.T @ {fake.upper}", f"{fake.inverse} @ {fake.inverse}.T"
    d.start(fake.low, label="from below").lt(
        f"{rest} - trace({transport[0]} @ {REAL}) - trace({transport[1]} @ {fake.covariance})",
        because="2 tr K is at most the last two traces",
    )
    d.start(
        f"{rest} - 2*trace({fake.turn} @ {fit}.T @ {real})/{fake.scale}", label="from above"
    ).lt(fake.high, because="tr K is at least the last trace")


@family.theorem(
    "midterm_one",
    title="Distance of the fake images I of the midterm",
    source="Heusel et al. (2017), equation 6; Midterm 24-789, question 2(b)",
)
def midterm_one(d: Derivation) -> None:
    """Both bounds of `fid.bounds` for four features: L and N are the Cholesky factors (unit
    triangular times the root of a diagonal matrix), W is an orthogonal matrix and Y a triangular
    one, both with rational entries and near the best. The distance lies between 0.281129 and
    0.281133, so it is 0.28113 to five decimals.

    Not shown: that the entries come from `fid.bounds`, which is a statement about matrices of any
    size; the two are put together by the reader.
    """
    distance(d, ONE)
    d.wrong(f"{ONE.step} = 0.1 + 0.1 + 0.2 + 0.2", why="no square on the mean term")
    d.wrong(f"0.281129 < 0.1 + {ROOTS}", why="elementwise root of the diagonal")


@family.theorem(
    "midterm_two",
    title="Distance of the fake images II of the midterm",
    source="Heusel et al. (2017), equation 6; Midterm 24-789, question 2(b)",
)
def midterm_two(d: Derivation) -> None:
    """As `fid.midterm_one`. The distance lies between 0.304388 and 0.304392, so it is 0.30439 to
    five decimals, and the first set of images is nearer to the real ones.

    Not shown: that the entries come from `fid.bounds`, which is a statement about matrices of any
    size; the two are put together by the reader.
    """
    distance(d, TWO)
    d.start(ONE.high, label="comparison").lt(TWO.low, because="the first set is nearer")
    d.wrong(f"{TWO.high} < {ONE.low}", why="the second set is nearer")
