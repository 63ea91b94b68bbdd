import { pluralOf } from './plural.ts';
import type { Strings } from './strings.ts';

const plural = pluralOf<'one' | 'many' | 'other'>('fr');
const characters = (count: number): string =>
  plural(count, {
    one: (n) => `${n} caractère`,
    many: (n) => `${n} de caractères`,
    other: (n) => `${n} caractères`,
  });

export const strings: Strings = {
  locale: 'fr',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'Le nom ne peut pas être vide',
    'Names must not have more than 32 characters': 'Le nom ne peut pas dépasser 32 caractères',
    'Names must not change the direction of the text around them':
      'Le nom ne doit pas changer le sens du texte qui l’entoure',
    'Names must not contain invisible or control characters':
      'Le nom ne doit contenir ni caractères invisibles ni caractères de contrôle',
    'That name has too many accents': 'Le nom ne doit pas empiler les accents',
    'Messages must not be empty': 'Le message ne peut pas être vide',
    'Messages must not have more than 2000 characters': 'Le message ne peut pas dépasser 2000 caractères',
  },

  connection: 'Connexion',
  connecting: 'Connexion…',
  connected: 'Connecté',
  reconnecting: 'Reconnexion…',
  isOffline: 'Hors ligne',
  isOfflineMore:
    'Votre appareil est hors ligne. Vos messages sont enregistrés et seront envoyés à votre retour en ligne.',
  refused: 'Identification refusée',
  refusedMore: (server) =>
    `${server} refuse l’identification enregistrée dans ce navigateur. Vous pouvez continuer en tant que nouvelle personne ; votre nom et vos messages antérieurs restent à l’ancienne.`,
  closed: 'Déconnecté',
  closedMore: 'La connexion a été fermée. Rechargez la page pour continuer.',
  noDatabase: 'Base de données introuvable',
  noDatabaseMore: (server, database) =>
    `${server} n’a pas de base de données nommée « ${database} ». Vérifiez le nom, ou publiez-y le chat.`,
  notAChat: 'Pas un chat',
  notAChatMore: (server, database) =>
    `La base « ${database} » sur ${server} n’est pas un chat, ou en est un que cette page ne comprend pas.`,
  notConnected: 'Non connecté',
  wrongSettings: 'Les réglages sont incorrects.',
  unreachable: (server) =>
    `${server} est injoignable. Vos messages sont enregistrés et seront envoyés au retour de la connexion.`,
  lost: (server) =>
    `La connexion à ${server} a été perdue. Vos messages sont enregistrés et seront envoyés à son retour.`,
  nextTry: (seconds) => `Prochain essai dans ${seconds} s.`,
  tryNow: 'Essayer maintenant',
  newPerson: 'Continuer en tant que nouvelle personne',

  messages: 'Messages',
  noMessages: 'Pas encore de messages',
  noMessagesMore: 'Dites bonjour : tout le salon le verra.',
  nothingYet: 'Rien à afficher pour l’instant',
  nothingYetMore: 'Les messages apparaîtront ici dès que la connexion fonctionnera.',
  loadFailed: 'Les messages n’ont pas pu être chargés',
  noReason: 'Le serveur n’a pas donné de raison.',
  beginning: 'C’est le début de la conversation.',
  loadingOlder: 'Chargement des messages précédents…',
  olderFailed: 'Les messages précédents n’ont pas pu être chargés. Réessayer',
  latest: 'Derniers messages',
  unread: (count) =>
    plural(count, {
      one: (n) => `${n} nouveau message`,
      many: (n) => `${n} de nouveaux messages`,
      other: (n) => `${n} nouveaux messages`,
    }),
  hidden: (count) =>
    plural(count, {
      one: (n) => `${n} message ne peut pas être affiché.`,
      many: (n) => `${n} de messages ne peuvent pas être affichés.`,
      other: (n) => `${n} messages ne peuvent pas être affichés.`,
    }),
  newMessages: 'Nouveaux messages',
  you: 'vous',
  showAll: (count) => `Afficher en entier (${characters(count)})`,

  sending: 'Envoi…',
  waiting: 'Sera envoyé à votre retour en ligne.',
  sendsLater: (when) => `Sera envoyé ${when}.`,
  notSent: 'Non envoyé.',
  notArrived: 'Une erreur s’est produite.',
  noConnection: 'Il n’y a pas de connexion.',
  outcomeUnknown:
    'La connexion a été perdue avant la réponse du serveur ; il est peut-être arrivé malgré tout.',
  tryAgain: 'Réessayer',
  discard: 'Abandonner',

  unsent:
    'Il n’y a pas de connexion, rien n’a donc été envoyé. Tout est conservé ici : réessayez une fois connecté.',
  mayHaveArrived:
    'La connexion a été perdue avant la réponse du serveur. L’envoi est peut-être arrivé : vérifiez avant de recommencer.',
  failed: (reason) => `Cela n’a pas fonctionné : ${reason}`,

  write: 'Écrire un message',
  message: 'Message',
  send: 'Envoyer',
  keys: '{Entrée} envoie, {Maj + Entrée} commence une nouvelle ligne',
  charactersLeft: (count) => `Encore ${characters(count)}`,
  charactersOver: (count) => `${characters(count)} en trop`,

  yourName: 'Votre nom',
  welcome: 'Bienvenue !',
  welcomeMore: 'Comment vous appelez-vous ?',
  join: 'Participer',
  skip: 'Rester anonyme',
  save: 'Enregistrer',
  saving: 'Enregistrement…',
  cancel: 'Annuler',
  writingAs: 'Vous écrivez sous le nom de {name}',
  chooseName: 'Choisir un nom',
  nameTaken: (name) => `${name} est déjà pris.`,
  tryName: 'Essayer {name}',
  changeName: 'Changer de nom',
  change: 'Changer',

  people: 'Personnes',
  online: 'En ligne',
  offline: 'Hors ligne',
  searchPeople: 'Chercher une personne',
  nobody: (sought) => `Personne ne correspond à « ${sought} ».`,
  showMore: (count) => `Afficher plus (${count})`,
  copyIdentity: (person) => `Copier l’identité de ${person}`,
  copy: 'copier',
  copied: 'Copié',
  notCopied: 'Non copié',
  joined: '{name} est là',
  left: '{name} est parti',
  renamed: '{was} s’appelle désormais {name}',

  chat: 'Chat',
  openChat: 'Ouvrir le chat',
  closeChat: 'Fermer le chat',
  notSetUp: 'Cette page est mal configurée',
  notAllowed: 'Ce serveur n’est pas autorisé ici',
  onServer: (server) => `sur ${server}`,
  onServerMore: 'Ce n’est pas le serveur propre à cette page.',
};
