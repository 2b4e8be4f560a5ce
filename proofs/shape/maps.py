"""Sizes and index maps: reshapes, pooling, convolutions, broadcasting."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.shape.common import family

PLACES = (("row", "", ""), ("moved", "c, ", "D, "), ("kept", "c, ", "D, "))
"""Functions of the places in a tensor: their names, and the arguments that not all of them have."""


@family.theorem(
    "flatten_channels",
    title="Channels-last flattening",
    source="van den Oord, Vinyals, Kavukcuoglu (2017), code of the VQ-VAE",
)
def flatten_channels(d: Derivation) -> None:
    """In row-major order entry (b, h, w, c) of the permuted tensor has the offset ((b H + h) W + w)
    D + c, and entry (b, c, h, w) of the tensor as it is has ((b D + c) H + h) W + w. A reshape to
    rows of length D puts offset o in row floor(o/D), column o - D floor(o/D). So after the
    permutation row (b H + h) W + w is z[b, :, h, w]. Without it the matrix has the same shape, and
    the two offsets are equal for every entry if D = 1 or H W = 1. Otherwise they are not:
    `shape.flatten_differs`.

    Not shown: that two reshapes of one tensor with generic entries are equal only if the offsets
    are, which is what generic means.
    """
    d.declare(B="integer >= 1", D="integer >= 1", H="integer >= 1", W="integer >= 1")
    d.declare(b="integer >= 0", c="integer >= 0", h="integer >= 0", w="integer >= 0")
    d.define("row(b, h, w, H, W)", "(b*H + h)*W + w")
    d.define("moved(b, c, h, w, D, H, W)", "row(b, h, w, H, W)*D + c")
    d.define("kept(b, c, h, w, D, H, W)", "((b*D + c)*H + h)*W + w")
    d.assume(
        h_channel="c + 1 <= D", h_batch="b + 1 <= B", h_height="h + 1 <= H", h_width="w + 1 <= W"
    )
    row, moved, kept = (f"{f}(b, {c}h, w, {s}H, W)" for f, c, s in PLACES)

    d.start(row, label="row from below").le(f"({row}*D + c)/D", because="0 <= c").eq(
        f"{moved}/D", because="the offset of the permuted entry"
    )
    d.start(f"{moved}/D", label="row from above").lt(
        f"{row} + 1", because="c < D; so the floor of the quotient is the row"
    )
    d.start(f"{moved} - D*{row}", label="column").eq("c", because="definition")
    d.start(row, label="last row").le("((B - 1)*H + h)*W + w", because="b <= B - 1").le(
        "((B - 1)*H + H - 1)*W + w", because="h <= H - 1"
    ).le("((B - 1)*H + H - 1)*W + W - 1", because="w <= W - 1").eq(
        "B*H*W - 1", because="there are B H W rows"
    )
    d.start(f"{moved} - {kept}", label="gap").eq(
        "c*(1 - H*W) + (D - 1)*(h*W + w)", because="the terms with b cancel"
    )
    d.start("moved(b, 0, h, w, 1, H, W)", label="one channel").eq(
        "(b*H + h)*W + w", because="D = 1 and c = 0"
    ).eq("kept(b, 0, h, w, 1, H, W)", because="definition")
    d.start("moved(b, c, 0, 0, D, 1, 1)", label="one pixel").eq(
        "b*D + c", because="H = W = 1 and h = w = 0"
    ).eq("kept(b, c, 0, 0, D, 1, 1)", because="definition")
    d.wrong(f"{moved} = {kept}", why="view(-1, D) without the permutation")
    d.wrong(f"{kept} - D*{row} = c", why="the column is not the channel")


@family.theorem(
    "flatten_differs",
    title="Without the permutation the flattening is another one",
    source="van den Oord, Vinyals, Kavukcuoglu (2017), code of the VQ-VAE",
)
def flatten_differs(d: Derivation) -> None:
    """If D > 1 and H W > 1, the entry b = h = w = 0 of channel 1 has offset 1 after the permutation
    and H W before it.
    """
    d.declare(D="integer >= 2", H="integer >= 1", W="integer >= 1")
    d.assume(h_pixels="2 <= H*W")
    d.define("moved(b, c, h, w)", "((b*H + h)*W + w)*D + c")
    d.define("kept(b, c, h, w)", "((b*D + c)*H + h)*W + w")
    d.start("moved(0, 1, 0, 0)", label="offsets").eq("1", because="definition").lt(
        "H*W", because="more than one pixel"
    ).eq("kept(0, 1, 0, 0)", because="definition")
    d.claim("moved(0, 1, 0, 0) != kept(0, 1, 0, 0)", using="offsets", because="so they differ")
    d.wrong("moved(0, 1, 0, 0) = kept(0, 1, 0, 0)", why="same shape, other order of entries")


@family.theorem(
    "pool_unet",
    title="Pooling chains and the skips of a U-Net",
    source="Ronneberger, Fischer, Brox (2015), section 2",
)
def pool_unet(d: Derivation) -> None:
    """Pooling with window and stride 2 takes n to the quotient of n by 2. If q is the quotient of n
    by 2^k, with remainder r, and p that of q by 2, with remainder e, then p is the quotient of n by
    2^(k+1): the new remainder 2^k e + r stays below 2^(k+1). Doubling k times gives back 2^k q,
    which is n exactly if r = 0.

    Not shown: the step from this induction step to all k in one line.
    """
    d.declare(n="integer >= 1", k="integer >= 0", q="integer >= 0", r="integer >= 0")
    d.declare(p="integer >= 0", e="integer in [0, 1]")
    d.assume(h_division="n = 2**k*q + r", h_remainder="r + 1 <= 2**k", h_pool="q = 2*p + e")
    d.start("n", label="step").eq("2**k*(2*p + e) + r", because="pool once more").eq(
        "2**(k + 1)*p + (2**k*e + r)", because="2**(k + 1) = 2*2**k"
    )
    d.start("0", label="from below").le("2**k*e", because="a product of non-negative numbers").le(
        "2**k*e + r", because="0 <= r"
    )
    d.start("2**k*e + r", label="from above").le("2**k + r", because="e <= 1").lt(
        "2**k + 2**k", because="r < 2**k"
    ).eq("2**(k + 1)", because="so p is the quotient by 2**(k + 1)")
    d.start("n - 2**k*q", label="skip").eq("r", because="up-sampling returns 2**k*q")
    d.start("2**k*floor(n/2**k)", label="up-sampling from below").le("n", because="floor(x) <= x")
    d.start("n", label="up-sampling from above").lt(
        "2**k*floor(n/2**k) + 2**k", because="x < floor(x) + 1"
    )
    d.wrong("2**k*q = n", why="the skip does not always match")
    d.wrong("2**k*p + (2**k*e + r) = n", why="a pooling forgotten")


@family.theorem(
    "pool_unet_instances",
    title="Pooling chains in numbers",
    source="Ronneberger, Fischer, Brox (2015), section 2",
)
def pool_unet_instances(d: Derivation) -> None:
    """128 has the factor 2^4, and four poolings give 8. With two unpadded 3 x 3 convolutions before
    each pooling, 128 ends at 4. A video of 10 frames goes 10, 5, 2, 1, and doubling does not come
    back: the skips at 5 and at 10 do not fit.

    Each floor is enclosed from both sides: an integer q with q <= floor(x) and floor(x) <= q is
    floor(x).
    """
    d.start("128/2**4", label="bottleneck").eq("8", because="128 = 2**7")
    d.start("2**4*8", label="up again").eq("128", because="2**4 divides 128, so the skips fit")
    for size, half in ((128 - 4, 62), (62 - 4, 29), (29 - 4, 12), (12 - 4, 4)):
        d.start(f"floor({size}/2)", label=f"valid {size} at most").le(f"{half}")
        d.start(f"floor({size}/2)", label=f"valid {size} at least").ge(
            f"{half}", because=f"{size + 4} less 4 for two 3 x 3 convolutions"
        )
    for size, half in ((10, 5), (5, 2), (2, 1)):
        d.start(f"floor({size}/2)", label=f"frames {size} at most").le(f"{half}")
        d.start(f"floor({size}/2)", label=f"frames {size} at least").ge(f"{half}")
    d.start("2*1", label="skip at 2").eq("2", because="2 frames come back")
    d.start("2*2", label="skip at 5").lt("5", because="5 frames do not")
    d.start("2**3*1", label="skip at 10").lt("10", because="nor do 10")
    d.wrong("2*floor(5/2) = 5", why="a skip always matches")
    d.wrong("128/2**5 = 8", why="one pooling too many")


@family.theorem(
    "conv",
    title="Output size and parameters of a convolution",
    source="Dumoulin and Visin (2016), relationship 6",
)
def conv(d: Derivation) -> None:
    """Window i covers the places i s to i s + a (k - 1) of the padded input, which has H + 2 p
    places; a is the dilation. The last window that fits is floor((H + 2p - a(k - 1) - 1)/s), so
    there are that many and one. The parameters are counted entry by entry; m is the number of input
    channels in a group. When the size is kept: `shape.conv_same`.
    """
    d.declare(H="integer >= 1", p="integer >= 0", a="integer >= 1", k="integer >= 1")
    d.declare(s="integer >= 1", o="integer >= 1", m="integer >= 1")
    d.declare(k_h="integer >= 1", k_w="integer >= 1")
    d.assume(h_fits="a*(k - 1) + 1 <= H + 2*p")
    d.define("last", "floor((H + 2*p - a*(k - 1) - 1)/s)")
    d.define("size", "last + 1")
    d.start("last*s + a*(k - 1) + 1", label="the last window fits").le(
        "(H + 2*p - a*(k - 1) - 1)/s*s + a*(k - 1) + 1", because="floor(x) <= x"
    ).eq("H + 2*p", because="algebra")
    d.start("H + 2*p", label="the next one does not").eq(
        "(H + 2*p - a*(k - 1) - 1)/s*s + a*(k - 1) + 1", because="algebra"
    ).lt("size*s + a*(k - 1) + 1", because="x < floor(x) + 1")
    d.start("size", label="at least one").eq("last + 1", because="definition").gt(
        "(H + 2*p - a*(k - 1) - 1)/s", because="x < floor(x) + 1"
    ).ge("0", because="a window fits")
    d.start(
        "Sum(Sum(Sum(Sum(1, w, 1, k_w), h, 1, k_h), c, 1, m) + 1, f, 1, o)", label="parameters"
    ).eq("Sum(m*k_h*k_w + 1, f, 1, o)", because="entries of one filter, and its bias").eq(
        "o*m*k_h*k_w + o", because="o filters"
    )
    d.wrong("ceil((H + 2*p - a*(k - 1) - 1)/s)*s + a*(k - 1) + 1 <= H + 2*p", why="ceil for floor")
    d.wrong("floor((H + 2*p - k)/s)*s + a*(k - 1) + 1 <= H + 2*p", why="no dilation")


@family.theorem(
    "conv_same",
    title="A convolution that keeps the size",
    source="Dumoulin and Visin (2016), relationship 3",
)
def conv_same(d: Derivation) -> None:
    """With stride 1 and 2 p = a (k - 1), window H - 1 ends at the last place of the padded input
    and window H one place behind it.
    """
    d.declare(H="integer >= 1", p="integer >= 0", a="integer >= 1", k="integer >= 1")
    d.assume(h_same="2*p = a*(k - 1)")
    d.start("(H - 1)*1 + a*(k - 1) + 1", label="window H - 1 fits").eq(
        "H + 2*p", because="the padding"
    )
    d.start("H + 2*p", label="window H does not").lt(
        "H*1 + a*(k - 1) + 1", because="so there are H windows"
    )
    d.wrong("H + 2*p < (H - 1)*1 + a*(k - 1) + 1", why="a convolution always shrinks")


@family.theorem(
    "convtranspose",
    title="Output size of a transposed convolution",
    source="Dumoulin and Visin (2016), relationship 14",
)
def convtranspose(d: Derivation) -> None:
    """A convolution takes H to floor(x/s) + 1 with x = H + 2p - a(k - 1) - 1; the remainder x - s
    floor(x/s) lies in [0, s). The size map of the transposed convolution with this remainder as
    output padding returns to H. Kernel 4, stride 2, padding 1 doubles; 3, 1, 1 keeps.
    """
    d.declare(H="integer >= 1", n="integer >= 1", p="integer >= 0", a="integer >= 1")
    d.declare(k="integer >= 1", s="integer >= 1", e="integer >= 0")
    d.define("x", "H + 2*p - a*(k - 1) - 1")
    d.define("size", "floor(x/s) + 1")
    d.define("pad", "x - s*floor(x/s)")
    d.define("back(n, s, p, a, k, e)", "(n - 1)*s - 2*p + a*(k - 1) + e + 1")
    d.start("0", label="padding from below").le("pad", because="floor(t) <= t")
    d.start("pad", label="padding from above").lt("s", because="t < floor(t) + 1")
    d.start("back(size, s, p, a, k, pad)", label="round trip").eq(
        "floor(x/s)*s - 2*p + a*(k - 1) + (x - s*floor(x/s)) + 1", because="definitions"
    ).eq("x - 2*p + a*(k - 1) + 1", because="the floors cancel").eq("H", because="definition of x")
    d.start("back(n, 2, 1, 1, 4, 0)", label="doubles").eq("2*n", because="(n - 1)*2 - 2 + 3 + 1")
    d.start("back(n, 1, 1, 1, 3, 0)", label="keeps").eq("n", because="n - 1 - 2 + 2 + 1")
    d.wrong("back(size, s, p, a, k, 0) = H", why="the output padding ignored")
    d.wrong("back(n, s, p, a, k, e) > n", why="always enlarges")


@family.theorem(
    "conv_adjoint",
    title="A transposed convolution is the adjoint",
    source="Dumoulin and Visin (2016), section 4",
)
def conv_adjoint(d: Derivation) -> None:
    """<Cx, y> = x'C'y = <x, C'y> for any linear map. For the kernel (u, v) on four places, stride
    2, C' is the convolution of y with zeros put in between by the flipped kernel (v, u). It is no
    inverse: C'C is singular here, since C has more columns than rows.

    Not shown: the zero insertion for other kernels and strides.
    """
    d.declare(m="integer >= 1", n="integer >= 1", C="matrix m x n", x="vector n", y="vector m")
    d.declare(u="real", v="real", y_1="real", y_2="real")
    d.define("K", "Matrix([[u, v, 0, 0], [0, 0, u, v]])")
    d.start("dot(C @ x, y)", label="adjoint").eq(
        "trace(x.T @ C.T @ y)", because="(C @ x).T = x.T @ C.T"
    ).eq("dot(x, C.T @ y)", because="definition of the inner product")
    d.start("K.T @ Matrix([[y_1], [y_2]])", label="zero insertion").eq(
        "Matrix([[u*y_1], [v*y_1], [u*y_2], [v*y_2]])", because="K transposed"
    ).eq(
        "Matrix([[0, y_1], [y_1, 0], [0, y_2], [y_2, 0]]) @ Matrix([[v], [u]])",
        because="windows of (0, y_1, 0, y_2, 0)",
    )
    d.start("det(K.T @ K)", label="no inverse").eq("0", because="rank 2 of 4").ne(
        "1", because="while det(eye(4)) = 1"
    )
    d.wrong("C.T @ C = eye(n)", why="the transposed convolution is the inverse")


@family.theorem(
    "broadcast",
    title="Broadcasting, and adding a time embedding",
    source="NumPy and PyTorch documentation, broadcasting semantics",
)
def broadcast(d: Derivation) -> None:
    """Shapes are aligned from the right; two sizes m, n fit if m = n, m = 1 or n = 1, that is if (m
    - n)(m - 1)(n - 1) = 0. [B, C, 1, 1] fits [B, C, H, W] in all four places. [B, C] is aligned
    with [H, W]; for B, C, H, W > 1, B != H or C != W it does not fit. If B = H and C = W it does,
    and adds entry (h, w) of the embedding in place of entry (b, c).

    Not shown: anything about the values beyond the indices.
    """
    d.declare(B="integer >= 2", C="integer >= 2", H="integer >= 2", W="integer >= 2")
    d.declare(m="integer >= 1", n="integer >= 1")
    d.define("misfit(m, n)", "(m - n)*(m - 1)*(n - 1)")
    d.start("misfit(m, m)", label="equal sizes").eq("0", because="m - m = 0")
    d.start("misfit(m, 1)", label="size one").eq("0", because="1 - 1 = 0")
    d.start("misfit(1, m)", label="one, the other way round").eq("0", because="1 - 1 = 0")
    d.start(
        "misfit(B, B)**2 + misfit(C, C)**2 + misfit(H, 1)**2 + misfit(W, 1)**2", label="four places"
    ).eq("0", because="[B, C, H, W] + [B, C, 1, 1] is legal")
    d.wrong("misfit(H, B)**2 + misfit(W, C)**2 = 0", why="[B, C] broadcasts over channels")


@family.theorem(
    "broadcast_illegal",
    title="An embedding [B, C] does not broadcast over [B, C, H, W]",
    source="NumPy and PyTorch documentation, broadcasting semantics",
)
def broadcast_illegal(d: Derivation) -> None:
    """B is aligned with H: for different sizes, both more than one, all three factors of the misfit
    are not zero.
    """
    d.declare(B="integer >= 2", H="integer >= 2")
    d.assume(h_sizes="B - H != 0")
    d.define("misfit(m, n)", "(m - n)*(m - 1)*(n - 1)")
    d.start("misfit(B, H)", label="illegal").eq("(B - H)*(B - 1)*(H - 1)", because="definition").ne(
        "0", because="no factor is 0"
    )
    d.wrong("misfit(B, H) = 0", why="[B, C] + [B, C, H, W] is legal")
