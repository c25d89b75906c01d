"""The foundation of all models: bases, field types, rules and JSON forms."""
