//! The words of a POSIX shell command, as the shell would hand them to the program.
//!
//! Owns quoting, escapes, line continuations, comments and here-documents (POSIX 2.2, 2.7.4), and `$'…'` as bash has it.
//! Runs nothing: what the shell would have to work out stays as it is written, and the word says so.

mod ansi;

use super::ReadError;

/// One word after the quotes are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether the shell would have put something else in the place of a part of it.
    pub(super) expands: bool,
    /// Where it begins.
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A command: its words, and what it is given to read by a here-document or by the command before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    pub(super) input: Option<Word>,
    /// Whether the next command reads what it writes.
    feeds: bool,
}

impl Command {
    /// What it writes, as far as that can be told without running it.
    fn output(&self) -> Option<Word> {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        match words.as_slice() {
            ["printf", "%s" | "%s\\n", _] => self.words.get(2).cloned(),
            ["echo", _] => self.words.get(1).cloned(),
            ["cat"] => self.input.clone(),
            _ => None,
        }
    }
}

/// The commands of a text, one after the other.
///
/// # Errors
/// When a quote or a here-document has no end.
pub(super) fn commands(text: &str) -> Result<Vec<Command>, ReadError> {
    let mut reader = Reader { rest: text, line: 1, column: 1 };
    let mut all = vec![Command::default()];
    let mut wanted: Option<(usize, Delimiter)> = None;
    while let Some(sign) = reader.peek() {
        match sign {
            '\\' if reader.continues() => {}
            '\n' => {
                reader.take();
                if let Some((place, delimiter)) = wanted.take() {
                    let document = reader.document(&delimiter)?;
                    if let Some(command) = all.get_mut(place) {
                        command.input = Some(document);
                    }
                }
                next(&mut all);
            }
            sign if sign.is_whitespace() => {
                reader.take();
            }
            '#' => reader.skip_line(),
            ';' | '|' | '&' | '(' | ')' => {
                let pipes = sign == '|' && !reader.rest.starts_with("||");
                while reader.peek() == Some(sign) {
                    reader.take();
                }
                if let Some(last) = all.last_mut().filter(|last| !last.words.is_empty()) {
                    last.feeds = pipes;
                }
                next(&mut all);
            }
            '<' | '>' => {
                let place = all.len() - 1;
                let delimiter = reader.redirect(&mut all[place])?;
                wanted = delimiter.map(|delimiter| (place, delimiter)).or(wanted);
            }
            _ => {
                let word = reader.word()?;
                if let Some(command) = all.last_mut() {
                    command.words.push(word);
                }
            }
        }
    }
    if wanted.is_some() {
        return Err(reader.error("a here-document has no end"));
    }
    all.retain(|command| !command.words.is_empty());
    for place in 1..all.len() {
        if all[place - 1].feeds && all[place].input.is_none() {
            all[place].input = all[place - 1].output();
        }
    }
    Ok(all)
}

/// The words of one command that is run without a shell.
///
/// # Errors
/// When a quote has no end, and for every sign that only a shell could obey.
pub fn shell_words(text: &str) -> Result<Vec<String>, ReadError> {
    let mut reader = Reader { rest: text, line: 1, column: 1 };
    let mut words = Vec::new();
    while let Some(sign) = reader.peek() {
        match sign {
            sign if sign.is_whitespace() => {
                reader.take();
            }
            '\\' if reader.continues() => {}
            ';' | '|' | '&' | '(' | ')' | '<' | '>' | '#' => {
                return Err(reader.error("no shell is run: quote this sign, or name a shell: sh -c '…'"));
            }
            _ => {
                let word = reader.word()?;
                if word.expands {
                    return Err(
                        reader.error("no shell is run, so nothing is put in for $ and `: quote the word with '…'")
                    );
                }
                words.push(word.text);
            }
        }
    }
    Ok(words)
}

