"""发布时与预览不同的设置：正式网址和发布目录。其余都照 pelicanconf.py。"""

from pelicanconf import *  # noqa: F403

SITEURL = "https://www.example.gov.cn"
OUTPUT_PATH = "public"
