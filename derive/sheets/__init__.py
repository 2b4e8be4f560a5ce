"""Answer keys and what was found about them, as pages to read and to hand out."""

from derive.sheets.author import safe_latex
from derive.sheets.build import SheetError, write_sheet
from derive.sheets.escaping import escape
from derive.sheets.latex_sheet import sheet

__all__ = ["SheetError", "escape", "safe_latex", "sheet", "write_sheet"]
