"""What students type, brought to plain text: signs, spaces, words around the answer."""

from __future__ import annotations

import re
from typing import Final

SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
SUPERSCRIPT: Final = re.compile(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
SUBSCRIPTS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUBSCRIPT: Final = re.compile(r"[₀₁₂₃₄₅₆₇₈₉]+")

GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
"""Greek letters by the names that keys give them."""

SIGNS: Final = {
    **dict.fromkeys("−–—﹣-‐‑", "-"),
    **dict.fromkeys("·∙⋅×∗✕", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("≈≃≅≐", "≈"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", ""),
    "√": " sqrt ", "∞": " oo ", "½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)", "≤": "<=", "≥": ">=",
    "≠": "!=", "，": ",", "．": ".", "‖": "||",
}  # fmt: skip

MATH: Final = re.compile(
    r"\$|\\[()\[\]]|\\displaystyle(?![A-Za-z])|\\(?:left|right|big|Big|bigg|Bigg)[lr]?(?![A-Za-z])"
)
SPACES: Final = re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])|\s+")
PREFIX: Final = re.compile(
    r"(?:(?:my|the|our|final|exact|numerical|correct|right)\s+)*"
    r"(?:answers?|ans|result|solution|value)\b\.?\s*(?:is|are)?\s*[:=]?\s*"
    r"|(?:so|thus|hence|therefore|we get|i get|it is|it's|is|equals|approximately|approx|about|around"
    r"|circa|ca|roughly)\b[.:,]?\s*|\bc\.\s*(?=[-\d])|[:=]\s*|≈\s*|~\s*(?=[-+.\d])|∴\s*|=>\s*",
    re.IGNORECASE,
)
SUFFIX: Final = re.compile(
    r"\s*(?:\((?:approx\w*\.?|rounded[^()]{0,30}|exact(?:ly)?|\d\s*d\.?\s*p\.?"
    r"|to \d decimals?(?: places)?"
    r"|\d decimals?(?: places)?)\)|(?<!\d)[.;,!]+|(?<=\d)[;,]+|(?<=\d)\.(?=$))\s*$",
    re.IGNORECASE,
)
NOTHING: Final = re.compile(
    r"[\s.?\-–—/_*]*|n\s*/?\s*a|none|no answer|no idea|not (?:sure|attempted|answered)|idk|dunno"
    r"|skip(?:ped)?|i\s*(?:don'?t|do not) know|blank|empty|unknown"
    r"|k\.?\s*a\.?|keine ahnung|left blank|\?+",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The text with the signs of other scripts and keyboards replaced by those of a formula."""
    text = SUPERSCRIPT.sub(lambda m: f"^({m[0].translate(SUPERSCRIPTS)})", text)
    text = SUBSCRIPT.sub(lambda m: f"_{m[0].translate(SUBSCRIPTS)}", text)
    out: list[str] = []
    for char in text:
        if "\uff01" <= char <= "\uff5e":
            char = chr(ord(char) - 0xFEE0)
        if char in GREEK:
            joined = out and (out[-1][-1:].isalnum())
            out.append(f" {GREEK[char]}" if joined else GREEK[char])
            out.append("\0")
        else:
            out.append(SIGNS.get(char, char))
    joined_text = "".join(out)
    return re.sub("\0(?=[A-Za-z0-9])", " ", joined_text).replace("\0", "")


def cleaned(answer: str) -> str:
    """An answer of one line as plain text, without dollar signs, spacing commands and words around it.

    >>> cleaned(" Answer: $z \\\\approx −0.838$. ")
    'z \\\\approx -0.838'
    """
    text = plain(answer)
    text = MATH.sub(" ", text)
    text = SPACES.sub(" ", text).strip()
    for _ in range(6):
        shorter = text[match.end() :] if (match := PREFIX.match(text)) else text
        shorter = SUFFIX.sub("", shorter).strip()
        if shorter == text:
            break
        text = shorter
    return text


def is_nothing(answer: str) -> bool:
    """Whether nothing was answered: an empty cell, a dash, or words that say so.

    >>> is_nothing(" - "), is_nothing("idk"), is_nothing("0")
    (True, True, False)
    """
    return NOTHING.fullmatch(answer.strip()[:200]) is not None
