"""``python -m okapi_sdk.cli`` is ``okapi``."""

from . import main

main()
