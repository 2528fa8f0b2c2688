"""What every test stands on; `tests/conftest.py` offers it as fixtures."""
