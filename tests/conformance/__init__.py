"""The published clients against the emulator: ``nox -s conformance`` installs them, each in a venv of its own."""
