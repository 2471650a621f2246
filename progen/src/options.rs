//! The command line: `--name value` or `--name=value`.

use std::str::FromStr;

/// Options of a subcommand that have not been taken yet.
pub struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// Reads all of them; `flags` take no value.
    ///
    /// # Errors
    /// A message when something is no option or has no value.
    pub fn parse(words: &[String], flags: &[&str]) -> Result<Arguments, String> {
        let mut list = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                return Err(format!("'{word}' is no option"));
            };
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, value.to_string()),
                None if flags.contains(&name) => (name, String::from("true")),
                None => match words.next() {
                    Some(value) => (name, value.clone()),
                    None => return Err(format!("--{name} needs a value")),
                },
            };
            list.push((name.to_string(), value));
        }
        Ok(Arguments(list))
    }

    /// Takes an option's value; the last one counts.
    ///
    /// # Errors
    /// A message when the value is of the wrong type.
    pub fn take<T: FromStr>(&mut self, name: &str, default: T) -> Result<T, String> {
        let mut found = default;
        for (_, value) in self.0.extract_if(.., |(known, _)| known == name) {
            found = value
                .parse()
                .map_err(|_| format!("--{name}: '{value}' is not what it takes"))?;
        }
        Ok(found)
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// A message with the first unknown option.
    pub fn finish(self) -> Result<(), String> {
        match self.0.first() {
            Some((name, _)) => Err(format!("unknown option --{name}")),
            None => Ok(()),
        }
    }
}
