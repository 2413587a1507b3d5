"""What nodes need of the world, as protocols and capabilities."""
