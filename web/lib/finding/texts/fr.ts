import type { FindingTexts } from './en.ts';

export const texts: FindingTexts = {
  rooms: 'Salons',
  switchRoom: 'Changer de salon',
  noSuchRoom: (room) => `Il n’y a pas de salon « ${room} » ici. Vous êtes dans un autre.`,

  searchMessages: 'Chercher des messages',
  searchHint: 'Trouve les messages qui contiennent tous ces mots.',
  searching: 'Recherche…',
  found: (count) => (count === 1 ? '1 message trouvé' : `${count} messages trouvés`),
  newestFound: (count) => `Les ${count} messages les plus récents`,
  nothingFound: (sought) => `Aucun message ne correspond à « ${sought} ».`,
  showMore: 'Afficher plus',
  searchFailed: 'La recherche a échoué.',
  onlyLoaded: 'Seuls les messages chargés ici sont examinés.',
  goToDate: 'Aller à une date',
  go: 'Aller',
  dateFailed: 'Impossible de charger les messages de ce jour.',
  nothingSince: 'Il n’y a aucun message ce jour-là ni après.',

  openingMessage: 'Ouverture du message…',
  messageGone: 'Ce message a été supprimé ou est plus ancien que ce que garde le salon.',
  messageFailed: 'Impossible d’ouvrir le message.',
  noLinks: 'Ce serveur ne peut pas trouver de messages par un lien.',

  pinned: 'Épinglé',
  pinnedMessages: 'Messages épinglés',
  showPinned: (count) =>
    count === 1 ? 'Afficher le message épinglé' : `Afficher les ${count} messages épinglés`,
  goToPinned: 'Aller à ce message épinglé',
  unpin: 'Désépingler',
  unpinMessage: (author) => `Désépingler ce message de ${author}`,
  nothingPinned: 'Rien n’est épinglé pour le moment.',
};
