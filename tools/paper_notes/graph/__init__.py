"""The reading graph: papers, how they relate, and ways through them."""
