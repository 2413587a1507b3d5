"""Programs that documents bring along."""
