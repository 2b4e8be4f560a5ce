"""Grading: the answers of many students beside one key, each with its marks and the reason for them."""
