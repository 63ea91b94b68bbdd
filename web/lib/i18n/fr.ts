import { pluralOf } from './plural.ts';
import type { Translation } from './strings.ts';

const plural = pluralOf<'one' | 'many' | 'other'>('fr');
const characters = (count: number): string =>
  plural(count, {
    one: (n) => `${n} caractère`,
    many: (n) => `${n} de caractères`,
    other: (n) => `${n} caractères`,
  });

export const strings: Translation = {
  locale: 'fr',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'Saisissez un nom',
    'Names must not have more than {count} characters': 'Le nom ne peut pas dépasser {count} caractères',
    'Names must not change the direction of the text around them':
      'Le nom ne doit pas changer le sens du texte qui l’entoure',
    'Names must not contain invisible or control characters':
      'Le nom ne doit contenir ni caractères invisibles ni caractères de contrôle',
    'That name has too many accents': 'Le nom ne doit pas empiler les accents',
    'Messages must not be empty': 'Le message ne peut pas être vide',
    'Messages must not have more than {count} characters':
      'Le message ne peut pas dépasser {count} caractères',
    'Cannot set name for unknown user': 'Impossible de donner un nom à une personne inconnue',
    'Many people are writing right now. Try again in {duration}':
      'Beaucoup de personnes écrivent en ce moment. Réessayez {in}',
    'Many people are choosing a name right now. Try again in {duration}':
      'Beaucoup de personnes choisissent un nom en ce moment. Réessayez {in}',
    'Slow down a little. Try again in {duration}': 'Un peu moins vite : attendez {duration}',
    'You just sent that. Wait {duration} to send it again':
      'Vous venez d’envoyer cela. Vous pourrez le renvoyer {in}',
    'You are already connected {count} times. Close one of your windows first':
      'Vous êtes déjà connecté {count} fois. Fermez d’abord l’une de vos fenêtres',
    'You are banned from this room': 'Vous êtes banni de ce salon',
    'You are banned from this room: {reason}': 'Vous êtes banni de ce salon : {reason}',
    'You are muted for another {duration}': 'Vous ne pouvez pas écrire pendant encore {duration}',
    'You are muted for another {duration}: {reason}':
      'Vous ne pouvez pas écrire pendant encore {duration} : {reason}',
    'Choose a name first. You can write {duration} later':
      'Choisissez d’abord un nom. Vous pourrez écrire {duration} plus tard',
    'Choose a name first. A moderator then lets you write':
      'Choisissez d’abord un nom. La modération vous laissera ensuite écrire',
    'You can write once a moderator approves you':
      'Vous pourrez écrire dès que la modération vous aura accepté',
    'You are new here. You can write in {duration}': 'Vous êtes nouveau ici. Vous pourrez écrire {in}',
    'Only the owner of the room may do this': 'Seul le propriétaire du salon peut faire cela',
    'Only moderators may do this': 'Seule la modération peut faire cela',
    'Person not found': 'Personne introuvable',
    'Message not found': 'Message introuvable',
    'Deleted message not found': 'Message supprimé introuvable',
    'That message was deleted': 'Ce message a été supprimé',
    'A message can be edited at most {count} times': 'Un message peut être modifié au plus {count} fois',
    'You can edit a message for {duration} after sending it':
      'Vous pouvez modifier un message pendant {duration} après l’envoi',
    'Choose one emoji': 'Choisissez un seul émoji',
    'You can add at most {count} reactions to a message':
      'Vous pouvez ajouter au plus {count} réactions à un message',
    'A message can have at most {count} different reactions':
      'Un message peut avoir au plus {count} réactions différentes',
    'That message has too many reactions': 'Ce message a trop de réactions',
    'Many people are reacting right now. Try again in {duration}':
      'Beaucoup de personnes réagissent en ce moment. Réessayez {in}',
    'At most {count} messages can be pinned. Unpin one first':
      'Au plus {count} messages peuvent être épinglés. Détachez-en un d’abord',
    'You cannot block yourself': 'Vous ne pouvez pas vous bloquer vous-même',
    'You can block at most {count} people': 'Vous pouvez bloquer au plus {count} personnes',
    'You have reported that message already': 'Vous avez déjà signalé ce message',
    'You have {count} open reports. Wait until the moderators have closed some':
      'Vous avez {count} signalements ouverts. Attendez que la modération en ait traité',
    'There are too many open reports right now': 'Il y a trop de signalements ouverts en ce moment',
    'Report not found': 'Signalement introuvable',
    'Enter what to search for': 'Indiquez ce que vous cherchez',
    'Searches must not have more than {count} characters':
      'La recherche ne peut pas dépasser {count} caractères',
    'Messages must not be from the future': 'Les messages ne peuvent pas venir du futur',
    'Enter how long to mute them': 'Indiquez pendant combien de temps rendre muette cette personne',
    'They are already a moderator': 'Cette personne est déjà modératrice',
    'They are not a moderator': 'Cette personne n’est pas modératrice',
    'They are banned: lift the ban first': 'Cette personne est bannie : levez d’abord le bannissement',
    'They are not muted': 'Cette personne n’est pas muette',
    'They are not banned': 'Cette personne n’est pas bannie',
    'They are not waiting for approval': 'Cette personne n’attend pas d’être acceptée',
    'Moderators cannot be muted or banned': 'Les modérateurs ne peuvent être ni rendus muets ni bannis',
    'Reasons must not have more than {count} characters': 'Le motif ne peut pas dépasser {count} caractères',
    'The policy is “open”, “wait” or “approve”': 'La règle est « open », « wait » ou « approve »',
    'in config.json': 'de config.json',
    'in your settings': 'de vos paramètres',
    "in this page's URL": 'de l’adresse de cette page',
    'that this page was built with': 'définie à la compilation de cette page',
    'of this chat': 'de ce chat',
    'This page could not check whether its site allows the server {server}, set {where}. Reload the page.':
      'Cette page n’a pas pu vérifier si son site autorise le serveur {server} ({where}). Rechargez la page.',
    'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.':
      'Ce site n’autorise pas le serveur {server} ({where}). Si un lien vous a amené ici, ne lui faites pas confiance.',
    'The “title” {where} must be a text, such as {example}.':
      'Le « title » {where} doit être un texte, par exemple {example}.',
    'The “servers” {where} must be a list of web addresses, such as {example}.':
      'La liste « servers » {where} doit contenir des adresses web, par exemple {example}.',
    'The “rooms” {where} must be a list of different databases, such as {example}.':
      'La liste « rooms » {where} doit contenir des bases de données différentes, par exemple {example}.',
    'The config.json beside this page is invalid. It should look like {example}.':
      'Le fichier config.json de cette page n’est pas valide. Il devrait ressembler à {example}.',
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.':
      'Cette page ne vient pas d’un serveur web : elle a besoin de l’adresse d’un serveur. Ajoutez ?uri=https://… à son adresse.',
    'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.':
      'L’adresse de serveur {where} n’est pas une adresse web : « {uri} ». Utilisez une adresse comme https://chat.example.com.',
    'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.':
      'Cette page sécurisée ne peut pas utiliser le serveur non sécurisé « {uri} » {where}. Utilisez une adresse https.',
    'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.':
      'Le nom de base de données « {database} » {where} n’est pas valide. Utilisez des minuscules, des chiffres et des tirets simples, par exemple {example}.',
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
  noServer: 'Aucun serveur de chat',
  noServerMore: (server) =>
    `Cette page n’est pas encore reliée à un serveur de chat : ${server} n’en est pas un. Si c’est votre page, indiquez comme « uri » l’adresse d’un serveur SpacetimeDB.`,
  notConnected: 'Non connecté',
  wrongSettings: 'Les réglages sont incorrects.',
  unreachable: (server) =>
    `${server} est injoignable. Vos messages sont enregistrés et seront envoyés au retour de la connexion.`,
  lost: (server) =>
    `La connexion à ${server} a été perdue. Vos messages sont enregistrés et seront envoyés à son retour.`,
  nextTry: (seconds) => `Prochain essai dans ${seconds} s.`,
  tryNow: 'Essayer maintenant',
  newPerson: 'Continuer en tant que nouvelle personne',
  denied: 'Accès refusé',

  messages: 'Messages',
  messageActions: 'Actions sur le message',
  noMessages: 'Pas encore de messages',
  noMessagesMore: 'Dites bonjour : tout le salon le verra.',
  nothingYet: 'Rien à afficher pour l’instant',
  nothingYetMore: 'Les messages apparaîtront ici dès que la connexion fonctionnera.',
  loadFailed: 'Les messages n’ont pas pu être chargés',
  noReason: 'Le serveur n’a pas donné de raison.',
  beginning: 'C’est le début de la conversation.',
  beginningOf: (room) => `C’est le début de ${room}.`,
  inviteLink: 'Copier le lien d’invitation',
  loadingOlder: 'Chargement des messages précédents…',
  olderFailed: 'Les messages précédents n’ont pas pu être chargés. Réessayer',
  latest: 'Derniers messages',
  unread: (count) =>
    plural(count, {
      one: (n) => `${n} nouveau message`,
      many: (n) => `${n} de nouveaux messages`,
      other: (n) => `${n} nouveaux messages`,
    }),
  mentions: (count) => (count === 1 ? '1 mention de vous' : `${count} mentions de vous`),
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
  muted: (left) =>
    `Vous ne pouvez ni écrire ni changer de nom pendant encore ${left}. Vous pouvez toujours lire.`,
  reason: 'Motif : {reason}',

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
  emoji: 'Emoji',
  suggestions: 'Suggestions',
  everyone: 'Avertit tout le monde dans le salon',
  replyingTo: 'Réponse à {name}',
  cancelReply: 'Annuler la réponse',
  editing: 'Modification du message',
  cancelEditing: 'Annuler la modification',
  looksLikeCode: 'Cela ressemble à du code.',
  formatAsCode: 'Mettre en bloc de code',
  textOnly: 'Ce salon n’accepte que du texte. Pour partager une image, collez un lien vers elle.',
  isTyping: '{name} écrit…',
  areTyping: '{name} et {other} écrivent…',
  severalTyping: 'Plusieurs personnes écrivent…',

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
  nameless: (count) =>
    plural(count, {
      one: (n) => `${n} personne sans nom`,
      many: (n) => `${n} de personnes sans nom`,
      other: (n) => `${n} personnes sans nom`,
    }),
  owner: 'Propriétaire',
  moderator: 'Modération',
  memberSince: (date) => `Ici depuis le ${date}`,
  mention: 'Mentionner',
  copyId: 'Copier l’identifiant',
  copyCode: 'Copier le code',
  copied: 'Copié',
  notCopied: 'Non copié',
  joined: '{name} est là',
  left: '{name} est parti',
  renamed: '{was} s’appelle désormais {name}',

  close: 'Fermer',

  onlyHere:
    'Seul ce navigateur peut vous connecter. Conservez votre clé de connexion pour pouvoir revenir si elle est perdue.',
  deletedUnvisited: 'Ce navigateur la supprime après 7 jours d’utilisation sans visite ici.',
  showKey: 'Afficher la clé',
  notNow: 'Pas maintenant',

  chat: 'Chat',
  openChat: 'Ouvrir le chat',
  closeChat: 'Fermer le chat',
  settings: 'Paramètres',
  search: 'Chercher des messages',
  panelFailed: 'Impossible de charger ceci. Réessayez une fois de retour en ligne.',
  dismiss: 'Masquer',
  notSetUp: 'Cette page est mal configurée',
  notAllowed: 'Ce serveur n’est pas autorisé ici',
  useOwnServer: 'Utiliser le serveur de ce site',
  onServer: (server) => `sur ${server}`,
  onServerMore: 'Ce n’est pas le serveur propre à cette page.',
};
