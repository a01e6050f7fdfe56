"""How many in how many seconds: the limits of `config.limits`, each of which an environment variable may change."""

from config.environment import Environment

# A busy clerk, whose page saves while she types and who acts on many files at once, stays far below all of them.
RATES: dict[str, tuple[int, int]] = {
    "post": (240, 60),  # by account: acts, autosaves, everything that is not the fetching of a page
    "upload": (200, 3600),  # by account, in files
    "export": (60, 3600),  # by account: documents made anew (DOCX, XLSX, PDF, CSV)
    "download": (1000, 3600),  # by account: stored files
    "stranger_post": (300, 60),  # by address, of people who are not signed in: a whole office may share one
}
WIDELY = 1_000  # tests act in hundreds; those of the limits set their own


def rates(env: Environment, *, wide: bool) -> dict[str, tuple[int, int]]:
    """Return how many are taken in how many seconds; LIMIT_POST=240/60 changes `post`.

    Raises:
        ValueError: a variable is not two whole numbers above 0.
    """
    return {
        name: _given(env, name, most * (WIDELY if wide else 1), seconds)
        for name, (most, seconds) in RATES.items()
    }


def _given(env: Environment, name: str, most: int, seconds: int) -> tuple[int, int]:
    text = env.str(f"LIMIT_{name.upper()}", default=f"{most}/{seconds}")
    found = tuple(int(part) for part in text.split("/"))
    if len(found) != 2 or min(found) < 1:
        msg = f"LIMIT_{name.upper()} must be two whole numbers such as {most}/{seconds}, not {text}"
        raise ValueError(msg)
    return found
