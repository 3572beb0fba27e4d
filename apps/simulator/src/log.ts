/** One JSON line on stderr; stdout belongs to the single `ready` line. */
export function log(message: string, facts: Record<string, unknown> = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), message, ...facts })}\n`);
}