/// Begins the next command, unless the last one is still empty.
fn next(all: &mut Vec<Command>) {
    if all.last().is_some_and(|last| !last.words.is_empty()) {
        all.push(Command::default());
    }
}

/// Where a here-document ends, and whether the shell looks into it.
struct Delimiter {
    word: String,
    is_quoted: bool,
    /// `<<-`: tabs before its lines do not count.
    drops_tabs: bool,
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    column: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let sign = self.peek()?;
        self.rest = &self.rest[sign.len_utf8()..];
        (self.line, self.column) = if sign == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        Some(sign)
    }

    fn take_if(&mut self, wanted: &str) -> bool {
        let found = self.rest.starts_with(wanted);
        if found {
            wanted.chars().for_each(|_| {
                self.take();
            });
        }
        found
    }

    fn error(&self, problem: &str) -> ReadError {
        ReadError::Syntax { line: self.line, column: self.column, problem: problem.to_owned() }
    }

    /// A line that goes on in the next one. Texts from web pages have blanks after the backslash, or a carriage return.
    fn continues(&mut self) -> bool {
        let after = self.rest[1..].trim_start_matches([' ', '\t', '\r']);
        let found = after.starts_with('\n') || after.is_empty();
        if found {
            while self.rest.len() > after.len() {
                self.take();
            }
            self.take();
        }
        found
    }

    fn skip_line(&mut self) {
        while self.peek().is_some_and(|sign| sign != '\n') {
            self.take();
        }
    }

    /// `<file`, `>file`, `2>&1`, `<<END` and `<<<word`: only what is read counts.
    fn redirect(&mut self, command: &mut Command) -> Result<Option<Delimiter>, ReadError> {
        if self.take_if("<<<") {
            self.skip_blanks();
            command.input = Some(self.word()?);
        } else if self.take_if("<<") {
            let drops_tabs = self.take_if("-");
            self.skip_blanks();
            let is_quoted = self.peek().is_some_and(|sign| matches!(sign, '\'' | '"' | '\\'));
            return Ok(Some(Delimiter { word: self.word()?.text, is_quoted, drops_tabs }));
        } else {
            while self.peek().is_some_and(|sign| matches!(sign, '<' | '>' | '&')) {
                self.take();
            }
            self.skip_blanks();
            self.word()?;
        }
        Ok(None)
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|sign| sign == ' ' || sign == '\t') {
            self.take();
        }
    }

    fn word(&mut self) -> Result<Word, ReadError> {
        let mut word = Word { line: self.line, column: self.column, ..Word::default() };
        while let Some(sign) = self.peek() {
            match sign {
                '\\' if self.continues() => {}
                '\\' => {
                    self.take();
                    word.text.extend(self.take());
                }
                '\'' => self.single(&mut word)?,
                '"' => self.double(&mut word)?,
                '$' if self.rest.starts_with("$'") => self.ansi(&mut word)?,
                '$' if self.rest.starts_with("$\"") => {
                    self.take();
                }
                '$' | '`' => self.expansion(&mut word)?,
                sign if sign.is_whitespace() || matches!(sign, ';' | '|' | '&' | '(' | ')' | '<' | '>') => break,
                sign => {
                    self.take();
                    word.text.push(sign);
                }
            }
        }
        Ok(word)
    }

    fn single(&mut self, word: &mut Word) -> Result<(), ReadError> {
        let unclosed = self.error("a quote that begins here has no end");
        self.take();
        loop {
            match self.take().ok_or_else(|| unclosed.clone())? {
                '\'' => return Ok(()),
                sign => word.text.push(sign),
            }
        }
    }

    fn double(&mut self, word: &mut Word) -> Result<(), ReadError> {
        let unclosed = self.error("a quote that begins here has no end");
        self.take();
        loop {
            match self.peek().ok_or_else(|| unclosed.clone())? {
                '"' => {
                    self.take();
                    return Ok(());
                }
                '\\' => {
                    self.take();
                    match self.take().ok_or_else(|| unclosed.clone())? {
                        '\n' => {}
                        sign @ ('$' | '`' | '"' | '\\') => word.text.push(sign),
                        sign => word.text.extend(['\\', sign]),
                    }
                }
                '$' | '`' => self.expansion(word)?,
                sign => {
                    self.take();
                    word.text.push(sign);
                }
            }
        }
    }

    /// What the shell would work out. It stays as it is written, up to the end of its name or its bracket.
    fn expansion(&mut self, word: &mut Word) -> Result<(), ReadError> {
        let unclosed = self.error("what the shell is to work out here has no end");
        let sign = self.take();
        word.text.extend(sign);
        let close = match (sign, self.peek()) {
            (Some('`'), _) => '`',
            (_, Some('(')) => ')',
            (_, Some('{')) => '}',
            (_, Some(name)) if name.is_ascii_alphanumeric() || matches!(name, '_' | '@' | '*' | '?' | '!' | '#') => {
                // The rest of the name is text that stays as well.
                word.expands = true;
                return Ok(());
            }
            // A dollar for itself.
            _ => return Ok(()),
        };
        word.expands = true;
        let open = if close == ')' { '(' } else { '{' };
        let mut depth = usize::from(close == '`');
        loop {
            let sign = self.take().ok_or_else(|| unclosed.clone())?;
            word.text.push(sign);
            match sign {
                sign if sign == close => depth -= 1,
                sign if sign == open => depth += 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// The lines of a here-document, up to the one that ends it.
    fn document(&mut self, delimiter: &Delimiter) -> Result<Word, ReadError> {
        let unclosed = self.error("a here-document that begins here has no end");
        let mut word = Word { line: self.line, column: 1, ..Word::default() };
        while !self.rest.is_empty() {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            let whole = &self.rest[..end];
            let line = whole.strip_suffix('\r').unwrap_or(whole);
            let line = if delimiter.drops_tabs { line.trim_start_matches('\t') } else { line };
            if line == delimiter.word {
                self.skip_line();
                return Ok(word);
            }
            if delimiter.is_quoted {
                word.text.push_str(line);
                word.text.push('\n');
            } else {
                unescape(line, &mut word);
            }
            self.skip_line();
            self.take();
        }
        Err(unclosed)
    }
}

/// A line of a here-document that the shell looks into.
fn unescape(line: &str, word: &mut Word) {
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('\\', Some(next @ ('$' | '`' | '\\'))) => {
                word.text.push(*next);
                signs.next();
            }
            // The line goes on in the next one.
            ('\\', None) => return,
            ('`', _) | ('$', Some('(' | '{' | '_' | 'a'..='z' | 'A'..='Z')) => {
                word.expands = true;
                word.text.push(sign);
            }
            _ => word.text.push(sign),
        }
    }
    word.text.push('\n');
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_for_a_program_are_split_as_a_shell_does_and_nothing_else_is_obeyed() {
        let words = |text| super::shell_words(text).map_err(|error| error.to_string());
        let split = ["jq", "-r", ".a b", "{/city}", "it's", "x y"];
        assert_eq!(words(r#"jq -r '.a b' {/city} "it's" x\ y"#).unwrap(), split);
        assert_eq!(words("").unwrap(), [""; 0]);
        for text in ["a | b", "a > b", "echo $HOME", "a; b", "a `b`", "a 'b"] {
            assert!(words(text).is_err(), "{text}");
        }
        assert_eq!(words("a '|' '$b'").unwrap(), ["a", "|", "$b"]);
    }

    use proptest::prelude::*;

    use super::*;

    fn texts(command: &str) -> Vec<String> {
        let all = commands(command).unwrap();
        all.into_iter().next().unwrap_or_default().words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_what_the_shell_hands_over() {
        for (command, expected) in [
            ("a  'b c' \"d e\"", vec!["a", "b c", "d e"]),
            (r#"a'b'"c"\d"#, vec!["abcd"]),
            (r"'it'\''s'", vec!["it's"]),
            (r#""\$x \"y\" \\ \n""#, vec![r#"$x "y" \ \n"#]),
            ("a \\\n b \\  \r\n c", vec!["a", "b", "c"]),
            ("a b # c", vec!["a", "b"]),
            ("a b#c", vec!["a", "b#c"]),
            ("a ''", vec!["a", ""]),
            (r"$'a\n\t\'\\\x41\101'", vec!["a\n\t'\\AA"]),
            (r"$'\u0021\ud83d\ude00\U0001F600\xc3\xa9'", vec!["!😀😀é"]),
            (r"$'\ud83d!'", vec!["\u{FFFD}!"]),
            ("a > out 2>&1 b", vec!["a", "2", "b"]),
            ("a; b", vec!["a"]),
            ("a | b", vec!["a"]),
        ] {
            assert_eq!(texts(command), expected, "{command}");
        }
    }

    #[test]
    fn what_the_shell_would_work_out_stays_as_it_is_written() {
        for (command, text, expands) in [
            (r#""Bearer $KEY""#, "Bearer $KEY", true),
            (r#""Bearer ${KEY:-x}""#, "Bearer ${KEY:-x}", true),
            (r#""Bearer $(cat "my key")""#, "Bearer $(cat \"my key\")", true),
            ("`key`x", "`key`x", true),
            ("'$KEY'", "$KEY", false),
            ("\"5 $ and $\"", "5 $ and $", false),
        ] {
            let word = commands(command).unwrap().remove(0).words.remove(0);
            assert_eq!((word.text.as_str(), word.expands), (text, expands), "{command}");
        }
    }

    #[test]
    fn a_here_document_is_what_the_command_reads() {
        for (text, input) in [
            ("curl -d @- <<'END'\n{\"a\": \"$x\"}\nEND\nls", "{\"a\": \"$x\"}\n"),
            ("curl -d @- <<-END | jq\n\t{}\n\tEND\n", "{}\n"),
            ("curl -d @- <<END\n\\$x \\\ny\nEND\n", "$x y\n"),
            ("curl -d @- <<< '{}'", "{}"),
            ("printf %s '{}' |\ncurl -d @-", "{}"),
            ("echo '{}' | curl -d @-", "{}"),
            ("cat <<END | curl -d @-\n{}\nEND\n", "{}\n"),
        ] {
            let curl = commands(text).unwrap().into_iter().find(|command| command.words[0].text == "curl").unwrap();
            assert_eq!(curl.input.map(|word| word.text).as_deref(), Some(input), "{text}");
        }
    }

    #[test]
    fn what_has_no_end_is_said_where_it_begins() {
        for (text, said) in [
            ("curl 'abc", "line 1, column 6: a quote that begins here has no end"),
            ("curl \\\n  \"abc", "line 2, column 3: a quote that begins here has no end"),
            ("curl $'abc\\", "line 1, column 6: a quote that begins here has no end"),
            ("curl $(abc", "line 1, column 6: what the shell is to work out here has no end"),
            ("curl <<END\nabc", "line 2, column 1: a here-document that begins here has no end"),
            ("curl <<END", "line 1, column 11: a here-document has no end"),
        ] {
            assert_eq!(commands(text).unwrap_err().to_string(), said, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_single_quotes(text in "\\PC*|[\\x00-\\x7f]*") {
            let quoted = format!("x '{}'", text.replace('\'', r"'\''"));
            prop_assert_eq!(texts(&quoted), ["x".to_owned(), text]);
        }

        #[test]
        fn no_text_makes_it_stumble(text in "[ a'\"\\\\$`(){}<>|&;#\n\r\tx0u-]*") {
            let _ = commands(&text);
        }
    }
}
