"""Tables in Excel workbooks."""
