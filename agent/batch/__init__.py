"""Many edits over many repositories from one recipe: decided by workers, landed by one process, resumed after a kill."""
