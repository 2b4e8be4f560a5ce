"""Terms made computable: derivatives, densities and divergences replaced by their formulas."""

from __future__ import annotations

from derive.kernel.bounds import proves
from derive.kernel.calculus import derivative
from derive.kernel.theorem import KernelError
from derive.kernel.unfolding import gaussian_kl, unfolded
from derive.terms.context import Claim, Context
from derive.terms.lower import LoweringError
from derive.terms.term import Term, num, rebuild


def elaborate(term: Term, context: Context) -> Term:
    """The same value, written without derivatives, densities and Gaussian divergences.

    Raises LoweringError for a part that has no formula.
    """
    try:
        return _elaborate(term, context)
    except KernelError as error:
        raise LoweringError(str(error)) from None


def _elaborate(term: Term, context: Context) -> Term:
    if term.head == "diff":
        return _elaborate(derivative(term, context)[0], context)
    if term.head == "dens":
        if term.payload == "LogNormal" and not proves(context, Claim(num(0), "<", term.args[0])):
            raise KernelError(f"{term} has a formula for a positive point only")
        return _elaborate(unfolded(context, term), context)
    if term.head == "call" and term.payload == "KL":
        return _elaborate(gaussian_kl(context, term).claim.rhs, context)
    if term.head in ("dist", "mean", "int"):
        raise KernelError(f"{term} has no value that can be computed directly")
    return rebuild(term, tuple(_elaborate(a, context) for a in term.args))
