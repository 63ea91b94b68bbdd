/** The texts of rooms, search, message links, pins and the offer of notifications. */
export const en = {
  rooms: 'Rooms',
  switchRoom: 'Switch rooms',
  noSuchRoom: (room: string) => `There is no room “${room}” here. You’re in another one.`,

  searchMessages: 'Search messages',
  searchHint: 'Finds messages that have all of these words.',
  searching: 'Searching…',
  found: (count: number) => (count === 1 ? '1 message found' : `${count} messages found`),
  newestFound: (count: number) => `The newest ${count} messages`,
  nothingFound: (sought: string) => `No messages match “${sought}”.`,
  showMore: 'Show more',
  searchFailed: 'Couldn’t search.',
  onlyLoaded: 'Only the messages that are loaded here are searched.',
  goToDate: 'Go to a date',
  go: 'Go',
  dateFailed: 'Couldn’t load the messages of that day.',
  nothingSince: 'There are no messages on or after that day.',

  openingMessage: 'Opening the message…',
  messageGone: 'This message was deleted or is older than the room keeps.',
  messageFailed: 'Couldn’t open the message.',
  noLinks: 'This server can’t find messages by a link.',

  pinned: 'Pinned',
  pinnedMessages: 'Pinned messages',
  showPinned: (count: number) =>
    count === 1 ? 'Show the pinned message' : `Show all ${count} pinned messages`,
  goToPinned: 'Go to this pinned message',
  unpin: 'Unpin',
  unpinMessage: (author: string) => `Unpin this message by ${author}`,
  nothingPinned: 'Nothing is pinned now.',
};

export type FindingTexts = typeof en;
