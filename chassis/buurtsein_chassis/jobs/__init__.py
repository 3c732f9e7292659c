"""Scheduled work of a service: declared by name and schedule, done by one worker at a time."""

from buurtsein_chassis.jobs.schedule import DailyAt, Every, Job

__all__ = ["DailyAt", "Every", "Job"]
