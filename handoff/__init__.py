"""The people: queue, hours, desk, staff pages, results."""
