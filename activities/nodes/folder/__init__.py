"""Folders of the robot's host, such as shared drives."""
