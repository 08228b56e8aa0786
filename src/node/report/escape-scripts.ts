/** JSON as it stands in a script element: no `<`, so that nothing in it ends the element or opens a comment. */
export function escapeJson(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/**
 * A program as it stands in a script element. `</script` ends the element wherever it stands, and `<!--` changes how what
 * follows is read; a program has them in strings and regular expressions only, where `\x3c` means `<`.
 */
export function escapeScript(program: string): string {
  return program.replace(/<(?=\/script|!--)/gi, "\\x3c");
}
