"""Site: from pages to a folder that a web server can serve."""
