"""The configuration files -> checked settings and the policy of the desk; pydantic and ruamel.yaml live only here.

Everything wrong in every file comes back at once, each with its place and its mend. No secret is read before it is
asked for, and none is ever shown. Nothing here connects to anything.
"""
