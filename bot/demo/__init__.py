"""What `madoguchi demo` shows: a pretend shop whose customers use the real front door."""
