"""What a site costs to build, to write and to read, ours beside others: one measure a module."""
