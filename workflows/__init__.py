"""The language and its interpreter: pure, deterministic, free of I/O."""
