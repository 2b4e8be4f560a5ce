"""Writing certificates: each step of the kernel taken apart into the rules of `derive.recheck`.

Nothing here is trusted. What it writes is checked by `derive.recheck`, with whose terms and steps it
works, so that it can ask a step what it still needs. `writer` holds the steps and `existence` shows sums
to be defined; `signs` proves inequalities, with `bounds`, `multiples`, `powers`, `functions`, `closed`
and `quadratic` for what is no sum; `slopes` differentiates. `rules`, `ranges` and `integrals` translate
the rules of the kernel, `translation` its terms; `serialising` writes JSON.
"""
