"""Containment, in layers: each is tried when a worker starts, and named in the report."""
