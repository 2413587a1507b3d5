"""Watching a person in a browser: what they point at, and what they do."""
