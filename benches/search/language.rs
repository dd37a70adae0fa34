//! Made-up text that is distributed as people's is: a few words are everywhere, most are rare; several languages; code.

use fastrand::Rng;

/// The commonest words of three languages, the commonest first.
const ENGLISH: &str = "the to of and a in is that it for you with on this be as are can or have not if we an by from your \
    will at but use all so they one which has when there more do new value time people would their what about these other \
    also may like some way because any then first its between need should make how example data order return such return \
    only function number used into over work where most each set case case two them after well model could than list \
    result using string file error test input name type code user call change line point same different part long small \
    start end page write read large every open right left next until while show check table key query index market policy \
    refund customer price question answer reason simple complex system design water house music river garden history \
    language science travel doctor engine family winter summer kubernetes database network server client request";
const GERMAN: &str = "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus \
    er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr \
    durch man sein wurde können müssen schön größer Straße Übung natürlich möglich ähnlich fünf zwölf Löwe Tür";
const FRENCH: &str = "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont la mais \
    comme ou si leur y dont aussi bien être avoir fait été déjà même après élève où très français garçon forêt œuvre";
const CHINESE: &str = "的 我们 可以 是 在 函数 数据库 了 一个 这个 使用 如果 问题 返回 需要 进行 时候 因为 所以 但是 结果 系统 用户 代码 \
    错误 文件 方法 时间 例如 通过 没有 模型 参数 测试 请求 服务器 网络 设计 价格 退款 政策 北京 上海 历史 音乐 河流 花园 语言 科学 旅行 \
    医生 家庭 冬天 夏天 檢索 搜尋 資料 機器 學習 検索 する です 日本語 東京 한국어 검색 결과";
const SYLLABLES: &[&str] = &[
    "ba", "con", "der", "el", "fi", "ga", "hu", "in", "jo", "ka", "lo", "mi", "nor", "os", "pre", "qua", "ri", "ster",
    "tion", "ur", "ven", "wal", "xo", "ymp", "zen", "ate", "ing", "ment", "able", "ous", "ter", "sub", "trans",
    "graph", "log",
];
/// Words that are in few turns.
const RARE: &[&str] = &["xylophonics", "quizzical", "zanzibar"];

/// One in so many turns has one of the rare words.
const RARE_TURNS: usize = 100_000;

/// Different words, made-up ones included.
const WORDS: usize = 150_000;

/// A vocabulary with how common each word is.
pub(super) struct Language {
    words: Vec<String>,
    /// Shares of all words up to each, by Zipf's law.
    shares: Vec<f64>,
}

impl Language {
    pub(super) fn english(dice: &mut Rng) -> Self {
        Self::of(ENGLISH, WORDS, dice)
    }

    pub(super) fn others(dice: &mut Rng) -> [Self; 3] {
        [(GERMAN, WORDS / 3), (FRENCH, WORDS / 3), (CHINESE, CHINESE.split_whitespace().count())]
            .map(|(common, count)| Self::of(common, count, dice))
    }

    fn of(common: &str, count: usize, dice: &mut Rng) -> Self {
        let mut words: Vec<String> = common.split_whitespace().map(str::to_owned).collect();
        while words.len() < count {
            words.push((0..dice.usize(2..5)).map(|_| SYLLABLES[dice.usize(..SYLLABLES.len())]).collect());
        }
        let mut sum = 0.0;
        let shares = (1..=words.len()).map(|rank| {
            sum += 1.0 / (rank as f64 + 1.5);
            sum
        });
        Self { shares: shares.collect(), words }
    }

    fn word(&self, dice: &mut Rng) -> &str {
        let at = dice.f64() * self.shares.last().copied().unwrap_or_default();
        let place = self.shares.partition_point(|share| *share < at);
        &self.words[place.min(self.words.len() - 1)]
    }

    /// A text of so many words, with sentences and paragraphs; in dense scripts without blanks.
    pub(super) fn text(&self, words: usize, dice: &mut Rng) -> String {
        let mut out = String::with_capacity(words * 7);
        for place in 1..=words {
            let word = self.word(dice);
            out.push_str(word);
            let dense = !word.is_ascii() && word.chars().all(|sign| sign > '\u{2E80}');
            out.push_str(match place % 12 {
                _ if place % 60 == 0 => ".\n\n",
                0 if dense => "。",
                0 => ". ",
                _ if dense => "",
                _ => " ",
            });
        }
        out
    }

    /// Code with names made of this language's words.
    pub(super) fn code(&self, lines: usize, dice: &mut Rng) -> String {
        let mut out = String::from("```rust\n");
        for _ in 0..lines {
            let (first, second, third) = (self.word(dice).to_owned(), self.word(dice).to_owned(), self.word(dice));
            let (number, id) = (dice.u32(..10_000), dice.u32(..));
            match dice.usize(..4) {
                0 => out.push_str(&format!("    let {first}_{second} = {third}.get({number})?;\n")),
                1 => out.push_str(&format!("    if {first} != {second}_{third} {{ return {number}; }}\n")),
                2 => out.push_str(&format!("fn {first}_{second}({third}: &str) -> u32 {{\n")),
                _ => out.push_str(&format!("    // {first} {second}: req_{id:08x}\n")),
            }
        }
        out.push_str("```\n");
        out
    }
}

/// One of the rare words, now and then.
pub(super) fn rare(dice: &mut Rng) -> Option<&'static str> {
    (dice.usize(..RARE_TURNS) == 0).then(|| RARE[dice.usize(..RARE.len())])
}
