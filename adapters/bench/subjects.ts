/** The subjects of the benchmark: each subscribes to all messages over a fake socket, and counts updates. */
import { JSDOM } from 'jsdom';
import { createSpacetimeDBProvider, useTable } from 'spacetimedb/svelte';
import { mount, type Component } from 'svelte';
import { DbConnection, tables } from '../test/module_bindings/index.ts';
import { createChat, createFeatures } from '../src/chat/index.ts';
import { connect, liveTable, memoryTokens } from '../src/index.ts';
import type { FakeServer, FakeSocket } from '../test/fake-server.ts';

export interface Measured {
  /** How often a subscriber received a new list. */
  readonly emissions: () => number;
  /** The length of the last list. */
  readonly length: () => number;
  /** Subscribes to the details of the newest messages, if the subject has details, and counts updates. */
  readonly watchDetails?: () => Promise<() => number>;
}

/** About a screenful of messages, with some above and below. */
const WATCHED = 50;

export const SUBJECTS = {
  /** The bare SDK, with a listener that does nothing. */
  sdk: bareSdk,
  /** The SDK's own Svelte binding. */
  useTable: svelteUseTable,
  /** This package: the plain table. */
  liveTable: ourLiveTable,
  /** This package: messages with their authors. */
  chat: ourChat,
} as const;

export type Subject = keyof typeof SUBJECTS;

function bareSdk(server: FakeServer): Measured {
  let emissions = 0;
  const connection = builder(server)
    .onConnect((connected) => connected.subscriptionBuilder().subscribe('SELECT * FROM message'))
    .build();
  connection.db.message.onInsert(() => emissions++);
  return { emissions: () => emissions, length: () => Number(connection.db.message.count()) };
}

function svelteUseTable(server: FakeServer): Measured {
  const counter = new Counter();
  const { window } = new JSDOM('<main></main>');
  for (const name of ['window', 'document', 'navigator', 'Node', 'Element', 'HTMLElement', 'Text'] as const) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  }
  // Components are not compiled here, and this one has no markup.
  const component: Component = () => {
    createSpacetimeDBProvider(builder(server));
    const [rows] = useTable(tables.message);
    rows.subscribe(counter.count);
    return {};
  };
  mount(component, { target: window.document.body });
  return counter;
}

function ourLiveTable(server: FakeServer): Measured {
  const counter = new Counter();
  liveTable(ourConnection(server), tables.message).subscribe(counter.count);
  return counter;
}

function ourChat(server: FakeServer): Measured {
  const counter = new Counter();
  const connection = ourConnection(server);
  // A window that contains all messages of the server.
  const chat = createChat(connection, { windowMs: 400 * 24 * 60 * 60 * 1000 });
  chat.messages.subscribe(counter.count);
  const watchDetails = async () => {
    const { details } = createFeatures(connection, chat);
    let told = 0;
    const watched = chat.messages.get().slice(-WATCHED).map(details);
    for (const store of watched) store.subscribe(() => told++);
    const isReady = () => watched.every(({ status }) => status.get().isReady);
    while (!isReady()) await new Promise((resolve) => setImmediate(resolve));
    return () => told;
  };
  return { emissions: counter.emissions, length: counter.length, watchDetails };
}

class Counter implements Measured {
  #emissions = 0;
  #length = 0;

  readonly count = ({ length }: { readonly length: number }): void => {
    this.#emissions++;
    this.#length = length;
  };

  readonly emissions = (): number => this.#emissions;
  readonly length = (): number => this.#length;
}

function ourConnection(server: FakeServer) {
  return connect(() => DbConnection.builder().withUri('http://bench.example').withDatabaseName('chat'), {
    connectOnServer: true,
    tokens: memoryTokens(),
    environment: server.environment,
  });
}

/** The SDK over a fake socket: a transport like the SDK's own, for uncompressed frames. */
function builder(server: FakeServer) {
  return DbConnection.builder()
    .withUri('http://bench.example')
    .withDatabaseName('chat')
    .withWSFn(async ({ url, wsProtocol }) => {
      const socket = server.environment.openSocket(url.href, wsProtocol) as FakeSocket;
      return {
        get protocol() {
          return socket.protocol;
        },
        get readyState() {
          return socket.readyState;
        },
        send: (message: Uint8Array) => socket.send(message),
        close: () => socket.close(),
        set onopen(run: () => void) {
          socket.onopen = run;
        },
        set onclose(run: (event: CloseEvent) => void) {
          socket.onclose = run as never;
        },
        set onerror(run: (event: ErrorEvent) => void) {
          socket.onerror = run as never;
        },
        set onmessage(run: (message: { data: Uint8Array }) => void) {
          socket.onmessage = (({ data }: { data: ArrayBuffer }) =>
            run({ data: new Uint8Array(data, 1) })) as never;
        },
      };
    });
}
