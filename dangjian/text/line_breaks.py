"""Where a line may end: in titles at the borders of words, in texts nowhere that tears a unit.

Browsers break Chinese after any character. The theme forbids that for titles (``word-break:
keep-all``) and ``breakable`` marks the places where it is right. It knows the vocabulary of the
field, not the language: an unknown word may cost a place to break, and must not gain a false one.

Texts are broken by the browser after the Unicode line breaking algorithm (UAX 14), which is wrong
for Chinese in three places that ``text_breaks`` corrects: it allows no break next to a quotation
mark with a Latin neighbour (“1+6”), none inside long addresses, and one between a number and its
unit. What must stay whole is in a ``.nb`` (``white-space: nowrap``). No character is added: a word
joiner would remove the narrow space between Chinese characters and figures.
"""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from dangjian.common.patterns import regex

# Words that stand by themselves: a line may end before and after each. Some are here only to keep
# shorter ones from being found across their borders (职工作用 is 职工 and 作用, with no 工作).
_VOCABULARY = """
党的建设 党的领导 党的二十大 党的十九大 党的二十届三中全会 党的二十届四中全会 党史学习教育
党组织书记 党支部书记 党委书记 党务工作者 党务公开 党风廉政建设 党风廉政 党员教育 党员干部
党员发展 党员活动室 党群服务中心 党群服务 党代表大会 党内法规 党内政治生活 党费 党课 党校 党史
党章 党纪 党性 党旗 党徽 党龄 党籍 党政 党外 党内 党支部 党总支 党小组 党委会 党委 党组织 党组
党建 党员 党群 党派 党日 党风 主题教育 主题党日 民主生活会 组织生活会 组织生活 组织部门 组织部长
组织部署 组织部 组织工作 组织建设 组织振兴 组织路线 组织体系 组织力 组织 三会一课 两学一做
两个确立 两个维护 四个意识 四个自信 四个全面 五位一体 三农工作 不忘初心 牢记使命 初心使命 从严治党
全面从严治党 中国共产党 中国共产党员 中国特色社会主义 中国式现代化 中华民族 中国梦 中央 中共 中国
中心组 中心 中小学 中学 中药 中医 中药材 习近平新时代中国特色社会主义思想 习近平总书记 习近平
总书记 新时代 新征程 新发展理念 新发展格局 新质生产力 新格局 新篇章 新成效 新局面 新气象 新作为
新动能 新路径 新模式 新机制 新业态 新就业群体 新兴领域 新农村 新媒体 新闻 社会主义核心价值观
社会主义 社会治理 社会保障 社会组织 社会事业 社会 社区 网格化 网格员 网格 全国 全省 全市 全县 全区
全镇 全乡 全村 全年 全面 全员 全会 全体 全力 全程 全域 全民 全过程 乡村振兴 乡村治理 乡村旅游 乡村
乡镇 城乡 城市 城镇化 城镇 村集体经济 村集体 村级 村民 村民委员会 村干部 村党组织 村支书 农业农村
农业 农村 农民 农产品 农家书屋 农户 农机 脱贫攻坚 脱贫 扶贫 巩固拓展 易地搬迁 共同富裕 集体经济
集体 基层党建 基层党组织 基层治理 基层组织 基层干部 基层减负 基层 机关党建 机关 国有企业 国企 企业
两新组织 非公企业 非公有制 民营企业 民营 党企 市场监管 市场主体 市场 街道 小区 单元 楼栋 物业
业主委员会 业主 业务 居民委员会 居民 市民 人民代表大会 人大代表 人大常委会 人大 人民政协 人民群众
人民政府 人民法院 人民检察院 人民 人才工作 人才队伍 人才引进 人才振兴 人才强国 人才 人员 人事 人社
干部队伍 干部教育 干部监督 干部任前公示 干部任用 干部选拔任用 干部考核 干部作风 干部 选拔任用 选拔
任前公示 任用 任免 任职 任务 公务员 选调生 大学生 村官 驻村 第一书记 书记 委员会 委员 常委会 常委
常务 政协委员 政协 政府 政策解读 政策 政治理论 政治生态 政治建设 政治监督 政治 政务公开 政务服务
政务 政绩观 政绩 领导班子 领导干部 领导 班子成员 班子 主任 主席 主体责任 主体 主要 主动 主办 主持
部长 部署 部门 部队 局长 县长 市长 镇长 乡长 校长 院长 厅长 工作会议 工作报告 工作方案 工作规划
工作机制 工作总结 工作要点 工作推进会 工作座谈会 工作条例 工作规定 工作动态 工作经验 工作队 工作组
工作者 工作室 工作站 工作法 工作 会议精神 会议 会上 会见 大会 扩大会议 扩大 座谈会 座谈 推进会
推进 推动 推广 推行 推荐 推选 交流会 交流 报告会 报告 培训班 培训 动员会 动员 部署会 调度会 调度
视频会议 视频 研讨会 研讨班 研讨 发布会 发布 发展党员 发展 发挥 发言 发现 开发区 开发 开展 开始
开幕 开放式 开放 开局
开班 启动 召开 举行 举办 举措 举报 印发 下发 颁布 公布 公示 公告 公开 通知 通报
通告 通过 通讯 意见 建议 办法 规定 条例 细则 方案 规划 规范 规则 制度 机制 体系 体制 体制改革 改革
深化 深入 深刻 创新 创建 创业 创造 创先争优 先进典型 先进事迹 先进 先锋 先行 先后 典型 模范 榜样
示范 示范区 示范点 标准化 标准 规范化 常态化 长效 信息化 数字化 智慧 智能 网络 互联网 媒体 平台
阵地 建设 建立 建成 建筑 构建 构筑 打造 筑牢 夯实 夯实基础 基础 巩固 提升 提高 提供 提出 提醒 强化
强调 加强 加快 加大 增强 增收 增效 优化 优秀 优势 优先 完善 健全 落实 落地 贯彻 贯彻落实 执行 坚持
坚决 坚定 坚守 确保 确立 确定 保障 保护 保持 做好 做实 做强 抓好 抓实 抓紧 守护 守住 维护 维权
服务 服务群众 群众路线 群众 群团 联系群众 联系 联动 联合 联建 联盟 联席会议 共建 共建共治共享 共享
共治 共同 共识 共青团 共产党员 共产党 共和国 合作社 合作 协作 协商 协调 协会 协同 统筹 统战
统一战线 统一 统计 引领 引导 引进 带动 带头人 带头 带领 领航 领办 赋能 赋权 激发 激励 激活 助力
助推 助农 聚焦 聚力 聚合 凝聚 凝心聚力 凝聚力 汇聚 绘就 谱写 书写 描绘 铸就 铸牢 奋进 奋斗 奋力
奋发 担当 担当作为 作为 作风 作风建设 作用 作出 作品 责任 责任制 责任编辑 负责 负责人 负责任 使命
初心 理想信念 信念 信仰 信访 信用 信息 精神 精神文明 精准 精细化 精品 学习 学习贯彻 学习教育
学习培训 学习宣传 学校 学员 学生 学院 学术 教育 教育局 教师 教学 教训 理论 理论学习 理念 宣传
宣传部 宣讲 宣讲团 宣誓 宣布 思想 思想政治 文化 文明 文明实践 文明城市 文明单位 文旅 文件 文艺
文书 旅游 红色 红色资源 红色基因 红色教育 绿色 绿色发展 生态 生态环境 生态文明 生态保护 环境
环境整治 环保 卫生 卫健 健康 医疗 医院 医保 医生 养老 养老服务 老年 老干部 老党员 老人 离退休干部
离退休 退休 退役军人 军人 民族团结 民族 民政 民生 民生实事 民主 民主评议 民主测评 民主监督 民意
民情 民警 就业 就业创业 产业 产业链 产业园 产业振兴 产业工人 生产 生活 生育 业绩 经济 经济社会
经济发展 经验 经营 高质量发展 高质量 高水平 高校 高效 高地 高标准 高层次人才 高原 高考 质量 质效
效能 效率 成效 成果 成立 成为 成绩 成长 增长 收入 收官 项目建设 项目 投资 招商引资 招商 招聘 招考
招生 营商环境 工程 工业 工会 工人 工资 工匠 工地 科技创新 科技 科学 科普 技术 技能 技能人才 专家
专业 专题 专项 专班 专题党课 专题学习 专题研讨 专题会议 整治 整改 整顿 整合 整体 治理 治理能力
治理体系 治理现代化 现代化 现代 现场 现场会 现场观摩 现状 观摩 调研 调查 调解 考核 考察 考试 考评
评价 评议 评选 评比 述职 述职评议 述职述廉 巡察 巡视 监督 监督执纪 纪律 纪律教育 纪委监委 纪委
监委 廉政 廉洁 廉洁文化 清廉 反腐败 腐败 检查 检察院 检察 检验 督导 督查 督办 督促 指导 指示 批示
指南 指挥 安全生产 安全 安排 安置 应急 应急管理 防汛 防控 防范 防治 疫情防控 疫情 防火 灾后重建
灾害 救灾 抗旱 抢险 救援 消防 平安建设 平安 法治 法治政府 法律 法规 法院 依法 依法治国 司法 执法
普法 公安 公安局 公益 公共服务 公共 公路 交通 交通运输 道路 水利 水务 电力 供水 供暖 住房 住建
资源 资金 资产 自然资源 自然 财政 财务 财产 金融 银行 税务 审计 审批 审议 审核 预算 决算 决策 决定
决议 决战 决胜 组工 组工干部 组团 帮扶 帮办 帮助 结对 结对帮扶 结合 结果 结构 志愿 志愿服务 志愿者
慰问 走访 走访慰问 走进 走深 走实 关爱 关心 关怀 关于 关键 关注 加油 加入 困难 困难群众 残疾人
妇女 妇联 青年 青少年 青年干部 年轻干部 年轻 儿童 留守儿童 少年 家庭 家风 家园 家访 家乡 国家 国际
国防 国庆 国有 国旗 省委 省级 市级 县级 区级 镇级 县域 县城 区域 区域化 市委组织部 县委组织部
区委组织部 省委组织部 中央组织部 中组部 市委 县委 区委 镇党委 乡党委 活动 活力 行动 行业 行政
行政审批 实施 实践 实践活动 实现 实行 实效 实事 实干 实地 实绩 实现路径 试点 试验 经费 补贴 补助
奖励 表彰 表扬 荣誉 称号 名单 名师 申报 申请 报名 报送 报道 登记 注册 变更 调整 年度 年终 年中
季度 阶段 期间 时代 时间 时期 日常 近日 今年 去年 明年 第一 首个 首批 首届 本届 换届 换届选举 选举
代表 代表团 典礼 仪式 庆祝 纪念 纪念日 周年 建党 建军节 春节 元宵 清明 端午 中秋 重阳 五一 七一
国庆节 妇女节 教师节 劳动节 劳动 劳动者 劳动力 劳动模范 职工 职业 职业教育 职责 职务 职级 机构
机构改革 编制 编办 事业单位 事业 事项 事迹 事实 单位 双报到 双争 双创 双拥 在职党员 在职 流动党员
流动 退役 入党 入党积极分子 积极分子 积极 问题 问题整改 问责 问计 问需 需求 要求 要闻 要点 重要
重要讲话 重要论述 重要指示 讲话 讲话精神 讲述 讲座 重点 重点工作 重大 重大项目 重视 突出 突破 特色
特色产业 特色小镇 特别 亮点 亮相 品牌 品质 样板 样本 模式 路径 格局 布局 大局 全局 战略 战略合作
战斗堡垒 堡垒 战斗 战役 攻坚 攻坚战 阻击战 持续 持续推进 不断 不得 稳步 稳定 稳中求进 有序 有效
有力 有关 有限公司 公司 集团 园区 工业园区 景区 校园 课堂 课题 大讲堂 讲堂 夜校 图书 图书馆 记录
记者 记事 档案 档案馆 馆长 博物馆 纪念馆 文化馆 文化站 书屋 阅读 读书 诗歌 歌曲 演讲 竞赛 比赛
大赛 运动会 运动 体育 足球 艺术 展览 展示 展播 展现 习惯 论坛 论述 讨论 谈话 谈心 座谈交流 态度
动态 动力 力量 能力 能力提升 能力建设 功能 能源 潜力 合力 魅力 压力 压实 责任落实 任期 因为 由于
为了 为民 为民服务 为民办实事 办实事 办理 办公室 办公 办学 以及 及时 及其 参与 参加 参观 参考
与时俱进 与会 赋予 给予 和谐 和平 和美乡村 和美 和睦 温和 祥和 缓和 和解 存在 正在 所在 在线 在岗
并且 并非 合并 或者 或是 对于 对口 对接 对标 对象 对照 面对 针对 反对 把握 把脉 把关 让利 被动
从事 从业 从优 自从 向前 向上 方向 面向 意向 转向 走向 趋向 到位 到底 报到 达到 得到 看到 做到
等级 等次 平等 高等 同等 中等 优等 上级 下级 上岗 下沉 上升 以上 以下 之一 之家 之路 之间 其中
其他 其它 目的 的确 可以 可持续 如何 怎样 什么 为什么 我们 我市 我县 我区 我省 我国 他们 自己 自治
自治区 自治县 自治州 自觉 自愿 自身 自主 自信 自贸区 一线 一起 一体 一体化 一站式 一件事 一网通办
一门式 一批 一系列 一张网 一把手 同心 同步 同志 同时 守正创新 乘势而上 见实效 开门红 零距离
最后一公里 小积分 积分 积分制 清单 清单制 台账 机遇 挑战 环节 链条 融合 融入 融合发展 融媒体 深度
力度 温度 广度 维度 程度 速度 进度 态势 形势 趋势 进一步 进行 进展 进程 进步 进村 进社区 进企业
进校园 前进 迈进 迈上 迈出 走出 探索 探讨 摸排 排查 排名 化解 解决 解读 解放 分析 分析研判 研判
研究 研究院 研究部署 部分 分类 分级 分管 分布 分享 区分 充分 成分 干事 干事创业 干劲 骨干 队伍
队伍建设 队员 团队 团员 团结 团结奋斗 志气 骨气 底气 风气 勇气 朝气 正气 底线 红线 一条心 暖心
用心 热心 爱心 民心 中心工作 核心 核心价值 价值 价值观 观念 观点 传承 传统 传统文化 传播 传达
传达学习 传递 弘扬 发扬 宏伟 蓝图 目标 指标 标志 标识 目录 历史 历程 革命 革命老区 烈士 英雄 英烈
长征 抗战 改善 改进 改造 旧改 老旧小区
""".split()

