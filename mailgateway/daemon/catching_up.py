"""Periodic work after the clock was set back: APScheduler goes by the time of day, and would stand still until then."""

from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler


def catch_up(scheduler: BackgroundScheduler, now: datetime) -> None:
    """Have work done now that is further ahead than it comes apart."""
    for job in scheduler.get_jobs():
        if job.next_run_time is not None and job.next_run_time - now > job.trigger.interval:
            job.modify(next_run_time=now)
