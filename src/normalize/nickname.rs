pub fn canonical(v: &str) -> &str {
    v
}
pub fn related(_: &str, _: &str) -> bool {
    false
}
