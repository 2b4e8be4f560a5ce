"""Guidance: scores of tilted densities.

Main statements
---------------
`classifier`, `cfg` (classifier-free), `not_diffusion` (a guided density is not the diffusion of a
tilted law).

Notes
-----
At one noisy value x, ``p(x)`` and ``c(x)`` stand for p_t(x) > 0 and p_t(y | x) > 0. A smooth
positive function enters a first derivative at a point x_0 = ``o`` through its value and slope
alone, so it is given as exp(f + g*(x - o)).
"""

from __future__ import annotations

from derive.derivation import Derivation
from derive.library import Family

family = Family("guidance", "Guidance")


@family.theorem(
    "classifier",
    title="Classifier guidance",
    source="Dhariwal, Nichol (2021); Song et al. (2021); Luo (2022), eq. 161-163",
)
def classifier(d: Derivation) -> None:
    """Bayes: log p(x | y) = log p(x) + log p(y | x) - log p(y), and the last term has no slope. The
    guided noise is -sqrt(1 - b) times the score of p(x)*c(x)**w.

    ``p(x) = exp(f + g*(x - o))`` and ``c(x) = exp(h + k*(x - o))`` have any value and any slope at
    o; ``m`` is p(y).
    """
    d.declare(x="real", o="real", f="real", g="real", h="real", k="real", m="positive", w="real")
    d.declare(b="in (0, 1)", e="real")
    d.define("p(x)", "exp(f + g*(x - o))")
    d.define("c(x)", "exp(h + k*(x - o))")
    d.start("diff(log(c(x)*p(x)/m), x; o)", label="bayes").eq(
        "diff(log(c(x)), x; o) + diff(log(p(x)), x; o)", because="p(y) has no x"
    ).eq("k + g", by="diff")
    d.start("-sqrt(1 - b)*diff(log(p(x)*c(x)**w), x; o)", label="guided noise").eq(
        "-sqrt(1 - b)*g - sqrt(1 - b)*w*k", because="log of a product"
    ).eq(
        "-sqrt(1 - b)*diff(log(p(x)), x; o) - sqrt(1 - b)*w*diff(log(c(x)), x; o)",
        because="the first term is the noise without guidance",
    )
    d.wrong(
        "-sqrt(1 - b)*diff(log(p(x)*c(x)**w), x; o) = -sqrt(1 - b)*g + sqrt(1 - b)*w*k",
        why="sign of the classifier's term",
    )


@family.theorem("cfg", title="Classifier-free guidance", source="Ho, Salimans (2022), eq. 6")
def cfg(d: Derivation) -> None:
    """The mixed noise is the mixed score. With p(x | y) proportional to p(x)*c(x) the tilted density is
    p(x)*c(x)**(1 + w): powers add. The convention with s = 1 + w is the same mixture.

    ``e`` and ``f`` are the noises with and without the condition.
    """
    d.declare(e="real", f="real", w="real", p="positive", c="positive", q="positive", s="real")
    d.assume(h_bayes="q = p*c")
    d.claim(
        "(1 + w)*e - w*f = f + (1 + w)*(e - f)", label="conventions", by="ring", because="s = 1 + w"
    )
    d.start("log(q**(1 + w)*p**(-w))", label="density").eq(
        "(1 + w)*log(q) - w*log(p)", because="laws of logarithms"
    ).eq("log(p*c**(1 + w))", because="q = p*c")
    d.claim("(1 + 0)*e - 0*f = e", label="w = 0", by="ring")
    d.claim("(1 + (-1))*e - (-1)*f = f", label="w = -1", by="ring")
    d.wrong("(1 - w)*e + w*f = f + (1 + w)*(e - f)", why="the weights exchanged")
    d.wrong("f + w*(e - f) = (1 + w)*e - w*f", why="w and s confused")


@family.theorem(
    "not_diffusion",
    title="A guided density is not the diffusion of the tilted data law",
    source="Bradley, Nakkiran (2024); Chidambaram et al. (2024)",
)
def not_diffusion(d: Derivation) -> None:
    """A witness. Data Normal(0, 1), so p_t = Normal(0, 1) at every t, and p(x_0 | y) = Normal(0,
    v). The density p_t(x | y)**w * p_t(x)**(1 - w) is normal with precision w/(b*v + 1 - b) + 1 -
    w; the diffusion of the same tilt at time 0 has variance b/(w/v + 1 - w) + 1 - b. At v = 1/2, w
    = 2, b = 1/2 they are 3/5 and 2/3. For w = 0 and w = 1 they agree.
    """
    d.declare(x="real", v="positive", w="positive", b="in (0, 1)")
    guided, diffused = "1/({w}/({b}*{v} + 1 - {b}) + 1 - {w})", "{b}/({w}/{v} + 1 - {w}) + 1 - {b}"
    numbers = {"w": "2", "v": "(1/2)", "b": "(1/2)"}
    d.claim(
        "diff(log(Normal(x; 0, b*v + 1 - b)**w*Normal(x; 0, 1)**(1 - w)), x)"
        " = -x*(w/(b*v + 1 - b) + 1 - w)",
        label="precision of the guided density",
        because="scores add with their weights",
    )
    d.claim(f"{guided.format(**numbers)} = 3/5", label="guided", by="ring")
    d.claim(f"{diffused.format(**numbers)} = 2/3", label="diffused", by="ring")
    d.claim(f"{guided.format(**numbers)} < {diffused.format(**numbers)}", label="they differ")
    d.claim(
        f"{guided.format(w='1', v='v', b='b')} = {diffused.format(w='1', v='v', b='b')}",
        label="w = 1",
    )
    d.claim(
        f"{guided.format(w='0', v='v', b='b')} = {diffused.format(w='0', v='v', b='b')}",
        label="w = 0",
    )
    d.wrong(
        f"{guided.format(**numbers)} = {diffused.format(**numbers)}", why="the two said to coincide"
    )
