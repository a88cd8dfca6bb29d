"""The one line of main: who started the program decides what it does."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath
from typing import NoReturn

from . import alone
from .mapper import Mapper

# What tells a plugin that a daemon started it, and not a person. It is no secret.
COOKIE_KEY = "LGSPD_PLUGIN"
COOKIE_VALUE = "lgsp.plugin.v1"


def serve(mapper: Mapper, *, name: str = "", version: str = "unknown") -> NoReturn:
    """Serve a mapper to the daemon until it says that it is enough, or is no more;
    then end the program. Started by a person, map the files that the arguments
    name and print what becomes of them. It does not return.

    name is that of the program without its suffix where none is given; version is
    the author's own. Both stand in ``lgspd plugin list``.

    The mapper is called by several threads at once. What the program prints goes
    to the daemon's log, cut and limited: it must hold no citizen data.
    """
    name = name or PurePath(sys.argv[0]).stem
    if os.environ.get(COOKIE_KEY) != COOKIE_VALUE:
        sys.exit(alone.main(mapper, name, version, sys.argv[1:]))
    # Only here, so that a mapper can be tried where there is no gRPC.
    from .serving import run

    run(mapper, name, version)
