"""Browsers by Playwright; nothing else imports it."""
