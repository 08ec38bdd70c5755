"""What all tests share: how hypothesis works."""

from hypothesis import settings

settings.register_profile("mockserver", settings(), deadline=None)  # a busy machine is no failure
settings.load_profile("mockserver")
