"""What every test may use: the servers of the suite."""

pytest_plugins = ["tests.servers.fixtures"]
