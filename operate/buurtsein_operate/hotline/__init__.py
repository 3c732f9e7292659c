"""Reads the export of a city's telephone hotline: a CSV file from a spreadsheet, with people's typing mistakes."""

from buurtsein_operate.hotline.remarks import Remark
from buurtsein_operate.hotline.rows import Export, Row, read

__all__ = ["Export", "Remark", "Row", "read"]
