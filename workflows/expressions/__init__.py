"""Expressions: text in documents that is worked out over JSON values, totally and within bounds."""
