"""Programs with windows on Windows, through UI Automation."""
