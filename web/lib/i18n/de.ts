import { pluralOf } from './plural.ts';
import type { Strings } from './strings.ts';

const plural = pluralOf<'one' | 'other'>('de');
const characters = (count: number): string =>
  plural(count, { one: (n) => `${n} Zeichen`, other: (n) => `${n} Zeichen` });

export const strings: Strings = {
  locale: 'de',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'Der Name darf nicht leer sein',
    'Names must not have more than 32 characters': 'Der Name darf höchstens 32 Zeichen haben',
    'Names must not change the direction of the text around them':
      'Der Name darf die Schreibrichtung des Textes um ihn herum nicht ändern',
    'Names must not contain invisible or control characters':
      'Der Name darf keine unsichtbaren Zeichen und keine Steuerzeichen enthalten',
    'That name has too many accents': 'Der Name darf keine Akzente auftürmen',
    'Messages must not be empty': 'Die Nachricht darf nicht leer sein',
    'Messages must not have more than 2000 characters': 'Die Nachricht darf höchstens 2000 Zeichen haben',
  },

  connection: 'Verbindung',
  connecting: 'Verbindet …',
  connected: 'Verbunden',
  reconnecting: 'Verbindet neu …',
  isOffline: 'Offline',
  isOfflineMore:
    'Dein Gerät ist offline. Deine Nachrichten sind gespeichert und werden gesendet, sobald du wieder online bist.',
  refused: 'Anmeldung abgelehnt',
  refusedMore: (server) =>
    `${server} lehnt die Anmeldung ab, die dieser Browser gespeichert hat. Du kannst als neue Person weitermachen; dein bisheriger Name und deine Nachrichten bleiben bei der alten.`,
  closed: 'Getrennt',
  closedMore: 'Die Verbindung wurde beendet. Lade die Seite neu, um weiterzuschreiben.',
  noDatabase: 'Keine solche Datenbank',
  noDatabaseMore: (server, database) =>
    `${server} hat keine Datenbank namens „${database}“. Prüfe den Namen oder veröffentliche den Chat dort.`,
  notAChat: 'Kein Chat',
  notAChatMore: (server, database) =>
    `Die Datenbank „${database}“ auf ${server} ist kein Chat oder einer, den diese Seite nicht versteht.`,
  notConnected: 'Nicht verbunden',
  wrongSettings: 'Die Einstellungen stimmen nicht.',
  unreachable: (server) =>
    `${server} ist nicht erreichbar. Deine Nachrichten sind gespeichert und werden gesendet, sobald die Verbindung wieder steht.`,
  lost: (server) =>
    `Die Verbindung zu ${server} ist abgebrochen. Deine Nachrichten sind gespeichert und werden gesendet, sobald sie wieder steht.`,
  nextTry: (seconds) => `Nächster Versuch in ${seconds} s.`,
  tryNow: 'Jetzt versuchen',
  newPerson: 'Als neue Person weitermachen',

  messages: 'Nachrichten',
  noMessages: 'Noch keine Nachrichten',
  noMessagesMore: 'Sag Hallo – alle im Raum sehen es.',
  nothingYet: 'Noch nichts zu sehen',
  nothingYetMore: 'Die Nachrichten erscheinen hier, sobald die Verbindung steht.',
  loadFailed: 'Die Nachrichten konnten nicht geladen werden',
  noReason: 'Der Server hat keinen Grund genannt.',
  beginning: 'Hier beginnt die Unterhaltung.',
  loadingOlder: 'Frühere Nachrichten werden geladen …',
  olderFailed: 'Frühere Nachrichten konnten nicht geladen werden. Noch einmal versuchen',
  latest: 'Neueste Nachrichten',
  unread: (count) =>
    plural(count, { one: (n) => `${n} neue Nachricht`, other: (n) => `${n} neue Nachrichten` }),
  hidden: (count) =>
    plural(count, {
      one: (n) => `${n} Nachricht kann nicht angezeigt werden.`,
      other: (n) => `${n} Nachrichten können nicht angezeigt werden.`,
    }),
  newMessages: 'Neue Nachrichten',
  you: 'du',
  showAll: (count) => `Alle ${characters(count)} anzeigen`,

  sending: 'Wird gesendet …',
  waiting: 'Wird gesendet, sobald du wieder online bist.',
  sendsLater: (when) => `Wird ${when} gesendet.`,
  notSent: 'Nicht gesendet.',
  notArrived: 'Etwas ist schiefgegangen.',
  noConnection: 'Es besteht keine Verbindung.',
  outcomeUnknown:
    'Die Verbindung brach ab, bevor der Server geantwortet hat; vielleicht ist sie trotzdem angekommen.',
  tryAgain: 'Noch einmal versuchen',
  discard: 'Verwerfen',

  unsent:
    'Es besteht keine Verbindung, deshalb wurde nichts gesendet. Es bleibt hier erhalten: Versuche es wieder, wenn du verbunden bist.',
  mayHaveArrived:
    'Die Verbindung brach ab, bevor der Server geantwortet hat. Vielleicht ist es angekommen, vielleicht nicht: Sieh nach, bevor du es noch einmal sendest.',
  failed: (reason) => `Das hat nicht geklappt: ${reason}`,

  write: 'Nachricht schreiben',
  message: 'Nachricht',
  send: 'Senden',
  keys: '{Eingabe} sendet, {Umschalt + Eingabe} beginnt eine neue Zeile',
  charactersLeft: (count) => `Noch ${characters(count)}`,
  charactersOver: (count) => `${characters(count)} zu viel`,

  yourName: 'Dein Name',
  welcome: 'Willkommen!',
  welcomeMore: 'Wie heißt du?',
  join: 'Mitmachen',
  skip: 'Anonym bleiben',
  save: 'Speichern',
  saving: 'Wird gespeichert …',
  cancel: 'Abbrechen',
  writingAs: 'Du schreibst als {name}',
  chooseName: 'Namen wählen',
  nameTaken: (name) => `${name} ist schon vergeben.`,
  tryName: 'Nimm {name}',
  changeName: 'Namen ändern',
  change: 'Ändern',

  people: 'Personen',
  online: 'Online',
  offline: 'Offline',
  searchPeople: 'Personen suchen',
  nobody: (sought) => `Niemand passt zu „${sought}“.`,
  showMore: (count) => `Mehr anzeigen (${count})`,
  copyIdentity: (person) => `Identität von ${person} kopieren`,
  copy: 'kopieren',
  copied: 'Kopiert',
  notCopied: 'Nicht kopiert',
  joined: '{name} ist gekommen',
  left: '{name} ist gegangen',
  renamed: '{was} heißt jetzt {name}',

  chat: 'Chat',
  openChat: 'Chat öffnen',
  closeChat: 'Chat schließen',
  notSetUp: 'Diese Seite ist nicht richtig eingerichtet',
  notAllowed: 'Dieser Server ist hier nicht erlaubt',
  onServer: (server) => `auf ${server}`,
  onServerMore: 'Das ist nicht der Server, zu dem diese Seite gehört.',
};
