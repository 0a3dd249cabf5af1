"""Figures for Prometheus: the one home of prometheus_client.

No label holds anything that a mail says, and the values of each are few, whatever is configured or written.
"""
