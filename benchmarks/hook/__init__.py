"""Benchmarks of the commit hook: half refactors finished, false alarms on real histories, times."""
