"""The screen, keyboard, mouse and clipboard of an X display, without any library of X."""
