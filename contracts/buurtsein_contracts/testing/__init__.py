"""The testing kit: records as they come off the stream, and every way they may go wrong."""
