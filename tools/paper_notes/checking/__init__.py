"""Finding everything that is wrong with a base, and remembering that nothing was."""
