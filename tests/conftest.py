"""What every test may use: the servers of the suite, and a Hypothesis that a busy machine does not disturb."""

from hypothesis import settings

pytest_plugins = ["tests.servers.fixtures"]

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
