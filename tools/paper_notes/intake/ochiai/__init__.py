"""Notes in the Ochiai format as people keep them in Markdown, made into drafts."""
