"""Programs that documents bring along, in processes of their own."""
