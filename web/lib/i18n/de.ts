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
    'Names must not pile up accents': 'Der Name darf keine Akzente auftürmen',
    'Messages must not be empty': 'Die Nachricht darf nicht leer sein',
    'Messages must not have more than 2000 characters': 'Die Nachricht darf höchstens 2000 Zeichen haben',
  },

  connection: 'Verbindung',
  connecting: 'Verbindet …',
  connected: 'Verbunden',
  reconnecting: 'Verbindet neu …',
  isOffline: 'Offline',
  isOfflineMore: 'Dein Gerät ist offline. Was du geschrieben hast, bleibt erhalten.',
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
  unreachable: (server) => `${server} ist nicht erreichbar. Was du geschrieben hast, bleibt erhalten.`,
  lost: (server) => `Die Verbindung zu ${server} ist abgebrochen. Was du geschrieben hast, bleibt erhalten.`,
  nextTry: (seconds) => `Nächster Versuch in ${seconds} s.`,
  tryNow: 'Jetzt versuchen',
  newPerson: 'Als neue Person weitermachen',

  messages: 'Nachrichten',
  noMessages: 'Noch keine Nachrichten',
  noMessagesMore: 'Mach den Anfang: Was du hier schreibst, sehen alle im Raum.',
  nothingYet: 'Noch nichts zu sehen',
  nothingYetMore: 'Die Nachrichten erscheinen hier, sobald die Verbindung steht.',
  loadFailed: 'Die Nachrichten konnten nicht geladen werden',
  noReason: 'Der Server hat keinen Grund genannt.',
  beginning: 'Hier hat alles begonnen.',
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
  waiting: 'Wartet auf die Verbindung.',
  notSent: 'Nicht gesendet.',
  notArrived: 'Sie ist nicht angekommen.',
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
  welcomeMore: 'Wie sollen die anderen dich nennen?',
  join: 'Mitmachen',
  skip: 'Überspringen',
  save: 'Speichern',
  saving: 'Wird gespeichert …',
  cancel: 'Abbrechen',
  noName: 'Du hast noch keinen Namen',
  writingAs: 'Du schreibst als {name}',
  chooseName: 'Namen wählen',
  changeName: 'Namen ändern',
  change: 'Ändern',

  people: 'Personen',
  online: 'Online',
  offline: 'Offline',
  searchPeople: 'Personen suchen',
  nobody: (sought) => `Niemand hier heißt „${sought}“.`,
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
