"""Knowing the elements of a page again: what they are, what they are near to, and what else there was."""
