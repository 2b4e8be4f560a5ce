"""Vector quantisation (VQ-VAE): stopped gradients, nearest codes, code length, moving averages.

Main definitions
----------------
* ``sg(x)`` has the value of x and the derivative 0. That its value is x is a hypothesis here
  (``h_stop_z``, ``h_stop_e``), since no rule may replace it under a derivative.
* z is the output of the encoder, e a code, ``z + sg(e - z)`` the straight-through input of the
  decoder.

Main statements
---------------
`gradients`, `nearest`, `kl_const`, `ema`.

Notes
-----
The gradients are those of one coordinate; the squared distance of vectors is the sum over the
coordinates.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("vq", "Vector quantisation")


@family.theorem(
    "gradients",
    title="Gradients of the VQ-VAE loss",
    source="van den Oord, Vinyals, Kavukcuoglu (2017), eqs. 2-3",
)
def gradients(d: Derivation) -> None:
    """The codebook term ``(sg(z) - e)^2`` moves the code alone, the commitment term
    ``beta*(z - sg(e))^2`` the encoder alone. The reconstruction is the log-density of y around
    the straight-through value: its derivative in z is the one in its own input, and in e it is
    0. The last chains are for the sum of all three.

    Not shown: codes chosen by an argmin (the choice is held fixed); vectors; the value of sg(e -
    z), which stays in the derivative of the reconstruction; decoders other than a normal law
    around the value.
    """
    d.declare(z="real", e="real", y="real", beta="positive")
    d.assume(h_stop_z="sg(z) = z", h_stop_e="sg(e) = e")
    d.start("diff((sg(z) - e)**2, e)", "codebook").eq(
        "-2*(sg(z) - e)", because="sg(z) is a constant"
    ).eq("2*(e - z)", because="its value is z")
    d.start("diff((sg(z) - e)**2, z)", "codebook_encoder").eq("0", because="sg stops it")
    d.start("diff(beta*(z - sg(e))**2, z)", "commitment").eq(
        "2*beta*(z - sg(e))", because="sg(e) is a constant"
    ).eq("2*beta*(z - e)", because="its value is e")
    d.start("diff(beta*(z - sg(e))**2, e)", "commitment_code").eq("0", because="sg stops it")
    d.start("diff(z + sg(e - z), z)", "straight_through").eq(
        "1", because="the second term is stopped"
    )
    d.start("diff(log(Normal(y; z + sg(e - z), 1)), z)", "reconstruction").eq(
        "y - (z + sg(e - z))", because="the slope of the log-density, times 1"
    )
    d.start("diff(log(Normal(y; z + sg(e - z), 1)), e)", "reconstruction_code").eq(
        "0", because="e is stopped"
    )
    d.start(
        "diff(-log(Normal(y; z + sg(e - z), 1)) + (sg(z) - e)**2 + beta*(z - sg(e))**2, e)",
        "total_code",
    ).eq("2*(e - z)", because="the codebook term alone")
    d.start(
        "diff(-log(Normal(y; z + sg(e - z), 1)) + (sg(z) - e)**2 + beta*(z - sg(e))**2, z)",
        "total_encoder",
    ).eq("(z + sg(e - z)) - y + 2*beta*(z - e)", because="reconstruction and commitment")
    d.wrong("diff((sg(z) - e)**2, z) = 2*(z - e)", "the codebook term updates the encoder")
    d.wrong("diff((sg(z) - e)**2, e) = e - z", "the factor 2, as for a mean over two")
    d.wrong("diff(beta*(z - sg(e))**2, e) = 2*beta*(e - z)", "the commitment term updates the code")
    d.wrong("diff(z + sg(e - z), z) = 0", "no gradient reaches the encoder")


@family.theorem(
    "nearest",
    title="The nearest code by inner products",
    source="van den Oord, Vinyals, Kavukcuoglu (2017), eq. 1",
)
def nearest(d: Derivation) -> None:
    """``|z - e|^2 = |z|^2 + (|e|^2 - 2z.e)``, and the first term is the same for all codes; so the
    two orders agree. Where e is at least as near as f, at z and at y, it is at every point
    between: cells are convex.

    Not shown: polyhedra; ties.
    """
    d.declare(
        {
            "d": "integer >= 1",
            "z": "vector d",
            "y": "vector d",
            "e": "vector d",
            "f": "vector d",
            "s": "in [0, 1]",
        }
    )
    d.assume(
        h_z="dot(e, e) - 2*dot(z, e) <= dot(f, f) - 2*dot(z, f)",
        h_y="dot(e, e) - 2*dot(y, e) <= dot(f, f) - 2*dot(y, f)",
    )
    d.start("dot(z - e, z - e)", "distance").eq(
        "dot(z, z) + (dot(e, e) - 2*dot(z, e))", because="multiplied out"
    )
    d.start("dot(z - e, z - e) - dot(z - f, z - f)", "difference").eq(
        "(dot(e, e) - 2*dot(z, e)) - (dot(f, f) - 2*dot(z, f))", because="dot(z, z) cancels"
    ).le("0", because="h_z")
    d.start(
        "dot(s*z + (1 - s)*y - e, s*z + (1 - s)*y - e) - dot(s*z + (1 - s)*y - f, s*z + (1"
        " - s)*y - f)",
        "convex",
    ).eq(
        "s*((dot(e, e) - 2*dot(z, e)) - (dot(f, f) - 2*dot(z, f)))"
        " + (1 - s)*((dot(e, e) - 2*dot(y, e)) - (dot(f, f) - 2*dot(y, f)))",
        because="affine in the point",
    ).le("0", because="h_z, h_y, s in [0, 1]")
    d.wrong("dot(z, f) <= dot(z, e)", "the greatest inner product")
    d.wrong("dot(z - e, z - e) = dot(z, z) + dot(e, e) - dot(z, e)", "the factor 2")


@family.theorem(
    "kl_const",
    title="Constant divergence and code length",
    source="van den Oord, Vinyals, Kavukcuoglu (2017), section 3.1",
)
def kl_const(d: Derivation) -> None:
    """The posterior puts 1 on one of K codes, the prior 1/K on each. The term of that code is log
    K, and the others, with the convention 0*log 0 = 0, are 0. An h by w map of indices costs
    log2(K) bits at each position.

    Not shown: the convention.
    """
    d.declare(K="integer >= 2", h="integer >= 1", w="integer >= 1", c="integer >= 2")
    d.start("1*log(1/(1/K))", "divergence").eq("log(K)", because="one code with probability 1")
    d.start("Sum(Sum(log2(K), i, 1, w), j, 1, h)", "code_length").eq(
        "h*w*log2(K)", because="equal terms"
    )
    d.start("16*16*log2(256)", "example").eq("16*16*8", because="256 = 2^8").eq(
        "2048", because="a product"
    )
    d.wrong("1*log(1/(1/K)) = K*log(K)", "K log K")
    d.wrong("Sum(Sum(log2(K), i, 1, w), j, 1, h) = c*h*w*log2(K)", "times the dimension of a code")


@family.theorem(
    "ema",
    title="The moving average of the codebook is online k-means",
    source="van den Oord, Vinyals, Kavukcuoglu (2017), appendix A.1",
)
def ema(d: Derivation) -> None:
    """The sum of squares around e is that around the mean m, plus n*(e - m)^2: the mean minimises
    it. The update moves the code M/N towards m by the fraction (1 - g)*n of the new count; g =
    0 gives m, and the mean is a fixed point. The points are those of one cell.
    """
    d.declare(
        {
            "n": "integer >= 1",
            "z[i]": "real",
            "e": "real",
            "m": "real",
            "M": "real",
            "g": "in [0, 1)",
            "N": "positive",
        }
    )
    d.assume(h_mean="m = Sum(z[i], i, 1, n)/n")
    d.start("Sum((z[i] - e)**2, i, 1, n)", "minimiser").eq(
        "Sum((z[i] - m)**2, i, 1, n) + n*(e - m)**2", because="the square around the mean"
    ).ge("Sum((z[i] - m)**2, i, 1, n)", because="a square")
    d.start("diff(Sum((z[i] - e)**2, i, 1, n), e)", "gradient").eq(
        "2*n*(e - m)", because="0 at e = m"
    )
    d.start("(g*M + (1 - g)*Sum(z[i], i, 1, n))/(g*N + (1 - g)*n)", "update").eq(
        "M/N + (1 - g)*n/(g*N + (1 - g)*n)*(m - M/N)", because="common denominator"
    )
    d.start("(0*M + (1 - 0)*Sum(z[i], i, 1, n))/(0*N + (1 - 0)*n)", "no_memory").eq(
        "m", because="g = 0"
    )
    d.start("(g*(N*m) + (1 - g)*Sum(z[i], i, 1, n))/(g*N + (1 - g)*n)", "fixed_point").eq(
        "m*(g*N + (1 - g)*n)/(g*N + (1 - g)*n)", because="the sum is n*m"
    ).eq("m", because="the count cancels")
    d.wrong("g*(N*m) + (1 - g)*Sum(z[i], i, 1, n) = m", "the sum without the count")
    d.wrong(
        "(g*M + (1 - g)*Sum(z[i], i, 1, n))/(g*N + (1 - g)*n) = g*(M/N) + (1 - g)*m",
        "codes averaged instead of counts",
    )
