"""The export of a municipal hotline: what a Belgian spreadsheet writes, with the dirt that people leave in it."""

from buurtsein_operate.hotline.rows import Export, Row, read
from buurtsein_operate.hotline.said import Remark

__all__ = ["Export", "Remark", "Row", "read"]
