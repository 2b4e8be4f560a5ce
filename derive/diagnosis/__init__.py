"""Diagnosis: the one slip that turns a true statement into a refuted claim, when there is one."""

from derive.diagnosis.mending import Slip, diagnose

__all__ = ["Slip", "diagnose"]
