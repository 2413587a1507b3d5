"""Programs with windows: what Linux and Windows have in common, and a driver for each."""
