"""The platform's protocol over HTTP."""
