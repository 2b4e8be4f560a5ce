"""Text to terms over a model: what is read here is written out by integrals and definitions.

A slot of a law is known by its name, as on paper: ``p(x)`` and ``p(z)`` are two marginals of one ``p``. A
variable of another name is told by where it lies, and ``p(x=1, z=y)`` names the slots outright.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from derive.laws import families
from derive.laws.declared import DeclaredLaw
from derive.laws.law import Law, drawn_names
from derive.laws.model import Model
from derive.laws.notions import MEANS, NOTIONS, WORDS
from derive.laws.session import Session
from derive.laws.slots import Argument, Slots, assigned
from derive.laws.spaces import LawError, Space, abstract
from derive.terms.parser import Raw, TextError, arguments_of
from derive.terms.reader import _Resolver
from derive.terms.term import Term, TermError


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound name: the space it runs over, and the slot whose law it was drawn from, if known."""

    name: str
    space: Space | None = None
    slot: str | None = None


class Elaborator(_Resolver):
    """Turns raw pieces into terms over a model, which grows on the way."""

    def __init__(self, model: Model) -> None:
        super().__init__(model.context)
        self.session = Session(model)
        self.session.bound, self.session.along = self.bound, self.along
        self.drawn: list[Bound] = []

    @property
    def model(self) -> Model:
        return self.session.model

    def _law_called(self, name: object) -> DeclaredLaw | None:
        return None if str(name) in self.bound else self.model.find(str(name))

    def _done(self, term: Term) -> Term:
        """A term that the session built, in the context that it has now."""
        self.context = self.session.context
        named = term.head in ("call", "sym") and self.context.definition(term.payload) is not None
        return self._written_out(term) if named else term

    @contextmanager
    def _binding(
        self, name: str, *, along: bool = False, space: Space | None = None, slot: str | None = None
    ) -> Iterator[None]:
        kind = self.context[name].kind if self.context and name in self.context else "scalar"
        if kind != "scalar":
            raise LawError(f"{name} is a {kind}: it cannot be bound")
        here = self._where(name) if along else Bound(name, space, slot)
        self.drawn.append(here)
        try:
            with super()._binding(name, along=along):
                yield
        finally:
            self.drawn.pop()

    def _where(self, name: str) -> Bound:
        """What is known of a name here: that of the binder around, or of the variables of the model."""
        for bound in reversed(self.drawn):
            if bound.name == name:
                return bound
        return Bound(name, self.model.range_of(name))

    @contextmanager
    def _draws(self, names: Sequence[str], law: Law) -> Iterator[None]:
        with ExitStack() as stack:
            for name, space, slot in zip(names, law.filled_spaces, law.variables, strict=True):
                stack.enter_context(self._binding(name, space=space, slot=slot))
            yield

    def _over(self, body: Raw, variable: str, space: str) -> Term:
        place = abstract(space)
        with self._binding(variable, space=place):
            return place.integral(variable, self.resolve(body))

    def on_name(self, raw: Raw, name: str) -> Term:
        token = str(name)
        if token not in self.bound and self.model.find(token) is not None:
            raise TextError(f"{token} is a law: it needs a point", raw.line, raw.column)
        if token not in self.bound and self.model.range_of(token) is not None:
            self.session.model = self.model.free_point(token)
            self.context = self.session.context
        return super().on_name(raw, name)

    def on_blank(self, raw: Raw, *_: Any) -> Term:
        raise TermError("a dot stands for the variables of a law, as in KL(q, p(. | x))")

    def on_draw(self, raw: Raw, *_: Any) -> Term:
        raise TermError("x ~ q stands in the square brackets of E[x ~ q](f)")

    def on_named(self, raw: Raw, *_: Any) -> Term:
        raise TermError("name=value stands for a slot of a law, as in p(x=1)")

    def on_call(self, raw: Raw, token: str, arguments: Raw | None = None) -> Term:
        name, parts = str(token), list(arguments.parts) if arguments else []
        law = self._law_called(name)
        if law is not None:
            return self._value(law, parts, (), ())
        if self._is_notion(name, parts):
            return self._notion(name, parts, ())
        return super().on_call(raw, token, *([arguments] if arguments else []))

    def on_parametrised(
        self, raw: Raw, name: str, left: Raw, bar: str, right: Raw, *more: Any
    ) -> Term:
        law, token = self._law_called(name), str(name)
        conditions, extra = _behind(bar, right, *more)
        if law is not None:
            return self._value(law, left.parts, conditions, extra)
        if token == "ELBO" and not conditions:
            return self._notion(token, left.parts, extra)
        known = self.context is not None and token in self.context
        if token in families.FORMULAS and len(left.parts) == 1 and not more and not known:
            law_at = self.session.family(token, list(map(self.resolve, right.parts)))
            return law_at.at([self.resolve(left.parts[0])])
        if more:
            raise LawError(f"{token} is not a declared law")
        return super().on_parametrised(raw, name, left, bar, right)

    def on_against(self, raw: Raw, name: str, left: Raw, sign: str, right: Raw) -> Term:
        return self._notion(str(name), [*left.parts, *right.parts], ())

    def on_drawn(self, raw: Raw, name: str, draws: Raw, bodies: Raw) -> Term:
        if str(name) not in MEANS:
            raise LawError(f"expected E[x ~ q](f), Var[…](…) or Cov[…](…, …), got {name}[…](…)")
        wanted = 2 if str(name) == "Cov" else 1
        if len(bodies.parts) != wanted:
            raise LawError(f"{name}[…] takes {wanted} integrand{'s' * (wanted > 1)}")
        return self._mean(str(name), _groups(draws.parts), bodies.parts)

    def _mean(self, kind: str, groups: list[tuple[list[str], Raw]], bodies: Sequence[Raw]) -> Term:
        (names, raw), *inner = groups
        if kind != "E" and inner:
            raise LawError(f"{kind}[…] is about one law; write the joint law")
        if self._is_space(raw):
            if kind != "E" or len(names) != 1:
                raise LawError(f"{kind} under a space takes one variable: E[w ~ Omega](f)")
            place = abstract(str(raw.parts[0]))
            with self._binding(names[0], space=place):
                return place.integral(names[0], self._inside(inner, bodies)[0])
        if not self._is_law(raw) and len(names) == 1 and not inner and kind == "E":
            return super().on_mean(raw, "E", names[0], "~", raw, bodies[0])
        law = self._law(raw)
        names = names or self._own_names(raw, law, bodies)
        names = drawn_names(law, names)
        with self._draws(names, law):
            parts = self._inside(inner, bodies)
        if kind == "E":
            return self._done(self.session.mean(law, names, parts[0]))
        return self._done(self.session.covariance(law, names, parts[0], parts[-1]))

    def _inside(self, inner: list[tuple[list[str], Raw]], bodies: Sequence[Raw]) -> list[Term]:
        return [self._mean("E", inner, bodies)] if inner else list(map(self.resolve, bodies))

    def _own_names(self, raw: Raw, law: Law, bodies: Sequence[Raw]) -> list[str]:
        """The variables of ``E[q](f)``: the slots, or the one name that q is applied to inside f."""
        if law.shown.kind == "family":
            raise LawError(
                f"write E[x ~ {law.label}(…)](…): the variable to average over is unclear"
            )
        if raw.rule == "call":
            return [str(p.parts[0]) for p in raw.parts[1].parts]
        names = list(law.variables)
        if len(names) == 1 and not any(_mentions(b, names[0]) for b in bodies):
            seen = {n for b in bodies for n in arguments_of(str(raw.parts[0]), b)}
            return [*seen] if len(seen) == 1 else names
        return names

    def _is_law(self, raw: Raw) -> bool:
        """Whether a piece speaks of a declared law or of a named one."""
        if raw.rule in ("name", "call", "parametrised"):
            name = str(raw.parts[0])
            own = name in families.NAMES and raw.rule != "name"
            return own or self._law_called(name) is not None
        return any(self._is_law(p) for p in raw.parts if isinstance(p, Raw))

    def _is_notion(self, name: str, parts: Sequence[Raw]) -> bool:
        taken = self.context is not None and name in self.context
        return name in WORDS and not taken and (name not in ("KL", "JSD", "H", "CE") or any(
            self._is_law(p) for p in parts
        ))  # fmt: skip

    def _value(
        self, law: DeclaredLaw, left: Sequence[Raw], right: Sequence[Raw], extra: Sequence[Raw]
    ) -> Term:
        slots = assigned(law, [self._argument(p) for p in left], [self._argument(p) for p in right])
        left_at, right_at = (
            {slot: self.resolve(argument.raw) for slot, argument in side.items()}
            for side in (slots.left, slots.right)
        )
        parameters = self._parameters(law, extra)
        return self._done(self.session.value(law, left_at, right_at, parameters))

    def _argument(self, raw: Raw) -> Argument:
        """An argument with what is known of the slot that it stands in."""
        if raw.rule == "named":
            name, sign, value = raw.parts
            if str(sign) != "=":
                raise LawError(f"a slot is named by '=', not by {str(sign)!r}")
            return Argument(value, slot=str(name))
        if raw.rule != "name":
            return Argument(raw)
        here = self._where(str(raw.parts[0]))
        return Argument(raw, here.name, here.space, drawn=here.slot)

    def _parameters(self, law: DeclaredLaw, extra: Sequence[Raw]) -> list[Term]:
        if extra and len(extra) != len(law.parameters):
            raise LawError(f"{law.name} has the parameters ({', '.join(law.parameters)})")
        if extra:
            return list(map(self.resolve, extra))
        place = Raw("name", (), 1, 1, 1)
        return [self.on_name(replace(place, parts=(p,)), p) for p in law.parameters]

    def _law(self, raw: Raw) -> Law:
        """The law that a piece stands for."""
        name = str(raw.parts[0]) if raw.parts else ""
        declared = self._law_called(name)
        if raw.rule == "name":
            if declared is None:
                raise LawError(f"{name} is not a law; declare it, as in law('{name}(x)')")
            return self.session.given(declared, None, {}, self._parameters(declared, ()))
        if raw.rule == "call" and declared is not None:
            return self._given(declared, raw.parts[1].parts if len(raw.parts) > 1 else (), (), ())
        if raw.rule == "parametrised" and declared is not None:
            _, left, bar, right, *more = raw.parts
            conditions, extra = _behind(bar, right, *more)
            return self._given(declared, left.parts, conditions, extra)
        if raw.rule == "call" and name in families.NAMES:
            return self._family(name, raw.parts[1].parts if len(raw.parts) > 1 else ())
        if raw.rule in ("call", "parametrised") or not self._is_law(raw):
            raise LawError(f"{name or 'this'} is not a law")
        return self._formula(raw)

    def _given(
        self, law: DeclaredLaw, left: Sequence[Raw], right: Sequence[Raw], extra: Sequence[Raw]
    ) -> Law:
        """A declared law in the place of a law: on its left stand variables, which are not looked up."""
        blank = len(left) == 1 and left[0].rule == "blank"
        dummies = [] if blank else [_dummy(law, part) for part in left]
        slots = assigned(law, dummies, [self._argument(p) for p in right])
        conditions = {s: self.resolve(a.raw) for s, a in slots.right.items()}
        shown = None if blank else [*slots.left]
        return self.session.given(law, shown, conditions, self._parameters(law, extra))

    def _family(self, name: str, parts: Sequence[Raw]) -> Law:
        if name != "Categorical":
            return self.session.family(name, list(map(self.resolve, parts)))
        if len(parts) != 2 or parts[0].rule != "name" or self.context is None:
            raise LawError("write Categorical(w, K) for the chances w[1] to w[K]")
        weights = str(parts[0].parts[0])
        self.context._expect(weights, "family", 1)
        return self.session.categorical(weights, self.resolve(parts[1]))

    def _formula(self, raw: Raw) -> Law:
        """A law by a formula, such as ``p(x)*q(z | x)``: its variables are those of the laws in it."""
        found: dict[str, Space] = {}
        for piece in _pieces(raw):
            declared = self._law_called(piece.parts[0]) if is_applied(piece) else None
            if declared is None:
                continue
            sides = [p.parts for p in piece.parts[1:] if isinstance(p, Raw)]
            given = sides[1] if len(sides) > 1 and str(piece.parts[2]) != ";" else ()
            left = [_dummy(declared, part) for part in sides[0]]
            slots: Slots = assigned(declared, left, [self._argument(p) for p in given])
            for slot, argument in slots.left.items():
                space = declared.space(slot)
                if found.setdefault(argument.name, space) != space:
                    raise LawError(f"{argument.name} lies on {found[argument.name]} and on {space}")
        if not found:
            raise LawError(
                "this is not a law: a formula for a density speaks of its variables, p(x)/2"
            )
        with ExitStack() as stack:
            for name, space in found.items():
                stack.enter_context(self._binding(name, space=space))
            body = self.resolve(raw)
        names = dict.fromkeys(str(p.parts[0]) for p in _pieces(raw) if _is_of_law(self, p))
        label = "_".join(["mix", *names])
        return self.session.formula(tuple(found), tuple(found.values()), body, label)

    def _notion(self, name: str, parts: Sequence[Raw], extra: Sequence[Raw]) -> Term:
        if name == "ELBO":
            return self._elbo(parts, extra)
        if name == "Df":
            if not parts or parts[0].rule != "name":
                raise LawError("write Df(name, p, q), such as Df(pearson, p, q)")
            laws = [self._law(p) for p in parts[1:]]
            return self._done(self.session.divergence(str(parts[0].parts[0]), laws))
        if name == "MI":
            declared = self._law_called(parts[0].parts[0]) if len(parts) == 1 else None
            if declared is None or parts[0].rule not in ("name", "call", "parametrised"):
                raise LawError("MI takes a declared joint law: MI(p), or MI(p(x, z))")
            return self._done(self.session.mutual_information(declared, self._law(parts[0])))
        kind = NOTIONS.get(name)
        if kind is None:
            raise LawError(f"{name} is not a notion of laws; known: {', '.join(WORDS)}")
        weight = parts[kind.laws] if kind.weight and len(parts) == kind.laws + 1 else None
        laws = [self._law(p) for p in parts[: None if weight is None else kind.laws]]
        value = None if weight is None else self.resolve(weight)
        return self._done(self.session.notion(name, laws, value))

    def _elbo(self, parts: Sequence[Raw], extra: Sequence[Raw]) -> Term:
        joint = self._law_called(parts[1].parts[0]) if len(parts) > 2 and parts[1].parts else None
        if joint is None or parts[1].rule != "name":
            raise LawError("write ELBO(q, p, x): a law, a joint law by name, what is observed")
        slots = assigned(joint, [self._argument(p) for p in parts[2:]], [])
        observed = {slot: self.resolve(a.raw) for slot, a in slots.left.items()}
        parameters = self._parameters(joint, extra)
        return self._done(self.session.elbo(self._law(parts[0]), joint, observed, parameters))


