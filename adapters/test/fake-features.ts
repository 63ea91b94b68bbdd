/** The fake server's tables, and some of its reducers and procedures, for the features of a chat. */
import { AlgebraicType, BinaryReader, BinaryWriter, t, Timestamp, type Identity } from 'spacetimedb';
import type { FakeServer, FakeSocket, Row, Table, TableChanges } from './fake-server.ts';
import AddReaction from './module_bindings/add_reaction_reducer.ts';
import BlockPerson from './module_bindings/block_person_reducer.ts';
import { returnType as Unread } from './module_bindings/count_unread_procedure.ts';
import EditMessage from './module_bindings/edit_message_reducer.ts';
import MarkRead from './module_bindings/mark_read_reducer.ts';
import MentionRow from './module_bindings/mention_table.ts';
import EditRow from './module_bindings/message_edit_table.ts';
import RuleRow from './module_bindings/message_rule_table.ts';
import { returnType as Versions } from './module_bindings/message_versions_procedure.ts';
import BlockRow from './module_bindings/own_blocks_table.ts';
import ReadMarkRow from './module_bindings/own_read_marks_table.ts';
import PinRow from './module_bindings/pin_table.ts';
import ReactionRow from './module_bindings/reaction_table.ts';
import ReplyRow from './module_bindings/reply_table.ts';
import { params as search, returnType as Found } from './module_bindings/search_messages_procedure.ts';
import SendReply from './module_bindings/send_reply_reducer.ts';
import TypingRow from './module_bindings/typing_table.ts';

export const featureTables = {
  reply: ReplyRow,
  reaction: ReactionRow,
  message_edit: EditRow,
  mention: MentionRow,
  pin: PinRow,
  message_rule: RuleRow,
  own_blocks: BlockRow,
  own_read_marks: ReadMarkRow,
  typing: TypingRow,
};

const reducers: Record<string, ReturnType<typeof AlgebraicType.makeDeserializer>> = {
  add_reaction: reader(t.object('AddReaction', AddReaction)),
  block_person: reader(t.object('BlockPerson', BlockPerson)),
  edit_message: reader(t.object('EditMessage', EditMessage)),
  mark_read: reader(t.object('MarkRead', MarkRead)),
  send_reply: reader(t.object('SendReply', SendReply)),
};
const readSearch = reader(t.object('Search', search));

function reader({
  algebraicType,
}: {
  readonly algebraicType: Parameters<typeof AlgebraicType.makeDeserializer>[0];
}) {
  return AlgebraicType.makeDeserializer(algebraicType);
}

/** The arguments of a call; undefined for reducers of the tutorial and others. */
export function readFeatureArgs(reducer: string, args: Uint8Array): Row | undefined {
  return reducers[reducer]?.(new BinaryReader(args)) as Row | undefined;
}

let lastId = 0n;

/** A row that belongs to a message, with a new id. */
export function annotation({ sender, sent }: Row, columns: Row): Row {
  return { id: ++lastId, sender, sent, ...columns };
}

export function insert(server: FakeServer, table: Table, row: Row, socket?: FakeSocket): void {
  server.commit({ [table]: { inserts: [row], deletes: [] } }, socket);
}

/** Runs a reducer of the features. */
export function feature(server: FakeServer, reducer: string, args: Row, socket: FakeSocket): 'ok' {
  const now = Timestamp.fromDate(new Date(server.clock++));
  const { identity } = socket;
  const key = { sender: identity, sent: args['sent'] };
  const changes = (): TableChanges => {
    if (reducer === 'add_reaction') {
      const row = annotation(args, { person: identity, emoji: args['emoji'] });
      return { reaction: { inserts: [row], deletes: [] } };
    }
    if (reducer === 'edit_message') {
      const before = [...server.tables.message.values()].filter((row) => isOf(row, key));
      return {
        message: { inserts: [{ ...key, text: args['text'] }], deletes: before },
        message_edit: { inserts: [annotation(key, { at: now })], deletes: [] },
      };
    }
    if (reducer === 'send_reply') {
      const message = { sender: identity, sent: now, text: args['text'] };
      const { toSender, toSent } = args;
      return {
        message: { inserts: [message], deletes: [] },
        reply: { inserts: [annotation(message, { toSender, toSent })], deletes: [] },
      };
    }
    if (reducer === 'mark_read') {
      const before = [...server.tables.own_read_marks.values()];
      return { own_read_marks: { inserts: [{ identity, sent: args['sent'] }], deletes: before } };
    }
    return { own_blocks: { inserts: [{ identity: args['identity'] }], deletes: [] } };
  };
  server.commit(changes(), socket);
  return 'ok';
}

function isOf(row: Row, key: Row): boolean {
  return (
    (row['sender'] as Identity).isEqual(key['sender'] as Identity) &&
    (row['sent'] as Timestamp).microsSinceUnixEpoch === (key['sent'] as Timestamp).microsSinceUnixEpoch
  );
}

/** Returns the result of a procedure. */
export function procedures({ tables }: FakeServer, procedure: string, args: Uint8Array): Uint8Array {
  const writer = new BinaryWriter(256);
  const write = (
    { algebraicType }: { readonly algebraicType: Parameters<typeof AlgebraicType.makeSerializer>[0] },
    value: unknown,
  ) => AlgebraicType.makeSerializer(algebraicType)(writer, value);
  if (procedure === 'search_messages') {
    const { text } = readSearch(new BinaryReader(args)) as { text: string };
    const words = text.toLowerCase();
    const found = [...tables.message.values()].filter((row) =>
      String(row['text']).toLowerCase().includes(words),
    );
    write(Found, found.reverse());
  } else if (procedure === 'count_unread') {
    write(Unread, { messages: 2, mentions: 1 });
  } else {
    write(Versions, [{ at: Timestamp.fromDate(new Date(0)), text: 'Helo' }]);
  }
  return writer.getBuffer().slice();
}
