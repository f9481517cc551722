"""redraft for other programs: agents (Model Context Protocol) and editors (Language Server Protocol)."""
