"""The programs and services of a robot's machine."""
