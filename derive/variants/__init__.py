"""Fresh numbers for the numeric questions of a key: the same paper again, for the next exam."""
