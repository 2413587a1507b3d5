"""Programs that run on a robot's machine."""
