"""Outside material made into notes: arXiv, Crossref, BibTeX, notes in Markdown."""
