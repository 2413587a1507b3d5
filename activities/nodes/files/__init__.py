"""Files of the run."""
