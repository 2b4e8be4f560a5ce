"""The fields that each table of a key may hold, and the limits on their number."""

from __future__ import annotations

from typing import Final

KINDS: Final = ("numeric", "symbolic", "mcq", "derivation", "statement", "attested")
MAX_QUESTIONS: Final = 1_000
MAX_ENTRIES: Final = 200

# fmt: off
FIELDS: Final = {
    "top": {"exam", "symbols", "define", "question"},
    "exam": {"id", "title", "total", "course", "date", "note", "source"},
    "symbol": {"domain", "kind", "args"},
    "question": {
        "id", "kind", "marks", "text", "topic", "note", "symbols", "given", "define", "assume",
        "premises", "audits", "model", "answer", "claim", "accept", "working", "vary", "feedback",
        "follow", "part", "key", "exactly_one", "options", "step", "goal", "reason", "laws", "holds",
        "fails", "rubric",
    },
    "part": {
        "id", "text", "answer", "model", "claim", "accept", "working", "marks", "follow", "feedback",
    },
    "option": {"latex", "text", "expr", "holds", "fails", "let"},
    "step": {"tag", "expr", "relation", "by", "marks", "rubric"},
    "premise": {"claim", "given", "value", "theorem", "chain", "say"},
    "claim": {"claim", "theorem", "chain", "say"},
    "laws": {"variables", "densities", "pushforwards", "mass_one", "exist"},
    "pushforward": {"of", "inverse", "increasing"},
    "feedback": {"when", "marks", "say"},
    "follow": {"from", "replace", "name"},
    "accept": {"decimals", "allow_exact", "slack_last_digit"},
}
# fmt: on
