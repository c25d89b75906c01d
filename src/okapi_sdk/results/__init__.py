"""Results from the platform: responses, status, result lists, and records shared by several services."""
