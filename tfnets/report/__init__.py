"""Run folders in, one self-contained HTML page (or a table for the terminal) out."""

from tfnets.report.page import build_report
from tfnets.report.summary import SummaryRow, summary_rows, summary_table, text_table

__all__ = ["SummaryRow", "build_report", "summary_rows", "summary_table", "text_table"]
