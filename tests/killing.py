"""How tests end a function between two of its calls."""


class Killed(BaseException):
    """The function's process has died."""
