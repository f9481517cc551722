"""Large models from the hub, or behind a server: they draft whole edits. Imported only when such an engine is asked for."""
