"""What developers run, a folder for each trade."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""
