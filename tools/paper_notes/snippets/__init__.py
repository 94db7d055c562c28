"""Snippets: one paper's method as runnable code, and the record of running it."""
