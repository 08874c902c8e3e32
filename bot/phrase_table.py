"""Every sentence the bot says, in Japanese and English; settings may replace each of them."""

from collections.abc import Mapping
from types import MappingProxyType

_TABLE: dict[str, tuple[str, str]] = {
    # ── greeting ────────────────────────────────────────────────────────────────────────────
    "greeting": (
        (
            "こんにちは。{account}です。\nよくあるご質問には自動応答がすぐにお答えし、"
            "むずかしいご用件は担当者が引き継ぎます。\nご質問をそのままお送りください。"
        ),
        (
            "Hello, this is {account}.\nAn automatic assistant answers common questions at once, "
            "and a person takes over whatever it cannot settle.\nJust type your question."
        ),
    ),
    "greeting_privacy": (
        "いただいた内容は、ご対応と品質の向上のために使います。くわしくは {url} をご覧ください。",
        "What you write is used to help you and to improve our service. Details: {url}",
    ),
    "greeting_categories": (
        "下のボタンからもお選びいただけます。",
        "You can also choose a topic below.",
    ),
    "hello": (
        "こんにちは。ご質問をそのままお送りください。",
        "Hello. Please type your question.",
    ),
    "thanks": (
        "どういたしまして。ほかにもございましたら、いつでもお送りください。",
        "You are welcome. If there is anything else, just write.",
    ),
    "sticker": (
        "ありがとうございます。ご質問がありましたら、文章でお送りください。",
        "Thank you. If you have a question, please type it.",
    ),
    "picture": (
        (
            "お送りいただいたものを受け取りました。恐れ入りますが、自動応答では内容を確認できません。"
            "ご質問を一言そえていただくか、担当者にご相談ください。"
        ),
        (
            "We have received it. I am sorry, but the automatic assistant cannot look inside. "
            "Please add a few words, or ask for a person."
        ),
    ),
    # ── answers ─────────────────────────────────────────────────────────────────────────────
    "solved_ask": ("解決しましたか？", "Did that solve it?"),
    "also_ask": (
        "もう一つのご質問は、こちらでしょうか？",
        "Is this your other question?",
    ),
    "also_ask_several": (
        "ほかのご質問は、次の中にありますか？",
        "Are your other questions among these?",
    ),
    "rest_unmet": (
        (
            "恐れ入りますが、ほかのご質問にはまだお答えできていません。"
            "その部分だけをもう一度お送りいただくか、担当者にご相談ください。"
        ),
        (
            "I am sorry, the rest of your message is not answered yet. "
            "Please send that part again on its own, or ask for a person."
        ),
    ),
    "rest_left": (
        (
            "恐れ入りますが、一度に承れるご質問の数を超えています。"
            "残りの{count}件は、続けて1つずつお送りください。"
        ),
        (
            "I am sorry, I cannot take all of these at once. "
            "Not looked at yet: {count}. Please send those one at a time."
        ),
    ),
    "wish_heard": (
        "担当者へのご相談を承りました。ご質問につきましては、先に次のとおりご案内します。",
        (
            "I have noted that you would like to talk to a person. "
            "Meanwhile, here is what I can say about your question."
        ),
    ),
    "declined": (
        "承知しました。ご用の際は、いつでもお送りください。",
        "Certainly. Write any time you need us.",
    ),
    "robot": (
        "こちらは自動応答です。ご質問をお送りください。担当者におつなぎすることもできます。",
        (
            "I am an automatic assistant. Please type your question; "
            "I can also connect you with a person."
        ),
    ),
    "language": (
        "承知しました。日本語でご案内します。ご質問をお送りください。",
        "Certainly, in English from here on. Please type your question.",
    ),
    "solved_yes": ("解決した", "Yes, solved"),
    "solved_no": ("解決しない", "No, not yet"),
    # ── announcements ───────────────────────────────────────────────────────────────────────
    "announcement": ("【お知らせ】{text}", "Please note: {text}"),
    "announcement_instead": (
        "いまご案内できるのは以上です。担当者におつなぎしますか？ ほかのご質問も承ります。",
        (
            "This is all we can say for now. Shall I connect you with a person? "
            "You can also ask something else."
        ),
    ),
    "other": ("ほかの質問をする", "Ask something else"),
    "other_ask": (
        "承知しました。ご質問をお送りください。",
        "Certainly. Please type your question.",
    ),
    # ── suggestions ─────────────────────────────────────────────────────────────────────────
    "suggest_ask": (
        "どれについてのご質問でしょうか？",
        "Which of these is your question about?",
    ),
    "suggest_none": ("どれでもない", "None of these"),
    "category_ask": (
        "「{category}」のよくあるご質問です。お選びください。",
        "Common questions about “{category}”. Please choose.",
    ),
    "human": ("担当者に相談", "Talk to a person"),
    "fallback": (
        (
            "恐れ入りますが、ご質問の内容をつかみきれませんでした。"
            "たとえば「{example}」のように、短い文でもう一度お送りいただけますか？"
        ),
        (
            "I am sorry, I did not quite get that. Could you put it in a short sentence, "
            "for example “{example}”?"
        ),
    ),
    "fallback_bare": (
        (
            "恐れ入りますが、ご質問の内容をつかみきれませんでした。"
            "短い文でもう一度お送りいただけますか？"
        ),
        "I am sorry, I did not quite get that. Could you put it in a short sentence?",
    ),
    "offer_human": (
        "お役に立てず申し訳ございません。担当者におつなぎできます。いかがいたしますか？",
        "I am sorry that I could not help. I can connect you with a person. Shall I?",
    ),
    "connect": ("担当者につなぐ", "Connect me"),
    "again": ("別の言い方で聞く", "Ask in other words"),
    "again_ask": (
        "承知しました。別の言い方でお送りください。",
        "Certainly. Please put it in other words.",
    ),
    "unsolved": (
        "お役に立てず申し訳ございません。次の中に近いものはありますか？",
        "I am sorry that this did not help. Is one of these closer?",
    ),
    "entry_gone": (
        "恐れ入りますが、このご案内は終了しました。ご質問をもう一度お送りください。",
        "I am sorry, this answer is no longer available. Please type your question again.",
    ),
    "solved_thanks": (
        "解決してよかったです。ご利用ありがとうございました。",
        "Glad that it is solved. Thank you for writing.",
    ),
    "stale": (
        "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。",
        "I am sorry, this button no longer works. Please type what you need.",
    ),
    "masked": (
        "カード番号やマイナンバーと思われる数字は、安全のため伏せて保存しました。",
        "For your safety, digits that look like a card or personal number were hidden.",
    ),
    "too_many": (
        (
            "恐れ入りますが、一度に多くのメッセージをいただいたため、お返事できていないものが"
            "あります。少し時間をおいて、もう一度お送りください。"
        ),
        (
            "I am sorry, so many messages came at once that some were left unanswered. "
            "Please send your question again in a moment."
        ),
    ),
    # ── to the people ───────────────────────────────────────────────────────────────────────
    "sorry": (
        "ご不快な思いをおかけし、申し訳ございません。",
        "We are very sorry for the trouble.",
    ),
    "queued": (
        "担当者におつなぎします。ただいまの順番は{position}番目、お待ち時間は{wait}の見込みです。",
        (
            "I am connecting you with a person. You are number {position} in line; "
            "the expected wait is {wait}."
        ),
    ),
    "queued_bare": (
        "担当者におつなぎします。ただいまの順番は{position}番目です。",
        "I am connecting you with a person. You are number {position} in line.",
    ),
    "absent": (
        (
            "担当者にお引き継ぎしました。恐れ入りますが、担当者はただいま席を外しております。"
            "戻りしだい順番（{position}番目）にお答えします。"
        ),
        (
            "Your message is with our staff. I am sorry, everybody is away right now; "
            "you are number {position} in line and will be answered as soon as somebody is back."
        ),
    ),
    "full": (
        (
            "担当者にお引き継ぎしました。恐れ入りますが、ただいま大変混み合っており、"
            "順番は{position}番目です。"
        ),
        (
            "Your message is with our staff. I am sorry, it is very busy right now; "
            "you are number {position} in line."
        ),
    ),
    "closed": (
        "{hours}\n内容は担当者に届いておりますので、受付時間になりましたら順番にお答えします。",
        (
            "{hours}\nYour message is with our staff, who will answer in turn "
            "as soon as we are open again."
        ),
    ),
    "told": (
        "ここまでの内容は担当者に引き継ぎます。くり返しのご説明は不要です。",
        "The person sees everything you have written so far; nothing needs repeating.",
    ),
    "phone_line": (
        "お電話は {phone} です。お問い合わせ番号 {reference} をお伝えください。",
        "Our phone number is {phone}. Please quote your reference {reference}.",
    ),
    "reference": (
        "お問い合わせ番号は {reference} です。",
        "Your reference is {reference}.",
    ),
    "leave_ask": (
        "承知しました。担当者をお待ちいただくのをやめて、自動応答に戻りますか？",
        "Certainly. Shall I take you out of the line and back to the automatic assistant?",
    ),
    "wait": ("このまま待つ", "I will wait"),
    "callback": ("折り返し電話を希望", "Call me back"),
    "leave": ("伝言を残す", "Leave a message"),
    "phone": ("電話する", "Call now"),
    "back": ("自動応答に戻る", "Automatic replies"),
    "skip": ("スキップ", "Skip"),
    "wait_said": (
        "承知しました。順番が参りましたら、こちらで担当者がお答えします。",
        "Certainly. A person will answer here when it is your turn.",
    ),
    "wait_closed_said": (
        "承知しました。受付時間になりましたら、こちらで担当者がお答えします。",
        "Certainly. A person will answer here once we are open.",
    ),
    "heard": (
        "ありがとうございます。内容は担当者に届いています。",
        "Thank you. Our staff has your message.",
    ),
    "back_said": (
        "承知しました。自動応答に戻ります。ご質問をお送りください。",
        "Certainly, back to the automatic assistant. Please type your question.",
    ),
    "back_called_off": (
        "なお、折り返しのお電話のお約束は取り消しました。",
        "The callback has been called off as well.",
    ),
    "slot_ask": (
        "お電話を差し上げる時間をお選びください。",
        "When shall we call you?",
    ),
    "slot_none": (
        (
            "申し訳ございません、ただいまお受けできる時間帯がございません。"
            "ご伝言をいただければ、担当者からお返事いたします。"
        ),
        (
            "I am sorry, there is no free time for a call. "
            "If you leave a message, a person will answer it."
        ),
    ),
    "slot_gone": (
        "申し訳ございません、その時間帯は埋まってしまいました。別の時間をお選びください。",
        "I am sorry, that time has just been taken. Please choose another.",
    ),
    "phone_ask": (
        "{slot}ですね。お電話番号を入力してください（例: 090-1234-5678）。",
        "{slot}, noted. Which number shall we call (for example 090-1234-5678)?",
    ),
    "phone_bad": (
        (
            "恐れ入りますが、お電話番号を読み取れませんでした。"
            "090-1234-5678 のように、数字でお送りください。"
        ),
        "I am sorry, I could not read that number. Please send digits, for example 090-1234-5678.",
    ),
    "booked": (
        "{slot}に {phone} へお電話いたします。お問い合わせ番号は {reference} です。",
        "We will call {phone} at this time: {slot}. Your reference is {reference}.",
    ),
    "note_ask": (
        "担当者へのご伝言をお送りください。",
        "Please type your message for our staff.",
    ),
    "note_said": (
        (
            "ご伝言をお預かりしました。担当者からこちらにお返事いたします。"
            "お問い合わせ番号は {reference} です。"
        ),
        "Your message is noted. A person will answer here. Your reference is {reference}.",
    ),
    "form_said": (
        "ありがとうございます。担当者に伝えました。",
        "Thank you. I have passed it on.",
    ),
    "form_skip": (
        "承知しました。そのままお待ちください。",
        "No problem. Please wait a moment.",
    ),
    "position": (
        "お待たせしております。ただいまの順番は{position}番目です。",
        "Thank you for waiting. You are number {position} in line.",
    ),
    "claimed": (
        "担当の{agent}がお答えします。",
        "{agent} is answering now.",
    ),
    "returned": (
        "お待たせして申し訳ございません。ほかの担当者が順番にお答えします。",
        "I am sorry for the wait. Another person will answer you in turn.",
    ),
    # ── survey and close ────────────────────────────────────────────────────────────────────
    "survey_ask": (
        "今回の対応はいかがでしたか？ 1〜5でお聞かせください。",
        "How was it? Please rate us from 1 to 5.",
    ),
    "score_5": ("5 とても満足", "5 Very good"),
    "score_4": ("4 満足", "4 Good"),
    "score_3": ("3 ふつう", "3 Fair"),
    "score_2": ("2 不満", "2 Poor"),
    "score_1": ("1 とても不満", "1 Very poor"),
    "comment_ask": (
        "ありがとうございます。よろしければ、一言お聞かせください。",
        "Thank you. Would you like to add a few words?",
    ),
    "comment_ask_low": (
        (
            "ご期待に沿えず申し訳ございません。責任者が内容を確認いたします。"
            "よろしければ、お気づきの点をお聞かせください。"
        ),
        (
            "We are sorry that we fell short. A supervisor will look into it. "
            "Would you tell us what went wrong?"
        ),
    ),
    "survey_thanks": (
        "ご回答ありがとうございました。またいつでもご相談ください。",
        "Thank you for your answer. Write to us any time.",
    ),
    "survey_over": (
        "恐れ入りますが、このアンケートの受付は終了しました。ご用件がありましたら、こちらにお送りください。",
        "I am sorry, this survey is closed. If there is anything you need, just write.",
    ),
    "lapse": (
        (
            "しばらくご連絡がありませんでしたので、いったん終了いたします。"
            "またいつでもお送りください。"
        ),
        "As it has been quiet for a while, this conversation ends here. Write to us any time.",
    ),
    "late": (
        "通信の不具合により、お返事が遅くなりました。申し訳ございません。",
        "Our answer was delayed by a connection problem. We are sorry.",
    ),
    "resent": ("（再送）", "(sent again) "),
}

TABLE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {key: MappingProxyType({"ja": ja, "en": en}) for key, (ja, en) in _TABLE.items()}
)
