from faq.synonyms import Synonyms


def test_each_word_is_read_as_the_first_of_its_group():
    words = Synonyms([["返品", "返却", "返送"], ["スマホ", "スマートフォン", "携帯"]])
    assert words.apply("返却したスマートフォン") == "返品したスマホ"


def test_the_longest_word_wins():
    words = Synonyms([["電話", "携帯電話"], ["スマホ", "携帯"]])
    assert words.apply("携帯電話と携帯") == "電話とスマホ"


def test_latin_words_match_whole_only():
    assert Synonyms([["application", "app"]]).apply("app apple") == "application apple"


def test_groups_that_share_a_word_are_one():
    words = Synonyms([["退会", "解約"], ["脱退", "解約"]])
    assert words.apply("脱退 解約 退会") == "退会 退会 退会"


def test_nothing_to_replace():
    assert Synonyms([[], ["  "]]).apply("送料") == "送料"
