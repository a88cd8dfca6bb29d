"""A plugin of lgspd, and an example: see README.md."""

from lgsp_plugin import serve
from mapper import Mapper

if __name__ == "__main__":
    serve(Mapper(), name="python-danh-sach", version="1.0.0")
