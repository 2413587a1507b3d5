"""What each command accepts; what it does is loaded when it is used, so that `aether --help` answers at once."""
