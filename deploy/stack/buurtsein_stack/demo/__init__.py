"""The demo (`make demo`): the story of a neighbourhood network in Aalst on real servers, with a count of all events."""
