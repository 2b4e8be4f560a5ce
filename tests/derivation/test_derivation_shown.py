"""Derivations for people: text with reasons at the right margin, and LaTeX."""

from __future__ import annotations

from derive import Derivation


def example() -> Derivation:
    """A short derivation with one of everything."""
    d = Derivation("test.shown", "A title", "A source", "A sketch in words.")
    d.declare({"beta(t)": "in (0, 1)", "x[i]": "real"}, n="integer >= 2", d="integer >= 1")
    d.declare(S="spd d x d").define("abar(t)", "Prod(1 - beta(s), s, 1, t)")
    d.assume(h_small="x[1] <= 2")
    d.claim("0 < abar(n)", label="positive", by="bound")
    d.start("x[1]*abar(n)", label="last").le("2*abar(n)", because="a factor", using="positive")
    return d.wrong("2 < x[1]", why="the other way")


def test_text() -> None:
    assert (
        str(example())
        == """\
test.shown   A title
A source

  A sketch in words.

  where   β(·) in (0, 1)
          x[i] real
          n integer >= 2
          d integer >= 1
          S spd d × d
  define  ᾱ(t) = Π(1 - β(s), s, 1, t)
  given   h_small: x[1] ≤ 2

positive:
      0 < ᾱ(n)                                                                                 bound

last:
      x[1]·ᾱ(n) ≤ 2·ᾱ(n)                                                     a factor; from positive

not:
      2 < x[1]                                                                         the other way"""
    )


def test_a_long_chain_has_a_line_for_each_side() -> None:
    d = Derivation("test.long").declare(x="real")
    chain = d.start("x").eq("x + 0", because="zero").le("x + 1")
    assert str(chain).splitlines() == ["      x", f"    = x + 0{'zero':>89}", "    ≤ x + 1"]


def test_latex() -> None:
    chain = example().chains[1]
    assert chain._repr_latex_() == (
        "$$\n\\begin{aligned}\n& x_{1}\\,\\bar{\\alpha}_{n} \\\\\n"
        "\\le {} & 2\\,\\bar{\\alpha}_{n} && \\text{a factor; from positive}\n\\end{aligned}\n$$"
    )
    assert example()._repr_latex_().count("\\begin{aligned}") == 2


def test_a_chain_at_the_prompt_says_what_it_is() -> None:
    assert repr(example().chains[1]) == "<chain last: x[1]*abar(n) <= 2*abar(n)>"


def test_a_failing_report_at_the_prompt_says_what_is_missing() -> None:
    d = Derivation("test.prompt").declare(x="real")
    d.start("sqrt(x**2)").eq("x")
    assert repr(d.check()).splitlines()[:3] == [
        "test.prompt: not proved",
        "test.prompt, chain 1, line 2: sqrt(x**2) = x",
        "    it fails at x = -1: left 1, right -1",
    ]
