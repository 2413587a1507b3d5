"""How often a healed step acts on the right element, on the wrong one, and on one where it should have refused."""
