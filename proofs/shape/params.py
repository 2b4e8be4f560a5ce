"""Counts of parameters and places."""

from __future__ import annotations

from derive.derivation import Derivation
from proofs.shape.common import family


@family.theorem(
    "linear_params", title="Parameters of a linear layer", source="counted from the definition"
)
def linear_params(d: Derivation) -> None:
    """A weight for each pair of an input and an output, and a bias for each output. An encoder 3072
    - 400 with two heads 400 - 20.
    """
    d.declare(a="integer >= 1", b="integer >= 1")
    d.define("params(m, n)", "Sum(Sum(1, i, 1, m) + 1, j, 1, n)")
    d.start("params(a, b)", label="linear").eq("Sum(a + 1, j, 1, b)", because="one output").eq(
        "a*b + b", because="b outputs"
    )
    d.start("params(400, 20)", label="a head").eq(
        "400*20 + 20", using=[("linear", {"a": "400", "b": "20"})]
    ).eq("8020")
    d.start("params(3072, 400) + 2*params(400, 20)", label="encoder").eq(
        "3072*400 + 400 + 2*8020",
        using=["a head", ("linear", {"a": "3072", "b": "400"})],
        because="hidden layer, mean and log-variance",
    ).eq("1245240")
    d.wrong("params(a, b) = a*b", why="no bias")
    d.wrong("params(a, b) = a + b", why="a sum for a product")


@family.theorem(
    "conv3d", title="Three-dimensional convolution on video", source="Tran et al. (2015), section 3"
)
def conv3d(d: Derivation) -> None:
    """`shape.conv` in each axis; a filter has an entry for each place of its box and each input
    channel, and a bias. 10 x 32 x 32 x 3 with 3 x 3 x 3, no padding, gives 8 x 30 x 30.
    """
    d.declare(n="integer >= 1", k="integer >= 1", F="integer >= 1", c="integer >= 1")
    d.declare(k_f="integer >= 1", k_h="integer >= 1", k_w="integer >= 1")
    d.start("(n - k + 1 - 1) + (k - 1) + 1", label="the last window fits").eq(
        "n", because="window n - k in a padding-free axis of n places"
    )
    d.start("n", label="the next one does not").lt("(n - k + 1) + (k - 1) + 1")
    d.start("10 - 3 + 1", label="frames").eq("8")
    d.start("32 - 3 + 1", label="height and width").eq("30")
    d.start(
        "Sum(Sum(Sum(Sum(Sum(1, i, 1, c), w, 1, k_w), h, 1, k_h), t, 1, k_f) + 1, j, 1, F)",
        label="parameters",
    ).eq("Sum(k_f*k_h*k_w*c + 1, j, 1, F)", because="one filter").eq(
        "F*k_f*k_h*k_w*c + F", because="F filters"
    )
    d.wrong("F*k_f*k_h*k_w*c + F = F*k_f*k_h*k_w + F", why="a kernel without the channel axis")


@family.theorem(
    "receptive_field",
    title="Receptive field of a chain of convolutions",
    source="Araujo, Norris, Sim (2019), equation 2; van den Oord et al. (2016), WaveNet",
)
def receptive_field(d: Derivation) -> None:
    """Layer l has kernels of u_l + 1 places, dilation a_l and stride s_l: place t of it sees the
    places s_l t to s_l t + u_l a_l of the layer below. The last input it sees, ``reach``, is found
    by going down one layer at a time. The first one is the place t times all strides, so r_l, the
    number seen, is the reach of place 0 and one. Dilations 2^(l-1) with kernel 2 give 2^L.
    """
    d.declare(l="integer >= 1", t="integer >= 0", L="integer >= 1")
    d.declare({"u[i]": "integer >= 0", "a[i]": "integer >= 1", "s[i]": "integer >= 1"})
    d.define("r(m)", "1 + Sum(u[i]*a[i]*Prod(s[j], j, 1, i - 1), i, 1, m)")
    d.start("r(0)", label="an input sees itself").eq("1", because="an empty sum")
    d.start("r(l)", label="recursion").eq(
        "r(l - 1) + u[l]*a[l]*Prod(s[j], j, 1, l - 1)", because="split off the last term"
    )
    d.start(
        "(s[l]*t + u[l]*a[l])*Prod(s[j], j, 1, l - 1) + r(l - 1) - 1", label="one layer down"
    ).eq("t*(s[l]*Prod(s[j], j, 1, l - 1)) + r(l) - 1", using="recursion", because="collect").eq(
        "t*Prod(s[j], j, 1, l) + r(l) - 1",
        because="the reach of place t is t times the strides, and r_l - 1",
    )
    d.start("1 + Sum(1*2**(i - 1)*1, i, 1, L)", label="WaveNet").eq("2**L", because="geometric sum")
    d.wrong("r(l) = 1 + Sum(u[i] + 1, i, 1, l)", why="the sum of the kernels")


