"""Invented knowledge bases: as large as one likes, and shaped like the real one."""
