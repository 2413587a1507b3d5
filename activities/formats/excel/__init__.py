"""Spreadsheets of all the formats that offices have."""
