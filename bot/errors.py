"""What can go wrong in the talk, named after the fact.

MadoguchiError
├── StoreError
│   ├── StoreUnavailable    the database did not take a write: nothing was stored, try again
│   └── StoreInUse          another server holds this database
├── Refused                 the request is understood and not allowed now
│   ├── NotFound
│   ├── TooLarge
│   └── TooMany
└── BadInput                the request cannot be understood; says how to mend it
"""


class MadoguchiError(Exception):
    #: the message when none is given; no docstring, which `python -OO` takes away
    says = "Something went wrong."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.says)


class StoreError(MadoguchiError):
    says = "The database could not be used."


class StoreUnavailable(StoreError):
    says = "The database did not take the write. Nothing was stored; try again."


class StoreInUse(StoreError):
    says = "Another server is using this database."


class NewerDatabase(StoreError):
    says = "This database was written by a newer version of Madoguchi."


class Refused(MadoguchiError):
    says = "This is not possible now."


class NotFound(Refused):
    says = "There is nothing here, or it is not yours to see."


class TooLarge(Refused):
    says = "This is larger than we accept."


class TooMany(Refused):
    says = "Too many in a short time. Please wait a moment."


class BadInput(MadoguchiError):
    says = "The request could not be understood."
