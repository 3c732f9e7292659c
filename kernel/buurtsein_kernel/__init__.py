"""What every domain shares: rules for typed text, places, Belgian days. Pure; imports nothing else of ours."""
