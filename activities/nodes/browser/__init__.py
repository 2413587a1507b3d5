"""Acting in a web browser."""
