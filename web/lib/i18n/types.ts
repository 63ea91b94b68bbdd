/** Every text that the chat itself says, in one language. What people write, and what the server answers, is not among them. */

/** Texts in which `{name}` and the like mark where something stands that is shown in a way of its own. */
type Interpolated = string;

export interface Strings {
  /** In which times and numbers are written, as BCP 47 names it; the reader's own when absent. */
  locale: string | undefined;
  dir: 'ltr' | 'rtl';
  /** What the server or the rules say in English, by that text. What is not among them is shown as it comes. */
  translated: Readonly<Record<string, string>>;

  // How the connection stands.
  connection: string;
  connecting: string;
  connected: string;
  reconnecting: string;
  isOffline: string;
  isOfflineMore: string;
  refused: string;
  refusedMore: (server: string) => string;
  closed: string;
  closedMore: string;
  noDatabase: string;
  noDatabaseMore: (server: string, database: string) => string;
  notAChat: string;
  notAChatMore: (server: string, database: string) => string;
  notConnected: string;
  wrongSettings: string;
  unreachable: (server: string) => string;
  lost: (server: string) => string;
  nextTry: (seconds: number) => string;
  tryNow: string;
  newPerson: string;

  // The messages.
  messages: string;
  noMessages: string;
  noMessagesMore: string;
  nothingYet: string;
  nothingYetMore: string;
  loadFailed: string;
  noReason: string;
  beginning: string;
  loadingOlder: string;
  olderFailed: string;
  latest: string;
  /** How many messages are new. */
  unread: (count: number) => string;
  /** How many messages the server has that the page leaves out. */
  hidden: (count: number) => string;
  /** Above the first message that is new. */
  newMessages: string;
  /** Marks what is the reader's own. */
  you: string;
  /** Unfolds a long message. */
  showAll: (characters: number) => string;

  // A message that the server does not have yet.
  sending: string;
  waiting: string;
  notSent: string;
  notArrived: string;
  noConnection: string;
  outcomeUnknown: string;
  tryAgain: string;
  discard: string;

  // Forms.
  unsent: string;
  mayHaveArrived: string;
  failed: (reason: string) => string;

  // Where messages are written.
  write: string;
  message: string;
  send: string;
  /** Which keys do what; the keys are marked. */
  keys: Interpolated;
  charactersLeft: (count: number) => string;
  charactersOver: (count: number) => string;

  // The reader's own name.
  yourName: string;
  welcome: string;
  welcomeMore: string;
  join: string;
  skip: string;
  save: string;
  saving: string;
  cancel: string;
  noName: string;
  /** Marks `{name}`. */
  writingAs: Interpolated;
  chooseName: string;
  changeName: string;
  change: string;

  // The people.
  people: string;
  online: string;
  offline: string;
  searchPeople: string;
  nobody: (sought: string) => string;
  showMore: (count: number) => string;
  copyIdentity: (person: string) => string;
  copy: string;
  copied: string;
  notCopied: string;
  /** Marks `{name}`. */
  joined: Interpolated;
  /** Marks `{name}`. */
  left: Interpolated;
  /** Marks `{was}` and `{name}`. */
  renamed: Interpolated;

  // The chat as a whole.
  chat: string;
  /** What the button that opens it is called. */
  openChat: string;
  closeChat: string;
  notSetUp: string;
  /** The title of what is said about a server that the site does not allow. */
  notAllowed: string;
  /** Names the server, when it is not the page's own; `server` is host and port. */
  onServer: (server: string) => string;
  /** What that means, for those who do not see how it is set off. */
  onServerMore: string;
}
