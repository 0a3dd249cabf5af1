"""One file for each command, or group of commands, that offers it as `app`."""
