"""The second program: it reads a certificate and says yes or no.

It shares nothing with the rest of ``derive`` but the format, and needs the standard library alone.
`recheck` is the door. To audit it read ``facts.txt``, then `terms`, `language`, `context`, `reading`,
`algebra`, `matrices`, `steps` and `replay`.

>>> recheck({"format": "derive-certificate", "version": 1})
Traceback (most recent call last):
derive.recheck.terms.Rejected: it is not of the format derive-certificate, version 3
"""

from .replay import Report, recheck
from .terms import Rejected

__all__ = ["Rejected", "Report", "recheck"]
