"""发布时与预览不同的设置：正式网址和发布目录。其余都照 pelicanconf.py。"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pelicanconf import *

SITEURL = "https://www.example.gov.cn"
OUTPUT_PATH = "public"
PUBLISHING = True  # 按正式网站检查
