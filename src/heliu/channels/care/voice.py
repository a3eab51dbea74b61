"""The server's voice: a sentence as sound, by espeak-ng fed with pinyin; optional by nature.

Debian's Mandarin voice spells hanzi as English letters; numbered pinyin (of pypinyin) it says
right. The text on the screen is the truth: where no voice is installed, the page says so.
"""

import shutil
import subprocess
from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin

from heliu.channels.care.domain.words import spoken

MAX_SENTENCE: Final = 400
_PATIENCE_SECONDS: Final = 5.0
_SPEED: Final = {True: "150", False: "170"}  # words (of pinyin: syllables) a minute
_VOICE: Final = {True: "en", False: "cmn-latn-pinyin"}


def can_speak() -> bool:
    """Whether this machine has the voice."""
    return shutil.which("espeak-ng") is not None


@lru_cache(maxsize=256)
def speak(text: str, *, english: bool) -> bytes | None:
    """A sentence (at most MAX_SENTENCE characters of it) as a WAV file; None without a voice."""
    program = shutil.which("espeak-ng")
    if program is None:
        return None
    said = script(text[:MAX_SENTENCE], english=english)
    command = [program, "-v", _VOICE[english], "-s", _SPEED[english], "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 - our program, our words on its standard input
            command, input=said.encode(), capture_output=True, timeout=_PATIENCE_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout


def script(text: str, *, english: bool) -> str:
    """What is given to the voice: English as it is, Chinese as numbered pinyin."""
    plain = spoken(text, english=english)
    if english:
        return plain
    return " ".join(lazy_pinyin(plain, style=Style.TONE3, neutral_tone_with_five=True))
