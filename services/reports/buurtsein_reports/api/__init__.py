"""Defines the HTTP routes of reports: each makes a command of the request and calls one handler."""

from fastapi import APIRouter

from buurtsein_reports.api import reading, submission

router = APIRouter(routes=[route for part in (reading, submission) for route in part.router.routes])
