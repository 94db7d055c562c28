"""What a change of the base does to it: papers, links, claims."""
