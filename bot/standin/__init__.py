"""A local stand-in for the LINE platform: a judge for tests and a phone for the demo."""
