"""Processes beside a robot, in which documents are opened."""
