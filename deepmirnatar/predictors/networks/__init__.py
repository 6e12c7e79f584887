"""The torch modules. Imported only where something is trained or scored: torch takes seconds to load."""
