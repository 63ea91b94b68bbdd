import { BsatnError, unknownTag, type BsatnReader } from '../sats/bsatn-reader.ts';
import type { ClientMessage } from './messages.ts';

/**
 * Reads one message, with the checks and the errors of the real server. Bytes after it stay unread.
 *
 * @throws {BsatnError}
 */
export function readClientMessage(reader: BsatnReader): ClientMessage {
  const tag = reader.u8();
  switch (tag) {
    case 0: {
      const requestId = reader.u32();
      const querySetId = { id: reader.u32() };
      return { tag: 'Subscribe', value: { requestId, querySetId, queryStrings: readStrings(reader) } };
    }
    case 1: {
      const requestId = reader.u32();
      const querySetId = { id: reader.u32() };
      return { tag: 'Unsubscribe', value: { requestId, querySetId, flags: readUnsubscribeFlags(reader) } };
    }
    case 2:
      return { tag: 'OneOffQuery', value: { requestId: reader.u32(), queryString: reader.string() } };
    case 3: {
      const requestId = reader.u32();
      const flags = readNoFlags(reader, 'reducer');
      const reducer = reader.string();
      return { tag: 'CallReducer', value: { requestId, flags, reducer, args: reader.bytes() } };
    }
    case 4: {
      const requestId = reader.u32();
      const flags = readNoFlags(reader, 'procedure');
      const procedure = reader.string();
      return { tag: 'CallProcedure', value: { requestId, flags, procedure, args: reader.bytes() } };
    }
    default:
      throw unknownTag(tag, 'ClientMessage');
  }
}

function readStrings(reader: BsatnReader): string[] {
  const strings: string[] = [];
  for (let count = reader.u32(); count > 0; count--) strings.push(reader.string());
  return strings;
}

function readUnsubscribeFlags(reader: BsatnReader) {
  const tag = reader.u8();
  if (tag > 1) throw unknownTag(tag, 'UnsubscribeFlags');
  return tag === 0 ? ({ tag: 'Default' } as const) : ({ tag: 'SendDroppedRows' } as const);
}

/** No flags are defined for calls in these protocols. */
function readNoFlags(reader: BsatnReader, of: 'reducer' | 'procedure'): number {
  const flags = reader.u8();
  if (flags !== 0) throw new BsatnError(`invalid call ${of} flag ${flags}`);
  return flags;
}
