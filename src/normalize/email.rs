pub fn local_part(v: &str) -> &str {
    v.split('@').next().unwrap_or("")
}
pub fn domain(v: &str) -> &str {
    v.split('@').nth(1).unwrap_or("")
}
pub fn is_role(v: &str) -> bool {
    matches!(v, "info" | "office" | "contact" | "sales")
}
pub fn is_free_provider(d: &str) -> bool {
    d.starts_with("gmail")
}
pub fn organisation(d: &str) -> &str {
    d
}
