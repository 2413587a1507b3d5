"""Databases, each through its own library."""
