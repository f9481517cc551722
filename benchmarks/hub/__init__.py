"""Small models for the hub engines, made and trained in minutes without a GPU."""
