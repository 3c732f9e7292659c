"""Runs the jobs of a service: each is declared with a name and a schedule, and one worker at a time runs it."""

from buurtsein_chassis.jobs.schedule import DailyAt, Every, Job

__all__ = ["DailyAt", "Every", "Job"]
