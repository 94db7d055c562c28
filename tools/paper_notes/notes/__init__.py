"""Notes: one paper's summary, from YAML to values."""
