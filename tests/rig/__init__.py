"""Starts, breaks and reads the servers that walferry's tests need. See README.md."""