# These go with what precedes them, so a line may not begin with one.
_SUFFIXES = frozenset(
    "会者员部局化性率力型区市县村镇乡街点站室团队组线网制法品家界年月日们后前中里内外上下期级类处科"
    "院校馆所厂店户场园路桥河山岭关州省国府厅署办课班节奖册录本册版篇号款项条个名位次批届层代人的"
)
_BEFORE_FIGURES = frozenset("第约近超逾前后达至为的首共")
_OPENING = "“‘《〈（【「『(["
_CLOSING = "”’》〉）】」』)]"
_PAUSING = "、，。：；！？,;!?—…·"
_NUMERALS = frozenset("第一二三四五六七八九十百千两零〇")

_PIECE = regex(
    r"(?P<han>[\u3400-\u9fff\U00020000-\U0003ffff]+)"
    # Figures and Latin with the measure they count; dates whole.
    r"|(?P<figure>\d+年(?![度代级龄])(?:\d+月)?(?:\d+日)?|\d+月\d+日"
    r"|[0-9A-Za-z]+(?:[.+%/~:&_'-]+[0-9A-Za-z]+)*%?"
    r"(?:周年|年度|季度|年代|[年月日号周届次批个名位项条期时分级元岁亩米万亿人家户])?)"
    # What is quoted stays whole if it is short.
    rf"|(?P<open>[“‘][^“‘”’{_PAUSING}]{{1,8}}(?=[”’])|[{re.escape(_OPENING)}]+)"
    rf"|(?P<close>[{re.escape(_CLOSING)}]+[{_PAUSING}]*|[{_PAUSING}]+)"
    r"|(?P<other>\s+|.)",
    re.DOTALL,
)
_MAX_WHOLE = 10
_MARKUP = regex(r"[&<>\"']")
_NUMBER = regex("第?[一二三四五六七八九十百千两零〇]+(?:周年|年度|季度|[届次批个年月日号项条期])")


