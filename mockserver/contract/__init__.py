"""The contract checker: a mock, or the real service, is held to its document. Sees a mock only over HTTP or ASGI, and alone imports schemathesis."""
