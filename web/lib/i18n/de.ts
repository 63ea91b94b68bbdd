import { pluralOf } from './plural.ts';
import type { Translation } from './strings.ts';

const plural = pluralOf<'one' | 'other'>('de');
const characters = (count: number): string =>
  plural(count, { one: (n) => `${n} Zeichen`, other: (n) => `${n} Zeichen` });

export const strings: Translation = {
  locale: 'de',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'Gib einen Namen ein',
    'Names must not have more than {count} characters': 'Der Name darf höchstens {count} Zeichen haben',
    'Names must not change the direction of the text around them':
      'Der Name darf die Schreibrichtung des Textes um ihn herum nicht ändern',
    'Names must not contain invisible or control characters':
      'Der Name darf keine unsichtbaren Zeichen und keine Steuerzeichen enthalten',
    'That name has too many accents': 'Der Name darf keine Akzente auftürmen',
    'Messages must not be empty': 'Die Nachricht darf nicht leer sein',
    'Messages must not have more than {count} characters':
      'Die Nachricht darf höchstens {count} Zeichen haben',
    'Cannot set name for unknown user': 'Eine unbekannte Person kann keinen Namen wählen',
    'Many people are writing right now. Try again in {duration}':
      'Gerade schreiben viele Leute. Versuche es {in} noch einmal',
    'Many people are choosing a name right now. Try again in {duration}':
      'Gerade wählen viele Leute einen Namen. Versuche es {in} noch einmal',
    'Slow down a little. Try again in {duration}': 'Etwas langsamer, bitte: warte {duration}',
    'You just sent that. Wait {duration} to send it again':
      'Das hast du gerade erst gesendet. Noch einmal senden kannst du es {in}',
    'You are already connected {count} times. Close one of your windows first':
      'Du bist schon {count}-mal verbunden. Schließe zuerst eines deiner Fenster',
    'You are banned from this room': 'Du bist aus diesem Raum verbannt',
    'You are banned from this room: {reason}': 'Du bist aus diesem Raum verbannt: {reason}',
    'You are muted for another {duration}': 'Du bist noch {duration} stummgeschaltet',
    'You are muted for another {duration}: {reason}': 'Du bist noch {duration} stummgeschaltet: {reason}',
    'Choose a name first. You can write {duration} later':
      'Wähle zuerst einen Namen. {duration} später kannst du schreiben',
    'Choose a name first. A moderator then lets you write':
      'Wähle zuerst einen Namen. Danach schaltet dich die Moderation frei',
    'You can write once a moderator approves you':
      'Du kannst schreiben, sobald dich die Moderation freischaltet',
    'You are new here. You can write in {duration}': 'Du bist neu hier. Du kannst {in} schreiben',
    'Only the owner of the room may do this': 'Das darf nur, wem der Raum gehört',
    'Only moderators may do this': 'Das darf nur die Moderation',
    'Person not found': 'Person nicht gefunden',
    'Message not found': 'Nachricht nicht gefunden',
    'Deleted message not found': 'Gelöschte Nachricht nicht gefunden',
    'That message was deleted': 'Diese Nachricht wurde gelöscht',
    'A message can be edited at most {count} times':
      'Eine Nachricht kann höchstens {count}-mal bearbeitet werden',
    'You can edit a message for {duration} after sending it':
      'Du kannst eine Nachricht nach dem Senden {duration} lang bearbeiten',
    'Choose one emoji': 'Wähle ein einzelnes Emoji',
    'You can add at most {count} reactions to a message':
      'Du kannst auf eine Nachricht höchstens {count}-mal reagieren',
    'A message can have at most {count} different reactions':
      'Eine Nachricht kann höchstens {count} verschiedene Reaktionen haben',
    'That message has too many reactions': 'Diese Nachricht hat zu viele Reaktionen',
    'Many people are reacting right now. Try again in {duration}':
      'Gerade reagieren viele Leute. Versuche es {in} noch einmal',
    'At most {count} messages can be pinned. Unpin one first':
      'Höchstens {count} Nachrichten können angeheftet sein. Löse zuerst eine',
    'You cannot block yourself': 'Du kannst dich nicht selbst blockieren',
    'You can block at most {count} people': 'Du kannst höchstens {count} Personen blockieren',
    'You have reported that message already': 'Du hast diese Nachricht schon gemeldet',
    'You have {count} open reports. Wait until the moderators have closed some':
      'Du hast {count} offene Meldungen. Warte, bis die Moderation einige geschlossen hat',
    'There are too many open reports right now': 'Gerade sind zu viele Meldungen offen',
    'Report not found': 'Meldung nicht gefunden',
    'Enter what to search for': 'Gib ein, wonach du suchst',
    'Searches must not have more than {count} characters': 'Suchtexte dürfen höchstens {count} Zeichen haben',
    'Messages must not be from the future': 'Nachrichten dürfen nicht aus der Zukunft sein',
    'Enter how long to mute them': 'Gib an, wie lange die Person stummgeschaltet werden soll',
    'They are already a moderator': 'Die Person moderiert bereits',
    'They are not a moderator': 'Die Person moderiert nicht',
    'They are banned: lift the ban first': 'Die Person ist verbannt: Hebe zuerst die Verbannung auf',
    'They are not muted': 'Die Person ist nicht stummgeschaltet',
    'They are not banned': 'Die Person ist nicht verbannt',
    'They are not waiting for approval': 'Die Person wartet nicht auf Freischaltung',
    'Moderators cannot be muted or banned': 'Wer moderiert, kann weder stummgeschaltet noch verbannt werden',
    'Reasons must not have more than {count} characters': 'Der Grund darf höchstens {count} Zeichen haben',
    'The policy is “open”, “wait” or “approve”': 'Die Regel ist „open“, „wait“ oder „approve“',
    'in config.json': 'aus config.json',
    'in your settings': 'aus deinen Einstellungen',
    "in this page's URL": 'aus der Adresse dieser Seite',
    'that this page was built with': 'aus dem Build dieser Seite',
    'of this chat': 'dieses Chats',
    'This page could not check whether its site allows the server {server}, set {where}. Reload the page.':
      'Diese Seite konnte nicht prüfen, ob der Server {server} ({where}) hier erlaubt ist. Lade die Seite neu.',
    'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.':
      'Der Server {server} ({where}) ist auf dieser Seite nicht erlaubt. Wenn dich ein Link hierher geführt hat, vertraue ihm nicht.',
    'The “title” {where} must be a text, such as {example}.':
      'Der „title“ {where} muss ein Text sein, etwa {example}.',
    'The “servers” {where} must be a list of web addresses, such as {example}.':
      'Die Liste „servers“ {where} muss aus Webadressen bestehen, etwa {example}.',
    'The “rooms” {where} must be a list of different databases, such as {example}.':
      'Die Liste „rooms“ {where} muss aus verschiedenen Datenbanken bestehen, etwa {example}.',
    'The config.json beside this page is invalid. It should look like {example}.':
      'Die config.json neben dieser Seite ist ungültig. Sie sollte so aussehen: {example}.',
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.':
      'Diese Seite kommt nicht von einem Webserver und braucht deshalb eine Serveradresse: Ergänze ?uri=https://… in ihrer Adresse.',
    'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.':
      'Die Serveradresse {where} ist keine Webadresse: „{uri}“. Verwende eine Adresse wie https://chat.example.com.',
    'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.':
      'Diese sichere Seite kann den unsicheren Server „{uri}“ {where} nicht verwenden. Verwende eine https-Adresse.',
    'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.':
      'Der Datenbankname „{database}“ {where} ist ungültig. Verwende Kleinbuchstaben, Ziffern und einzelne Bindestriche, etwa {example}.',
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
  noServer: 'Kein Chat-Server',
  noServerMore: (server) =>
    `Diese Seite ist noch mit keinem Chat-Server verbunden: ${server} ist keiner. Ist das deine Seite, dann trage als „uri“ die Adresse eines SpacetimeDB-Servers ein.`,
  notConnected: 'Nicht verbunden',
  wrongSettings: 'Die Einstellungen stimmen nicht.',
  unreachable: (server) =>
    `${server} ist nicht erreichbar. Deine Nachrichten sind gespeichert und werden gesendet, sobald die Verbindung wieder steht.`,
  lost: (server) =>
    `Die Verbindung zu ${server} ist abgebrochen. Deine Nachrichten sind gespeichert und werden gesendet, sobald sie wieder steht.`,
  nextTry: (seconds) => `Nächster Versuch in ${seconds} s.`,
  tryNow: 'Jetzt versuchen',
  newPerson: 'Als neue Person weitermachen',
  denied: 'Zugang verweigert',

  messages: 'Nachrichten',
  messageActions: 'Aktionen zur Nachricht',
  noMessages: 'Noch keine Nachrichten',
  noMessagesMore: 'Sag Hallo – alle im Raum sehen es.',
  nothingYet: 'Noch nichts zu sehen',
  nothingYetMore: 'Die Nachrichten erscheinen hier, sobald die Verbindung steht.',
  loadFailed: 'Die Nachrichten konnten nicht geladen werden',
  noReason: 'Der Server hat keinen Grund genannt.',
  beginning: 'Hier beginnt die Unterhaltung.',
  beginningOf: (room) => `Hier beginnt ${room}.`,
  inviteLink: 'Einladungslink kopieren',
  loadingOlder: 'Frühere Nachrichten werden geladen …',
  olderFailed: 'Frühere Nachrichten konnten nicht geladen werden. Noch einmal versuchen',
  latest: 'Neueste Nachrichten',
  unread: (count) =>
    plural(count, { one: (n) => `${n} neue Nachricht`, other: (n) => `${n} neue Nachrichten` }),
  mentions: (count) => (count === 1 ? '1 Erwähnung von dir' : `${count} Erwähnungen von dir`),
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
  muted: (left) =>
    `Du bist noch ${left} stummgeschaltet: Du kannst lesen, aber weder schreiben noch deinen Namen ändern.`,
  reason: 'Grund: {reason}',

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
  emoji: 'Emoji',
  suggestions: 'Vorschläge',
  everyone: 'Benachrichtigt alle im Raum',
  replyingTo: 'Antwort an {name}',
  cancelReply: 'Antwort abbrechen',
  editing: 'Nachricht bearbeiten',
  cancelEditing: 'Bearbeiten abbrechen',
  looksLikeCode: 'Das sieht nach Code aus.',
  formatAsCode: 'Als Codeblock formatieren',
  textOnly: 'In diesem Raum geht nur Text. Um ein Bild zu teilen, füge einen Link darauf ein.',
  isTyping: '{name} schreibt …',
  areTyping: '{name} und {other} schreiben …',
  severalTyping: 'Mehrere Personen schreiben …',

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
  nameless: (count) =>
    plural(count, { one: (n) => `${n} Person ohne Namen`, other: (n) => `${n} Personen ohne Namen` }),
  owner: 'Leitung',
  moderator: 'Moderation',
  memberSince: (date) => `Hier seit ${date}`,
  mention: 'Erwähnen',
  copyId: 'ID kopieren',
  copyCode: 'Code kopieren',
  copied: 'Kopiert',
  notCopied: 'Nicht kopiert',
  joined: '{name} ist gekommen',
  left: '{name} ist gegangen',
  renamed: '{was} heißt jetzt {name}',

  close: 'Schließen',

  onlyHere:
    'Nur dieser Browser kann dich anmelden. Sichere deinen Anmeldeschlüssel, damit du wiederkommen kannst, falls er verloren geht.',
  deletedUnvisited: 'Dieser Browser löscht ihn, wenn du ihn 7 Tage lang nutzt, ohne hier vorbeizuschauen.',
  showKey: 'Schlüssel zeigen',
  notNow: 'Jetzt nicht',

  chat: 'Chat',
  openChat: 'Chat öffnen',
  closeChat: 'Chat schließen',
  settings: 'Einstellungen',
  search: 'Nachrichten suchen',
  panelFailed: 'Das konnte nicht geladen werden. Versuche es wieder, wenn du online bist.',
  dismiss: 'Ausblenden',
  notSetUp: 'Diese Seite ist nicht richtig eingerichtet',
  notAllowed: 'Dieser Server ist hier nicht erlaubt',
  useOwnServer: 'Den Server dieser Seite verwenden',
  onServer: (server) => `auf ${server}`,
  onServerMore: 'Das ist nicht der Server, zu dem diese Seite gehört.',
};
