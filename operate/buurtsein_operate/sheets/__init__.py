"""Reads lists that people keep in spreadsheets, as CSV files with people's typing mistakes."""

from buurtsein_operate.sheets.remarks import Remark, Unreadable
from buurtsein_operate.sheets.rows import Form, Row, Sheet, read

__all__ = ["Form", "Remark", "Row", "Sheet", "Unreadable", "read"]
