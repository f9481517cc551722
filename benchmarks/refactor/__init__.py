"""The rename benchmark: hand-checked references on releases from which nothing was trained."""
