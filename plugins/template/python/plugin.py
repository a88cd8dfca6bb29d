"""ten-plugin is a plugin of lgspd."""

from lgsp_plugin import serve
from mapper import Mapper

if __name__ == "__main__":
    serve(Mapper(), name="ten-plugin", version="0.1.0")
