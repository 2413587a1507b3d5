"""How the world is reached; each module is the only importer of its library."""
