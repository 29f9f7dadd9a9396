/** A rule that was broken, and where. Rules are named in README.md. */
export interface Finding {
  rule: string;
  message: string;
}

/** Collects findings; each message once a rule, since a live run meets it often. */
export class Findings {
  readonly list: Finding[] = [];
  private readonly seen = new Set<string>();

  add(rule: string, message: string): void {
    const key = `${rule}\n${message}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.list.push({ rule, message });
  }

  check(holds: boolean, rule: string, message: string): void {
    if (!holds) this.add(rule, message);
  }

  addAll(findings: readonly Finding[], where: string): void {
    for (const { rule, message } of findings) this.add(rule, `${where}: ${message}`);
  }
}
