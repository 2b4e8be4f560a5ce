"""Answer keys: their model, the TOML reader, and the checks of each kind of question."""
