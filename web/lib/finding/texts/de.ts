import type { FindingTexts } from './en.ts';

export const texts: FindingTexts = {
  rooms: 'Räume',
  switchRoom: 'Raum wechseln',
  noSuchRoom: (room) => `Hier gibt es keinen Raum „${room}“. Du bist in einem anderen.`,

  searchMessages: 'Nachrichten suchen',
  searchHint: 'Findet Nachrichten, in denen alle diese Wörter vorkommen.',
  searching: 'Sucht …',
  found: (count) => (count === 1 ? '1 Nachricht gefunden' : `${count} Nachrichten gefunden`),
  newestFound: (count) => `Die neuesten ${count} Nachrichten`,
  nothingFound: (sought) => `Keine Nachricht passt zu „${sought}“.`,
  showMore: 'Mehr anzeigen',
  searchFailed: 'Die Suche ist fehlgeschlagen.',
  onlyLoaded: 'Nur die hier geladenen Nachrichten werden durchsucht.',
  goToDate: 'Zu einem Datum',
  go: 'Los',
  dateFailed: 'Die Nachrichten dieses Tages konnten nicht geladen werden.',
  nothingSince: 'An diesem Tag und danach gibt es keine Nachrichten.',

  openingMessage: 'Nachricht wird geöffnet …',
  messageGone: 'Diese Nachricht wurde gelöscht oder ist älter, als der Raum aufbewahrt.',
  messageFailed: 'Die Nachricht konnte nicht geöffnet werden.',
  noLinks: 'Dieser Server kann Nachrichten nicht über einen Link finden.',

  pinned: 'Angeheftet',
  pinnedMessages: 'Angeheftete Nachrichten',
  showPinned: (count) =>
    count === 1 ? 'Die angeheftete Nachricht anzeigen' : `Alle ${count} angehefteten Nachrichten anzeigen`,
  goToPinned: 'Zu dieser angehefteten Nachricht',
  unpin: 'Lösen',
  unpinMessage: (author) => `Diese Nachricht von ${author} lösen`,
  nothingPinned: 'Zurzeit ist nichts angeheftet.',
};
