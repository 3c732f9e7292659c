"""Defines the commands of reports; each is the body of one request."""

from buurtsein_reports.commands.submission import AskSources, Contact, Place, Source, SubmitReport

__all__ = ["AskSources", "Contact", "Place", "Source", "SubmitReport"]
