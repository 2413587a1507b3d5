"""Browsers in processes of their own, which outlive the robots that use them."""
