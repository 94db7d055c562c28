"""`paper-notes serve`: pages that follow what is being written."""
