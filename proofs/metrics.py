"""Evaluation metrics: inception score, bits per dimension, perplexity, signal-to-noise ratio.

Logarithms are natural but for ``log2`` and ``log10``.

Main statements. `metrics.inception_score`: between 1 and the number of classes.
`metrics.bits_per_dim`: 8 bits for the scale 1/256.
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("metrics", "Evaluation metrics")


@family.theorem(
    "inception_score",
    title="Bounds of the inception score",
    source="Salimans et al. (2016), section 4; Barratt, Sharma (2018)",
)
def inception_score(d: Derivation) -> None:
    """n images with weights w[i] of sum N (counts, or probabilities with N = 1) and two classes;
    c[i] is the probability of the first class, the marginal m its mean. The score is exp(I), where
    N I is the sum of the divergences of (c[i], 1 - c[i]) from (m, 1 - m). Each is at least 0 by
    Gibbs. N I is also N times the entropy of the marginal less the entropies of the predictions,
    which are not negative, so I is at most log 2: the score exp(I) is between 1 and 2, the number
    of classes.

    Not shown: more than two classes; that the upper bound is reached by one-hot predictions and a
    uniform marginal alone.
    """
    d.declare({"w[i]": "positive", "c[i]": "in (0, 1)"}, n="integer >= 1", t="in (0, 1)")
    N, M = "Sum(w[i], i, 1, n)", "Sum(w[i]*c[i], i, 1, n)"
    rate = "Sum(w[i]*(c[i]*log(c[i]/{0}) + (1 - c[i])*log((1 - c[i])/(1 - {0}))), i, 1, n)"
    inner = "Sum(w[i]*(c[i]*log(c[i]) + (1 - c[i])*log(1 - c[i])), i, 1, n)"
    d.start(N, label="weights").gt("0", because="positive terms")
    d.start(M, label="first class").gt("0", because="positive terms")
    d.start(M, label="not all").lt(N, because="c[i] < 1")
    d.start(f"{M}/{N}", label="marginal from below").gt("0", using=["weights", "first class"])
    d.start(f"{M}/{N}", label="marginal from above").lt("1", using=["weights", "not all"])
    d.start(rate.format("t"), label="any class law").ge("0", because="Gibbs for each image")
    d.start(inner, label="predictions").le("0", because="no probability exceeds 1")
    d.start(rate.format("t"), label="difference").eq(
        f"-{M}*log(t) - ({N} - {M})*log(1 - t) + {inner}", because="log of a quotient"
    ).le(f"-{M}*log(t) - ({N} - {M})*log(1 - t)", using="predictions")
    d.start("-t*log(t) - (1 - t)*log(1 - t)", label="entropy").le("log(2)", because="Gibbs")
    m = f"({M}/{N})"
    at, ends = {"t": m}, ["marginal from below", "marginal from above"]
    d.start(rate.format(m), label="from below").ge("0", using=[("any class law", at), *ends])
    d.start(rate.format(m), label="from above").le(
        f"-{M}*log({m}) - ({N} - {M})*log(1 - {m})", using=[("difference", at), *ends]
    ).eq(f"{N}*(-{m}*log({m}) - (1 - {m})*log(1 - {m}))", using=["weights", *ends]).le(
        f"{N}*log(2)", using=["weights", ("entropy", at), *ends]
    )
    d.wrong(f"exp({rate.format(m)}/{N}) <= log(2)", why="upper bound log K")


@family.theorem(
    "bits_per_dim",
    title="Bits per dimension of dequantised data",
    source="Theis, van den Oord, Bethge (2016), section 3.1; Dinh et al. (2017)",
)
def bits_per_dim(d: Derivation) -> None:
    """A level x of D channels is the cube of side 1/256 around x/256, of volume 256^-D. Its
    probability is the volume times the mean density over the cube, here over n noise points with
    weights w[i] and densities p[i]. Jensen: the mean of the logs is at most the log of the mean.
    The volume costs 8 bits a channel. With 256 equal levels, density 1, it is 8 exactly.

    Not shown: the mean over all of the cube, which is an integral.
    """
    d.declare(
        {"w[i]": "positive", "p[i]": "positive"}, n="integer >= 1", D="integer >= 1", q="positive"
    )
    d.assume(h_norm="Sum(w[i], i, 1, n) = 1")
    d.start("-log(q)/(D*log(2))", label="bits").eq("-log2(q)/D", because="change of base")
    d.start("Sum(w[i]*log(p[i]), i, 1, n)", label="Jensen").le(
        "log(Sum(w[i]*p[i], i, 1, n))", because="log is concave"
    )
    d.start("-log(256**(-D)*Sum(w[i]*p[i], i, 1, n))/log(2)", label="bound").eq(
        "8*D - log(Sum(w[i]*p[i], i, 1, n))/log(2)", because="log 256 = 8 log 2"
    ).le("8*D - Sum(w[i]*log(p[i]), i, 1, n)/log(2)", using="Jensen", because="log 2 is positive")
    d.start("-log2(256**(-D)*1)/D", label="uniform").eq("8", because="256 = 2**8")
    d.wrong("-log(q)/D = -log2(q)/D", why="nats for bits")
    d.wrong("-log(256**(-D)*1)/log(2) = log(256)*D", why="log 256 in nats added to bits")


@family.theorem("perplexity", title="Perplexity", source="Jelinek et al. (1977)")
def perplexity(d: Derivation) -> None:
    """The base does not matter as long as it is the same in the log and in the power. k equal words
    have perplexity k. The mean of -log q under p is at least the entropy of p, by Gibbs. A
    perplexity is the geometric mean of 1/p.
    """
    d.declare({"p[i]": "in (0, 1)", "q[i]": "in (0, 1)"}, n="integer >= 1", k="integer >= 1")
    d.assume(h_norm_p="Sum(p[i], i, 1, n) = 1", h_norm_q="Sum(q[i], i, 1, n) = 1")
    d.start("exp(-Sum(log(q[i]), i, 1, n)/n)", label="base").eq(
        "2**(-Sum(log2(q[i]), i, 1, n)/n)", because="change of base"
    )
    d.start("exp(-Sum(log(1/k), i, 1, n)/n)", label="uniform").eq(
        "exp(log(k))", because="n equal terms"
    ).eq("k", because="exp undoes log")
    d.start("-Sum(p[i]*log(q[i]), i, 1, n)", label="cross-entropy").ge(
        "-Sum(p[i]*log(p[i]), i, 1, n)", because="Gibbs"
    )
    d.wrong("exp(-(log(q[1]) + log(q[2]))/2) = (1/q[1] + 1/q[2])/2", why="arithmetic mean of 1/p")


@family.theorem("psnr", title="Peak signal-to-noise ratio", source="standard")
def psnr(d: Derivation) -> None:
    """M is the largest value, e the mean squared error. Twice the error costs 10 log10 2 decibels,
    which is 3.0103.
    """
    d.declare(M="positive", e="positive")
    d.start("10*log10(M**2/e)", label="root").eq(
        "10*log10((M/sqrt(e))**2)", because="a square of a root"
    ).eq("20*log10(M/sqrt(e))", because="log of a power")
    d.start("10*log10(M**2/(2*e))", label="twice").eq(
        "10*log10(M**2/e) - 10*log10(2)", because="log of a quotient"
    )
    d.start("3.01025", label="from below").lt("10*log10(2)", because="enclose")
    d.start("10*log10(2)", label="from above").lt("3.01035", because="enclose")
    d.wrong("10*log10(M/e) = 20*log10(M/sqrt(e))", why="the peak not squared")
