"""The library of derivations: one module per topic.

Its statements arrive with the probability layer of the kernel; see `docs/roadmap.md`.
"""
