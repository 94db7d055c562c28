"""Paper Notes: a knowledge base of deep-learning papers that proves what it says."""

__version__ = "0.1.0"
