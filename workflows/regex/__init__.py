"""Regular expressions in Python's spelling that never take more than their share of time."""
