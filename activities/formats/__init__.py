"""What files hold, by their format; each module is the only one that knows the library behind it."""
