"""Coverage-guided fuzzing of every reader of foreign input; see README.md. One module a target."""
