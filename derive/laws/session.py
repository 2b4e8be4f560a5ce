"""From laws to terms: densities at points, means, and definitions made as they are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.laws import families
from derive.laws.declared import DeclaredLaw
from derive.laws.heads import function_name, value_form
from derive.laws.law import Form, Frame, Law, Place, Shown, frame, matched, taken_names
from derive.laws.model import Model
from derive.laws.notions import ELBO, GENERATORS, NOTIONS, Notion, f_divergence, generated
from derive.laws.spaces import LawError, Space
from derive.terms.context import Context
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, call, dist, div, mul, num, power, product, sub, sym


class Session:
    """Builds terms over a model, which grows by the definitions that they need.

    ``bound`` has the names bound around what is being built, and ``along`` those of derivatives among
    them: no definition may speak of a bound name, and of one of a derivative only when written out.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.bound: list[str] = []
        self.along: list[str] = []

    @property
    def context(self) -> Context:
        return self.model.context

    def template(self, law: DeclaredLaw, left: Sequence[str], right: Sequence[str]) -> Term:
        """The density of some slots given others, as a term in the names of the slots."""
        left, right = law.ordered(left), law.ordered(right)
        factor = law.primitive(left, right)
        if factor is not None:
            names = (*factor.left, *factor.right, *law.parameters)
            return factor.formula or call(factor.function, *map(sym, names))
        chain = law.chain(left, right)
        if chain is not None:
            parts = [self.template(law, f.left, f.right) for f in chain]
            inside = {s for f in chain for s in f.left}
            body = product(parts)
            for slot in reversed(law.ordered(inside - set(left))):
                body = law.space(slot).integral(slot, body)
            if len(parts) == 1 and body is parts[0]:
                return body
        else:
            body = self._quotient(law, left, right)
        names = (*left, *right, *law.parameters)
        form = value_form(law, left, right)
        return self.define(function_name(law.name, left, right), names, body, form)

    def _quotient(self, law: DeclaredLaw, left: Sequence[str], right: Sequence[str]) -> Term:
        """Bayes' rule, all under the slots that have no density of their own."""
        roots = law.roots((*left, *right))
        if missing := roots - set(right):
            slot = min(missing)
            raise LawError(
                f"{law.name} gives no density of {slot}: it has to stand behind the bar, "
                f"or be declared by law('{law.name}({slot})')"
            )
        given = [s for s in right if s not in roots]
        return div(
            self.template(law, (*left, *given), law.ordered(roots)),
            self.template(law, given, law.ordered(roots)),
        )

    def value(
        self,
        law: DeclaredLaw,
        left: Mapping[str, Term],
        right: Mapping[str, Term],
        parameters: Sequence[Term],
    ) -> Term:
        """The density at points. Raises LawError when it is given through a name that is bound here."""
        if not left:
            raise LawError(f"{law.name} needs a point: {law.name}({', '.join(law.slots)})")
        found = self.template(law, [*left], [*right])
        mapping = {**left, **right, **dict(zip(law.parameters, parameters, strict=True))}
        self.guard(law.name, found, mapping)
        return substitute(found, mapping)

    def guard(self, what: str, found: Term, own: Mapping[str, Term]) -> None:
        """Refuse a term whose own free names are bound around here."""
        names = set(found.free) - set(own)
        names = names.union(*(self.context.depends(n) for n in found.free))
        if hidden := names & ({*self.bound} - {*self.along}):
            name = min(hidden)
            raise LawError(
                f"{what} depends on {name}, which is bound here: make it a parameter, "
                f"as in q(x; {name})"
            )

    def given(
        self,
        law: DeclaredLaw,
        left: Sequence[str] | None,
        right: Mapping[str, Term],
        parameters: Sequence[Term],
    ) -> Law:
        """The law of some slots, all that are left for None, when others are known."""
        slots = law.ordered(set(law.slots) - set(right) if left is None else left)
        if not slots:
            raise LawError(f"nothing is left of {law.name} for the law to be about")
        known = law.ordered(right)
        density = self.template(law, slots, known)
        holes = (*known, *law.parameters)
        args = (*(right[s] for s in known), *parameters)
        self.guard(law.name, density, dict.fromkeys((*slots, *holes), num(0)))
        rest = set(slots) == set(law.slots) - set(known)
        places = [Place(h, i) for i, h in enumerate(holes)]
        shown = Shown(
            "applied" if holes or not rest else "plain",
            law.name,
            tuple(map(Place, slots)),
            tuple(places[: len(known)]),
            tuple(places[len(known) :]),
            rest=rest,
        )
        label = function_name(law.name, () if rest and not known else slots, known)
        spaces = tuple(map(law.space, slots))
        return Law(slots, spaces, density, holes, args, shown, label, len(known))

    def family(self, name: str, args: Sequence[Term]) -> Law:
        """A named law with its parameters."""
        found = families.family(name, len(args))
        return self._from_family(found, tuple(args))

    def categorical(self, weights: str, size: Term) -> Law:
        """The law on 1, …, size with the entries of a family as chances."""
        out = self._from_family(families.categorical(weights, size), ())
        written = call("Categorical", sym(weights), size)
        return replace(out, shown=Shown("formula", "Categorical", formula=written))

    def _from_family(self, found: families.Family, args: tuple[Term, ...]) -> Law:
        places = tuple(Place(p, i) for i, p in enumerate(found.parameters))
        shown = Shown("family", found.name, right=places)
        return Law(
            found.variables, found.spaces, found.density, found.parameters, args, shown, found.name
        )

    def formula(
        self, variables: Sequence[str], spaces: Sequence[Space], body: Term, label: str
    ) -> Law:
        """A law by a formula in its variables; the other numbers in it become holes."""
        free = sorted(body.free - set(variables))
        holes = tuple(n for n in free if self._may_be_hole(n))
        places = tuple(Place(h, i) for i, h in enumerate(holes))
        shown = Shown("formula", "", tuple(map(Place, variables)), formula=body, symbols=places)
        args = tuple(map(sym, holes))
        return Law(tuple(variables), tuple(spaces), body, holes, args, shown, label, len(holes))

    def _may_be_hole(self, name: str) -> bool:
        if name in self.bound:
            return True
        known = name in self.context and self.context[name].kind == "scalar"
        whole = known and self.context[name].domain.integer
        return known and not whole and self.context.definition(name) is None

    def define(self, label: str, parameters: Sequence[str], body: Term, form: Form) -> Term:
        """The definition with this body and form, made when there is none, at its parameters' names.

        Where it cannot be made, since it would take integers and other numbers, the body itself.
        """
        names, forms = tuple(parameters), dict(self.model.forms)
        for old in reversed(self.context.definitions):
            if old.parameters == names and old.body == body and forms.get(old.name) == form:
                return self._named(old.name, names)
        name = label
        if label in self.context:
            name = fresh_name(label, {d.name for d in self.context})
        model, whole = self.model.defining(name, names, body)
        if not whole:
            return body
        self.model = model.showing(name, form)
        return self._named(name, names)

    def _named(self, name: str, parameters: Sequence[str]) -> Term:
        return call(name, *map(sym, parameters)) if parameters else sym(name)

    def used(self, label: str, here: Frame, body: Term, form: Form) -> Term:
        """A definition of a notion at what its laws were filled with."""
        filling = dict(zip(here.parameters, here.args, strict=True))
        if (body.free - set(here.parameters)) & {*self.bound}:
            return substitute(body, filling)
        found = self.define(label, here.parameters, body, form)
        return substitute(found, filling)

    def notion(self, name: str, laws: Sequence[Law], weight: Term | None = None) -> Term:
        """A divergence, an entropy or the like, of laws."""
        kind = NOTIONS[name]
        if len(laws) != kind.laws:
            raise LawError(f"{name} takes {kind.laws} law{'s' * (kind.laws > 1)}, got {len(laws)}")
        own = self._own(name, laws)
        if own is not None:
            return own
        points = {} if weight is None else {"weight": weight}
        return self._defined(name, kind, laws, points)

    def _own(self, name: str, laws: Sequence[Law]) -> Term | None:
        """The language's own divergence of two named normal laws."""
        normal = all(law.shown.kind == "family" and law.label == "Normal" for law in laws)
        if name != "KL" or not normal or not self.model.named_kl:
            return None
        return call("KL", *(dist("Normal", *law.args) for law in laws))

    def _defined(
        self,
        name: str,
        kind: Notion,
        laws: Sequence[Law],
        points: Mapping[str, Term],
        word: str = "",
    ) -> Term:
        aligned = self.aligned(laws, kind.both)
        here = frame(self.context, aligned, points)
        body = kind.body(aligned, here)
        rest = tuple(
            Place(slot, _place(here, here.holes[len(aligned) + i][0]))
            for i, slot in enumerate(points)
        )  # fmt: skip
        form = Form(name, here.shown, rest, word=word)
        label = "_".join([name, *([word] if word else []), *(law.label for law in laws)])[:80]
        return self.used(label, here, body, form)

    def aligned(self, laws: Sequence[Law], both: bool) -> list[Law]:
        """The laws with their variables in one order, each positive where the first is."""
        first, *others = laws
        if both:
            for other in others:
                matched(matched(first, other), first)
        return [first, *(matched(first, other) for other in others)]

    def divergence(self, generator: str, laws: Sequence[Law]) -> Term:
        """``Df(name, p, q)`` for a generator by name, or a declared function of one number."""
        if len(laws) != 2:
            raise LawError(f"Df takes a generator and two laws, got {len(laws)} laws")
        if generator in GENERATORS:
            of = generated(generator)
        elif generator in self.context and self.context[generator].kind == "function":
            self.context._expect(generator, "function", 1)

            def of(u: Term) -> Term:
                return call(generator, u)
        else:
            raise LawError(
                f"unknown generator {generator!r}; known: {', '.join(GENERATORS)}, and declared "
                "functions of one number"
            )
        kind = Notion(2, True, lambda pair, here: f_divergence(pair, here, of))
        return self._defined("Df", kind, laws, {}, generator)

    def elbo(
        self, q: Law, p: DeclaredLaw, observed: Mapping[str, Term], parameters: Sequence[Term]
    ) -> Term:
        """``ELBO(q, p, x)``: the mean of ``log p(x, z) - log q(z)`` under q."""
        latent = law_rest(p, observed)
        seen = p.ordered(observed)
        holes = (*seen, *p.parameters)
        args = (*(observed[s] for s in seen), *parameters)
        density = self.template(p, p.slots, ())
        self.guard(p.name, density, dict.fromkeys((*p.slots, *holes), num(0)))
        places = tuple(Place(h, i) for i, h in enumerate(holes))
        shown = Shown("plain", p.name, extra=places)
        spaces = tuple(map(p.space, latent))
        joint = Law(latent, spaces, density, holes, args, shown, p.name, len(seen))
        aligned = self.aligned([q, joint], False)
        here = frame(self.context, aligned, {})
        rest = here.shown[1].extra
        written = (here.shown[0], replace(here.shown[1], extra=()))
        form = Form("ELBO", written, rest[: len(seen)], rest[len(seen) :])
        return self.used(f"ELBO_{q.label}_{p.name}"[:80], here, ELBO.body(aligned, here), form)

    def mutual_information(self, p: DeclaredLaw, law: Law) -> Term:
        """``MI(p)`` of the two quantities of a joint law."""
        if len(law.variables) != 2:
            raise LawError(
                f"MI takes a law of two quantities, and {law.label} is one of {len(law.variables)}"
            )
        known = tuple(h for h in law.holes if h in p.slots)
        sides = [self.template(p, (v,), known) for v in law.variables]

        def body(laws: Sequence[Law], here: Frame) -> Term:
            parts = [
                replace(law, density=d).at(here.points, here.holes[0])
                for d in (law.density, *sides)
            ]  # fmt: skip
            ratio = div(parts[0], mul(*parts[1:]))
            return law.integral(here.variables, mul(parts[0], call("log", ratio)), here.holes[0])

        return self._defined("MI", Notion(1, False, body), [law], {})

    def mean(self, law: Law, names: Sequence[str], body: Term) -> Term:
        """``E[x ~ q](f)``: the density times f, integrated; ``names`` are bound in ``body``."""
        names, (body,) = self.opened(law, names, [body])
        return self._mean(law, names, body)

    def _mean(self, law: Law, names: Sequence[str], body: Term) -> Term:
        return law.integral(names, mul(law.at([sym(n) for n in names]), body))

    def covariance(self, law: Law, names: Sequence[str], left: Term, right: Term) -> Term:
        """``Cov[x ~ q](f, g)``, the mean of the product of what is left of f and g less their means."""
        names, (left, right) = self.opened(law, names, [left, right])
        parts = [sub(f, self._mean(law, names, f)) for f in (left, right)]
        square = power(parts[0], num(2)) if parts[0] is parts[1] else mul(*parts)
        return self._mean(law, names, square)

    def opened(
        self, law: Law, names: Sequence[str], bodies: Sequence[Term]
    ) -> tuple[tuple[str, ...], list[Term]]:
        """The bound names and the bodies, renamed where the law itself speaks of such a name."""
        outer = law.outside.union(*(a.free for a in law.args))
        taken = taken_names(self.context, outer)
        clear = set(taken).union(*(b.free for b in bodies)) | set(names)
        new = []
        for name in names:
            new.append(fresh_name(name, clear) if name in taken else name)
            clear.add(new[-1])
        mapping = {a: sym(b) for a, b in zip(names, new, strict=True) if a != b}
        return tuple(new), [substitute(b, mapping) for b in bodies]


def law_rest(law: DeclaredLaw, observed: Mapping[str, Term]) -> tuple[str, ...]:
    """The slots that are not observed."""
    latent = law.ordered(set(law.slots) - set(observed))
    if not latent or not observed:
        raise LawError(
            f"ELBO needs a joint law with a part that is observed and one that is not; {law.name} "
            f"has the slots {', '.join(law.slots)}"
        )
    return latent


def _place(here: Frame, symbol: Term) -> int:
    return here.parameters.index(symbol.payload)
