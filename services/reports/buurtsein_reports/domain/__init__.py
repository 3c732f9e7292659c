"""What a report is and when it is refused."""
