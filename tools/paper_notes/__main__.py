"""`python -m paper_notes`."""

import sys

from paper_notes.cli import main

sys.exit(main())
