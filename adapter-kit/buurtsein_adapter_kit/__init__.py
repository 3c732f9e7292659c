"""Contains the tests that every adapter to BE-Alert must pass: `pytest --adapter=module:Class`."""
