"""Services of a robot's machine."""
