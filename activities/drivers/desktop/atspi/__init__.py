"""Programs with windows on Linux: accessibility (AT-SPI) over D-Bus, and the X display they are shown on."""
