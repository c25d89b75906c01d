"""Shared foundation of the models: base classes, field types, validation rules and JSON conversion."""
