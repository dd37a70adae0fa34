//! Where a row of Chinese, Japanese or Korean may end.
//!
//! Owns the rule for two neighbouring characters. Source: UAX #14 (classes ID, CL, CP, NS, OP) and JIS X 4051.

/// Whether a row may end between the two: one is CJK, neither must stay with the other.
pub(super) fn may_part(before: char, after: char) -> bool {
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    (is_cjk(before) || is_cjk(after)) && !may_not_end_a_row(before) && !may_not_begin_a_row(after)
}

/// Whether a character is of a Chinese, Japanese or Korean script, or of its punctuation.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{A4CF}'
        | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF01}'..='\u{FF9F}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1B000}'..='\u{1B2FF}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// Closing marks, points, small kana, iteration and length marks.
fn may_not_begin_a_row(c: char) -> bool {
    matches!(c,
        ')' | ']' | '}' | '>' | '.' | ',' | ':' | ';' | '!' | '?' | '%' | '/' | '"' | '\'' | '»' | '’' | '”' | '›'
        | '\u{A0}' | '‐' | '–' | '‥' | '…' | '‰' | '℃' | '\u{202F}' | '\u{2060}'
        | '、' | '。' | '〉' | '》' | '」' | '』' | '】' | '〕' | '〗' | '〙' | '〛' | '〞' | '〟' | '〜' | '々' | '〻'
        | 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' | 'ゕ' | 'ゖ'
        | '\u{3099}'..='ゞ' | '゠'
        | 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' | 'ヵ' | 'ヶ'
        | '・'..='ヾ' | 'ㇰ'..='ㇿ'
        | '！' | '％' | '）' | '，' | '．' | '：' | '；' | '？' | '］' | '｝' | '｠' | '｡' | '｣' | '､' | '･'
        | 'ｧ'..='ｰ' | 'ﾞ' | 'ﾟ')
}

/// Opening marks and signs before an amount.
fn may_not_end_a_row(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '<'
            | '"'
            | '\''
            | '$'
            | '£'
            | '¥'
            | '«'
            | '‘'
            | '“'
            | '‹'
            | '\u{A0}'
            | '\u{202F}'
            | '\u{2060}'
            | '〈'
            | '《'
            | '「'
            | '『'
            | '【'
            | '〔'
            | '〖'
            | '〘'
            | '〚'
            | '〝'
            | '（'
            | '［'
            | '｛'
            | '｟'
            | '＄'
            | '￡'
            | '￥'
            | '｢'
    )
}
