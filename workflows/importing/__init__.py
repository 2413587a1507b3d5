"""Bringing automations of the predecessor, node graphs as JSON, into the language."""
