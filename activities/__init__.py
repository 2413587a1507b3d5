"""The world, one call at a time: node types, the sessions they use and the drivers behind those."""
