"""What an integration gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]


class Status(IntEnum):
    """Why an entry did or did not converge; `Status(code).explanation` is a sentence."""

    CONVERGED = 0
    PARAMETER = 1
    NOT_FINITE = 2
    TAIL = 3
    ALL_ZERO = 4
    BUDGET = 5
    NARROW = 6
    RULES = 7

    @property
    def explanation(self) -> str:
        """What happened and what to do next."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    Status.CONVERGED: "the error estimate is within the tolerance",
    Status.PARAMETER: "a parameter of the distribution is not finite or is out of its range",
    Status.NOT_FINITE: "the integrand is inf or nan where there is mass; check its domain",
    Status.TAIL: "the integrand does not die out at an end of the range, or float64 cannot reach "
    "that far; the integral may be infinite",
    Status.ALL_ZERO: "the integrand is 0 at every point tried; give points= where it is not",
    Status.BUDGET: "the allowed evaluations were used up; raise budget=, loosen rtol=, or give "
    "points= at kinks and spikes",
    Status.NARROW: "the integrand varies over distances that float64 cannot divide; it may be "
    "singular inside the range",
    Status.RULES: "the tensor rules still differ; loosen rtol=, or integrate one variable at a time",
}


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """Integrals, one for each entry of the batch; every array has the shape of the batch.

    * `value`: the best estimate, `nan` only where the status is PARAMETER or NOT_FINITE;
    * `error`: an estimate of |value - truth|, with a floor for rounding; see `quadrature`;
    * `evaluations`: at how many points the integrand was evaluated for this entry;
    * `status`: a `Status` code.
    """

    value: Array
    error: Array
    evaluations: np.ndarray[Any, Any]
    status: np.ndarray[Any, Any]

    @property
    def converged(self) -> np.ndarray[Any, Any]:
        """Per entry, whether the error estimate is within the tolerance."""
        return np.asarray(self.status == Status.CONVERGED)

    def why(self) -> str:
        """A sentence for each reason why entries did not converge; empty when all did."""
        lines = []
        for code in np.unique(self.status[~self.converged]):
            places = np.argwhere(np.atleast_1d(self.status) == code)
            where = "" if self.status.ndim == 0 else f", first {tuple(places[0].tolist())}"
            count = "1 entry" if len(places) == 1 else f"{len(places)} entries"
            lines.append(f"{count}{where}: {Status(int(code)).explanation}")
        return "\n".join(lines)
