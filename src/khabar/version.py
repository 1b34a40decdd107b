"""The version of khabar: stated here, read by the package builder and written into every graph."""

__version__ = "0.1.0"
