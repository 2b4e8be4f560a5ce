"""Any text as LaTeX that prints that text: what software writes goes through `escape`.

The output is plain ASCII and means the same under every input encoding. It holds no character that TeX
treats specially, other than in the commands put there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\ensuremath{\sim}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
}
"""ASCII characters that TeX does not print as they stand, or that commands take for an option."""

_GREEK: Final = r"""
α \alpha β \beta γ \gamma δ \delta ε \varepsilon ζ \zeta η \eta θ \theta ι \iota κ \kappa
λ \lambda μ \mu ν \nu ξ \xi π \pi ρ \rho σ \sigma τ \tau υ \upsilon φ \varphi χ \chi ψ \psi
ω \omega Γ \Gamma Δ \Delta Θ \Theta Λ \Lambda Ξ \Xi Π \Pi Σ \Sigma Υ \Upsilon Φ \Phi Ψ \Psi
Ω \Omega ϕ \phi ϵ \epsilon ϑ \vartheta ϱ \varrho ς \varsigma ϖ \varpi
"""
GREEK: Final = dict(re.findall(r"(\S) (\S+)", _GREEK))

SYMBOLS: Final[dict[str, str]] = GREEK | {
    "≈": r"\approx",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "≡": r"\equiv",
    "∼": r"\sim",
    "≃": r"\simeq",
    "∝": r"\propto",
    "≪": r"\ll",
    "≫": r"\gg",
    "±": r"\pm",
    "∓": r"\mp",
    "×": r"\times",
    "÷": r"\div",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "∘": r"\circ",
    "−": "-",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "√": r"\surd",
    "∂": r"\partial",
    "∇": r"\nabla",
    "∞": r"\infty",
    "∈": r"\in",
    "∉": r"\notin",
    "∋": r"\ni",
    "⊂": r"\subset",
    "⊆": r"\subseteq",
    "⊃": r"\supset",
    "⊇": r"\supseteq",
    "∪": r"\cup",
    "∩": r"\cap",
    "∅": r"\emptyset",
    "∀": r"\forall",
    "∃": r"\exists",
    "¬": r"\neg",
    "∧": r"\wedge",
    "∨": r"\vee",
    "→": r"\to",
    "←": r"\leftarrow",
    "↔": r"\leftrightarrow",
    "⇒": r"\Rightarrow",
    "⇐": r"\Leftarrow",
    "⇔": r"\Leftrightarrow",
    "↦": r"\mapsto",
    "⊢": r"\vdash",
    "⋈": r"\bowtie",
    "⊕": r"\oplus",
    "⊗": r"\otimes",
    "⊙": r"\odot",
    "‖": r"\|",
    "∥": r"\|",
    "…": r"\ldots",
    "⋯": r"\cdots",
    "⋮": r"\vdots",
    "′": "{}'",
    "°": r"{}^{\circ}",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "⌈": r"\lceil",
    "⌉": r"\rceil",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "ℓ": r"\ell",
    "ℝ": r"\mathbb{R}",
    "ℕ": r"\mathbb{N}",
    "ℤ": r"\mathbb{Z}",
    "ℚ": r"\mathbb{Q}",
    "ℂ": r"\mathbb{C}",
    "𝔼": r"\mathbb{E}",
    "ℙ": r"\mathbb{P}",
    "𝒩": r"\mathcal{N}",
    "ℒ": r"\mathcal{L}",
    "ℋ": r"\mathcal{H}",
    "✓": r"\checkmark",
    "✔": r"\checkmark",
    "✗": r"\times",
    "✘": r"\times",
    "†": r"\dagger",
    "•": r"\bullet",
}
"""Characters that print as mathematics."""

TEXT: Final = {
    "–": "--",
    "—": "---",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "\u00a0": r"\nobreakspace{}",
    "\u202f": r"\,",
    "\u2009": r"\,",
    "\u00ad": r"\-",
    "\u200b": r"\allowbreak{}",
    "°": r"\textdegree{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "§": r"\S{}",
    "©": r"\copyright{}",
    "£": r"\pounds{}",
    "¿": r"\textquestiondown{}",
    "¡": r"\textexclamdown{}",
}
"""Characters that print as text, by a command."""

ACCENTS: Final = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0328": "k",
}
"""Combining accents and the commands that set them."""

RAISED: Final = {"<super>": "textsuperscript", "<sub>": "textsubscript"}

JOINED: Final = frozenset("-',")
"""Characters that the fonts join to another one when doubled."""

LONG_WORD: Final = 16
"""The most characters of a word that is never broken."""


def escape(text: str) -> str:
    r"""LaTeX that prints ``text``; line ends and tabs become spaces.

    A character without a glyph prints as its code point.

    >>> print(escape("50% of x_1 ≈ 3"))
    50\% of x\_1 \ensuremath{\approx} 3
    """
    spaced = re.sub(r"\s*[\r\n\t\v\f\x85\u2028\u2029]\s*", " ", unicodedata.normalize("NFC", text))
    out, before = [], ""
    for character in spaced:
        if character == before and character in JOINED:
            out.append("{}")
        out.append(text_character(character))
        before = character
    return "".join(out)


def math_character(character: str) -> str | None:
    """A character beyond ASCII as mathematics, or None when it has no such form."""
    if character in SYMBOLS:
        return SYMBOLS[character]
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii() and plain.isalnum():
        kind = unicodedata.decomposition(character).split(" ")[0]
        return {"<super>": f"{{}}^{{{plain}}}", "<sub>": f"{{}}_{{{plain}}}"}.get(kind, plain)
    return SYMBOLS.get(plain)


def text_character(character: str) -> str:
    """One character as LaTeX text."""
    if character.isascii():
        return SPECIAL.get(character, character) if character.isprintable() else _code(character)
    if character in TEXT:
        return TEXT[character]
    if character in SYMBOLS:
        return rf"\ensuremath{{{SYMBOLS[character]}}}"
    apart = unicodedata.normalize("NFD", character)
    if len(apart) == 2 and apart[0].isascii() and apart[0].isalpha() and apart[1] in ACCENTS:
        return rf"\{ACCENTS[apart[1]]}{{{apart[0]}}}"
    return _compatible(character)


def _compatible(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    kind = unicodedata.decomposition(character).split(" ")[0]
    if plain != character and (plain.isascii() or plain in SYMBOLS):
        inner = "".join(map(text_character, plain))
        return rf"\{RAISED[kind]}{{{inner}}}" if kind in RAISED else inner
    return _code(character)


def _code(character: str) -> str:
    return f"{{[}}U+{ord(character):04X}{{]}}"


def code(text: str) -> str:
    r"""Text in a typewriter face, as it stands; long words may break, at operators if they have any.

    >>> print(code("x**2"))
    \texttt{x{*}{*}2}
    """
    return rf"\texttt{{{breakable(text)}}}"


def breakable(text: str) -> str:
    """`escape`, with places to break the line inside long words."""
    return " ".join(_broken(word) for word in re.split(r"\s+", text))


def _broken(word: str) -> str:
    if len(word) <= LONG_WORD:
        return escape(word)
    pieces = re.findall(rf"[^-+*/,;=()]{{0,{LONG_WORD}}}[-+*/,;=()]*", word)
    return r"\allowbreak{}".join(escape(piece) for piece in pieces if piece)
