"""Writing certificates: each step of the kernel taken apart into the seven rules of `derive.recheck`.

Nothing here is trusted. What it writes is checked by `derive.recheck`, with whose terms and steps it works,
so that it can ask a step what it still needs. `writer` holds the steps, `signs` proves inequalities and
`closed` those between numbers, `slopes` differentiates, `rules`, `ranges` and `integrals` translate the
rules of the kernel, `translation` its terms and `serialising` writes JSON.
"""
