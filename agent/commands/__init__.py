"""One command a file, one function each; `agent.cli` imports a command only when it runs."""
