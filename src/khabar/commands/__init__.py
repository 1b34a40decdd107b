"""The commands, each in a module of its own name: only the one that is asked for is loaded."""
