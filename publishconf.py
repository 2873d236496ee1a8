"""发布时与预览不同的设置：正式网址和发布位置。其余都照 pelicanconf.py。"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pelicanconf import *

SITEURL = "https://www.example.gov.cn"
PUBLISH_TO = "public"  # 正式网站所在的文件夹，publish 整个换上
PUBLISHING = True  # 按正式网站检查
