"""The domain of reports: what a report is, and when it is refused."""
