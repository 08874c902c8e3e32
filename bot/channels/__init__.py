"""The doors customers write through: LINE and the web chat."""
