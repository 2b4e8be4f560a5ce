"""Decide one claim: look at a few points, prove it, else refute it, else say what stood in the way."""

from __future__ import annotations

from typing import Final

from derive.kernel.theorem import KernelError, Theorem
from derive.refute.witness import Refuter
from derive.search.equality import prove_equality
from derive.search.obligations import fulfilled
from derive.search.order import prove_order
from derive.terms.context import Claim, Context
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, TermError, subterms, sym
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict, Witness

SCREENING_POINTS: Final = 6
"""Points at which a claim is tried before the search for a proof, which may be long."""

INTEGRAL_POINTS: Final = 6
"""Points at which the integrals of a claim are enclosed, which is slow, when all else has failed."""

DISAGREEMENT: Final = (
    "a proof and a witness contradict each other; please report this fault of derive"
)


def decide(claim: Claim, context: Context) -> Verdict:
    """The verdict on a claim under the declarations, hypotheses and definitions of a context.

    >>> from derive.terms import Context, read_claim
    >>> from numeric.domain import POSITIVE
    >>> ctx = Context().declare("sigma", POSITIVE).declare("x")
    >>> decide(read_claim("log(sigma**2) = 2*log(sigma)"), ctx).name
    'proved'
    >>> print(decide(read_claim("sqrt(x**2) = x"), ctx).witness)
    at x = -1: left 1, right -1
    >>> [str(c) for c in decide(read_claim("x/x = 1"), ctx).conditions]
    ['x != 0']

    Raises ContextError when the claim uses a name wrongly.
    """
    context.check_claim(claim)
    try:
        return _decide(claim, context)
    except RecursionError:
        return Undecided("the expressions are nested too deeply to be decided")


def _decide(claim: Claim, context: Context) -> Verdict:
    screen = Refuter(context, points=SCREENING_POINTS, most=SCREENING_POINTS)
    witness, undefined = screen.search(claim)
    if witness is not None:
        return Refuted(witness)
    theorem, reason = prove(claim, context)
    if theorem is not None and theorem.claim not in (claim, claim.oriented()):
        return Undecided(f"{DISAGREEMENT}: the search proved {theorem.claim}, not {claim}")
    if theorem is not None and not theorem.conditions:
        return Proved(theorem) if undefined is None else Undecided(f"{DISAGREEMENT}: {undefined}")
    refuter = Refuter(context)
    witness, undefined = refuter.search(claim)
    if witness is not None:
        return Refuted(witness)
    if theorem is not None and _satisfiable(theorem, refuter):
        return Conditional(theorem)
    if undefined is not None:
        return Refuted(undefined)
    if theorem is not None:
        return Undecided(f"it follows from {_listed(theorem)}, which no sampled point satisfies")
    witness = _with_integrals(claim, context)
    if witness is not None:
        return Refuted(witness)
    tried = refuter.blocked or "no counterexample among the sampled points"
    return Undecided(f"no proof found ({reason}); {tried}")


def _satisfiable(theorem: Theorem, refuter: Refuter) -> bool:
    """Whether the conditions may hold: at a sampled point, and for an integral over a declared space,
    which no point decides, where its integrand has a value at some point of the space."""
    over = {c for c in theorem.conditions if c.lhs == c.rhs and c.lhs.head == "over"}
    return refuter.satisfiable([*(theorem.conditions - over)]) and all(
        _has_values(c.lhs, theorem.context) for c in over
    )


def _has_values(node: Term, context: Context) -> bool:
    name = fresh_name(node.payload, {d.name for d in context} | node.free)
    body = substitute(node.args[0], {node.payload: sym(name)})
    return Refuter(context.declare(name)).satisfiable([Claim(body, "=", body)])


def counterexample(claim: Claim, context: Context, *, defined: bool = False) -> Witness | None:
    """A point at which the claim fails, when one is found; no proof is looked for.

    The claim fails where it is false and where a side has no value; with ``defined`` only the former.

    >>> from derive.terms import Context, read_claim
    >>> print(counterexample(read_claim("x**2 = x"), Context().declare("x")))
    at x = 2: left 4, right 2
    >>> print(counterexample(read_claim("x/x = 1"), Context().declare("x"), defined=True))
    None
    """
    try:
        witness, undefined = Refuter(context).search(claim)
        if witness is None and not defined:
            witness = undefined
        return witness or _with_integrals(claim, context)
    except RecursionError:
        return None


def _with_integrals(claim: Claim, context: Context) -> Witness | None:
    """A witness for a claim about integrals, where no hypothesis speaks of any."""
    stated = [side for _, h in context.hypotheses for side in (h.lhs, h.rhs)]
    bodies = [d.body for d in context.definitions]
    if stated and _integrals([*stated, *bodies]):
        return None
    if not _integrals([claim.lhs, claim.rhs, *bodies]):
        return None
    few = Refuter(context, points=INTEGRAL_POINTS, most=INTEGRAL_POINTS, integrals=True)
    return few.search(claim)[0]


def _integrals(terms: list[Term]) -> bool:
    return any(part.head in ("int", "mean") for term in terms for part in subterms(term))


def prove(claim: Claim, context: Context) -> tuple[Theorem | None, str]:
    """A theorem for the claim, which may carry conditions, or None and the reason; no point is looked at.

    >>> from derive.terms import Context, read_claim
    >>> prove(read_claim("x/x = 1"), Context().declare("x"))[0]
    [x != 0] ⊢ x/x = 1
    """
    try:
        if claim.relation == "=":
            theorem, tower = prove_equality(context, claim.lhs, claim.rhs)
        else:
            theorem, tower = prove_order(context, claim)
        return fulfilled(theorem, tower), ""
    except (KernelError, TermError) as error:
        return None, str(error)
    except OverflowError:
        return None, "the numbers are too large for the search"
    except RecursionError:
        return None, "the search went too deep"


def _listed(theorem: Theorem) -> str:
    return ", ".join(sorted(map(str, theorem.conditions)))
