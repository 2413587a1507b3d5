"""Desktops on Linux: each a display, a bus and a window manager of its own, outliving the robots that use it."""