def _behind(bar: str, right: Raw, *more: Any) -> tuple[Sequence[Raw], Sequence[Raw]]:
    """The conditions and the parameters behind the first bar."""
    if more and (str(bar) == ";" or str(more[0]) != ";"):
        raise LawError(
            "write p(x | z; theta): a bar before the conditions, ';' before the parameters"
        )
    if str(bar) == ";":
        return (), right.parts
    return right.parts, more[1].parts if more else ()


def _groups(parts: Sequence[Raw]) -> list[tuple[list[str], Raw]]:
    """The draws ``x, z ~ p, y ~ q``, each with its variables; a law alone has none yet."""
    if len(parts) == 1 and parts[0].rule != "draw":
        return [([], parts[0])]
    out: list[tuple[list[str], Raw]] = []
    names: list[str] = []
    for part in parts:
        variable = part.parts[0] if part.rule == "draw" else part
        if variable.rule != "name":
            raise LawError("a plain variable stands before '~', as in E[x ~ q](f)")
        names.append(str(variable.parts[0]))
        if part.rule == "draw":
            out.append((names, part.parts[2]))
            names = []
    if names or any(len(set(n)) < len(n) for n, _ in out):
        raise LawError("each variable in E[x ~ q](f) is drawn once, from a law")
    return out


def _dummy(law: DeclaredLaw, raw: Raw) -> Argument:
    if raw.rule != "name":
        raise LawError(
            f"in a law only variables stand before the bar: {law.name}({', '.join(law.slots)})"
        )
    return Argument(raw, str(raw.parts[0]))


def _pieces(raw: Raw) -> Iterator[Raw]:
    yield raw
    for part in raw.parts:
        if isinstance(part, Raw):
            yield from _pieces(part)


def is_applied(raw: Raw) -> bool:
    """Whether a piece is a name applied to arguments."""
    return raw.rule in ("call", "parametrised") and len(raw.parts) > 1


def _mentions(raw: Raw, name: str) -> bool:
    return any(p.rule == "name" and str(p.parts[0]) == name for p in _pieces(raw))


def _is_of_law(reader: Elaborator, raw: Raw) -> bool:
    return is_applied(raw) and reader._law_called(raw.parts[0]) is not None
