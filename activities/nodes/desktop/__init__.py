"""Working with programs that have windows."""