@family.theorem(
    "separable",
    title="Cost of a depthwise separable convolution",
    source="Howard et al. (2017), section 3.1",
)
def separable(d: Derivation) -> None:
    """One k x k filter for each input channel, then a 1 x 1 convolution; divide by the full
    convolution.
    """
    d.declare(k="integer >= 1", c="integer >= 1", o="integer >= 1")
    d.start("(k**2*c + c*o)/(k**2*c*o)", label="ratio").eq(
        "k**2*c/(k**2*c*o) + c*o/(k**2*c*o)", because="two fractions"
    ).eq("1/o + 1/k**2", because="cancel")
    d.wrong("(k**2*c + c*o)/(k**2*c*o) = 1/(o*k**2)", why="a product of the two savings")


@family.theorem("pixelshuffle", title="Sub-pixel shuffle", source="Shi et al. (2016), equation 4")
def pixelshuffle(d: Derivation) -> None:
    """Channel (c r + i) r + j, place (h, w) goes to channel c, place (h r + i, w r + j). The number
    of entries is kept, and the indices come back as quotients and remainders: 0 <= i, j < r. A
    permutation P has P'P = I and so det(P)^2 = 1.

    Not shown: the matrix P for general sizes; that quotient and remainder are unique.
    """
    d.declare(C="integer >= 1", r="integer >= 1", H="integer >= 1", W="integer >= 1")
    d.declare(h="integer >= 0", i="integer >= 0", j="integer >= 0", c="integer >= 0")
    d.declare(n="integer >= 1", P="matrix n x n")
    d.assume(h_row="i + 1 <= r", h_column="j + 1 <= r", h_permutation="P.T @ P = eye(n)")
    d.start("C*r**2*H*W", label="count").eq("C*(r*H)*(r*W)", because="algebra")
    d.start("h", label="row from below").le("(h*r + i)/r", because="0 <= i")
    d.start("(h*r + i)/r", label="row from above").lt("h + 1", because="i < r")
    d.start("c*r**2", label="channel from below").le(
        "c*r**2 + i*r + j", because="0 <= i and 0 <= j"
    ).eq("(c*r + i)*r + j", because="the channel that is shuffled")
    d.start("(c*r + i)*r + j", label="channel from above").le(
        "(c*r + (r - 1))*r + j", because="i <= r - 1"
    ).lt("(c*r + (r - 1))*r + r", because="j < r").eq("(c + 1)*r**2", because="so c comes back")
    d.start("det(P)**2", label="volume").eq("det(P.T)*det(P)", because="det of a transpose").eq(
        "det(P.T @ P)", because="det of a product"
    ).eq("1", because="P'P = I")
    d.wrong("C*r*H*W = C*(r*H)*(r*W)", why="C r channels")


@family.theorem(
    "lstm_params", title="Parameters of recurrent layers", source="Hochreiter, Schmidhuber (1997)"
)
def lstm_params(d: Derivation) -> None:
    """A gate has weights from i inputs and from h states to h outputs, and a bias. An LSTM has four
    gates, a GRU three, an Elman network one. With two biases, as in PyTorch, h becomes 2h.
    """
    d.declare(i="integer >= 1", h="integer >= 1")
    d.define("gates(g, b)", "Sum(Sum(Sum(1, k, 1, i) + Sum(1, k, 1, h) + b, j, 1, h), l, 1, g)")
    for name, count in (("LSTM", 4), ("GRU", 3), ("Elman", 1)):
        d.start(f"gates({count}, 1)", label=name).eq(
            f"Sum(h*(i + h + 1), l, 1, {count})", because="one gate"
        ).eq(f"{count}*(h*(i + h) + h)", because=f"gates: {count}")
    d.start("gates(4, 2)", label="LSTM with two biases").eq("4*(h*(i + h) + 2*h)")
    d.wrong("gates(4, 1) = 4*h*i", why="the recurrent weights and biases forgotten")
    d.wrong("gates(4, 2) = 4*(h*(i + h) + h)", why="one bias where there are two")
