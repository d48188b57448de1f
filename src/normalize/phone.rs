pub fn is_mobile(v: &str) -> bool {
    v.starts_with("+316")
}
pub fn tail(v: &str) -> &str {
    &v[v.len().saturating_sub(6)..]
}
