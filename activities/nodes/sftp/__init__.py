"""Files on servers, by SFTP."""
