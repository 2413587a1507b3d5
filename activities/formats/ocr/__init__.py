"""Text and codes in pictures."""
