"""The processes that run snippets, from the one that imports torch to the one that runs a test."""
