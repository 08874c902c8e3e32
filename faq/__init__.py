"""What we know: entries, matching and checking of the knowledge."""
