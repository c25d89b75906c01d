"""``python -m okapi_sdk`` is ``okapi``."""

from .cli import main

main()
