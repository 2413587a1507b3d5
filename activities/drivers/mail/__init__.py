"""Mail through the standard library: SMTP and IMAP, each step on connections of its own."""
