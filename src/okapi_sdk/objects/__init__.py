"""Objects stored on the platform, one file for each collection."""
