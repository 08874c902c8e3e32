"""The LINE door: signed webhooks in, replies and pushes out, media and profiles beside."""
