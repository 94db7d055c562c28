"""Paper Notes: a knowledge base of deep-learning papers that proves what it says.

Its rooms, each of which knows only of those below it:

- cli: the commands' words and exit statuses.
- site: from pages to a whole site, and serving it.
- changes, intake, export, checking: the other commands.
- pages: every page as a pure function of the base and its runs.
- graph: who is to be read after whom. search: the index, and the client that asks it.
- library: everything that a base says. reading: from files to that, remembered.
- notes, snippets: what a note is, what a snippet is; how snippets are run, contained and mutated.
- storage: files, read with care and written whole. problems: what is wrong, where, and what to do.
"""

__version__ = "0.1.0"
