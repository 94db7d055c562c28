"""Pages: pure functions from the library and the report to HTML."""
