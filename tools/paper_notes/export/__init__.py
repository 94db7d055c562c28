"""Export: a paper's metadata in the formats other tools read."""
