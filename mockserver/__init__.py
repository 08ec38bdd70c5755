"""A mock server that remembers, and a contract checker, both generated from OpenAPI documents."""

__version__ = "0.1.0"
