"""The processes and their composition."""
