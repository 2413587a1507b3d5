"""The node types: one file each, its path is its name."""
