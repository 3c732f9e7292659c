"""Plays the demo (`make demo`): a story of a neighbourhood network in Aalst on real servers, with a count of events."""
