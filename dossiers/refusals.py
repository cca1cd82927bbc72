"""How verbs say no. The words are fit for the person who tried."""


class MoveRefused(Exception):
    """The move is not lawful now, or not for this actor."""


class LostRace(MoveRefused):
    """Somebody else moved the dossier first; the message says who and when."""
