"""What a derivation is about: its symbols, laws, definitions and hypotheses, read from text.

Everything is read at once, so that a bad text is told with its place. Where laws or variables are
declared, texts may use the notation of `derive.laws`: ``p(z | x)``, ``E[z ~ q](f)``, ``KL(q, p(. | x))``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from derive.declaring import ClaimError, declare
from derive.laws.model import Model
from derive.laws.spaces import LawError
from derive.terms import Context, ContextError, Term, TermError, TextError, read, read_claim
from derive.terms.context import Claim
from derive.terms.domains import is_matrix
from derive.universal import assumed

HEAD: Final = re.compile(r"\s*(\w+)\s*(?:\(\s*(\w+(?:\s*,\s*\w+)*)\s*\))?\s*")


class DerivationError(ValueError):
    """A derivation that cannot be read; the message says in which chain and line, and why."""


@dataclass
class Statement:
    """A named context that grows: each method adds to it and returns the object."""

    name: str
    title: str = ""
    source: str = ""
    sketch: str = ""
    model: Model = field(default_factory=Model, repr=False)

    @property
    def context(self) -> Context:
        """Everything that is declared, defined and supposed so far."""
        return self.model.context

    @context.setter
    def context(self, context: Context) -> None:
        self.model = replace(self.model, context=context)

    def declare(self, table: Mapping[str, str] | None = None, /, **names: str) -> Self:
        """Declare symbols by words: ``declare(n="integer >= 2")``, ``declare({"x[i]": "real"})``."""
        entries = {**(table or {}), **names}
        for head, words in sorted(entries.items(), key=lambda e: is_matrix(str(e[1]))):
            try:
                self.context = declare(self.context, head, words)
            except (ClaimError, ContextError) as error:
                message = str(error).removeprefix(f"symbols: {head}: ")
                raise self._error(f"declaration of {head}", message) from None
        return self

    def define(self, head: str, body: str) -> Self:
        """Define a name, or a function as in ``define("abar(t)", "Prod(alpha(s), s, 1, t)")``."""
        where = f"definition of {head}"
        match = HEAD.fullmatch(head)
        if match is None:
            raise self._error(where, "expected a name, or one with parameters such as f(t)")
        name, listed = match.groups()
        parameters = tuple(p.strip() for p in listed.split(",")) if listed else ()
        try:
            scope = self.context.shadowed(parameters)
            for parameter in parameters:
                scope = scope.declare(parameter)
            term = self._body(body, where, scope)
            self.context = self.context.define(name, term, parameters)
        except (ContextError, TermError, LawError) as error:
            raise self._error(where, str(error)) from None
        return self

    def assume(self, table: Mapping[str, str] | None = None, /, **claims: str) -> Self:
        """Name hypotheses: ``assume(h_norm="Sum(p(i), i, 1, K) = 1")``.

        One about every point of a space is written ``for all x: a = b``.
        """
        for name, text in {**(table or {}), **claims}.items():
            claim = self._claim(text, f"hypothesis {name}")
            self._grow(f"hypothesis {name}", lambda m, n=name, c=claim: _assuming(m, n, c))  # type: ignore[misc]
        return self

    def variables(self, **spaces: str) -> Self:
        """Say where the variables of laws lie: ``variables(x="X", z="real", k="1..K")``."""
        return self._grow("the variables", lambda m: m.variables(**spaces))

    def law(self, head: str, density: str | None = None) -> Self:
        """Declare a law by its density, as `derive.laws.Model.law` does: ``law("p(x | z)")``."""
        return self._grow(f"law {head}", lambda m: m.law(head, density))

    def independent(self, name: str, **densities: str | None) -> Self:
        """Declare independent variables, as `derive.laws.Model.independent` does."""
        return self._grow(f"law {name}", lambda m: m.independent(name, **densities))

    def pushforward(self, head: str, law: str, inverse: str, *, increasing: bool = True) -> Self:
        """Declare the law of a map's value, as `derive.laws.Model.pushforward` does.

        That the map is as it is said to be becomes part of what `check` proves.
        """
        return self._grow(
            f"law {head}", lambda m: m.pushforward(head, law, inverse, increasing=increasing)
        )

    def assume_finite(self, **texts: str) -> Self:
        """Suppose that the integrals in some terms exist: ``assume_finite(h_integrable="KL(q, p)")``."""
        return self._grow("finite terms", lambda m: m.assume_finite(**texts))

    def assume_norm(self, *laws: str) -> Self:
        """Suppose that laws have the mass 1; the hypothesis about q is called ``h_norm_q``."""
        return self._grow("masses", lambda m: m.assume_norm(*laws))

    def assume_mass(self, law: str, on: str) -> Self:
        """Suppose that a law has at most the mass 1 on the space of another: ``h_mass_p``."""
        return self._grow("masses", lambda m: m.assume_mass(law, on))

    def _grow(self, where: str, change: Callable[[Model], Model]) -> Self:
        try:
            self.model = change(self.model)
        except TextError as error:
            raise self._error(f"{where}, column {error.column}", error.message) from None
        except (LawError, ContextError, TermError, ValueError) as error:
            raise self._error(where, str(error)) from None
        return self

    def _body(self, text: str, where: str, scope: Context) -> Term:
        """The body of a definition, read in a scope where its parameters are declared."""
        try:
            if not self._has_laws:
                return read(text, scope)
            found, term = replace(self.model, context=scope).read(text)
        except TextError as error:
            raise self._error(f"{where}, column {error.column}", error.message, text) from None
        self.model = replace(self.model, forms=found.forms)
        for new in found.context.definitions[len(scope.definitions) :]:
            self.context = self.context.define(new.name, new.body, new.parameters)
        return term

    def _term(self, text: str, where: str) -> Term:
        """A term, read where it stands. Raises DerivationError."""
        try:
            if self._has_laws:
                self.model, term = self.model.read(text)
                return term
            term = read(text, self.context)
            self.context.check(term)
            return term
        except TextError as error:
            raise self._error(f"{where}, column {error.column}", error.message, text) from None
        except (ContextError, TermError, LawError) as error:
            raise self._error(where, str(error), text) from None

    def _claim(self, text: str, where: str) -> Claim:
        """A claim, read where it stands. Raises DerivationError."""
        try:
            if self._has_laws:
                reading = self.model.elaborate(text)
                self.model = reading.model
                return reading.claim
            claim = read_claim(text, self.context)
            self.context.check_claim(claim)
            return claim
        except TextError as error:
            raise self._error(f"{where}, column {error.column}", error.message, text) from None
        except (ContextError, TermError, LawError) as error:
            raise self._error(where, str(error), text) from None

    @property
    def _has_laws(self) -> bool:
        return bool(self.model.laws or self.model.ranges)

    def _error(self, where: str, message: str, text: str = "") -> DerivationError:
        shown = f"\n    {text}" if text else ""
        return DerivationError(f"{self.name}, {where}: {message}{shown}")


def _assuming(model: Model, name: str, claim: Claim) -> Model:
    return replace(model, context=assumed(model.context, name, claim))
