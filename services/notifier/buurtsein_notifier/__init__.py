"""The notifier proposes alerts, lets police release them, and sends them to BE-Alert."""
