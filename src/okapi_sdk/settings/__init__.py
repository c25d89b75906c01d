"""Client settings: environment, credentials, policies and clock."""

from .clock import Clock, SystemClock
from .environments import Environment
from .policies import PollPolicy, RetryPolicy

__all__ = ["Clock", "Environment", "PollPolicy", "RetryPolicy", "SystemClock"]
