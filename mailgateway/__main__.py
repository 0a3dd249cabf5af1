"""`python -m mailgateway` is the command `mailgateway`."""

from mailgateway.cli import main

main()
