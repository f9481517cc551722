"""The agent: git worktree, validators, journal, the loop and its doors; the only package that reads disk, clock, terminal and environment."""
