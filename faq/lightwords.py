"""Japanese words that few questions are about: who, when, what one did and would like to do."""

import re

_WORDS = """
今日 本日 明日 昨日 一昨日 先日 先程 先ほど 先週 先月 来週 来月 来年 今週 今月 今年 去年 昨年
今朝 今夜 今晩 昨晩 昨夜 今後 今回 前回 最近 現在 今 普段 毎日 毎回 以前 前に 当日 後日
突然 急に 急ぎ 考えて 考えます 考えてい 検討して 検討中 思って 思い 思う 存じ
伺い 伺う 伺え 伺って 伺った 参り まいり 希望して 希望し お願いし 御願いし
利用したい 利用させ 使いたい 場合 際に 際は 際の 時に 時は 際 件 事 為 様 所 者 分
上で 中で 私 自分 僕 俺 彼女 彼 妻 夫 主人 家内 父 母 祖母 祖父 息子 娘 友人 仕事 都合
必要 可能 大丈夫 問題 困って 困り 迷って 心配 不安 急いで 一度 一回 少し 少々 全部 全て
直接 実際 本当 結局 一応 多分 絶対 全然 全く 正直 特に 主に 同じ 別 他 何か 誰か 何 誰 色々
言われ 言って 言う 聞いて 聞きたい 聞いた 見て 見た 見たい 行き 行って 行く 行け 来て 来た
来ます 出来 出て 入れて 入って 持って 受けて 受け 取って 取り 戻って 始めて 初めて
"""
_LIGHT = re.compile("|".join(sorted(_WORDS.split(), key=lambda word: (-len(word), word))))


def strip_light(folded: str) -> str:
    """The text without them."""
    return _LIGHT.sub(" ", folded)
