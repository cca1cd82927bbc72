"""What every port to an outside party shares."""


class PortError(Exception):
    """An outside party did not do what it was asked. `permanent`: trying again would not help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
