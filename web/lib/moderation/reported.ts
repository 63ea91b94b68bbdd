/** Reports for moderators, grouped by message. */
import type { OpenReport } from '../../module_bindings/types.ts';

export interface ReportedMessage {
  readonly key: string;
  readonly sender: OpenReport['sender'];
  readonly sent: OpenReport['sent'];
  /** The reported text; several if it was edited between reports. */
  readonly texts: readonly string[];
  /** Oldest first. */
  readonly reports: readonly OpenReport[];
}

/** Groups reports by their message; the message that has waited longest comes first. */
export function reportedMessages(reports: readonly OpenReport[]): ReportedMessage[] {
  const byMessage = new Map<string, OpenReport[]>();
  for (const report of reports.toSorted((a, b) => Number(a.id - b.id))) {
    const key = `${report.sender.toHexString()} ${report.sent.microsSinceUnixEpoch}`;
    const known = byMessage.get(key);
    if (known) known.push(report);
    else byMessage.set(key, [report]);
  }
  return [...byMessage].flatMap(([key, group]) => {
    const [first] = group;
    const texts = [...new Set(group.map(({ text }) => text))];
    return first ? [{ key, sender: first.sender, sent: first.sent, texts, reports: group }] : [];
  });
}
