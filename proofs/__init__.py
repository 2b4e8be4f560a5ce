"""The library of derivations: one module per topic.

Its statements arrive with the rules for densities and expectations.
"""
