"""Reads lists that people keep in spreadsheets, from CSV files that may contain typing mistakes."""

from buurtsein_operate.sheets.remarks import Remark, Unreadable
from buurtsein_operate.sheets.rows import Form, Row, Sheet, read

__all__ = ["Form", "Remark", "Row", "Sheet", "Unreadable", "read"]
