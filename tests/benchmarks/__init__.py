"""Benchmarks: ``nox -s bench``. pytest collects none of it but the test of the server."""
