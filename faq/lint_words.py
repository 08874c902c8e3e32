"""The words that the style rules look for, and what to write instead."""

#: Words of the office and the warehouse → what customers say.
JARGON = {
    "アサイン": "担当を決める",
    "エスカレーション": "引き継ぎ",
    "エビデンス": "証明になる書類",
    "オーソリ": "カードの確認",
    "コンバージョン": "お申し込み",
    "サマリー": "まとめ",
    "スキーム": "仕組み",
    "デフォルト": "はじめの設定",
    "ナレッジ": "ご案内",
    "バッファ": "余裕",
    "フィックス": "確定",
    "プルダウン": "選択欄",
    "ペンディング": "保留",
    "マスト": "必要",
    "リスケ": "日程の変更",
    "リダイレクト": "自動で移動",
    "リードタイム": "お届けまでの日数",
    "ローンチ": "開始",
    "一次回答": "最初のご返事",
    "与信": "お支払いの審査",
    "入電": "お電話",
    "債務": "お支払い",
    "引当": "在庫の確保",
    "弊社規定": "当店の決まり",
    "当該": "その",
    "架電": "お電話",
    "欠品": "品切れ",
    "瑕疵": "不具合",
    "荷受人": "お受け取りになる方",
    "起票": "受け付け",
}

#: Slips of politeness towards customers → what to say. Written as regular expressions.
KEIGO_SLIPS = {
    r"了解(?:です|しました|致しました|いたしました)": "承知しました",
    r"ご苦労(?:様|さま|さん)": "ありがとうございます",
    r"(?:すみません|すいません|ごめんなさい)": "申し訳ございません",
    r"(?:分|わ|解)かりません": "わかりかねます",
    r"知りません": "存じません",
    r"どうしますか": "いかがなさいますか",
    r"よろしかったでしょうか": "よろしいでしょうか",
    r"の(?:ほう|方)(?:に|と)なります": "です",
    r"なるほど(?:です)?ね?": "おっしゃるとおりです",
    r"御社": "貴社",
    r"各位(?:様|殿)|(?:様|殿)各位": "各位",
    r"参考になりました": "勉強になりました",
    r"とりあえず": "まずは",
    r"ちょっと": "少し",
    r"(?:お名前|ご住所|お電話番号)(?:を)?頂戴": "お聞かせ",
    r"(?:拝見|拝読)(?:して|され)(?:ください|ます)": "ご覧ください",
    r"お客様が(?:伺|参り|申し|いたし)": "お客様がいらっしゃ・おっしゃ・なさい",
}

#: Two forms of respect on one verb → one is enough. Written as regular expressions.
DOUBLE_HONORIFICS = {
    r"おっしゃられ": "おっしゃ",
    r"ご覧になられ": "ご覧にな",
    r"いらっしゃられ": "いらっしゃ",
    r"なさられ": "なさ",
    r"くださられ": "くださ",
    r"召し上がられ": "召し上が",
    r"お見えになられ": "お見えにな",
    r"お越しになられ": "お越しにな",
    r"[おご][ぁ-んァ-ヶー一-鿿]{1,6}になられ": "お…にな",
    r"お(?:伺い|聞き|会い|尋ね|訪ね)させて(?:いただ|頂)": "伺い・お聞きし",
    r"(?:拝見|拝読|拝聴|拝借)させて(?:いただ|頂)": "拝見し",
    r"ご[一-鿿]{2}(?:される|されます|された|されました|されている)": "なさる・される",
}

