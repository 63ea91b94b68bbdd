/** Messages that people report to the moderators. */
import { Range, t } from 'spacetimedb/server';
import { refuseNewcomer } from './admission.ts';
import { deleteReports, messagesAt, ofSender } from './annotations.ts';
import { countAct } from './flood.ts';
import { checkedReason, refuseBanned } from './moderation.ts';
import { refuse } from './refuse.ts';
import spacetimedb from './schema.ts';
import { isModerator, record, requireModerator } from './staff.ts';

const MAX_OF_PERSON = 20;

/** Limits on open reports, because moderators receive all of them at once and identities are free. */
const MAX_OPEN = 500;

/** Reports a message. The report includes its current text. People who are muted may do this too. */
export const report_message = spacetimedb.reducer(
  { sender: t.identity(), sent: t.timestamp(), reason: t.string() },
  (ctx, { reason, ...key }) => {
    refuseBanned(ctx);
    const why = checkedReason(reason);
    const [message] = messagesAt(ctx, key);
    if (!message) refuse('Message not found');
    const known = ofSender(ctx.db.report.sent.filter(key.sent), key);
    if (known.some(({ reporter }) => reporter.isEqual(ctx.sender))) {
      refuse('You have reported that message already');
    }
    if ([...ctx.db.report.reporter.filter(ctx.sender)].length >= MAX_OF_PERSON) {
      refuse(`You have ${MAX_OF_PERSON} open reports. Wait until the moderators have closed some`);
    }
    if (ctx.db.report.count() >= MAX_OPEN) refuse('There are too many open reports right now');
    refuseNewcomer(ctx);
    countAct(ctx);
    const { text } = message;
    ctx.db.report.insert({ id: 0n, ...key, at: ctx.timestamp, reporter: ctx.sender, text, reason: why });
  },
);

/** Closes all reports of a message. For moderators. */
export const close_reports = spacetimedb.reducer(
  { sender: t.identity(), sent: t.timestamp() },
  (ctx, key) => {
    requireModerator(ctx);
    if (deleteReports(ctx, key) === 0) refuse('Report not found');
    record(ctx, { action: 'close_reports', subject: key.sender, sent: key.sent });
  },
);

const openReport = t.row('OpenReport', {
  id: t.u64().primaryKey(),
  at: t.timestamp(),
  reporter: t.identity(),
  sender: t.identity(),
  sent: t.timestamp(),
  /** The message when it was reported. */
  text: t.string(),
  reason: t.string(),
});

/** For moderators: the reports that nobody has closed. */
export const openReports = spacetimedb.view({ public: true }, t.array(openReport), (ctx) =>
  isModerator(ctx) ? [...ctx.db.report.sent.filter(new Range())] : [],
);
