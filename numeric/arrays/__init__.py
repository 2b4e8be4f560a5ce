"""Programs over NumPy arrays: steps in block buffers, their source, and the function that runs them."""