#: What says no.
REFUSALS_JA = (
    r"でき(?:ません|かねます|かねる)|(?:いたし|致し|し)かね(?:ます|る)|承(?:れ|り)ません"
    r"|(?:承って|受け付けて|受けて|行って|扱って|設けて|対応して|[はもを]して)(?:おりません|いません)"
    r"|お断り|いただけません|頂けません|ご?遠慮(?:ください|いただ|願)"
    r"|(?:在庫|取り?扱い?|用意|予定|設定|サービス)[がはも]?(?:ございません|ありません)"
    r"|対象外です|戻せません|使えません|なれません|取り消せません|不可です"
)
#: What softens it.
CUSHIONS_JA = (
    r"恐れ入|恐縮|申し訳|あいにく|残念ながら|お手数|ご不便|ご迷惑|ご面倒|心苦し|せっかく|勝手ながら"
    r"|誠に|お待たせ|ご期待に|失礼ながら|お詫び|心より|差し支え|すみません|すいません"
)
#: What is said besides a no and is no way on.
COURTESIES_JA = CUSHIONS_JA + r"|了承|ご理解|ありがとう"
REFUSALS_EN = (
    r"\b(?:can ?not|can't|could not|may not|must not|will not|won't) be\b"
    r"|\b(?:is|are) (?:not|un)\s?(?:possible|allowed|available|accepted|offered|permitted|able)\b"
    r"|\b(?:isn't|aren't) (?:possible|allowed|available|accepted|offered|permitted)\b"
    r"|\b(?:we|you) (?:can ?not|can't|are unable to)\b|\bnot (?:available|possible|allowed)\b"
    r"|\b(?:do not|don't|does not|doesn't) (?:accept|offer|allow|provide|refund|ship|sell)\b"
    r"|\bno (?:refunds?|returns?|exchanges?)\b|\b(?:refused|rejected|prohibited|denied)\b"
)
CUSHIONS_EN = (
    r"\bsorry\b|\bunfortunately\b|\bregret\b|\bafraid\b|\bapologi[sz]e\b|\bplease note\b"
    r"|\bplease understand\b"
)
COURTESIES_EN = CUSHIONS_EN + r"|\bthank"

#: Verbs and adjectives in the plain form at the end of a sentence. Stems that also end nouns and
#: adverbs (お支払い, すぐ, 早く) are left out.
PLAIN_ENDINGS = (
    r"る|た|だ|だった|(?:し|た|な|き|す|よ|ろ|く|ず|る)い|良い"
    r"|(?:いただ|頂|届|引|開|書|置|続|働)く|(?:休|済|含|進|頼|読)む|(?:選|呼|並|及)ぶ|(?:打|待|持)つ"
    r"|(?:行|行な|使|払|買|もら|い|言|思|だろ|しよ|違|合|扱|伺|従|願|お|なろ)う"
    r"|(?:出|返|示|渡|直|探|致|表|申|写|試|残|消|押|貸|話|な|いた)す"
)

PREAMBLES_JA = (
    (
        r"^(?:この(?:度|たび)は|いつも|平素(?:より|は)|毎度|日頃より)?.{0,25}"
        r"(?:問い?合わ?せ|ご利用|ご連絡|ご質問|ご愛顧|ご注文|お買い上げ|ご意見).{0,12}"
        r"(?:ありがとう|有難う|感謝|御礼|お礼)[^。]{0,14}$"
    ),
    r"^(?:誠に|どうも|本当に)?ありがとうござい(?:ます|ました)$",
    r"^(?:いつも|大変)?お世話にな(?:って|り)[^、]{0,8}$",
    r"^(?:こんにちは|こんばんは|はじめまして|初めまして)",
    r"^[^、。]{1,30}(?:について|につきまして|に関して|の件)(?:です|でございます)(?:が|ね)",
    r"^[^、。]{1,40}(?:について|に関して|を)(?:ご案内|ご説明|お答え)(?:いた|致)?(?:します|させていただきます)$",
    r"^[^、。]{1,30}(?:について|に関して)の?(?:ご質問|お問い?合わ?せ)",
    r"^ご質問(?:の件|いただいた|の内容)",
)
PREAMBLES_EN = (
    r"^(?:thank you|thanks)(?: very much| so much)? for\b",
    r"^(?:hello|hi|dear|good (?:morning|afternoon|evening))\b",
    r"^(?:we have received|this is about|you asked|in this answer)\b",
    r"^(?:regarding|concerning|with regard to|as for) your (?:question|inquiry|enquiry)\b",
)

#: Written in capitals because that is their name.
ACRONYMS = frozenset(
    {
        "AMERICAN",
        "AMEX",
        "EXPRESS",
        "EUR",
        "FAQ",
        "HTTPS",
        "ID",
        "JCB",
        "JPY",
        "LINE",
        "MASTERCARD",
    }
    | {"NFC", "OK", "PAYPAY", "PDF", "PIN", "QR", "SMS", "UK", "URL", "US", "USA", "USB", "USD"}
    | {"VAT", "VISA", "WECHAT"}
)
