"""Files: read with care, written whole, held by one command at a time, put right after a crash."""
