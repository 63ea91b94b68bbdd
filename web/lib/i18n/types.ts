/** All texts of the chat in one language, except what people write and unknown error messages of the server. */

/** Text with placeholders such as `{name}`. */
type Interpolated = string;

export interface Strings {
  /** BCP 47 tag for times and numbers; the reader's own locale if undefined. */
  locale: string | undefined;
  dir: 'ltr' | 'rtl';
  /**
   * Translations of English texts of the module, such as refusals, and of errors about addresses. Others are shown as
   * they are. `{name}` is a placeholder; in a translation, `{in}` is the time from now instead of the `{duration}`.
   */
  translated: Readonly<Record<string, string>>;

  // Connection
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
  /** There is a server at the address, but it is not SpacetimeDB. */
  noServer: string;
  noServerMore: (server: string) => string;
  notConnected: string;
  wrongSettings: string;
  unreachable: (server: string) => string;
  lost: (server: string) => string;
  nextTry: (seconds: number) => string;
  tryNow: string;
  newPerson: string;
  /** The server does not let the reader in, and says why. */
  denied: string;

  // Messages
  messages: string;
  /** Button that opens the menu of a message. */
  messageActions: string;
  noMessages: string;
  noMessagesMore: string;
  nothingYet: string;
  nothingYetMore: string;
  loadFailed: string;
  noReason: string;
  beginning: string;
  beginningOf: (room: string) => string;
  inviteLink: string;
  loadingOlder: string;
  olderFailed: string;
  latest: string;
  /** The number of new messages. */
  unread: (count: number) => string;
  /** How many of the new messages mention the reader. */
  mentions: (count: number) => string;
  /** The number of messages that cannot be displayed. */
  hidden: (count: number) => string;
  /** Above the first new message. */
  newMessages: string;
  /** Marks the reader's own messages and entry. */
  you: string;
  /** Button that unfolds a long message. */
  showAll: (characters: number) => string;

  // Messages that the server does not have yet
  sending: string;
  waiting: string;
  /** While the server asks to wait; `when` is as in “in 5 minutes”. */
  sendsLater: (when: string) => string;
  notSent: string;
  notArrived: string;
  noConnection: string;
  outcomeUnknown: string;
  tryAgain: string;
  discard: string;

  // The reader may not write
  /** `left` is a duration such as "5 minutes". */
  muted: (left: string) => string;
  /** Contains `{reason}`. */
  reason: Interpolated;

  // Forms
  unsent: string;
  mayHaveArrived: string;
  failed: (reason: string) => string;

  // Message field
  write: string;
  message: string;
  send: string;
  /** Keyboard help; the keys are the placeholders. */
  keys: Interpolated;
  charactersLeft: (count: number) => string;
  charactersOver: (count: number) => string;
  /** Name of the button that opens the emoji picker, and of the picker. */
  emoji: string;
  /** Name of the list that completes a mention or an emoji. */
  suggestions: string;
  /** Explains `@everyone`. */
  everyone: string;
  /** Contains `{name}`. */
  replyingTo: Interpolated;
  cancelReply: string;
  editing: string;
  cancelEditing: string;
  looksLikeCode: string;
  formatAsCode: string;
  /** Pictures and other files were pasted or dropped. */
  textOnly: string;
  /** Contains `{name}`. */
  isTyping: Interpolated;
  /** Contains `{name}` and `{other}`. */
  areTyping: Interpolated;
  severalTyping: string;

  // The reader's name
  yourName: string;
  welcome: string;
  welcomeMore: string;
  join: string;
  skip: string;
  save: string;
  saving: string;
  cancel: string;
  /** Contains `{name}`. */
  writingAs: Interpolated;
  chooseName: string;
  nameTaken: (name: string) => string;
  /** Button that enters a free name; contains `{name}`. */
  tryName: Interpolated;
  changeName: string;
  change: string;

  // People
  people: string;
  online: string;
  offline: string;
  searchPeople: string;
  nobody: (sought: string) => string;
  showMore: (count: number) => string;
  /** The number of offline people without a name, who are not listed. */
  nameless: (count: number) => string;
  owner: string;
  moderator: string;
  /** When someone first chose a name or wrote. */
  memberSince: (date: string) => string;
  /** Button that puts a person’s name into the message. */
  mention: string;
  copyId: string;
  /** Button of a code block. */
  copyCode: string;
  copied: string;
  notCopied: string;
  /** Contains `{name}`. */
  joined: Interpolated;
  /** Contains `{name}`. */
  left: Interpolated;
  /** Contains `{was}` and `{name}`. */
  renamed: Interpolated;

  // The sign-in key
  onlyHere: string;
  /** Added in browsers that do so. */
  deletedUnvisited: string;
  showKey: string;
  notNow: string;

  // The chat as a whole
  close: string;
  chat: string;
  /** Default name of the launcher button. */
  openChat: string;
  closeChat: string;
  settings: string;
  /** Button that opens the search for messages. */
  search: string;
  /** A part of the page could not be loaded. */
  panelFailed: string;
  /** Button that hides the preview of a new message beside the launcher. */
  dismiss: string;
  notSetUp: string;
  /** Title of the message about a server that the site does not allow. */
  notAllowed: string;
  /** Button that returns to the site's own server. */
  useOwnServer: string;
  /** Names a foreign server; `server` is its host and port. */
  onServer: (server: string) => string;
  /** Explains `onServer` to screen readers. */
  onServerMore: string;
}
