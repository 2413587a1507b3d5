"""Files on servers, by FTP."""
