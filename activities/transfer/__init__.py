"""Copying files to and from servers, whatever they speak: what nodes of the same verb share."""