def _lengths_by_first_character() -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for word in _VOCABULARY:
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


_WORDS = frozenset(_VOCABULARY)
_LENGTHS = _lengths_by_first_character()
_STARTS = _NUMERALS.union(_LENGTHS)


@lru_cache(maxsize=16384)
def breakable(title: str) -> Markup:
    """The title as HTML that says where a line may end.

    Between Chinese words that is ``<wbr>``. Next to a figure or a Latin word ``<wbr>`` would remove
    the narrow space that the browser sets there, so both neighbours stay whole (``.nb``) in a
    ``.wb``, in which the theme lets lines end wherever a script changes.
    """
    groups: list[list[str]] = []
    for piece in pieces(title):
        if groups and _borders_latin(groups[-1][-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    # Escaped in _group where there is anything to escape.
    return Markup("<wbr>".join(map(_group, groups)))  # noqa: S704


def _borders_latin(before: str, after: str) -> bool:
    """Whether an ideograph meets a figure or a Latin letter at the border of two pieces."""
    left, right = before[-1], after[0]
    return (_is_latin(left) and _is_han(right)) or (_is_han(left) and _is_latin(right))


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or sign >= "\U00020000"


def _group(found: list[str]) -> str:
    """Pieces that meet at figures, with a line's end between them if all can stay whole."""
    whole = "".join(found)
    texts = [str(escape(piece)) for piece in found] if _MARKUP.search(whole) else found
    if len(found) == 1 or max(map(len, found)) > _MAX_WHOLE:
        return "".join(texts)
    kept = "".join([f'<span class="nb">{text}</span>' for text in texts])
    return f'<span class="wb">{kept}</span>'


def pieces(title: str) -> list[str]:
    """The title cut where a line may end; joined, the pieces are the title."""
    found: list[str] = []
    glued = True
    for match in _PIECE.finditer(title):
        kind, text = match.lastgroup, match[0]
        if kind == "han":
            words = _words(text)
            if found and (glued or (text[0] in _SUFFIXES and not _known(text, 0))):
                found[-1] += words.pop(0)
            found += words
            glued = False
        elif kind == "close":
            _append(found, text, glued=True)
            glued = False
        elif kind == "other":
            # A browser breaks at spaces by itself, and unknown signs stay with their neighbours.
            _append(found, text, glued=True)
            glued = True
        else:
            counts = kind == "figure" and bool(found) and found[-1][-1] in _BEFORE_FIGURES
            _append(found, text, glued=glued or counts)
            glued = kind == "open"
    return found


def _append(found: list[str], text: str, *, glued: bool) -> None:
    if glued and found:
        found[-1] += text
    else:
        found.append(text)


def _words(run: str) -> list[str]:
    """A run of Chinese characters cut at the borders of known words."""
    words: list[str] = []
    prefix = ""
    start = position = 0
    end = len(run)
    while position < end:
        length = _known(run, position) if run[position] in _STARTS else 0
        if not length:
            position += 1
            continue
        if start < position:
            prefix = _add_unknown(words, run[start:position])
        words.append(prefix + run[position : position + length])
        prefix = ""
        start = position = position + length
    if start < end and (rest := _add_unknown(words, run[start:])):
        words.append(rest)
    return words


def _known(run: str, position: int) -> int:
    """The length of the longest known word, or number, at ``position``; 0 if there is none."""
    first = run[position]
    for length in _LENGTHS.get(first, ()):
        if run[position : position + length] in _WORDS:
            return length
    if first in _NUMERALS:
        number = _NUMBER.match(run, position)
        return number.end() - position if number else 0
    return 0


def _add_unknown(words: list[str], text: str) -> str:
    """Add what no word covers; returns it instead where it must go with the next word."""
    if words and text[0] in _SUFFIXES:
        words[-1] += text
    elif len(text) == 1:
        return text
    else:
        words.append(text)
    return ""


# A unit of more than one character, so that it is not torn either. One character alone is taken
# for a unit whatever it is: to keep it with its number is never wrong.
_UNIT = (
    "年度|年代|周年|季度|小时|分钟|人次|平方公里|平方米|立方米|公里|公斤|公顷|千米|厘米|毫米|千克|"
    "[\u4e00-\u9fff]"
)
_SEPARATORS = r"/._?=%#:+~@,;\-"
_ENTITY = "&#?[0-9A-Za-z]{1,10};"
_HAN = "\u3400-\u9fff"
_MAX_RUN = 20
_MAX_NUMBER = 9  # in halves of a Chinese character
# An address may be broken after its separators; where there are none for long, after so many signs.
_MAX_PIECE = 6
# Tags with the Chinese behind them and what is preformatted, or a run of ASCII with the quotation
# marks and the unit next to it. One class of signs begins all of them: the engine then skips what
# is between them about three times as fast.
_FIRST = "<“‘0-9A-Za-z+%"
_RUN = regex(
    rf"([{_FIRST}](?:"
    rf"(?<=<)(?:pre\b.*?</pre>|[^>]*>)(?:[^{_FIRST}]++|<(?!pre\b)[^>]*>)*+"
    rf"|(?:(?<![<“‘])|(?<=[“‘])[0-9A-Za-z+%])[!-%'-;=?-~]*+(?:{_ENTITY}[!-%'-;=?-~]*+)*+"
    rf"(?:[多余几]?[十百千万亿]{{0,3}}(?:{_UNIT})|[”’](?=[{_HAN}“‘《（【]))?))",
    re.DOTALL,
)
_RUN_ITSELF = regex("[\x00-\x7f]*")
_NUMBER_LAST = regex(r"(?<![0-9A-Za-z./:+_-])[0-9]+(?:[.,:~-][0-9]+)*[%‰]?$")
_PIECES = regex(
    rf"(?:{_ENTITY}|[^{_SEPARATORS}&]{{1,{_MAX_PIECE}}})(?:{_ENTITY}|[{_SEPARATORS}])*"
    rf"|(?:{_ENTITY}|[{_SEPARATORS}])+"
)
_BREAKS_BEFORE_QUOTE = regex(f"[{_HAN}，。：；！？、”’》）】]")


def text_breaks(text: str) -> str:
    """An article's HTML with the places marked where its lines may, and may not, end.

    Nothing but ``<wbr>`` and ``<span class="nb">`` is added, so that the words stay as they were.
    """
    # What is between the runs, and the runs: to call a function for each takes a fifth longer.
    parts = _RUN.split(text)
    if "“" in text or "‘" in text:
        _break_before_quotes(parts)
    parts[1::2] = [run if run[0] == "<" else _set_run(run) for run in parts[1::2]]
    return "".join(parts)


_FACT = regex("[0-9]+年[0-9]+月[0-9]+日|[0-9]+(?:[-/.][0-9]+)+")


def whole_facts(text: str) -> Markup:
    """A line of facts whose dates, phone numbers and index numbers stay whole."""
    return Markup(_FACT.sub(r'<span class="nb">\g<0></span>', str(escape(text))))  # noqa: S704


@lru_cache(maxsize=256)  # a column's pages all show the address of its feed
def long_address(address: str) -> Markup:
    """An address shown as text, with places to break it."""
    return Markup("<wbr>".join(map(escape, _PIECES.findall(address))))  # noqa: S704 - escaped


def _break_before_quotes(parts: list[str]) -> None:
    """Let lines end before the quotation mark of a run where Chinese is before it.

    UAX 14, LB19: a quotation mark is not parted from a neighbour that is not East Asian.
    """
    for at in range(1, len(parts), 2):
        before = parts[at - 1] or (parts[at - 2] if at > 1 else "")
        if parts[at][0] in "“‘" and _BREAKS_BEFORE_QUOTE.match(before[-1:]):
            parts[at - 1] += "<wbr>"


@lru_cache(maxsize=16384)  # most texts have the same years, days and small numbers
def _set_run(found: str) -> str:
    """A run of ASCII, with the quotation marks and the unit next to it, with its places to break.

    The last number and its unit stay whole if they are short; a long run can be broken.
    """
    mark = found[0] if found[0] in "“‘" else ""
    closing = found[-1] if found[-1] in "”’" else ""
    rest = found[len(mark) : len(found) - len(closing)]
    run = _RUN_ITSELF.match(rest)[0]  # type: ignore[index] # it matches anything
    unit = rest[len(run) :]
    if len(run) > _MAX_RUN:
        run = "<wbr>".join(_PIECES.findall(run))
    elif unit:
        number = _NUMBER_LAST.search(run)
        if number:
            # So long a one would tear the line before it apart: its first unit stays with it.
            whole = 2 * len(unit) + len(number[0]) <= _MAX_NUMBER
            joined, unit = (unit, "") if whole else (unit[0], unit[1:])
            run = f'{run[: number.start()]}<span class="nb">{number[0]}{joined}</span>'
    return f"{mark}{run}{closing + '<wbr>' if closing else ''}{unit}"
