"""What is declared about laws on top of a context, and the definitions made of it so far.

A `Model` is immutable: every method returns a larger one. The density of a law is positive on its space,
so the space is its support, and ``0*log(0)`` never occurs. A divergence is only formed when the second
law lives wherever the first does; its mass there is then at most 1 (`Model.assume_mass`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from derive.laws.declared import DeclaredLaw, Factor
from derive.laws.heads import ends_of, function_name, integrals, read_head, value_form, within
from derive.laws.law import Form
from derive.laws.spaces import LawError, Space, read_space
from derive.terms.context import POSITIVE, RELATIONS, Claim, Context
from derive.terms.domains import declared
from derive.terms.term import Term, binder, mul, neg, num, sym
from derive.universal import assumed

if TYPE_CHECKING:
    from derive.laws.display import Display


@dataclass(frozen=True)
class Model:
    """Spaces, variables and laws on top of a context.

    >>> model = Model().space("X", "Z").variables(x="X", z="Z").law("p(x, z)").law("q(z)")
    >>> reading = model.elaborate("log(p(x)) = ELBO(q, p, x) + KL(q, p(. | x))")
    >>> print(reading.claim)
    log(p_x(x)) = ELBO_q_p(x) + KL_q_p_z_given_x(x)
    >>> print(reading.display.claim(reading.claim))
    log(p(x)) = ELBO(q, p, x) + KL(q, p(. | x))
    """

    context: Context = field(default_factory=Context)
    ranges: tuple[tuple[str, Space], ...] = ()
    laws: tuple[DeclaredLaw, ...] = ()
    forms: tuple[tuple[str, Form], ...] = ()
    duties: tuple[tuple[Context, Claim], ...] = ()
    """What the caller has to prove: that the maps of pushforwards are as they were said to be."""
    named_kl: bool = True
    """Whether a divergence of two named normal laws stays the language's own, which has a known value."""

    def space(self, *names: str) -> Model:
        """Declare abstract spaces."""
        context = self.context
        for name in names:
            context = declared(context, name, "space")
        return replace(self, context=context)

    def declare(self, **words: str) -> Model:
        """Declare numbers by their domains in words: ``mu="real"``, ``K="integer >= 1"``."""
        context = self.context
        for name, phrase in words.items():
            context = declared(context, name, phrase)
        return replace(self, context=context)

    def variables(self, **spaces: str) -> Model:
        """Say where the variables of these names lie: ``x="X"``, ``z="real"``, ``k="1..K"``.

        They become the slots of laws; a line that uses one freely declares it.
        """
        known = dict(self.ranges)
        for name, phrase in spaces.items():
            place = read_space(phrase, self.context)
            if known.setdefault(name, place) != place:
                raise LawError(f"the variable {name} lies on {known[name]} already")
            if name in self.context and self.context[name].kind != "scalar":
                raise LawError(f"{name} is a {self.context[name].kind}, and no variable")
        return replace(self, ranges=tuple(known.items()))

    def range_of(self, variable: str) -> Space | None:
        """Where a variable lies, or None when nothing was said."""
        return dict(self.ranges).get(variable)

    def find(self, name: str) -> DeclaredLaw | None:
        """The law of that name, or None."""
        return next((law for law in self.laws if law.name == name), None)

    def law(self, head: str, density: str | None = None, *, plain: bool = True) -> Model:
        """Declare a law, or one more factor of it: ``p(x, z)``, ``q(z)``, ``r(z | x)``, ``p(x; theta)``.

        Its density is a positive function of which nothing else is known, or the one given: a named law
        such as ``Normal(m, v)``, another law, or a formula in the variables. Inside, the first density of
        p is called ``p`` itself unless ``plain`` is false, and the others are called ``p_x_given_z``.
        Raises LawError for a head that does not fit, TextError for a density that cannot be read.
        """
        name, left, right, parameters = read_head(head)
        spaces = {slot: self._slot_space(slot) for slot in (*left, *right)}
        old = self.find(name) or DeclaredLaw(name, (), (), (), parameters)
        if name in self.context and not old.factors:
            raise LawError(f"{name} is declared already, and cannot be the name of a law")
        if parameters != old.parameters:
            raise LawError(f"{name} has the parameters ({', '.join(old.parameters)}) already")
        single = not old.factors and not right and plain
        function = name if single else function_name(name, left, right)
        factor = Factor(left, right, function)
        new = old.with_factor(factor, spaces)
        arguments = (*left, *right, *parameters)
        out = self
        if density is None:
            context = out.context.declare(function, POSITIVE, "function", len(arguments))
            out = replace(out, context=context)
        else:
            from derive.laws.entry import read_density

            out, body = read_density(self, density, left, arguments)
            out, whole = out.defining(function, arguments, body)
            if not whole:
                factor = replace(factor, formula=body)
                new = old.with_factor(factor, spaces)
        out = out.showing(function, value_form(new, left, right))
        others = tuple(law for law in out.laws if law.name != name)
        return replace(out, laws=(*others, new))

    def _slot_space(self, slot: str) -> Space:
        space = self.range_of(slot)
        if space is None:
            raise LawError(f'say where {slot} lies first: variables({slot}="real")')
        return space

    def independent(self, name: str, **densities: str | None) -> Model:
        """Declare independent variables with their densities; the joint density is the product.

        >>> m = Model().variables(x="real", y="real").declare(v="positive")
        >>> m = m.independent("p", x="Normal(0, v)", y="Normal(0, 1)")
        >>> print(m.read("p(x, y)")[1])
        p_x_y(x, y)
        """
        out = self
        for slot, density in reversed(list(densities.items())):
            out = out.law(f"{name}({slot})", density, plain=False)
        return out

    def pushforward(self, head: str, law: str, inverse: str, *, increasing: bool = True) -> Model:
        """Declare the law of T(u) for u with the density of ``law``, T monotone and differentiable.

        ``inverse`` is the formula of T's inverse in the variable of ``head``. That it maps the new space
        onto the old one in the order said is the caller's to prove: `duties` has claims that the formula
        must satisfy, a derivative of the right sign and values inside the old space. That it reaches all
        of the old space is not among them; it shows in the mass of the new law being 1.
        """
        from derive.laws.entry import read_density

        name, left, right, parameters = read_head(head)
        if len(left) != 1 or right:
            raise LawError(f"a pushforward has one variable: {name}(y)")
        point = left[0]
        out, back = read_density(self, inverse, (), (point, *parameters))
        slope = binder("diff", point, back, sym(point))
        out, old, space = out._value_at(law, back)
        body = mul(old, slope if increasing else neg(slope))
        out = out._with_density(name, point, parameters, body)
        inside = out.free_point(point)
        for parameter in parameters:
            inside = inside.free_point(parameter)
        sides = (num(0), slope) if increasing else (slope, num(0))
        owed = [Claim(sides[0], "<", sides[1]), *within(back, space)]
        return replace(out, duties=(*out.duties, *((inside.context, claim) for claim in owed)))

    def _value_at(self, law: str, point: Term) -> tuple[Model, Term, Space]:
        from derive.laws.entry import law_named

        out, found = law_named(self, law)
        return out, found.at([point]), found.filled_spaces[0]

    def _with_density(
        self, name: str, point: str, parameters: tuple[str, ...], body: Term
    ) -> Model:
        new = DeclaredLaw(name, (), (), (), parameters)
        factor = Factor((point,), (), name)
        out, whole = self.defining(name, (point, *parameters), body)
        factor = factor if whole else replace(factor, formula=body)
        new = new.with_factor(factor, {point: self._slot_space(point)})
        out = out.showing(name, value_form(new, (point,), ()))
        if out.find(name) is not None:
            raise LawError(f"there is a law {name} already")
        return replace(out, laws=(*out.laws, new))

    def defining(self, name: str, parameters: tuple[str, ...], body: Term) -> tuple[Model, bool]:
        """The model with a definition added, and whether the definition takes all it should: one that
        needs integers takes nothing else, and is left out when a parameter lies on reals."""
        context = self.context.define(name, body, parameters)
        mixed = context.definitions[-1].integers and any(
            (space := self.range_of(p)) is None or space.kind != "integers" for p in parameters
        )
        return (self, False) if mixed else (replace(self, context=context), True)

    def showing(self, name: str, form: Form) -> Model:
        """The model with one more name that is written in another way."""
        return replace(self, forms=(*self.forms, (name, form)))

    def free_point(self, name: str) -> Model:
        """The model with a variable declared as a free point of its space, if it is not declared yet."""
        space = self.range_of(name)
        if name in self.context or space is None:
            return self
        context = self.context.declare(name, space.domain())
        for key, claim in ends_of(name, space):
            context = context.assume(key, claim)
        return replace(self, context=context)

    def assume(self, **claims: str) -> Model:
        """Add named hypotheses, read as `elaborate` reads."""
        out = self
        for name, text in claims.items():
            reading = out.elaborate(text)
            out = replace(reading.model, context=assumed(reading.context, name, reading.claim))
        return out

    def assume_finite(self, **texts: str) -> Model:
        """Suppose that the integrals behind some terms exist: ``h_integrable="KL(q, p)"``.

        The hypothesis is that the integral equals itself, since a relation holds only between what is
        defined. A second integral of one text is called ``h_integrable_2``.
        """
        out = self
        for name, text in texts.items():
            out, term = out.read(text)
            for number, part in enumerate(integrals(out.context, term), 1):
                key = name if number == 1 else f"{name}_{number}"
                out = replace(out, context=out.context.assume(key, Claim(part, "=", part)))
        return out

    def assume_norm(self, *laws: str) -> Model:
        """Suppose that laws have the mass 1: ``h_norm_q``.

        For ``q(z | x)`` it is ``for all x`` of an abstract space or the line, else at the free point x.
        """
        return self._assume_integral(laws, "h_norm", "=")

    def assume_mass(self, law: str, on: str) -> Model:
        """Suppose that the law has at most the mass 1 on the space of the law ``on``: ``h_mass_p``."""
        return self._assume_integral((law,), "h_mass", "<=", on)

    def _assume_integral(
        self, laws: Iterable[str], key: str, relation: str, on: str | None = None
    ) -> Model:
        from derive.laws.entry import for_all, mass

        out = self
        for law in laws:
            out, label, value, names = mass(out, law, on)
            sides = (for_all(names, side) for side in (value, num(1)))
            claim = Claim(next(sides), RELATIONS[relation], next(sides))
            out = replace(out, context=out.context.assume(f"{key}_{label}", claim))
        return out

    def read(self, text: str) -> tuple[Model, Term]:
        """The term of a text, and the model with the definitions that it needs. Raises TextError."""
        from derive.laws.entry import read_terms

        out, chain = read_terms(self, text)
        if chain.relations:
            raise LawError(f"expected an expression without {chain.relations[0]!r}")
        out.context.check(chain.terms[0])
        return out, chain.terms[0]

    def elaborate(self, text: str) -> Reading:
        """The claim of a text, in a context with the definitions that it needs. Raises TextError."""
        from derive.laws.entry import read_terms

        out, chain = read_terms(self, text)
        if len(chain.relations) != 1 or chain.relations[0] not in RELATIONS:
            raise LawError("expected one relation, such as a = b or a <= b")
        claim = Claim(chain.terms[0], RELATIONS[chain.relations[0]], chain.terms[1])
        out.context.check_claim(claim)
        return Reading(out, claim)

    @property
    def display(self) -> Display:
        """How terms of this model are written."""
        from derive.laws.display import Display

        forms, laws = dict(self.forms), {law.name: law for law in self.laws}
        spaces = {
            name: tuple(laws[form.laws[0].name].space(p.slot) for p in form.laws[0].left)
            for name, form in forms.items()
            if not form.notion
        }
        return Display(forms, {name: len(law.slots) for name, law in laws.items()}, spaces)


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim, and the model whose context has the definitions that it uses."""

    model: Model
    claim: Claim

    @property
    def context(self) -> Context:
        return self.model.context

    @property
    def display(self) -> Display:
        return self.model.display

    def __str__(self) -> str:
        return self.display.claim(self.claim)

    def _repr_latex_(self) -> str:
        return f"${self.display.claim_latex(self.claim)}$"
