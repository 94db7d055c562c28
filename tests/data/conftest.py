"""The library in this folder is data: its tests belong to it and run only inside it."""

collect_ignore = ["library"]
