"""Looks up official addresses: in a file, or in the Flemish address register over HTTP."""
