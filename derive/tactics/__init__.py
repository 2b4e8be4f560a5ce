"""Tactics: named strategies for one link of a derivation.

A tactic is a function from a `Goal` to a theorem. It is restricted: ``ring`` shows what algebra shows and
refuses the rest, so that a reason given in a derivation is checked with the line it stands at. What a
tactic leaves open as a side condition (a denominator that is not 0, say) the search may discharge.

`registry` lists them. To add one, write it in a module of this package with the decorator `tactic`, and
name a new module in `derive.tactics.registry.MODULES`.

>>> run("ring", goal("(x + 1)**2 = x**2 + 2*x + 1", x="real"))
⊢ (x + 1)**2 = x**2 + 2*x + 1
>>> run("rng", goal("x = x", x="real"))
Traceback (most recent call last):
derive.tactics.registry.Refused: there is no tactic 'rng'; did you mean 'ring'?
"""

from derive.tactics.registry import Goal, Refused, Tactic, goal, registry, run, tactic

__all__ = ["Goal", "Refused", "Tactic", "goal", "registry", "run", "tactic"]
