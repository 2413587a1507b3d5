"""What expressions can call: pure functions and methods, each documented where it stands."""
