"""mailgateway: the e-mail front door of a service desk."""

__version__ = "0.1.0"
